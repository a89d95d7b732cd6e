"""Slices, negative indices and views: of vectors, matrices and arrays; indexed arrays, attributes of arrays, unpacking."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, Rows, at_widths, define
from grammar.catalogue.hosts import indexed
from grammar.production import (
    Const,
    Effect,
    Expr,
    Fresh,
    Hole,
    Index,
    Input,
    Output,
    SizeOf,
    Spelled,
    Target,
    Thread,
    row,
    statement,
)
from grammar.types import DOUBLE, FLOAT, INT, MatrixOf, Pattern, Scalar, TypeVariable, VectorOf

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

# --- reading --------------------------------------------------------------------------------------------------------

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
    row("chosen_element", "{m}[{n} & 1, {k} & 1]", R, m=M2, n=ANY, k=Expr(INT), tags="slice matrix component", noun="picked"),
    row("chosen_row", "{m}[{n} & 1]", V2R, m=M2, n=ANY, tags="slice matrix component", noun="axis"),
    row("element_of_row", "{m}[{r}][{c}]", R, m=M3, r=Const(INT, (0, 2)), c=Const(INT, (1, 2)), tags="slice matrix component"),
    row("slice_dot", "wp.dot({v}[0:3], {w}[1:4])", R, v=V4R, w=V4R, tags="slice vector", noun="overlap"),
)

# --- writing --------------------------------------------------------------------------------------------------------

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

# --- arrays ---------------------------------------------------------------------------------------------------------

LINE: dict[str, Hole | Pattern] = {"array": Input(R, 1), "i": Index("array", 0), "n": SizeOf("i")}
PLANE: dict[str, Hole | Pattern] = {
    "array": Input(R, 2),
    "i": Index("array", 0, own=True),
    "j": Index("array", 1, own=True),
}
VIEWS: Rows = (
    *(
        statement(
            f"sliced_{name}",
            template,
            more=LINE,
            view=Fresh(HANDLE, noun, inner=True),
            x=Fresh(R, result),
            tags="slice view",
            needs="kernel",
        )
        for name, template, noun, result in (
            ("tail", "{view} = {array}[{i}:{n}]\n{x} = {view}[0] - {view}[{n} - {i} - 1]", "rest", "span"),
            ("head", "{view} = {array}[:{i} + 1]\n{x} = {view}[{i}] + {array}[{n} - 1]", "before", "ends"),
            ("strided", "{view} = {array}[::2]\n{x} = {view}[{i} // 2] - {array}[{n} - 1]", "evens", "change"),
            ("backward", "{view} = {array}[::-1]\n{x} = {view}[{i}] + {array}[{n} - 1]", "mirrored", "symmetric"),
            ("negative", "{view} = {array}[-1:]\n{x} = {view}[0] - {array}[{n} - {i} - 1]", "last", "distance"),
            ("size", "{view} = {array}[{i}:]\n{x} = {view}[{view}.shape[0] - 1] - {array}[{n} - 1] * {view}[0]", "rest", "last"),
        )
    ),
    *(
        statement(
            f"sliced_{name}",
            template,
            more=PLANE,
            view=Fresh(HANDLE, noun, inner=True),
            x=Fresh(R, result),
            tags="slice view",
            needs="kernel",
        )
        for name, template, noun, result in (
            ("row", "{view} = {array}[{i}]\n{x} = {view}[{j}] - {view}[0]", "line", "offset"),
            ("column", "{view} = {array}[:, {j}]\n{x} = {view}[{i}] - {view}[0]", "column", "offset"),
            ("row_slice", "{view} = {array}[{i}, 0:{j} + 1]\n{x} = {view}[{j}] + {view}[0]", "part", "ends"),
            ("block", "{view} = {array}[0:{i} + 1, 0:{j} + 1]\n{x} = {view}[{i}, {j}] - {view}[0, 0]", "corner", "offset"),
            ("row_backward", "{view} = {array}[{i}, ::-1]\n{x} = {view}[{j}] + {view}[0]", "mirrored", "ends"),
            ("rows_backward", "{view} = {array}[::-1]\n{x} = {view}[{i}, {j}] - {array}[{i}][{j}]", "flipped", "asymmetry"),
            ("row_of_rows", "{view} = {array}[0:{i} + 1][{i}]\n{x} = {view}[{j}] * {view}[-1]", "line", "product"),
        )
    ),
)
ELEMENTS: Rows = (
    row("array_last", "{array}[-1] - {array}[{i}]", R, array=Input(R, 1), i=Index("array", 0), tags="slice negative", noun="ahead"),
    row("array_brackets", "{array}[{i}][{j}]", R, more=PLANE, tags="slice", noun="value"),
    row("array_corner", "{array}[-1, -1] + {array}[{i}, {j}]", R, more=PLANE, tags="slice negative", noun="corner"),
    row("array_slice_element", "{array}[{i}:{n}][0]", R, more=LINE, tags="slice view", noun="first"),
    row("array_vector_part", "{array}[{i}][1]", R, array=Input(V3R, 1), i=Index("array", 0), tags="slice vector", noun="y"),
    row("array_vector_letter", "{array}[{i}].x", R, array=Input(V3R, 1), i=Index("array", 0), tags="slice vector", noun="x"),
    row("array_vector_slice", "{array}[{i}][0:2]", V2R, array=Input(V3R, 1), i=Index("array", 0), tags="slice vector", noun="xy"),
    row("array_matrix_part", "{array}[{i}][1, 0]", R, array=Input(M2, 1), i=Index("array", 0), tags="slice matrix", noun="shear"),
    row("array_matrix_row", "{array}[{i}][0]", V2R, array=Input(M2, 1), i=Index("array", 0), tags="slice matrix", noun="axis"),
    row("array_matrix_twice", "{array}[{i}][0][1]", R, array=Input(M2, 1), i=Index("array", 0), tags="slice matrix", noun="shear"),
    row("array_plane_part", "{array}[{i}, {j}][2]", R, array=Input(V3R, 2), more={k: v for k, v in PLANE.items() if k != "array"}, tags="slice vector"),
    # Views of the array that a row writes.
    statement(
        "sliced_store",
        "{view} = {out}[{i}]\n{view}[{j}] = {value}",
        out=Output(R, 2, "update"),
        i=Index("out", 0, own=True),
        j=Index("out", 1, own=True),
        value=Expr(R),
        view=Fresh(HANDLE, "line", inner=True),
        effect=Effect.WRITES,
        tags="slice view",
        needs="kernel rank2",
    ),
    statement(
        "sliced_add",
        "{view} = {out}[:, {j}]\n{view}[{i}] += {value}",
        out=Output(R, 2, "update"),
        i=Index("out", 0, own=True),
        j=Index("out", 1, own=True),
        value=Expr(R),
        view=Fresh(HANDLE, "column", inner=True),
        effect=Effect.WRITES,
        tags="slice view",
        needs="kernel rank2",
    ),
    statement(
        "sliced_component",
        "{view} = {out}[{i}]\n{view}[{j}].y = {value}\n{view}[{j}][0] += {value}",
        out=Output(V3R, 2, "update"),
        i=Index("out", 0, own=True),
        j=Index("out", 1, own=True),
        value=Expr(R, varying=True),
        view=Fresh(HANDLE, "line", inner=True),
        effect=Effect.WRITES,
        tags="slice view vector",
        needs="kernel rank2",
    ),
    statement(
        "sliced_element_store",
        "{out}[{i}, {j}:][0] = {value}",
        out=Output(R, 2, "update"),
        i=Index("out", 0, own=True),
        j=Index("out", 1, own=True),
        value=Expr(R),
        effect=Effect.WRITES,
        tags="slice view",
        needs="kernel rank2",
    ),
)

# --- attributes of arrays -------------------------------------------------------------------------------------------

ATTRIBUTES: Rows = (
    row("array_length", "len({array}) - {i}", INT, array=Input(R, 1), i=Index("array", 0), tags="attribute", noun="left"),
    row("array_rows", "{array}.shape[0] * {array}.shape[1] - {i}", INT, array=Input(R, 2), i=Index("array", 0, own=True), tags="attribute", noun="cells"),
    row("array_rank", "{array}.ndim + {i}", INT, array=Input(R, 1), i=Index("array", 0), tags="attribute", noun="level"),
    row("array_dtype", "{array}[{i}] + {array}.dtype({c})", R, array=Input(R, 1), i=Index("array", 0), c=Const(FLOAT, (0.5, 2.0)), tags="attribute", noun="shifted"),
    row("array_type", "type({array}[{i}])({c}) - {array}[{i}]", R, array=Input(R, 1), i=Index("array", 0), c=Const(FLOAT, (1.0, 2.0)), tags="attribute", noun="rest"),
    row("vector_length", "{v} * {v}.dtype(len({v}))", V3R, v=Expr(V3R), tags="attribute vector", noun="scaled"),
    statement(
        "array_if_given",
        "{y} = {T}({a})\nif {array}:\n    {y} += {array}[{i}]",
        T=Spelled(R),
        a=Expr(R),
        array=Input(R, 1),
        i=Index("array", 0),
        y=Fresh(R, "y"),
        tags="attribute branch",
        needs="kernel",
    ),
    statement(
        "array_of_pointer",
        "{view} = wp.array(ptr={array}.ptr, shape=({n},), dtype={T})\n{y} = {view}[{i}] + {a}",
        more=LINE,
        T=Spelled(R),
        a=Expr(R),
        view=Fresh(HANDLE, "raw", inner=True),
        y=Fresh(R, "y"),
        tags="attribute view",
        needs="kernel",
    ),
    statement(
        "array_folded",
        "{view} = wp.array(ptr={array}.ptr, shape=({n}, 1), dtype={T})\n{y} = {view}[{i}, 0] * {a}",
        more=LINE,
        T=Spelled(R),
        a=Expr(R),
        view=Fresh(HANDLE, "folded", inner=True),
        y=Fresh(R, "y"),
        tags="attribute view",
        needs="kernel",
    ),
    row("indexed_element", "{s}[{i}]", R, s=indexed(R), i=Thread(0), tags="indexed", needs="kernel", noun="picked"),
    row("indexed_vector", "{s}[{i}]", V3R, s=indexed(V3R), i=Thread(0), tags="indexed vector", needs="kernel", noun="picked"),
    row("indexed_component", "{s}[{i}].y", R, s=indexed(V3R), i=Thread(0), tags="indexed vector", needs="kernel", noun="y"),
    # Refused by the native compiler with a backward pass (corpus: indexed_array_in_function).
    row(
        "indexed_in_function",
        "{f}({s}, {i})",
        R,
        f=define(
            """
