"""Reading, writing and atomically updating arrays of one to three dimensions."""

from __future__ import annotations

from grammar.catalogue.variables import VF, F, M, N, S, V
from grammar.production import Const, Effect, Expr, Fresh, Hole, Index, Input, Named, Output, Production, row, statement
from grammar.types import BOOL, HALF, INT, Pattern, QuaternionOf, Scalar, TypeVariable, VectorOf

AXES = "ijk"
# The widths that atomics exist for (Warp refuses the narrow ones).
WIDE = TypeVariable(
    "S", tuple(Scalar(name) for name in ("int32", "uint32", "int64", "uint64", "float16", "float32", "float64"))
)
WIDE_I = TypeVariable("I", WIDE.over[:4])
WIDER = TypeVariable("S", tuple(of for of in WIDE.over if of != HALF))
WIDER_F = TypeVariable("F", tuple(of for of in F.over if of != HALF))
KINDS: tuple[tuple[str, Pattern], ...] = (("", S), ("_vec", V), ("_mat", M), ("_quat", QuaternionOf(F)))


def _indices(rank: int, *, own: bool = False) -> dict[str, Hole | Pattern]:
    return {AXES[axis]: Index("array", axis, own=own) for axis in range(rank)}


def _subscript(rank: int) -> str:
    return "{array}[" + ", ".join("{" + AXES[axis] + "}" for axis in range(rank)) + "]"


LOADS: tuple[Production, ...] = tuple(
    row(f"load{rank}{suffix}", _subscript(rank), kind, array=Input(kind, rank), more=_indices(rank), tags="load")
    for suffix, kind in (*KINDS, ("_bool", BOOL))
    for rank in (1, 2, 3)
    if not (suffix == "_bool" and rank > 1)
)

STORES: tuple[Production, ...] = tuple(
    statement(
        f"store{rank}{suffix}",
        _subscript(rank) + " = {value}",
        array=Output(kind, rank, "write"),
        more=_indices(rank, own=True),
        value=Expr(kind),
        effect=Effect.WRITES,
        tags="store",
    )
    for suffix, kind in KINDS
    for rank in (1, 2, 3)
)

UPDATES: tuple[Production, ...] = tuple(
    statement(
        f"update{rank}_{name}{suffix}",
        f"{_subscript(rank)} {operator} {{value}}",
        array=Output(kind, rank, "update"),
        more=_indices(rank, own=True),
        value=Expr(kind),
        effect=Effect.WRITES,
        tags="store update",
    )
    for suffix, kind in (("", WIDE), ("_vec", VF))
    for name, operator in (("add", "+="), ("sub", "-="))
    for rank in (1, 2)
)


def _atomics() -> tuple[Production, ...]:
    rows: list[Production] = []
    for name, kinds in (
        ("add", (("", WIDE), ("_vec", VF), ("_mat", M))),
        ("sub", (("", WIDE), ("_vec", VF))),
        # Warp documents that atomic maxima and minima have no float16.
        ("max", (("", WIDER), ("_vec", VectorOf(N, WIDER_F)))),
        ("min", (("", WIDER), ("_vec", VectorOf(N, WIDER_F)))),
        ("and", (("", WIDE_I),)),
        ("or", (("", WIDE_I),)),
        ("xor", (("", WIDE_I),)),
    ):
        for suffix, kind in kinds:
            for rank in (1, 2, 3):
                if rank == 3 and name not in {"add", "max"}:
                    continue
                places = ", ".join("{" + AXES[axis] + "}" for axis in range(rank))
                rows.append(
                    statement(
                        f"atomic_{name}{rank}{suffix}",
                        f"wp.atomic_{name}({{array}}, {places}, {{value}})",
                        array=Output(kind, rank, f"atomic_{name}"),
                        more=_indices(rank),
                        value=Expr(kind),
                        effect=Effect.UNORDERED,
                        tags="atomic",
                    )
                )
    return tuple(rows)


ATOMICS = _atomics()

# What the thread is and how large an axis is.
LAUNCH: tuple[Production, ...] = (
    statement("tid1", "{i} = wp.tid()", i=Fresh(INT), tags="thread"),
    statement("tid2", "{i}, {j} = wp.tid()", i=Fresh(INT), j=Fresh(INT), tags="thread"),
    statement("tid3", "{i}, {j}, {k} = wp.tid()", i=Fresh(INT), j=Fresh(INT), k=Fresh(INT), tags="thread"),
    row("shape", "{array}.shape[{axis}]", INT, array=Named(), axis=Const(INT, (0, 1, 2)), tags="size"),
)
ARRAYS = (*LAUNCH, *LOADS, *STORES, *UPDATES, *ATOMICS)
