"""Reading the neighbours of an element: with a margin from the borders, clamped to them, or wrapped round."""

from __future__ import annotations

from grammar.catalogue.variables import VF, F, S, V
from grammar.holes import Const, Hole, Index, Input, SizeOf
from grammar.production import Production, row
from grammar.types import Pattern

KINDS: tuple[tuple[str, Pattern], ...] = (("", S), ("_vec", V))


def _around(rank: int) -> dict[str, Hole | Pattern]:
    """The thread's own indices, with a margin of one."""
    return {axis: Index("array", place, own=True, reach=1) for place, axis in enumerate("ijk"[:rank])}


# Inside the margin.
INTERIOR: tuple[Production, ...] = tuple(
    row(name + suffix, template, kind, array=Input(kind, rank), more=_around(rank), tags="stencil", noun=noun)
    for rank, rows in (
        (
            1,
            (
                ("before", "{array}[{i} - 1]", "left"),
                ("after", "{array}[{i} + 1]", "right"),
                ("difference", "{array}[{i} + 1] - {array}[{i} - 1]", "gradient"),
                ("neighbour_sum", "{array}[{i} - 1] + {array}[{i} + 1]", "around"),
            ),
        ),
        (
            2,
            (
                ("north", "{array}[{i} - 1, {j}]", "north"),
                ("south", "{array}[{i} + 1, {j}]", "south"),
                ("west", "{array}[{i}, {j} - 1]", "west"),
                ("east", "{array}[{i}, {j} + 1]", "east"),
                ("difference_rows", "{array}[{i} + 1, {j}] - {array}[{i} - 1, {j}]", "dy"),
                ("difference_columns", "{array}[{i}, {j} + 1] - {array}[{i}, {j} - 1]", "dx"),
                (
                    "cross_sum",
                    "{array}[{i} - 1, {j}] + {array}[{i} + 1, {j}] + {array}[{i}, {j} - 1] + {array}[{i}, {j} + 1]",
                    "around",
                ),
            ),
        ),
        (
            3,
            (
                ("below", "{array}[{i}, {j}, {k} - 1]", "below"),
                ("above", "{array}[{i}, {j}, {k} + 1]", "above"),
                ("difference_depth", "{array}[{i}, {j}, {k} + 1] - {array}[{i}, {j}, {k} - 1]", "dz"),
                ("difference_height", "{array}[{i}, {j} + 1, {k}] - {array}[{i}, {j} - 1, {k}]", "dy"),
            ),
        ),
    )
    for suffix, kind in KINDS
    for name, template, noun in rows
)

TWO, FOUR = Const(F, (2.0,)), Const(F, (4.0,))
LAPLACIANS: tuple[Production, ...] = tuple(
    laplacian
    for suffix, kind in (("", F), ("_vec", VF))
    for laplacian in (
        row(
            f"laplacian1{suffix}",
            "{array}[{i} - 1] - {two} * {array}[{i}] + {array}[{i} + 1]",
            kind,
            array=Input(kind, 1),
            i=Index("array", 0, own=True, reach=1),
            two=TWO,
            tags="stencil arithmetic",
            noun="laplacian",
        ),
        row(
            f"laplacian2{suffix}",
            "{array}[{i} - 1, {j}] + {array}[{i} + 1, {j}] + {array}[{i}, {j} - 1] + {array}[{i}, {j} + 1] - {four} * {array}[{i}, {j}]",
            kind,
            array=Input(kind, 2),
            i=Index("array", 0, own=True, reach=1),
            j=Index("array", 1, own=True, reach=1),
            four=FOUR,
            tags="stencil arithmetic",
            noun="laplacian",
        ),
    )
)

# At the borders: the nearest element, or round the other side.
SIZED: dict[str, Hole | Pattern] = {"n": SizeOf("i")}
CLAMPS: tuple[tuple[str, str, dict[str, Hole | Pattern], str], ...] = (
    ("before_clamped", "{array}[wp.max({i} - 1, 0)]", {}, "left"),
    ("after_clamped", "{array}[wp.min({i} + 1, {n} - 1)]", SIZED, "right"),
    ("after_wrapped", "{array}[({i} + 1) % {n}]", SIZED, "next"),
    ("mirrored", "{array}[{n} - {i} - 1]", SIZED, "mirrored"),
)
CLAMPED: tuple[Production, ...] = tuple(
    row(name + suffix, template, kind, array=Input(kind, 1), i=Index("array", 0), more=sized, tags="stencil", noun=noun)
    for suffix, kind in KINDS
    for name, template, sized, noun in CLAMPS
)

STENCILS = (*INTERIOR, *LAPLACIANS, *CLAMPED)
