"""Hash grids: which points lie in the cells around a place."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grammar.reference.compounds import Vec
from grammar.reference.errors import OutOfBoundsError
from grammar.reference.machine import Machine, Meaning

FARTHEST = 2**31


@dataclass(slots=True)
class Grid:
    """Points in buckets: cells of one width, repeated in space after `dims` of them on each axis."""

    points: Any
    groups: Any
    dims: tuple[int, int, int]
    width: Any
    cells: dict[int, list[int]] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        for i, point in enumerate(self.points):
            self.cells.setdefault(self.number([_cell(x * self.inverse) for x in point]), []).append(i)
        for members in self.cells.values():
            members.sort(key=lambda i: int(np.uint32(self.groups[i])))
        self.order = [i for number in sorted(self.cells) for i in self.cells[number]]

    @property
    def inverse(self) -> Any:
        """One by the width of a cell."""
        return self.width.dtype.type(1) / self.width

    def number(self, cell: Sequence[int]) -> int:
        """The number of a cell's bucket."""
        x, y, z = (coordinate % size for coordinate, size in zip(cell, self.dims, strict=True))
        return (z * self.dims[1] + y) * self.dims[0] + x

    def near(self, p: Vec, radius: Any) -> list[int]:
        """The points in the cells that a cube around a point reaches into, each once."""
        first = [_cell((x - radius) * self.inverse) for x in p.data]
        last = [_cell((x + radius) * self.inverse) for x in p.data]
        # A cube that ends before it begins is the cell that it begins in.
        spans = [range(a, max(a, min(b, a + size - 1)) + 1) for a, b, size in zip(first, last, self.dims, strict=True)]
        numbers = (self.number((x, y, z)) for z, y, x in itertools.product(*reversed(spans)))
        return [i for number in numbers for i in self.cells.get(number, ())]


def _cell(scaled: Any) -> int:
    """The cell's coordinate of a scaled coordinate."""
    down = float(np.floor(np.float64(scaled)))
    return 0 if np.isnan(down) else int(max(-FARTHEST, min(down, FARTHEST - 2)))


class GridQuery:
    """The points around a place, one after the other."""

    def __init__(self, found: Sequence[int]) -> None:
        self._found = iter(found)

    def advance(self) -> int | None:
        """The next point; none at the end."""
        return next(self._found, None)

    def __iter__(self) -> Iterator[Any]:
        return (np.int32(i) for i in self._found)


def _query(machine: Machine, grid: Grid, point: Vec, max_dist: Any, group: Any = None) -> GridQuery:
    found = grid.near(point, max_dist)
    if group is not None:
        found = [i for i in found if grid.groups[i] == group]
    return GridQuery(machine.shuffled(found))


def _next(query: GridQuery, index: Any) -> tuple[Any, Any]:
    found = query.advance()
    return (np.bool_(False), index) if found is None else (np.bool_(True), np.int32(found))


def _point_id(grid: Grid, index: Any) -> Any:
    if not 0 <= index < len(grid.order):
        raise OutOfBoundsError(f"point {index} of {len(grid.order)}")
    return np.int32(grid.order[index])


MEANINGS: dict[str, Meaning] = {
    "hash_grid_query": Meaning(_query, machine=True),
    "hash_grid_query_next": Meaning(_next),
    "hash_grid_point_id": Meaning(_point_id),
}
