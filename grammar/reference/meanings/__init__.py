"""What each of Warp's built-ins means: tables of functions on the reference's values, by name."""

from __future__ import annotations

from grammar.reference.machine import Meaning
from grammar.reference.meanings import (
    arrays,
    linear,
    queries,
    random,
    scalar,
    textures,
    tile_algebra,
    tile_memory,
    tile_products,
    tiles,
    volumes,
)

MEANINGS: dict[str, Meaning] = {
    **scalar.MEANINGS,
    **linear.MEANINGS,
    **arrays.MEANINGS,
    **random.MEANINGS,
    **tiles.MEANINGS,
    **tile_memory.MEANINGS,
    **tile_algebra.MEANINGS,
    **tile_products.MEANINGS,
    **queries.MEANINGS,
    **volumes.MEANINGS,
    **textures.MEANINGS,
}
BOUND = arrays.BOUND | queries.BOUND | volumes.BOUND | textures.BOUND
UNBOUND = arrays.UNBOUND | queries.UNBOUND | volumes.UNBOUND
