"""What each of Warp's built-ins means: tables of functions on the reference's values, by name."""

from __future__ import annotations

from grammar.reference.machine import Meaning
from grammar.reference.meanings import arrays, linear, queries, random, scalar, tiles, volumes

MEANINGS: dict[str, Meaning] = {
    **scalar.MEANINGS,
    **linear.MEANINGS,
    **arrays.MEANINGS,
    **random.MEANINGS,
    **tiles.MEANINGS,
    **queries.MEANINGS,
    **volumes.MEANINGS,
}
BOUND = arrays.BOUND | queries.BOUND | volumes.BOUND
UNBOUND = arrays.UNBOUND | queries.UNBOUND | volumes.UNBOUND
