"""Tiles: what is made can be stored, wherever it stands; arrays are as long as their tiles together."""

from __future__ import annotations

import random

import pytest

from grammar.catalogue import CATALOGUE
from grammar.catalogue.tile_memory import TILE_MEMORY
from grammar.catalogue.tiles import TILES
from grammar.choices import Recorded
from grammar.growth import exhibit
from grammar.holes import Define, Expr, Fresh, Input, Output
from grammar.likelihood import Likelihood, Place
from grammar.production import Production
from grammar.profile import profile_for
from grammar.statements import Statements
from grammar.term import Apply, Symbol, walk
from grammar.types import Tile

PROFILE = profile_for("default", "tile")
LAUNCHES = (1, 2, 3)
STORES = [row for row in TILES if {"store", "tile"} <= row.tags]


def types_of(row: Production) -> set[Tile]:
    """The types of the tiles that a row takes, gives or binds."""
    found: set[object] = set()
    for overload in row.expand():
        seen: list[object] = [hole.pattern for _, hole in overload.holes if isinstance(hole, Expr)]
        seen += [hole.pattern for _, hole in overload.holes if isinstance(hole, Fresh) and not hole.inner]
        found |= {*seen, overload.result}
    return {of for of in found if isinstance(of, Tile)}


ALL = sorted({of for row in TILES for of in types_of(row)}, key=repr)


@pytest.mark.parametrize("launch", LAUNCHES)
def test_every_tile_is_made_and_stored_in_every_launch(launch: int) -> None:
    likelihood = Likelihood(CATALOGUE, PROFILE, frozenset(), frozenset())
    place = Place(function=False, margin=0, rank=launch)
    context = {"kernel", f"rank{launch}"}
    unmade = [of for of in ALL if not likelihood.sources(of, place)]
    unstored = [
        of for of in ALL if not any(row.needs <= context and Statements.stored(row, of) is not None for row in STORES)
    ]
    assert (unmade, unstored) == ([], [])


def test_tiles_stand_in_kernels_only() -> None:
    free = [
        row.name
        for row in TILES
        if "kernel" not in row.needs and not any(isinstance(hole, Define) for _, hole in row.holes)
    ]
    assert free == []


def test_what_stands_in_a_hole_never_sees_the_inner_locals_of_its_row() -> None:
    """A lane differs between the threads of a block, which all have to reach a tile at the same value."""
    for row in TILES:
        kinds = [(isinstance(hole, Fresh) and hole.inner, isinstance(hole, Expr)) for _, hole in row.holes]
        inner = next((place for place, (is_inner, _) in enumerate(kinds) if is_inner), len(kinds))
        assert not any(is_expression for _, is_expression in kinds[inner:]), row.name


@pytest.mark.parametrize("row", [row for row in TILE_MEMORY if row.result is not None], ids=lambda row: row.name)
def test_arrays_are_as_long_as_their_tiles(row: Production) -> None:
    overload = random.Random(row.name).choice(row.expand())
    kernel = exhibit(CATALOGUE, PROFILE, [overload], Recorded([]))
    applied = next(part for part in walk(kernel.body) if isinstance(part, Apply) and part.overload == overload)
    for (_, hole), filling in zip(overload.holes, applied.fillings, strict=True):
        if isinstance(hole, Input | Output):
            assert isinstance(filling, Symbol)
            lengths = [extent.fixed or extent.each for extent in filling.extents]
            assert lengths == [each for _, each in hole.axes]
            assert [extent.fixed is None for extent in filling.extents] == [axis is not None for axis, _ in hole.axes]
