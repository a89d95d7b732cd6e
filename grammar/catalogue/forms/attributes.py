"""Attributes of arrays and vectors, arrays made of pointers, and indexed arrays."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, Rows, define
from grammar.catalogue.hosts import indexed
from grammar.holes import Const, Expr, Fresh, Hole, Index, Input, SizeOf, Spelled, Thread
from grammar.production import row, statement
from grammar.types import DOUBLE, FLOAT, INT, MatrixOf, Pattern, TypeVariable, VectorOf

R = TypeVariable("F", (FLOAT, DOUBLE))

V2R, V3R, V4R, M2, M3, M23, M32 = (
    VectorOf(2, R),
    VectorOf(3, R),
    VectorOf(4, R),
    MatrixOf(2, 2, R),
    MatrixOf(3, 3, R),
    MatrixOf(2, 3, R),
    MatrixOf(3, 2, R),
)

LINE: dict[str, Hole | Pattern] = {"array": Input(R, 1), "i": Index("array", 0), "n": SizeOf("i")}

ATTRIBUTES: Rows = (
    row(
        "array_length", "len({array}) - {i}", INT, array=Input(R, 1), i=Index("array", 0), tags="attribute", noun="left"
    ),
    row(
        "array_rows",
        "{array}.shape[0] * {array}.shape[1] - {i}",
        INT,
        array=Input(R, 2),
        i=Index("array", 1, own=True),
        tags="attribute",
        noun="cells",
    ),
    row(
        "array_rank", "{array}.ndim + {i}", INT, array=Input(R, 1), i=Index("array", 0), tags="attribute", noun="level"
    ),
    row(
        "array_dtype",
        "{array}[{i}] + {array}.dtype({c})",
        R,
        array=Input(R, 1),
        i=Index("array", 0),
        c=Const(FLOAT, (0.5, 2.0)),
        tags="attribute",
        noun="shifted",
    ),
    row(
        "array_type",
        "type({array}[{i}])({c}) - {array}[{i}]",
        R,
        array=Input(R, 1),
        i=Index("array", 0),
        c=Const(FLOAT, (1.0, 2.0)),
        tags="attribute",
        noun="rest",
    ),
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
    row(
        "indexed_vector",
        "{s}[{i}]",
        V3R,
        s=indexed(V3R),
        i=Thread(0),
        tags="indexed vector",
        needs="kernel",
        noun="picked",
    ),
    row(
        "indexed_component",
        "{s}[{i}].y",
        R,
        s=indexed(V3R),
        i=Thread(0),
        tags="indexed vector",
        needs="kernel",
        noun="y",
    ),
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
    row(
        "indexed_size",
        "{s}.shape[0] - {i}",
        INT,
        s=indexed(R),
        i=Thread(0),
        tags="indexed attribute",
        needs="kernel",
        noun="left",
    ),
)
