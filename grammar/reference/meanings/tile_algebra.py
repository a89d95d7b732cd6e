"""What Warp's built-ins compute from tiles: maps, reductions, scans, sorts.

All in the order of Warp's CPU code for blocks of one thread, which the elements are combined in one after the other.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from grammar.reference.compounds import ordered_sum
from grammar.reference.machine import Machine, Meaning
from grammar.reference.meanings import scalar
from grammar.reference.scalars import ScalarType
from grammar.reference.tile import Tile, each, element_of, gathered

INT32 = ScalarType("int32", np.int32)


def _elements(a: Tile) -> list[Any]:
    return [a.at(place) for place in a.places()]


def _folded(op: Callable[..., Any], values: list[Any]) -> Any:
    found = values[0]
    for value in values[1:]:
        found = op(found, value)
    return found


# --- maps and reductions ---------------------------------------------------------------------------------------------


def _map(op: Any, *operands: Any) -> Tile:
    return each(op, *operands)


def _reduce(op: Any, a: Tile, axis: Any = None) -> Tile:
    """Elements combined by a function, all or those along an axis."""
    if axis is None or a.ndim == 1:
        return gathered([_folded(op, _elements(a))], (1,))
    moved = Tile(np.moveaxis(a.data, int(axis), 0), a.element)
    rest = Tile(moved.data[0], a.element)
    values = [_folded(op, [moved.at((i, *place)) for i in range(len(moved))]) for place in rest.places()]
    return gathered(values, rest.sizes)


def _sum(a: Tile, axis: Any = None) -> Tile:
    if axis is None or a.ndim == 1:
        return Tile(np.asarray(ordered_sum(a.flat))[None].astype(a.data.dtype), a.element)
    return Tile(ordered_sum(np.moveaxis(a.data, int(axis), 0)).astype(a.data.dtype), a.element)


def _extreme(name: str) -> Meaning:
    def computed(machine: Machine, a: Tile) -> Tile:
        return _reduce(scalar.MEANINGS[name].on(machine), a)

    return Meaning(computed, machine=True)


def _place_of(name: str, is_better: Callable[[Any, Any], Any]) -> Meaning:
    """The place of the first extreme, counted along the last axis first."""

    def computed(machine: Machine, a: Tile) -> Tile:
        op, values = scalar.MEANINGS[name].on(machine), _elements(a)
        best, found = values[0], 0
        for place, value in enumerate(values):
            found = place if is_better(value, best) else found
            best = op(best, value)
        return Tile(np.array([found], np.int32), INT32)

    return Meaning(computed, machine=True)


def _dot(a: Tile, b: Tile) -> Tile:
    """The sum over elements of the sum over components of the products."""
    products = (a.data * b.data).reshape(len(a.flat), -1)
    terms = ordered_sum(products.T)
    total = ordered_sum([terms.dtype.type(0), *terms])
    return Tile(np.array([total], terms.dtype), element_of(total))


def _axpy(alpha: Any, src: Tile, dest: Tile) -> None:
    dest.data[...] = dest.data + src.data * alpha


def _diag_add(a: Tile, d: Tile) -> Tile:
    found = a.copy()
    for i in range(len(d)):
        found.data[i, i] += d.data[i]
    return found


def _scan(name: str, *, exclusive: bool = False) -> Meaning:
    def computed(machine: Machine, a: Tile) -> Tile:
        op, values = scalar.MEANINGS[name].on(machine), _elements(a)
        held = values[0].dtype.type(0) + values[0] if name == "add" else values[0]
        found = [held]
        for value in values[1:]:
            held = op(held, value)
            found.append(held)
        if exclusive:
            found = [found[0].dtype.type(0), *found[:-1]]
        return gathered(found, a.sizes)

    return Meaning(computed, machine=True)


def _sort(machine: Machine, keys: Tile, values: Tile) -> None:
    """Sort in place; where keys are equal, the order of the values is not specified."""
    unsorted, payload = keys.flat.copy(), values.flat.copy()
    order = _network(unsorted)
    found = unsorted[order]
    begins = np.flatnonzero(np.concatenate([[True], found[1:] != found[:-1], [True]]))
    for begin, end in itertools.pairwise(begins):
        if end - begin > 1:
            order[begin:end] = machine.shuffled(list(order[begin:end]))
    keys.data[...] = unsorted[order].reshape(keys.data.shape)
    values.data[...] = payload[order].reshape(values.data.shape)


def _network(keys: Any) -> Any:
    """The order that Batcher's bitonic network sorts keys into, as Warp's does."""
    length, held = len(keys), keys.copy()
    if length & (length - 1):
        return np.argsort(keys, kind="stable")
    order, places = np.arange(length), np.arange(length)
    for size in (2**i for i in range(1, length.bit_length())):
        for stride in (size >> i for i in range(1, size.bit_length())):
            low = places[(places ^ stride) > places]
            high = low ^ stride
            wrong = np.where((low & size) == 0, held[low] > held[high], held[low] < held[high])
            low, high = low[wrong], high[wrong]
            held[low], held[high] = held[high], held[low]
            order[low], order[high] = order[high], order[low]
    return order


MEANINGS: dict[str, Meaning] = {
    "tile_map": Meaning(_map),
    "tile_reduce": Meaning(_reduce),
    "tile_sum": Meaning(_sum),
    "tile_min": _extreme("min"),
    "tile_max": _extreme("max"),
    "tile_argmin": _place_of("min", lambda a, b: a < b),
    "tile_argmax": _place_of("max", lambda a, b: a > b),
    "tile_dot": Meaning(_dot),
    "tile_axpy": Meaning(_axpy),
    "tile_diag_add": Meaning(_diag_add),
    "tile_scan_inclusive": _scan("add"),
    "tile_scan_exclusive": _scan("add", exclusive=True),
    "tile_scan_max_inclusive": _scan("max"),
    "tile_scan_min_inclusive": _scan("min"),
    "tile_sort": Meaning(_sort, machine=True),
}
