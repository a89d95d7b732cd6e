"""Tiles: the arrays that a block of threads works on together, here blocks of one thread, as on the CPU.

What an operator or a built-in computes is a new tile; parts, transposes, reshapes and broadcasts are views: to write to
one is to write to the tile that it is of.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from grammar.reference.compounds import Compound
from grammar.reference.errors import OutOfBoundsError
from grammar.reference.scalars import ScalarType
from grammar.reference.values import CompoundType


class Tile:
    """A tile: `data` holds its axes, then those of its elements' components.

    `is_named` once a name stands for it: then an assignment to another name copies it.
    """

    __slots__ = ("data", "element", "is_named")
    __array_ufunc__ = None  # or NumPy's scalars would take a tile on their right for an array
    __hash__ = None  # type: ignore[assignment]  # it may change

    def __init__(self, data: Any, element: Any) -> None:
        self.data, self.element, self.is_named = data, element, False

    @property
    def ndim(self) -> int:
        """The number of its axes."""
        return int(self.data.ndim) - len(self.element.shape)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes of its axes."""
        return tuple(self.data.shape[: self.ndim])

    @property
    def shape(self) -> tuple[Any, ...]:
        """The sizes of its axes, as a kernel sees them."""
        return tuple(map(np.int32, self.sizes))

    @property
    def flat(self) -> Any:
        """Its elements one after the other: `data` with one axis before those of the components; a copy or a view."""
        return self.data.reshape(-1, *self.element.shape)

    def places(self) -> Iterable[tuple[int, ...]]:
        """The index of each element, the last axis fastest."""
        return itertools.product(*map(range, self.sizes))

    def at(self, place: tuple[int, ...]) -> Any:
        """An element; a view if it has components."""
        return self.element.view(self.data[place])

    def owned(self) -> Tile:
        """What an assignment to a name holds: the tile if it is no other name's, else a copy."""
        held = self.copy() if self.is_named else self
        held.is_named = True
        return held

    def copy(self) -> Tile:
        """A tile of its own."""
        return Tile(self.data.copy(), self.element)

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, key: Any) -> Any:
        """An element, a part of the tile that is a view, or a copy of the rows that a tile of indices names."""
        key = key if isinstance(key, tuple) else (key,)
        for axis, index in enumerate(key):
            if isinstance(index, Tile):
                _check(index.data, self.sizes[axis])
                rows = Tile(np.take(self.data, index.data, axis), self.element)
                rest = (*key[:axis], slice(None), *key[axis + 1 :])
                return rows[rest]
        found = self._part(key[: self.ndim])
        beyond = key[self.ndim :]  # to a component of an element
        return found[beyond if len(beyond) > 1 else beyond[0]] if beyond else found

    def _part(self, key: tuple[Any, ...]) -> Any:
        whole = len(key) == self.ndim
        for index, size in zip(key, self.sizes, strict=False):
            if isinstance(index, slice):
                whole = False
            else:
                _check(index, size)
        return self.at(key) if whole else Tile(self.data[key], self.element)

    def __setitem__(self, key: Any, value: Any) -> None:
        key = key if isinstance(key, tuple) else (key,)
        for index, size in zip(key, self.sizes, strict=False):
            if not isinstance(index, slice):
                _check(index, size)
        self.data[key] = value.data if isinstance(value, Compound | Tile) else value

    def __add__(self, other: Any) -> Tile:
        return elementwise(operator.add, self, other)

    def __sub__(self, other: Any) -> Tile:
        return elementwise(operator.sub, self, other)

    def __mul__(self, other: Any) -> Tile:
        return elementwise(operator.mul, self, other)

    def __rmul__(self, other: Any) -> Tile:
        return elementwise(operator.mul, other, self)

    def __and__(self, other: Any) -> Tile:
        return elementwise(operator.and_, self, other)

    def __or__(self, other: Any) -> Tile:
        return elementwise(operator.or_, self, other)

    def __xor__(self, other: Any) -> Tile:
        return elementwise(operator.xor, self, other)

    def __repr__(self) -> str:
        return f"Tile({self.data.tolist()})"


class TileType:
    """`wp.tile(dtype=float, shape=(8,))`: an annotation."""

    __slots__ = ("element", "sizes")

    def __init__(self, element: Any, sizes: tuple[int, ...]) -> None:
        self.element, self.sizes = element, sizes


class TileStack:
    """A stack that a block pushes values to and pops them from; it holds at most `capacity`."""

    __slots__ = ("capacity", "element", "values")

    def __init__(self, capacity: int, element: Any) -> None:
        self.capacity, self.element = capacity, element
        self.values: list[Any] = []


def element_of(value: Any) -> Any:
    """The type of a scalar or a compound, as an element of a tile."""
    if isinstance(value, Compound):
        of = ScalarType(value.data.dtype.name, value.scalar)
        return of if value.data.ndim == 0 else CompoundType(type(value), value.data.shape, of)
    return ScalarType(np.dtype(type(value)).name, type(value))


def dtype_of(element: Any) -> Any:
    """The dtype of an element's components."""
    return element.scalar.dtype if isinstance(element, CompoundType) else element.dtype


def components(value: Any) -> Any:
    """What is stored of a scalar or a compound."""
    return value.data if isinstance(value, Compound) else value


def sizes_of(shape: Any) -> tuple[int, ...]:
    """A shape or an offset that is a number or several."""
    return tuple(map(int, shape)) if isinstance(shape, tuple) else (int(shape),)


def filled(sizes: tuple[int, ...], value: Any, element: Any) -> Tile:
    """A tile of equal elements."""
    made = Tile(np.zeros((*sizes, *element.shape), dtype_of(element)), element)
    made.data[...] = components(value)
    return made


def gathered(values: list[Any], sizes: tuple[int, ...]) -> Tile:
    """A tile of these elements, the last axis fastest."""
    element = element_of(values[0])
    data = np.array([components(value) for value in values], dtype_of(element))
    return Tile(data.reshape(*sizes, *element.shape), element)


def each(function: Callable[..., Any], *operands: Any) -> Tile:
    """A function of each element; what is no tile is the same for all."""
    first = next(operand for operand in operands if isinstance(operand, Tile))
    values = [
        function(*(operand.at(place) if isinstance(operand, Tile) else operand for operand in operands))
        for place in first.places()
    ]
    return gathered(values, first.sizes)


def elementwise(function: Callable[..., Any], *operands: Any) -> Tile:
    """The same for a function that takes NumPy's arrays of scalars as well as scalars, and compounds."""
    if any(isinstance(x, Compound) or (isinstance(x, Tile) and x.element.shape) for x in operands):
        return each(function, *operands)
    first = next(operand for operand in operands if isinstance(operand, Tile))
    data = function(*(operand.data if isinstance(operand, Tile) else operand for operand in operands))
    return Tile(data, first.element)


def _check(index: Any, size: int) -> None:
    if np.any(np.asarray(index) < -size) or np.any(np.asarray(index) >= size):
        raise OutOfBoundsError(f"index {index} into a tile's axis of {size}")
