"""What Warp's built-ins that move tiles from arrays and back mean.

Where a tile is kept, whether it is aligned and how an addition is made atomic changes no meaning.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from grammar.reference.errors import OutOfBoundsError, UnreferencedError
from grammar.reference.machine import Meaning
from grammar.reference.tile import Tile, filled, sizes_of
from grammar.reference.values import Arr

Sizes = tuple[int, ...]
PLACEMENT = ("storage", "aligned", "precision")  # arguments that change no meaning


def placed(function: Callable[..., Any], *, machine: bool = False) -> Meaning:
    """A built-in that may be told where and how to do what it does."""

    def called(*arguments: Any, **named: Any) -> Any:
        return function(*arguments, **{name: value for name, value in named.items() if name not in PLACEMENT})

    return Meaning(called, machine=machine)


def _start(offset: Any, ndim: int) -> Sizes:
    """Where a tile lies in an array: from the first element, unless said otherwise."""
    start = (0,) * ndim if offset is None else sizes_of(offset)
    if min(start) < 0:
        raise OutOfBoundsError(f"a tile at {start}")
    return start


def _overlap(a: Arr, sizes: Sizes, offset: Any, bounds_check: Any) -> tuple[Any, Any]:
    """The part of an array that a tile covers, and the part of the tile that lies in the array, as indices."""
    start = _start(offset, a.ndim)
    inside = [max(0, min(size, axis - at)) for size, axis, at in zip(sizes, a.shape, start, strict=True)]
    if not bounds_check and tuple(inside) != sizes:
        raise OutOfBoundsError(f"a tile of {sizes} at {start} in an array of {a.shape}")
    covered = tuple(slice(at, at + size) for at, size in zip(start, inside, strict=True))
    return covered, tuple(slice(0, size) for size in inside)


def _element(a: Arr) -> Any:
    if a.data.dtype == object:
        raise UnreferencedError("a tile of structs")
    return a.element


def _load(a: Arr, shape: Any, offset: Any = None, bounds_check: Any = True) -> Tile:
    made = filled(sizes_of(shape), 0, _element(a))
    covered, inside = _overlap(a, made.sizes, offset, bounds_check)
    made.data[inside] = a.data[covered]
    return made


def _store(a: Arr, t: Tile, offset: Any = None, bounds_check: Any = True) -> None:
    covered, inside = _overlap(a, t.sizes, offset, bounds_check)
    a.data[covered] = t.data[inside]


def _atomic_add(a: Arr, t: Tile, offset: Any = None, bounds_check: Any = True) -> Tile:
    """Add to a part of an array; what was there before, zero beyond the array."""
    covered, inside = _overlap(a, t.sizes, offset, bounds_check)
    before = filled(t.sizes, 0, _element(a))
    before.data[inside] = a.data[covered]
    a.data[covered] += t.data[inside]
    return before


def _gathered(a: Arr, sizes: Sizes, indices: Tile, offset: Any, axis: Any) -> Iterator[tuple[Sizes, Sizes]]:
    """The places in a tile that have an element of the array, and its place there: on one axis by indices."""
    start = (0,) * a.ndim if offset is None else sizes_of(offset)
    axis, shape = int(axis), a.data.shape[: a.ndim]
    for place in itertools.product(*map(range, sizes)):
        along = (*place[:axis], int(indices.data[place[axis]]), *place[axis + 1 :])
        source = tuple(at + i for at, i in zip(start, along, strict=True))
        if all(0 <= i < size for i, size in zip(source, shape, strict=True)):
            yield place, source


def _load_indexed(a: Arr, indices: Tile, shape: Any, offset: Any = None, axis: Any = 0) -> Tile:
    made = filled(sizes_of(shape), 0, _element(a))
    for place, source in _gathered(a, made.sizes, indices, offset, axis):
        made.data[place] = a.data[source]
    return made


def _store_indexed(a: Arr, indices: Tile, t: Tile, offset: Any = None, axis: Any = 0) -> None:
    for place, source in _gathered(a, t.sizes, indices, offset, axis):
        a.data[source] = t.data[place]


def _atomic_add_indexed(a: Arr, indices: Tile, t: Tile, offset: Any = None, axis: Any = 0) -> Tile:
    before = filled(t.sizes, 0, _element(a))
    for place, source in _gathered(a, t.sizes, indices, offset, axis):
        before.data[place] = a.data[source]
        a.data[source] += t.data[place]
    return before


MEANINGS: dict[str, Meaning] = {
    "tile_load": placed(_load),
    "tile_store": placed(_store),
    "tile_atomic_add": Meaning(_atomic_add),
    "tile_load_indexed": placed(_load_indexed),
    "tile_store_indexed": Meaning(_store_indexed),
    "tile_atomic_add_indexed": Meaning(_atomic_add_indexed),
}
