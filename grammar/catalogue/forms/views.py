"""Slices, views and elements of arrays."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, Rows
from grammar.holes import Expr, Fresh, Hole, Index, Input, Output, SizeOf
from grammar.production import Effect, row, statement
from grammar.types import DOUBLE, FLOAT, MatrixOf, Pattern, TypeVariable, VectorOf

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
            (
                "size",
                "{view} = {array}[{i}:]\n{x} = {view}[{view}.shape[0] - 1] - {array}[{n} - 1] * {view}[0]",
                "rest",
                "last",
            ),
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
            (
                "block",
                "{view} = {array}[0:{i} + 1, 0:{j} + 1]\n{x} = {view}[{i}, {j}] - {view}[0, 0]",
                "corner",
                "offset",
            ),
            ("row_backward", "{view} = {array}[{i}, ::-1]\n{x} = {view}[{j}] + {view}[0]", "mirrored", "ends"),
            (
                "rows_backward",
                "{view} = {array}[::-1]\n{x} = {view}[{i}, {j}] - {array}[{i}][{j}]",
                "flipped",
                "asymmetry",
            ),
            ("row_of_rows", "{view} = {array}[0:{i} + 1][{i}]\n{x} = {view}[{j}] * {view}[-1]", "line", "product"),
        )
    ),
)

ELEMENTS: Rows = (
    row(
        "array_last",
        "{array}[-1] - {array}[{i}]",
        R,
        array=Input(R, 1),
        i=Index("array", 0),
        tags="slice negative",
        noun="ahead",
    ),
    row("array_brackets", "{array}[{i}][{j}]", R, more=PLANE, tags="slice", noun="value"),
    row("array_corner", "{array}[-1, -1] + {array}[{i}, {j}]", R, more=PLANE, tags="slice negative", noun="corner"),
    row("array_slice_element", "{array}[{i}:{n}][0]", R, more=LINE, tags="slice view", noun="first"),
    row(
        "array_vector_part",
        "{array}[{i}][1]",
        R,
        array=Input(V3R, 1),
        i=Index("array", 0),
        tags="slice vector",
        noun="y",
    ),
    row(
        "array_vector_letter",
        "{array}[{i}].x",
        R,
        array=Input(V3R, 1),
        i=Index("array", 0),
        tags="slice vector",
        noun="x",
    ),
    row(
        "array_vector_slice",
        "{array}[{i}][0:2]",
        V2R,
        array=Input(V3R, 1),
        i=Index("array", 0),
        tags="slice vector",
        noun="xy",
    ),
    row(
        "array_matrix_part",
        "{array}[{i}][1, 0]",
        R,
        array=Input(M2, 1),
        i=Index("array", 0),
        tags="slice matrix",
        noun="shear",
    ),
    row(
        "array_matrix_row",
        "{array}[{i}][0]",
        V2R,
        array=Input(M2, 1),
        i=Index("array", 0),
        tags="slice matrix",
        noun="axis",
    ),
    row(
        "array_matrix_twice",
        "{array}[{i}][0][1]",
        R,
        array=Input(M2, 1),
        i=Index("array", 0),
        tags="slice matrix",
        noun="shear",
    ),
    row(
        "array_plane_part",
        "{array}[{i}, {j}][2]",
        R,
        array=Input(V3R, 2),
        more={k: v for k, v in PLANE.items() if k != "array"},
        tags="slice vector",
    ),
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


ARRAY_VIEWS: Rows = (*VIEWS, *ELEMENTS)
