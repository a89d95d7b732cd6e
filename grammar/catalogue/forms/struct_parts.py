"""Arrays of structs, written whole and in parts."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, Rows
from grammar.catalogue.forms.struct_types import LINK, M2, SHELL, V3, Q
from grammar.holes import Domain, Expr, Fresh, Hole, Index, Input, Output, Spelled
from grammar.production import Effect, row, statement
from grammar.types import FLOAT, INT, Pattern, Type, Vector

POINTS: dict[str, Hole | Pattern] = {"out": Output(SHELL, 1, "update"), "i": Index("out", 0, own=True)}

# What of a struct in an array is written, the type of the value, and what augments it (none: a plain store).
WRITTEN: tuple[tuple[str, str, Type, str], ...] = (
    ("field", "thickness", FLOAT, "= += -="),
    ("integer", "marks", INT, "= += -= *= //= %= &= |= ^= <<= >>="),
    ("vector", "director", V3, "= += -="),
    ("component", "director.y", FLOAT, "= += -="),
    ("component_index", "director[2]", FLOAT, "= += -="),
    ("matrix", "frame", M2, "= += -="),
    ("element", "frame[0, 1]", FLOAT, "= += -="),
    ("row", "frame[1]", Vector(2, FLOAT), "= += -="),
    ("quaternion", "spin", Q, "="),
    ("quaternion_part", "spin[3]", FLOAT, "= +="),
    ("nested", "link.strain", FLOAT, "= += -="),
    ("nested_integer", "link.hits", INT, "= += |= *="),
    ("nested_vector", "link.offset", V3, "= += -="),
    ("nested_component", "link.offset.z", FLOAT, "= += -="),
    ("nested_index", "link.offset[0]", FLOAT, "= += -="),
)

WORDS = {
    "=": "store",
    "+=": "add",
    "-=": "sub",
    "*=": "mul",
    "//=": "floordiv",
    "%=": "mod",
    "&=": "and",
    "|=": "or",
    "^=": "xor",
    "<<=": "lshift",
    ">>=": "rshift",
}

DOMAINS = {"//=": Domain.NONZERO, "%=": Domain.NONZERO, "<<=": Domain.SHIFT, ">>=": Domain.SHIFT}

PARTS: Rows = tuple(
    statement(
        f"points_{name}_{WORDS[operator]}",
        f"{{out}}[{{i}}].{part} {operator} {{value}}",
        more=POINTS,
        value=Expr(of, DOMAINS.get(operator, Domain.ANY)),
        effect=Effect.WRITES,
        needs="kernel rank1",
        tags="structs part",
    )
    for name, part, of, operators in WRITTEN
    for operator in operators.split()
)

WHOLE: Rows = (
    statement(
        "points_made",
        "{out}[{i}] = {S}({link}({v}, {a}, {n}), {m}, {q}, director={u}, thickness={b}, marks={k})",
        more=POINTS,
        S=Spelled(SHELL),
        link=Spelled(LINK),
        v=Expr(V3),
        a=Expr(FLOAT),
        n=Expr(INT),
        m=Expr(M2),
        q=Expr(Q),
        u=Expr(V3),
        b=Expr(FLOAT),
        k=Expr(INT),
        effect=Effect.WRITES,
        needs="kernel rank1",
        tags="structs",
    ),
    statement(
        "points_updated",
        "{p} = {out}[{i}]\n{p}.thickness += {a}\n{p}.link.offset = {p}.director * {p}.thickness\n{p}.link.hits += 1\n{out}[{i}] = {p}",
        more=POINTS,
        a=Expr(FLOAT),
        p=Fresh(HANDLE, "point", inner=True),
        effect=Effect.WRITES,
        needs="kernel rank1",
        tags="structs",
    ),
    statement(
        "points_part_kept",
        "{l} = {out}[{i}].link\n{l}.strain = wp.max({l}.strain, {a})\n{out}[{i}].link = {l}",
        more=POINTS,
        a=Expr(FLOAT),
        l=Fresh(HANDLE, "link", inner=True),
        effect=Effect.WRITES,
        needs="kernel rank1",
        tags="structs",
    ),
    statement(
        "points_read",
        "{p} = {array}[{i}]\n{x} = {p}.thickness * wp.dot({p}.director, {p}.link.offset) + {p}.frame[0, 0]",
        array=Input(SHELL, 1),
        i=Index("array", 0),
        p=Fresh(HANDLE, "point", inner=True),
        x=Fresh(FLOAT, "moment"),
        needs="kernel",
        tags="structs",
    ),
    row(
        "points_field",
        "{array}[{i}].link.offset.y",
        FLOAT,
        array=Input(SHELL, 1),
        i=Index("array", 0),
        tags="structs",
        noun="height",
    ),
    row(
        "points_element",
        "{array}[{i}].frame[1, 0] - {array}[{i}].director[0]",
        FLOAT,
        array=Input(SHELL, 1),
        i=Index("array", 0),
        tags="structs",
        noun="shear",
    ),
    row("points_spin", "{array}[{i}].spin", Q, array=Input(SHELL, 1), i=Index("array", 0), tags="structs quaternion"),
)


STRUCT_PARTS: Rows = (*PARTS, *WHOLE)
