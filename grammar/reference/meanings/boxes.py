"""Hierarchies of boxes: which boxes overlap a box, a ray, a sphere or a capsule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from grammar.reference.compounds import Vec
from grammar.reference.errors import UnreferencedError
from grammar.reference.machine import Machine, Meaning
from grammar.reference.meanings.decisions import Data, epsilon, noise
from grammar.reference.tile import Tile

EVERY = -1  # the root of all


@dataclass(slots=True)
class Bvh:
    """Boxes, the corners (n, 3), and the group of each, if they have any."""

    lowers: Any
    uppers: Any
    groups: Any

    def members(self, root: Any) -> list[int]:
        """The boxes under a root."""
        if root == EVERY:
            return list(range(len(self.lowers)))
        return np.flatnonzero(self.groups == np.unique(self.groups)[root]).tolist()

    def root(self, group: Any) -> Any:
        """The root of a group: its rank among those there are, or that of all."""
        found = np.flatnonzero(np.unique(self.groups) == group)
        return np.int32(found[0] if len(found) else EVERY)


class Query:
    """Items that pass a test of their number and of how far to look, one after the other.

    `is_valid`: for a query that a block shares, whether the last step found any.
    """

    def __init__(self, machine: Machine, items: list[int], test: Callable[[int, Any], bool]) -> None:
        self._machine, self._test = machine, test
        self._items: Iterator[int] = iter(machine.shuffled(items))
        self.is_valid = True

    def advance(self, reach: Any = np.inf) -> int | None:
        """The next item; none at the end."""
        for item in self._items:
            self._machine.fuel -= 1
            if self._machine.fuel < 0:
                raise UnreferencedError("it runs for too long")
            if self._test(item, reach):
                return item
        return None

    def __iter__(self) -> Iterator[Any]:
        while (found := self.advance()) is not None:
            yield np.int32(found)


def overlap(low: Data, high: Data, lower: Data, upper: Data) -> bool:
    """Whether two boxes touch."""
    return not bool(np.any(low > upper) or np.any(high < lower))


def reaches(center: Data, square: Any, lower: Data, upper: Data) -> bool:
    """Whether a ball, of a squared radius, touches a box."""
    d = np.fmax(np.fmax(lower - center, center - upper), center.dtype.type(0))
    return bool(d[0] * d[0] + d[1] * d[1] + d[2] * d[2] <= square)


def _entry(start: Data, inverse: Data, lower: Data, upper: Data, near: Any, far: Any, free: Data = ()) -> Any:
    """Where a ray, between two places of it, enters a box; nothing if it misses it. `free` axes have no walls."""
    for axis in range(3):
        if axis not in free:
            a, b = (lower[axis] - start[axis]) * inverse[axis], (upper[axis] - start[axis]) * inverse[axis]
            near, far = np.fmax(np.fmin(a, b), near), np.fmin(np.fmax(a, b), far)
    return near if far >= 0 and far >= near else None


def _aabb(machine: Machine, bvh: Bvh, low: Vec, high: Vec, root: Any = EVERY) -> Query:
    a, b = low.data.copy(), high.data.copy()
    return Query(machine, bvh.members(root), lambda i, _reach: overlap(a, b, bvh.lowers[i], bvh.uppers[i]))


def _sphere(machine: Machine, bvh: Bvh, center: Vec, radius: Any, root: Any = EVERY) -> Query:
    place, size = center.data.copy(), np.fmax(radius, radius.dtype.type(0))
    return Query(
        machine, bvh.members(root), lambda i, _reach: reaches(place, size * size, bvh.lowers[i], bvh.uppers[i])
    )


def _ray(machine: Machine, bvh: Bvh, start: Vec, dir: Vec, root: Any = EVERY) -> Query:  # noqa: A002
    origin, inverse = start.data.copy(), dir.scalar(1) / dir.data

    def test(i: int, reach: Any) -> bool:
        lower, upper = bvh.lowers[i].copy(), bvh.uppers[i].copy()
        for wall in (lower, upper):  # along a wall, it is inside or outside
            for axis in np.flatnonzero(np.isinf(inverse) & (wall == origin)):
                wall[axis] += wall.dtype.type(noise(machine, 4 * epsilon(wall) * (1 + abs(wall[axis]))))
        nowhere = origin.dtype.type(np.nan)  # it misses where no axis is a number
        entry = _entry(origin, inverse, lower, upper, nowhere, nowhere)
        return entry is not None and not entry >= reach

    return Query(machine, bvh.members(root), test)


def _capsule(machine: Machine, bvh: Bvh, start: Vec, dir: Vec, radius: Any, root: Any = EVERY) -> Query:  # noqa: A002
    origin, inverse = start.data.copy(), dir.scalar(1) / dir.data
    size = np.fmax(radius, radius.dtype.type(0))
    still = dir.scalar(1) / inverse == 0  # axes along which it does not move
    if still.all():
        raise UnreferencedError("a capsule of no length")
    ends = dir.scalar(np.finfo(dir.data.dtype).max)

    def test(i: int, reach: Any) -> bool:
        lower, upper = bvh.lowers[i] - size, bvh.uppers[i] + size
        if np.any(still & ((origin < lower) | (origin > upper))):
            return False
        entry = _entry(origin, inverse, lower, upper, -ends, ends, np.flatnonzero(still))
        return entry is not None and not entry > reach

    return Query(machine, bvh.members(root), test)


def next_item(query: Query, index: Any, max_dist: Any = np.inf) -> tuple[Any, Any]:
    """Whether a query goes on, and the item."""
    found = query.advance(max_dist)
    return (np.bool_(False), index) if found is None else (np.bool_(True), np.int32(found))


def next_tile(machine: Machine, query: Query) -> Tile:
    """The next item for the one thread of a block, or -1."""
    found = query.advance()
    query.is_valid = found is not None
    return Tile(np.array([EVERY if found is None else found], np.int32), machine.type("int32"))


def _group_root(bvh: Bvh, group: Any) -> Any:
    return bvh.root(group)


def _is_valid(query: Query) -> Any:
    return np.bool_(query.is_valid)


MEANINGS: dict[str, Meaning] = {
    "bvh_query_aabb": Meaning(_aabb, machine=True),
    "bvh_query_sphere": Meaning(_sphere, machine=True),
    "bvh_query_ray": Meaning(_ray, machine=True),
    "bvh_query_capsule": Meaning(_capsule, machine=True),
    "bvh_query_next": Meaning(next_item),
    "bvh_get_group_root": Meaning(_group_root),
    "tile_query_valid": Meaning(_is_valid),
    **dict.fromkeys(("bvh_query_aabb_tiled", "tile_bvh_query_aabb"), Meaning(_aabb, machine=True)),
    **dict.fromkeys(("bvh_query_ray_tiled", "tile_bvh_query_ray"), Meaning(_ray, machine=True)),
    **dict.fromkeys(("bvh_query_next_tiled", "tile_bvh_query_next"), Meaning(next_tile, machine=True)),
}
