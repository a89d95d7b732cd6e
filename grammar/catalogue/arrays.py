"""Reading, writing and updating arrays of one to four dimensions."""

from __future__ import annotations

from grammar.catalogue.variables import MA, VF, VL, WIDE, M, Q, S, T
from grammar.holes import Const, Expr, Fresh, Hole, Index, Input, Named, Output
from grammar.production import Effect, Production, row, statement
from grammar.types import BOOL, INT, Pattern

AXES = "ijkl"
KINDS: tuple[tuple[str, Pattern], ...] = (("", S), ("_vec", VL), ("_mat", MA), ("_quat", Q), ("_transform", T))


def indices(rank: int, *, own: bool = False) -> dict[str, Hole | Pattern]:
    """The indices into the array in the hole `array`, one an axis."""
    return {AXES[axis]: Index("array", axis, own=own) for axis in range(rank)}


def subscript(rank: int) -> str:
    """The element of the array in the hole `array` that the indices point at."""
    return "{array}[" + ", ".join("{" + AXES[axis] + "}" for axis in range(rank)) + "]"


LOADS: tuple[Production, ...] = tuple(
    row(f"load{rank}{suffix}", subscript(rank), kind, array=Input(kind, rank), more=indices(rank), tags="load")
    for suffix, kind in (*KINDS, ("_bool", BOOL))
    for rank in (1, 2, 3, 4)
)

STORES: tuple[Production, ...] = tuple(
    statement(
        f"store{rank}{suffix}",
        subscript(rank) + " = {value}",
        array=Output(kind, rank, "write"),
        more=indices(rank, own=True),
        value=Expr(kind),
        effect=Effect.WRITES,
        tags="store",
    )
    for suffix, kind in KINDS
    for rank in (1, 2, 3, 4)
)

UPDATES: tuple[Production, ...] = tuple(
    statement(
        f"update{rank}_{name}{suffix}",
        f"{subscript(rank)} {operator} {{value}}",
        array=Output(kind, rank, "update"),
        more=indices(rank, own=True),
        value=Expr(kind),
        effect=Effect.WRITES,
        tags="store update",
    )
    for suffix, kind in (("", WIDE), ("_vec", VF), ("_mat", M), ("_quat", Q), ("_transform", T))
    for name, operator in (("add", "+="), ("sub", "-="))
    for rank in (1, 2)
)


# What the thread is and how large an axis is.
LAUNCH: tuple[Production, ...] = (
    statement("tid1", "{i} = wp.tid()", i=Fresh(INT), tags="thread"),
    statement("tid2", "{i}, {j} = wp.tid()", i=Fresh(INT), j=Fresh(INT), tags="thread"),
    statement("tid3", "{i}, {j}, {k} = wp.tid()", i=Fresh(INT), j=Fresh(INT), k=Fresh(INT), tags="thread"),
    statement(
        "tid4", "{i}, {j}, {k}, {l} = wp.tid()", i=Fresh(INT), j=Fresh(INT), k=Fresh(INT), l=Fresh(INT), tags="thread"
    ),
    row("shape", "{array}.shape[{axis}]", INT, array=Named(), axis=Const(INT, (0, 1, 2, 3)), tags="size"),
)
ARRAYS = (*LAUNCH, *LOADS, *STORES, *UPDATES)
