"""Built-ins around the computation: lengths, bit patterns, searches, views of memory, messages and checks."""

from __future__ import annotations

from grammar.catalogue.variables import MR, VF, C, F, M, Q, S, T, V
from grammar.holes import Const, Expr, Fresh, Hole, Index, Input, Spelled, Thread
from grammar.production import Effect, Production, row, statement
from grammar.types import (
    BOOL,
    DOUBLE,
    FLOAT,
    HALF,
    INT,
    Matrix,
    Opaque,
    Pattern,
    Quaternion,
    Scalar,
    Transformation,
    TypeVariable,
    Vector,
    VectorOf,
)

# A component picked by a number that may be too large for it.
PICKS: tuple[Production, ...] = (
    row("pick_vec", "{v}[{i} % len({v})]", S, v=V, i=Thread(0), tags="vector component", needs="kernel"),
    row("pick_quat", "{q}[{i} % len({q})]", F, q=Q, i=Thread(0), tags="quaternion component", needs="kernel"),
    row("pick_row", "{m}[{i} % len({m})]", VectorOf(C, F), m=MR, i=Thread(0), tags="matrix component", needs="kernel"),
    row("pick_transform", "{t}[{i} % len({t})]", F, t=T, i=Thread(0), tags="transform component", needs="kernel"),
    row("len_array", "len({array})", INT, array=Input(S, 1), tags="extent", noun="count"),
)

SEARCHES: tuple[Production, ...] = (
    row("lower_bound", "wp.lower_bound({array}, {x})", INT, array=Input(S, 1), x=Expr(S), tags="search", noun="bin"),
    row(
        "lower_bound_between",
        "wp.lower_bound({array}, 0, {array}.shape[0], {x})",
        INT,
        array=Input(S, 1),
        x=Expr(S),
        tags="search",
        noun="bin",
    ),
)


def _scalars(*names: str) -> tuple[Scalar, ...]:
    return tuple(map(Scalar, names))


# The bits of one type read as another of the same size.
BITS: tuple[Production, ...] = tuple(
    row(name, "wp.cast({x}, {to})", to, x=of, to=Spelled(to), tags="bits conversion", noun="bits")
    for name, of, to in (
        ("cast16", HALF, TypeVariable("To", _scalars("uint16", "int16"))),
        ("cast32", FLOAT, TypeVariable("To", _scalars("uint32", "int32"))),
        ("cast64", DOUBLE, TypeVariable("To", _scalars("uint64", "int64"))),
        ("cast_float16", TypeVariable("From", _scalars("uint16", "int16")), HALF),
        ("cast_float32", TypeVariable("From", _scalars("uint32", "int32")), FLOAT),
        ("cast_float64", TypeVariable("From", _scalars("uint64", "int64")), DOUBLE),
        ("cast_vec", Vector(3, FLOAT), Vector(3, INT)),
    )
)

VIEW = Opaque("array view")
MEMORY: tuple[Production, ...] = (
    statement(
        "array_view",
        "{view} = wp.array(ptr={array}.ptr, shape=({array}.shape[0],), dtype={of})\n{x} = {view}[{i}]",
        array=Input(S, 1),
        of=Spelled(S),
        view=Fresh(VIEW, "view", inner=True),
        i=Index("array", 0),
        x=Fresh(S),
        tags="view",
        needs="kernel",
    ),
    statement(
        "array_window",
        "{view} = wp.array(ptr={array}.ptr, shape=(1, {array}.shape[0]), dtype={of})\n{x} = {view}[0, {i}]",
        array=Input(S, 1),
        of=Spelled(S),
        view=Fresh(VIEW, "window", inner=True),
        i=Index("array", 0),
        x=Fresh(S),
        tags="view",
        needs="kernel",
    ),
)

# The thread's place in its block and the block's place make up the thread: the same number for any size of block.
LAUNCH: tuple[Production, ...] = (
    row(
        "block_dim",
        "{i} // wp.block_dim() * wp.block_dim() + {i} % wp.block_dim()",
        INT,
        i=Thread(0),
        tags="thread_of_block",
        noun="thread",
        needs="kernel",
    ),
)

SHOWN: tuple[tuple[str, Pattern], ...] = (
    (
        "",
        TypeVariable(
            "S",
            (FLOAT, INT, BOOL, DOUBLE, HALF, Scalar("bfloat16"), Scalar("uint8"), Scalar("int64"), Scalar("uint32")),
        ),
    ),
    (
        "_compound",
        TypeVariable(
            "S",
            (
                Vector(3, FLOAT),
                Vector(2, INT),
                Matrix(3, 3, FLOAT),
                Matrix(2, 3, FLOAT),
                Quaternion(FLOAT),
                Transformation(FLOAT),
            ),
        ),
    ),
)
ONE_THREAD: dict[str, Hole | Pattern] = {"i": Thread(0), "k": Const(INT, (0, 1, 3))}
MESSAGES: tuple[Production, ...] = (
    *(
        statement(
            f"print_one{suffix}",
            "if {i} == {k}:\n    print({x})",
            x=Expr(of),
            effect=Effect.WRITES,
            tags="print branch",
            needs="kernel",
            more=ONE_THREAD,
        )
        for suffix, of in SHOWN
    ),
    statement(
        "printf_one",
        'if {i} == {k}:\n    wp.printf("thread %d: %f\\n", {i}, {x})',
        x=Expr(FLOAT),
        effect=Effect.WRITES,
        tags="print branch",
        needs="kernel",
        more=ONE_THREAD,
    ),
)

NEAR: tuple[tuple[str, Pattern], ...] = (("", F), ("_vec", VF), ("_mat", M), ("_quat", Q))
CHECKS: tuple[Production, ...] = (
    *(
        statement(
            f"expect_near{suffix}",
            "wp.expect_near({a} + {b}, {b} + {a})",
            a=Expr(of),
            b=Expr(of),
            effect=Effect.WRITES,
            tags="check",
        )
        for suffix, of in NEAR
    ),
    *(
        statement(
            f"expect_near{suffix}_tolerance",
            "wp.expect_near({a} + {b}, {b} + {a}, {tolerance})",
            a=Expr(of),
            b=Expr(of),
            tolerance=Const(F, (1e-3, 0.01)),
            effect=Effect.WRITES,
            tags="check",
        )
        for suffix, of in NEAR
    ),
    # Every index is in range, so nothing ever stops here.
    statement(
        "break_out_of_range",
        "if {i} >= len({array}):\n    breakpoint()",
        array=Input(S, 1),
        i=Index("array", 0),
        effect=Effect.WRITES,
        tags="check",
        needs="kernel",
    ),
)

UTILITY = (*PICKS, *SEARCHES, *BITS, *MEMORY, *LAUNCH, *MESSAGES, *CHECKS)
