"""Arrays of structs, written whole and in parts, and structs that hold arrays."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, Rows, define
from grammar.catalogue.hosts import struct, struct_rows, target_struct
from grammar.production import Domain, Effect, Expr, Fresh, Hole, Index, Input, Output, Spelled, Thread, row, statement
from grammar.types import FLOAT, INT, Array, Matrix, Pattern, Quaternion, Struct, Type, Vector

V3, M2, Q = Vector(3, FLOAT), Matrix(2, 2, FLOAT), Quaternion(FLOAT)
LINK = Struct("LinkState", (("offset", V3), ("strain", FLOAT), ("hits", INT)))
SHELL = Struct(
    "ShellPoint",
    (("link", LINK), ("frame", M2), ("spin", Q), ("director", V3), ("thickness", FLOAT), ("marks", INT)),
)
FIELD = Struct("FieldView", (("values", Array(FLOAT, 1)), ("vectors", Array(V3, 1)), ("scale", FLOAT)))
SCENE = Struct("SceneView", (("field", FIELD), ("links", Array(LINK, 1)), ("gravity", V3)))
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


# --- structs that hold arrays ---------------------------------------------------------------------------------------

SHARPENED = define(
    """
@wp.func
def {name}(view: {S}, i: int):
    n = view.values.shape[0]
    ahead = view.values[wp.min(i + 1, n - 1)]
    return view.scale * (ahead - view.values[i])
""",
    "forward_slope slope_in",
    types={"S": FIELD},
)
ADDED = define(
    """
@wp.func
def {name}(view: {S}, i: int, amount: float):
    view.values[i] += amount * view.scale
    wp.atomic_sub(view.vectors, i, wp.vec3(amount, 0.0, 0.0))
""",
    "add_in_view deposit_in",
    types={"S": FIELD},
)
OWN: dict[str, Hole | Pattern] = {"i": Thread(0)}
READ: dict[str, Hole | Pattern] = {"s": struct(FIELD), **OWN}
NESTED: dict[str, Hole | Pattern] = {"s": struct(SCENE), **OWN}
CHANGED: dict[str, Hole | Pattern] = {"s": target_struct(FIELD), **OWN}
CHANGED_NESTED: dict[str, Hole | Pattern] = {"s": target_struct(SCENE), **OWN}

VIEWS: Rows = (
    row("view_element", "{s}.values[{i}] * {s}.scale", FLOAT, more=READ, tags="structs", needs="kernel", noun="scaled"),
    row("view_component", "{s}.vectors[{i}].y", FLOAT, more=READ, tags="structs", needs="kernel", noun="height"),
    row("view_vector", "{s}.vectors[{i}]", V3, more=READ, tags="structs vector", needs="kernel", noun="direction"),
    row("view_size", "{s}.values.shape[0] - {i}", INT, more=READ, tags="structs", needs="kernel", noun="remaining"),
    row("view_length", "len({s}.values) + {i}", INT, more=READ, tags="structs", needs="kernel", noun="offset"),
    row("view_call", "{f}({s}, {i})", FLOAT, f=SHARPENED, more=READ, tags="structs function_form", noun="slope"),
    row("scene_element", "{s}.field.values[{i}]", FLOAT, more=NESTED, tags="structs", needs="kernel", noun="value"),
    row("scene_link", "{s}.links[{i}].offset + {s}.gravity", V3, more=NESTED, tags="structs vector", needs="kernel"),
    row("scene_call", "{f}({s}.field, {i})", FLOAT, f=SHARPENED, more=NESTED, tags="structs function_form", noun="slope"),
    statement(
        "view_array",
        "{values} = {s}.values\n{x} = {values}[{i}] - {values}[0]",
        more=READ,
        values=Fresh(HANDLE, "values", inner=True),
        x=Fresh(FLOAT, "relative"),
        needs="kernel",
        tags="structs",
    ),
    statement(
        "view_remade",
        "{t} = {S}({s}.values, {s}.vectors, {a})\n{x} = {t}.values[{i}] * {t}.scale",
        more=READ,
        S=Spelled(FIELD),
        a=Expr(FLOAT),
        t=Fresh(HANDLE, "rescaled", inner=True),
        x=Fresh(FLOAT, "scaled"),
        needs="kernel",
        tags="structs",
    ),
    statement(
        "view_rebound",
        "{t} = {S}()\n{t}.values = {array}\n{t}.scale = {a}\n{x} = {t}.values[{k}] * {t}.scale",
        S=Spelled(FIELD),
        array=Input(FLOAT, 1),
        k=Index("array", 0),
        a=Expr(FLOAT),
        t=Fresh(HANDLE, "bound", inner=True),
        x=Fresh(FLOAT, "scaled"),
        needs="kernel",
        tags="structs",
    ),
    statement(
        "scene_part",
        "{t} = {s}.field\n{l} = {s}.links[{i}]\n{x} = {t}.values[{i}] * {l}.strain + {s}.gravity[1]",
        more=NESTED,
        t=Fresh(HANDLE, "field", inner=True),
        l=Fresh(HANDLE, "link", inner=True),
        x=Fresh(FLOAT, "load"),
        needs="kernel",
        tags="structs",
    ),
    *(
        statement(
            f"view_{name}",
            template,
            more=CHANGED,
            value=Expr(of),
            effect=Effect.WRITES,
            needs="kernel rank1",
            tags="structs part",
        )
        for name, template, of in (
            ("store", "{s}.values[{i}] = {value}", FLOAT),
            ("add", "{s}.values[{i}] += {value}", FLOAT),
            ("store_vector", "{s}.vectors[{i}] = {value}", V3),
            ("store_component", "{s}.vectors[{i}].x = {value}", FLOAT),
            ("add_component", "{s}.vectors[{i}][1] += {value}", FLOAT),
            ("atomic", "wp.atomic_add({s}.values, {i}, {value})", FLOAT),
        )
    ),
    *(
        statement(
            f"scene_{name}",
            template,
            more=CHANGED_NESTED,
            value=Expr(of),
            effect=Effect.WRITES,
            needs="kernel rank1",
            tags="structs part",
        )
        for name, template, of in (
            ("store", "{s}.field.values[{i}] = {value}", FLOAT),
            ("add", "{s}.field.values[{i}] -= {value}", FLOAT),
            ("store_link", "{s}.links[{i}].strain = {value}", FLOAT),
            ("add_link", "{s}.links[{i}].offset.y += {value}", FLOAT),
            ("store_vector", "{s}.field.vectors[{i}] = {value}", V3),
        )
    ),
    statement(
        "view_call_store",
        "{f}({s}, {i}, {value})",
        f=ADDED,
        more=CHANGED,
        value=Expr(FLOAT),
        effect=Effect.WRITES,
        needs="kernel rank1",
        tags="structs function_form",
    ),
)

# --- gradients, operators and arrays of structs that hold arrays ----------------------------------------------------

PULLED = define(
    """
