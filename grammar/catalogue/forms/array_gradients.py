"""Custom gradients and replays of functions of arrays."""

from __future__ import annotations

from grammar.catalogue.definitions import Rows, at_widths, define
from grammar.holes import Expr, Fresh, Index, Input, Output
from grammar.production import Effect, row, statement
from grammar.types import INT, TypeVariable, VectorOf

TAGS = "custom_gradient function_form"


def _arrays(real: TypeVariable, suffix: str) -> Rows:
    """Functions of arrays."""
    fetch = define(
        """
@wp.func
def {name}(values: wp.array(dtype={T}), i: int):
    return values[i]


@wp.func_grad({name})
def adj_{name}(values: wp.array(dtype={T}), i: int, adj_ret: {T}):
    {accumulate}
""",
        "fetch_scattered read_gathered",
        real,
        options={
            "accumulate": (
                "wp.adjoint[values][i] += adj_ret",
                "wp.atomic_add(wp.adjoint[values], i, adj_ret)",
            )
        },
    )
    plane = define(
        """
@wp.func
def {name}(values: wp.array2d(dtype={T}), i: int, j: int):
    line = values[i]
    return 0.5 * line[j]


@wp.func_grad({name})
def adj_{name}(values: wp.array2d(dtype={T}), i: int, j: int, adj_ret: {T}):
    wp.adjoint[values][i, j] += 0.5 * adj_ret
""",
        "fetch_half",
        real,
    )
    viewed = define(
        """
@wp.func
def {name}(values: wp.array2d(dtype={T}), i: int, j: int):
    return values[i, j] * values[i, j]


@wp.func_grad({name})
def adj_{name}(values: wp.array2d(dtype={T}), i: int, j: int, adj_ret: {T}):
    line = values[i]
    wp.adjoint[line][j] += 2.0 * line[j] * adj_ret
""",
        "squared_at",
        real,
    )
    of_vectors = define(
        """
@wp.func
def {name}(values: wp.array(dtype={V}), i: int):
    return values[i][0] * values[i][1]


@wp.func_grad({name})
def adj_{name}(values: wp.array(dtype={V}), i: int, adj_ret: {T}):
    v = values[i]
    wp.adjoint[values][i] += {V}(v[1], v[0], 0.0) * adj_ret
""",
        "area_at",
        real,
        types={"V": VectorOf(3, real)},
    )
    reserve = define(
        """
@wp.func
def {name}(counter: wp.array(dtype=int), slots: wp.array(dtype=int), i: int):
    slot = wp.atomic_add(counter, 0, 1)
    slots[i] = slot
    return slot


@wp.func_replay({name})
def replay_{name}(counter: wp.array(dtype=int), slots: wp.array(dtype=int), i: int):
    return slots[i]
""",
        "reserve take_slot",
    )
    return (
        row(
            f"gradient_array{suffix}",
            "{f}({array}, {i})",
            real,
            f=fetch,
            array=Input(real, 1),
            i=Index("array", 0),
            tags=TAGS,
            noun="fetched",
        ),
        row(
            f"gradient_plane{suffix}",
            "{f}({array}, {i}, {j})",
            real,
            f=plane,
            array=Input(real, 2),
            i=Index("array", 0, own=True),
            j=Index("array", 1, own=True),
            tags=TAGS,
            noun="fetched",
        ),
        row(
            f"gradient_view{suffix}",
            "{f}({array}, {i}, {j})",
            real,
            f=viewed,
            array=Input(real, 2),
            i=Index("array", 0, own=True),
            j=Index("array", 1, own=True),
            tags=TAGS,
            noun="squared",
        ),
        row(
            f"gradient_vectors{suffix}",
            "{f}({array}, {i})",
            real,
            f=of_vectors,
            array=Input(VectorOf(3, real), 1),
            i=Index("array", 0),
            tags=f"{TAGS} vector",
            noun="area",
        ),
        # Compaction: what is kept goes to the next free slot; the backward pass finds it again.
        statement(
            f"replay_slot{suffix}",
            "if {value} > {least}:\n    {slot} = {f}({counter}, {slots}, {i})\n    if {slot} < {out}.shape[0]:\n        {out}[{slot}] = {value}",
            f=reserve,
            value=Expr(real, varying=True),
            least=Expr(real),
            counter=Output(INT, 1, "atomic_slot"),
            slots=Output(INT, 1, "update"),
            i=Index("slots", 0, own=True),
            slot=Fresh(INT, "slot", inner=True),
            out=Output(real, 1, "atomic_kept"),
            effect=Effect.UNORDERED,
            needs="kernel rank1",
            tags=f"{TAGS} branch",
        ),
    )


ARRAY_GRADIENTS: Rows = at_widths(_arrays)
