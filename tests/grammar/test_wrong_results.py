"""Bugs that show in a kernel as a whole: which kernels meet one."""

from __future__ import annotations

from grammar.catalogue import CATALOGUE
from grammar.term import Apply, Name, Symbol
from grammar.types import FLOAT, Tile
from grammar.wrong_results import WRONG_RESULTS

STRIDES = next(bug for bug in WRONG_RESULTS if bug.name == "tile_view_strides")
BLOCK, SIDE = Name(Symbol("block", Tile(FLOAT, (8, 8)), "local")), Name(Symbol("side", Tile(FLOAT, (8,)), "local"))


def regularized(first: Name | Apply) -> Apply:
    """`wp.tile_diag_add(first, side)`."""
    overload = next(o for o in CATALOGUE.by_name["tile_diag_add"].expand() if o.result == BLOCK.type)
    return Apply(overload, (first, SIDE))


def test_a_part_of_a_tile_is_an_operand_or_has_a_name() -> None:
    corner = next(o for o in CATALOGUE.by_name["tile_slice2d"].expand() if o.result == BLOCK.type)
    part = Apply(corner, (Name(Symbol("tile", Tile(FLOAT, (16, 16)), "local")),))
    let = Apply(next(iter(CATALOGUE.by_name["let"].expand())), (part, Symbol("corner", part.type, "local")))
    plain, of_part = regularized(BLOCK), regularized(part)
    assert STRIDES.occurs([of_part], [of_part, part])
    assert STRIDES.occurs([plain], [plain, let, part])
    assert not STRIDES.occurs([plain], [plain, part])
    assert not STRIDES.occurs([let], [let, part])
