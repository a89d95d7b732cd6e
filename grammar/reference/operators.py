"""The operators and Python built-ins that mean something else in a kernel than on NumPy's scalars."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from grammar.reference.compounds import Compound
from grammar.reference.errors import UndefinedError, UnreferencedError
from grammar.reference.machine import Machine
from grammar.reference.scalars import ScalarType
from grammar.reference.tile import Tile, each, elementwise
from grammar.reference.values import Arr, ArrayType, CompoundType, Struct, own


def divide(a: Any, b: Any) -> Any:
    """`a / b`: truncates for integers; by components."""
    if isinstance(a, Tile) or isinstance(b, Tile):
        return elementwise(divide, a, b)
    if isinstance(a, Compound) or isinstance(b, Compound):
        kind = a if isinstance(a, Compound) else b
        return type(kind)(_divide(_data(a), _data(b)))
    return _divide(a, b)


def _divide(a: Any, b: Any) -> Any:
    if a.dtype.kind in "iu":
        _check_divisible(a, b)
        quotient = a // b
        short = (quotient * b != a) & ((a < 0) != (b < 0))
        return (quotient + short.astype(a.dtype)).astype(a.dtype)[()]
    return a / b


def _check_divisible(a: Any, b: Any) -> None:
    """Raise for what C++ leaves undefined: by zero, and a quotient too large; narrow ones are divided as int32."""
    if np.any(b == 0):
        raise UndefinedError("an integer is divided by zero")
    if a.dtype.kind == "i" and a.dtype.itemsize >= 4 and np.any((a == np.iinfo(a.dtype).min) & (b == -1)):
        raise UndefinedError("the least integer is divided by -1")


def floor_divide(a: Any, b: Any) -> Any:
    """`a // b`: rounds down, of floats what the division gives."""
    if isinstance(a, Compound):
        return type(a)(_floor_divide(a.data, _data(b)))
    return _floor_divide(a, b)


def _floor_divide(a: Any, b: Any) -> Any:
    if a.dtype.kind in "iu":
        _check_divisible(a, b)
        return a // b
    return np.floor(np.asarray(a / b, np.float64)).astype(a.dtype)[()]


def remainder(a: Any, b: Any) -> Any:
    """`a % b`: has the sign of the dividend, as in C; by components."""
    if isinstance(a, Compound):
        return type(a)(_remainder(a.data, _data(b)))
    return _remainder(a, b)


def _remainder(a: Any, b: Any) -> Any:
    if a.dtype.kind in "iu":
        _check_divisible(a, b)
        return np.fmod(a, b)
    return np.fmod(np.asarray(a, np.float64), np.asarray(b, np.float64)).astype(a.dtype)[()]


def negative(a: Any) -> Any:
    """`-a`: of the number +0.0 it is +0.0, of a component -0.0."""
    if isinstance(a, Tile):
        return each(negative, a)
    if isinstance(a, Compound):
        return type(a)(-a.data)
    return type(a)(0) - a


class Places:
    """Assignment by an operator to an element or a field: `a[i] //= x`, `s.total += x`."""

    def __init__(self, operators: dict[str, Callable[[Any, Any], Any]]) -> None:
        self.operators = operators

    def item(self, holder: Any, key: Any, operator: str, value: Any) -> None:
        """`holder[key] operator= value`."""
        holder[key] = self.operators[operator](holder[key], value)

    def name(self, held: Any, operator: str, value: Any) -> Any:
        """What a name stands for after `name operator= value`; a tile changes in place, as its views see."""
        computed = self.operators[operator](held, value)
        if isinstance(held, Tile) and isinstance(value, Tile):
            held.data[...] = computed.data
            return held
        return own(computed)

    def attribute(self, holder: Any, name: str, operator: str, value: Any) -> None:
        """`holder.name operator= value`."""
        setattr(holder, name, self.operators[operator](getattr(holder, name), value))


def burn(machine: Machine) -> None:
    """Pay for a trip of a loop."""
    machine.fuel -= 1
    if machine.fuel < 0:
        raise UnreferencedError("it runs for too long")


class Range:
    """A kernel's `range`: counts in int32, each time that it is iterated over anew."""

    def __init__(self, trips: range, machine: Machine) -> None:
        self.trips, self.machine = trips, machine

    def __iter__(self) -> Iterator[Any]:
        for i in self.trips:
            burn(self.machine)
            yield np.int32(i)

    def __reversed__(self) -> Iterator[Any]:
        return iter(Range(self.trips[::-1], self.machine))

    def __len__(self) -> int:
        return len(self.trips)


class PythonBuiltins:
    """`range`, `int`, `min` … as kernels call them, on one machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def range(self, *bounds: Any) -> Range:
        """Count in int32."""
        return Range(range(*map(int, bounds)), self.machine)

    def while_test(self, value: Any) -> bool:
        """The test of a `while`, which costs fuel."""
        burn(self.machine)
        return bool(value)

    def literal(self, value: Any) -> Any:
        """A number of Python's where a kernel reads it: float32, int32 or a truth value; anything else as it is."""
        if isinstance(value, np.generic):
            return value
        if isinstance(value, bool):
            return np.bool_(value)
        if isinstance(value, int):
            return np.int64(value).astype(np.int32)
        if isinstance(value, float):
            return self.machine.type("float32").dtype(value)
        return value


def type_of(value: Any) -> Any:
    """`type`: the type of a value, to convert to it or to ask for its `dtype`."""
    match value:
        case np.generic():
            return ScalarType(value.dtype.name, type(value))
        case Compound():
            return CompoundType(type(value), value.data.shape, value.dtype)
        case Struct():
            return value.__dict__["struct_type"]
        case Arr():
            return ArrayType(value.element, value.ndim)
        case _:
            raise UnreferencedError(f"the type of {value}")


def length(value: Any) -> Any:
    """`len`: of an array the first axis, of a matrix the rows."""
    return np.int32(len(value))


def _data(value: Any) -> Any:
    return value.data if isinstance(value, Compound) else value