@wp.func
def {name}(values: wp.indexedarray(dtype={T}), i: int):
    return values[i] + values[0]
""",
            "picked_sum",
            types={"T": R},
        ),
        s=indexed(R),
        i=Thread(0),
        tags="indexed function_form",
        needs="kernel",
        noun="picked",
    ),
    row("indexed_size", "{s}.shape[0] - {i}", INT, s=indexed(R), i=Thread(0), tags="indexed attribute", needs="kernel", noun="left"),
)


def _unpacked(F: TypeVariable, suffix: str) -> Rows:
    """Starred arguments, tuples and several assignments at once."""
    V = VectorOf(3, F)
    blend = define(
        """
@wp.func
def {name}(a: {T}, b: {T}, c: {T}):
    return a * b - c
""",
        "weigh fused_form",
        F,
    )
    return (
        row(f"starred_vector{suffix}", "{f}(*{v})", F, f=blend, v=Expr(V), tags="starred function_form vector", noun="form"),
        row(
            f"starred_slice{suffix}",
            "{f}({x}, *{v}[0:2])",
            F,
            f=blend,
            x=Expr(F),
            v=Expr(V),
            tags="starred slice function_form vector",
            noun="form",
        ),
        row(f"starred_reversed{suffix}", "{f}(*{v}[::-1])", F, f=blend, v=Expr(V), tags="starred slice function_form vector"),
        statement(
            f"starred_fixed{suffix}",
            "{values} = wp.zeros(shape=4, dtype={T})\n{values}[0] = {a}\n{values}[2] = {b}\n{y} = {f}(*{values}[0:3])",
            T=Spelled(F),
            f=blend,
            a=Expr(F),
            b=Expr(F),
            values=Fresh(HANDLE, "values", inner=True),
            y=Fresh(F, "form"),
            tags="starred local_array",
        ),
        statement(
            f"tuple_local{suffix}",
            "{pair} = ({a} + {b}, {a} - {b})\n{y} = {pair}[0] * {pair}[1]",
            a=Expr(F),
            b=Expr(F),
            pair=Fresh(HANDLE, "pair", inner=True),
            y=Fresh(F, "product"),
            tags="tuple",
        ),
        statement(
            f"tuple_length{suffix}",
            "{triple} = ({a}, {b}, {n})\n{x}, {z}, {m} = {triple}\n{y} = {x} * {z} + {T}({m} + len({triple}))",
            a=Expr(F),
            b=Expr(F),
            n=Expr(INT),
            T=Spelled(F),
            triple=Fresh(HANDLE, "entry", inner=True),
            x=Fresh(F, "x", inner=True),
            z=Fresh(F, "z", inner=True),
            m=Fresh(INT, "m", inner=True),
            y=Fresh(F, "value"),
            tags="tuple",
        ),
        statement(
            f"assigned_pair{suffix}",
            "{x}, {y} = {a} + {b}, {a} * {b}",
            a=Expr(F),
            b=Expr(F),
            x=Fresh(F, "sum"),
            y=Fresh(F, "product"),
            tags="tuple",
        ),
        statement(
            f"swapped{suffix}",
            "{x} = {T}({a})\n{y} = {T}({b})\nif {x} > {y}:\n    {x}, {y} = {y}, {x}",
            T=Spelled(F),
            a=Expr(F),
            b=Expr(F),
            x=Fresh(F, "low", mutable=True),
            y=Fresh(F, "high", mutable=True),
            tags="tuple branch",
        ),
        statement(
            f"recurrence_pair{suffix}",
            "{x} = {T}({a})\n{y} = {T}({b})\nfor _ in range({n}):\n    {x}, {y} = {y}, {x} + {y}",
            T=Spelled(F),
            a=Expr(F),
            b=Expr(F),
            n=Const(INT, (3, 5, 20)),
            x=Fresh(F, "previous", mutable=True),
            y=Fresh(F, "current", mutable=True),
            tags="tuple loop",
        ),
    )


# A local bound to an element by a tuple follows the element (corpus: tuple_assignment_aliases_element).
ALIASED: Rows = (
    statement(
        "assigned_elements",
        "{x}, {y} = {array}[{i}], {array}[0]",
        array=Input(R, 1),
        i=Index("array", 0),
        x=Fresh(R, "x"),
        y=Fresh(R, "y"),
        tags="tuple",
        needs="kernel",
    ),
)

SLICES: Rows = (*READ, *WRITTEN, *VIEWS, *ELEMENTS, *ATTRIBUTES, *at_widths(_unpacked), *ALIASED)