@wp.func
def {name}(view: {S}, i: int):
    return view.values[i] * view.scale


@wp.func_grad({name})
def adj_{name}(view: {S}, i: int, adj_ret: float):
    wp.adjoint[view.values][i] += view.scale * adj_ret
    wp.adjoint[view.scale] += view.values[i] * adj_ret
""",
    "scaled_in_view",
    types={"S": FIELD},
)
DUAL = Struct("DualNumber", (("value", FLOAT), ("slope", FLOAT)))
PAIR = Struct("DualPair", (("first", DUAL), ("second", DUAL), ("weight", FLOAT)))
ALGEBRA = define(
    """
@wp.func
def add(a: {S}, b: {S}):
    return {S}(a.value + b.value, a.slope + b.slope)


@wp.func
def sub(a: {S}, b: {S}):
    return {S}(a.value - b.value, a.slope - b.slope)


@wp.func
def mul(a: {S}, b: {S}):
    return {S}(a.value * b.value, a.value * b.slope + a.slope * b.value)


@wp.func
def {name}(value: float, slope: float):
    return {S}(value, slope)
""",
    "dual_of",
    types={"S": DUAL},
)
DUALS: dict[str, Hole | Pattern] = {"f": ALGEBRA, "a": Expr(FLOAT), "b": Expr(FLOAT)}
OF_DUALS: dict[str, Hole | Pattern] = {"out": Output(DUAL, 1, "update"), "i": Index("out", 0, own=True)}
OF_PAIRS: dict[str, Hole | Pattern] = {"out": Output(PAIR, 1, "update"), "i": Index("out", 0, own=True)}
ROWS: dict[str, Hole | Pattern] = {"s": struct_rows(FIELD), **OWN}

HELD: Rows = (
    row("view_gradient", "{f}({s}, {i})", FLOAT, f=PULLED, more=READ, tags="structs custom_gradient function_form"),
    *(
        statement(
            f"duals_{name}",
            template,
            more=DUALS | (OF_PAIRS if "first" in template else OF_DUALS),
            effect=Effect.WRITES,
            needs="kernel rank1",
            tags="structs operators",
        )
        for name, template in (
            ("store", "{out}[{i}] = {f}({a}, {b}) * {f}({b}, {a})"),
            ("mul", "{out}[{i}] *= {f}({a}, {b})"),
            # Operators of the module's own do not hide those of numbers.
            ("field_add", "{out}[{i}].first = {f}({a}, {b})\n{out}[{i}].weight += {a} * {b}"),
        )
    ),
    statement(
        "duals_local",
        "{p} = {S}({f}({a}, {b}), {f}({b}, {a}), {a})\n{p}.first *= {p}.second\n{p}.second += {p}.first\n{p}.weight *= {b}\n{y} = {p}.second.slope + {p}.weight",
        S=Spelled(PAIR),
        more=DUALS,
        p=Fresh(HANDLE, "pair", inner=True),
        y=Fresh(FLOAT, "linearized"),
        tags="structs operators",
        needs="kernel",
    ),
    row("rows_element", "{s}[{i}].values[{i}]", FLOAT, more=ROWS, tags="structs", needs="kernel", noun="value"),
    row("rows_component", "{s}[{i}].vectors[{i}].x", FLOAT, more=ROWS, tags="structs", needs="kernel", noun="x"),
    *(
        statement(
            f"rows_{name}",
            template,
            s=struct_rows(FIELD),
            i=Thread(0),
            value=Expr(FLOAT),
            effect=Effect.WRITES,
            needs="kernel rank1",
            tags="structs part",
        )
        for name, template in (
            ("store", "{s}[{i}].values[{i}] = {value}"),
            ("add", "{s}[{i}].values[{i}] += {value}"),
            ("store_component", "{s}[{i}].vectors[{i}].x = {value}"),
            ("add_component", "{s}[{i}].vectors[{i}][2] += {value}"),
        )
    ),
)

STRUCT_ARRAYS: Rows = (*PARTS, *WHOLE, *VIEWS, *HELD)
