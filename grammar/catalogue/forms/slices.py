"""Slices and negative indices of vectors and matrices, read and written."""

from __future__ import annotations

from grammar.catalogue.definitions import Rows
from grammar.holes import Const, Expr, Target
from grammar.production import Effect, row, statement
from grammar.types import DOUBLE, FLOAT, INT, MatrixOf, QuaternionOf, Scalar, TransformationOf, TypeVariable, VectorOf

R = TypeVariable("F", (FLOAT, DOUBLE))

E = TypeVariable("E", (FLOAT, DOUBLE, INT, Scalar("uint8")))  # what vectors of slices are of

V2, V3, V4 = VectorOf(2, E), VectorOf(3, E), VectorOf(4, E)

V2R, V3R, V4R, M2, M3, M23, M32 = (
    VectorOf(2, R),
    VectorOf(3, R),
    VectorOf(4, R),
    MatrixOf(2, 2, R),
    MatrixOf(3, 3, R),
    MatrixOf(2, 3, R),
    MatrixOf(3, 2, R),
)

ANY = Expr(INT, varying=True)

READ: Rows = (
    *(
        row(f"slice_{name}", f"{{v}}[{part}]", result, v=of, tags="slice vector component", noun=noun)
        for name, part, of, result, noun in (
            ("inner", "1:3", V4, V2, "middle"),
            ("head", ":2", V3, V2, "head"),
            ("tail", "-2:", V4, V2, "tail"),
            ("strided", "0:4:2", V4, V2, "even"),
            ("open_strided", "::2", V3, V2, "outer"),
            ("all", ":", V3, V3, "copied"),
            ("reversed", "::-1", V3, V3, "reversed_axes"),
            ("reversed_part", "2:0:-1", V4, V2, "backward"),
            ("last_but", ":-1", V4, V3, "leading"),
        )
    ),
    *(
        row(f"slice_{name}", f"{{m}}[{part}]", result, m=of, tags="slice matrix component", noun=noun)
        for name, part, of, result, noun in (
            ("column", ":, 1", M3, V3R, "column"),
            ("column_last", ":, -1", M2, V2R, "column"),
            ("column_part", "0:2, 2", M3, V2R, "column"),
            ("row_part", "1, 0:2", M3, V2R, "row"),
            ("row_strided", "0, ::2", M3, V2R, "row"),
            ("row_last", "-1", M2, V2R, "last_row"),
            ("rows", "0:2", M3, M23, "rows"),
            ("block", "0:2, 1:3", M3, M2, "block"),
            ("columns", ":, 0:2", M3, M32, "columns"),
            ("flipped", "::-1, 0", M3, V3R, "flipped"),
        )
    ),
    row("last_component", "{v}[-1]", E, v=V3, tags="slice vector component negative", noun="last"),
    row("last_element", "{m}[-1, -2]", R, m=M2, tags="slice matrix component negative", noun="corner"),
    row("chosen_component", "{v}[{n} & 1]", E, v=V2, n=ANY, tags="slice vector component", noun="picked"),
    row(
        "chosen_element",
        "{m}[{n} & 1, {k} & 1]",
        R,
        m=M2,
        n=ANY,
        k=Expr(INT),
        tags="slice matrix component",
        noun="picked",
    ),
    # Counted from the end, the end not being known before it runs.
    row("chosen_component_last", "{v}[-1 - ({n} & 1)]", E, v=V2, n=ANY, tags="slice vector component negative"),
    row(
        "chosen_element_last",
        "{m}[-1 - ({n} & 1), -2]",
        R,
        m=M2,
        n=ANY,
        tags="slice matrix component negative",
        noun="picked",
    ),
    row(
        "chosen_part_quat",
        "{q}[({n} & 3) - 4]",
        R,
        q=QuaternionOf(R),
        n=ANY,
        tags="slice quaternion component negative",
    ),
    row(
        "chosen_part_transform",
        "{t}[({n} & 7) - 7]",
        R,
        t=TransformationOf(R),
        n=ANY,
        tags="slice transform component negative",
    ),
    row("chosen_row", "{m}[{n} & 1]", V2R, m=M2, n=ANY, tags="slice matrix component", noun="axis"),
    row(
        "element_of_row",
        "{m}[{r}][{c}]",
        R,
        m=M3,
        r=Const(INT, (0, 2)),
        c=Const(INT, (1, 2)),
        tags="slice matrix component",
    ),
    row("slice_dot", "wp.dot({v}[0:3], {w}[1:4])", R, v=V4R, w=V4R, tags="slice vector", noun="overlap"),
)

WRITTEN: Rows = tuple(
    statement(
        f"slice_{name}_{word}",
        f"{{target}}[{part}] {operator} {{value}}",
        target=Target(target),
        value=Expr(value),
        effect=Effect.ASSIGNS,
        tags="assign part slice",
    )
    for name, part, target, value, operators in (
        ("inner", "1:3", V4R, V2R, "= += -="),
        ("head", ":2", V3R, V2R, "= +="),
        ("strided", "::2", V3R, V2R, "="),
        ("backward", "::-1", V3R, V3R, "="),
        ("of_integers", "0:2", VectorOf(4, INT), VectorOf(2, INT), "= += &= |= ^="),
        ("column", ":, 0", M2, V2R, "= +="),
        ("row", "1, :", M2, V2R, "= -="),
        ("block", "0:2, 0:2", M3, M2, "= +="),
        ("rows", "0:2", M3, M23, "="),
    )
    for operator in operators.split()
    for word in ({"=": "set", "+=": "add", "-=": "sub", "&=": "bit_and", "|=": "bit_or", "^=": "bit_xor"}[operator],)
)


SLICES: Rows = (*READ, *WRITTEN)
