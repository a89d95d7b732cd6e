"""Atomic updates of arrays that threads share, and of the arrays of a Fabric stage."""

from __future__ import annotations

from grammar.catalogue.arrays import AXES, indices, subscript
from grammar.catalogue.hosts import fabric
from grammar.catalogue.variables import WIDE, F, I, N, Q, T
from grammar.holes import Const, Expr, Fresh, Hole, Output, Thread
from grammar.production import Effect, Production, statement
from grammar.types import FLOAT, HALF, INT, Matrix, MatrixOf, Pattern, Scalar, Size, TypeVariable, Vector, VectorOf

WIDE_I = TypeVariable("I", tuple(of for of in I.over if of in WIDE.over))
# Warp documents that atomic maxima and minima have no float16.
ORDERED = TypeVariable("S", tuple(of for of in WIDE.over if of != HALF))
# What can be compared and swapped, or exchanged.
SWAPPED = TypeVariable("S", tuple(of for of in ORDERED.over if of != Scalar("bfloat16")))
LENGTHS = Size("L", (2, 3, 4, 6))


def _atomic(name: str, rank: int, suffix: str, kind: Pattern) -> Production:
    places = ", ".join("{" + AXES[axis] + "}" for axis in range(rank))
    return statement(
        f"atomic_{name}{rank}{suffix}",
        f"wp.atomic_{name}({{array}}, {places}, {{value}})",
        array=Output(kind, rank, f"atomic_{name}"),
        more=indices(rank),
        value=Expr(kind),
        effect=Effect.UNORDERED,
        tags="atomic",
    )


SUMS: tuple[tuple[str, Pattern], ...] = (
    ("", WIDE),
    ("_vec", VectorOf(LENGTHS, WIDE)),
    ("_mat", MatrixOf(N, N, F)),
    ("_quat", Q),
    ("_transform", T),
)
EXTREMES: tuple[tuple[str, Pattern], ...] = (
    ("", ORDERED),
    ("_vec", VectorOf(N, ORDERED)),
    ("_mat", MatrixOf(N, N, TypeVariable("F", tuple(of for of in F.over if of != HALF)))),
)
BITWISE: tuple[tuple[str, Pattern], ...] = (
    ("", WIDE_I),
    ("_vec", VectorOf(N, WIDE_I)),
    ("_mat", Matrix(2, 2, INT)),
)
UPDATES: tuple[Production, ...] = tuple(
    _atomic(name, rank, suffix, kind)
    for names, kinds in ((("add", "sub"), SUMS), (("max", "min"), EXTREMES), (("and", "or", "xor"), BITWISE))
    for name in names
    for suffix, kind in kinds
    for rank in (1, 2, 3, 4)
    if rank < 3 or not suffix
)

# Whoever comes first, the element ends the same: every thread swaps the same value in, and nobody asks what was there.
CLAIMS: tuple[Production, ...] = tuple(
    claim
    for rank in (1, 2, 3, 4)
    for places in (", ".join("{" + AXES[axis] + "}" for axis in range(rank)),)
    for claim in (
        statement(
            f"claim{rank}",
            f"wp.atomic_cas({{array}}, {places}, {{free}}, {{taken}})",
            array=Output(SWAPPED, rank, "atomic_cas"),
            more=indices(rank),
            free=Const(SWAPPED, (0,)),
            taken=Const(SWAPPED, (1, 2)),
            effect=Effect.UNORDERED,
            tags="claim",
            needs="kernel",
        ),
        statement(
            f"mark{rank}",
            f"wp.atomic_exch({{array}}, {places}, {{mark}})",
            array=Output(SWAPPED, rank, "atomic_exch"),
            more=indices(rank),
            mark=Const(SWAPPED, (1,)),
            effect=Effect.UNORDERED,
            tags="claim",
            needs="kernel",
        ),
    )
)

# The value before the update is the same in every run only where no other thread updates the element. The rows are for
# that value, so their effect is none: where nothing reads it, they go.
BEFORE: tuple[Production, ...] = (
    *(
        statement(
            f"before_{name}",
            f"{{old}} = wp.atomic_{name}({{array}}, {{i}}, {{value}})",
            array=Output(kind, 1, "update"),
            more=indices(1, own=True),
            value=Expr(kind),
            old=Fresh(kind, "previous"),
            tags="claim",
            needs="kernel rank1",
        )
        for name, kind in (
            ("add", WIDE),
            ("sub", WIDE),
            ("max", ORDERED),
            ("min", ORDERED),
            ("exch", SWAPPED),
            ("and", WIDE_I),
            ("or", WIDE_I),
            ("xor", WIDE_I),
        )
    ),
    statement(
        "before_cas",
        "{old} = wp.atomic_cas({array}, {i}, {free}, {value})",
        array=Output(SWAPPED, 1, "update"),
        more=indices(1, own=True),
        free=Const(SWAPPED, (0,)),
        value=Expr(SWAPPED),
        old=Fresh(SWAPPED, "previous"),
        tags="claim",
        needs="kernel rank1",
    ),
    # A spin lock around one update: each thread has a lock of its own, so that none waits for another.
    statement(
        "locked_add",
        "while wp.atomic_cas({locks}, {k}, 0, 1) == 1:\n    continue\n"
        + subscript(1)
        + " += {value}\nwp.atomic_exch({locks}, {k}, 0)",
        array=Output(FLOAT, 1, "update"),
        more=indices(1, own=True),
        locks=Output(INT, 1, "update"),
        k=Thread(0),
        value=Expr(FLOAT),
        effect=Effect.WRITES,
        tags="claim",
        needs="kernel rank1",
    ),
)


def _fabric() -> tuple[Production, ...]:
    """Atomics on arrays of a Fabric stage: attributes, and attributes that are arrays, whole or by an index."""
    rows: list[Production] = []
    operations: tuple[tuple[str, Pattern], ...] = (
        ("add", TypeVariable("S", (FLOAT, INT, Vector(3, FLOAT)))),
        ("sub", TypeVariable("S", (FLOAT, INT))),
        ("max", TypeVariable("S", (FLOAT, INT))),
        ("min", TypeVariable("S", (FLOAT, INT))),
        ("exch", INT),
        ("cas", INT),
        ("and", INT),
        ("or", INT),
        ("xor", INT),
    )
    for indexed in ("", "indexed"):
        for rank in (1, 2):
            places = ", ".join(("{i}", "0")[:rank])
            for name, of in operations:
                value: dict[str, Hole | Pattern] = {"value": Const(of, (1,)) if name in {"exch", "cas"} else Expr(of)}
                rows.append(
                    statement(
                        f"fabric_{indexed}{name}{rank}",
                        f"wp.atomic_{name}({{attribute}}, {places}, {'0, ' if name == 'cas' else ''}{{value}})",
                        attribute=fabric(of, indexed=bool(indexed), arrays=rank == 2),
                        i=Thread(0),
                        more=value,
                        effect=Effect.UNORDERED,
                        tags="fabric",
                        needs="kernel",
                    )
                )
    return tuple(rows)


ATOMICS = (*UPDATES, *CLAIMS, *BEFORE, *_fabric())
