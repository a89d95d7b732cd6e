"""The operators and Python built-ins that mean something else in a kernel than on NumPy's scalars."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from grammar.reference.machine import Machine
from grammar.reference.values import Compound, UnreferencedError


def divide(a: Any, b: Any) -> Any:
    """`a / b`: truncates for integers; by components."""
    if isinstance(a, Compound) or isinstance(b, Compound):
        kind = a if isinstance(a, Compound) else b
        return type(kind)(_divide(_data(a), _data(b)))
    return _divide(a, b)


def _divide(a: Any, b: Any) -> Any:
    if a.dtype.kind in "iu":
        if np.any(np.asarray(b) == 0):
            raise UndefinedError("an integer is divided by zero")
        with np.errstate(all="ignore"):
            quotient = a // b
            short = (quotient * b != a) & ((a < 0) != (b < 0))
            return (quotient + short.astype(a.dtype)).astype(a.dtype)[()]
    return a / b


def floor_divide(a: Any, b: Any) -> Any:
    """`a // b`: rounds down, of floats what the division gives."""
    if isinstance(a, Compound):
        return type(a)(_floor_divide(a.data, _data(b)))
    return _floor_divide(a, b)


def _floor_divide(a: Any, b: Any) -> Any:
    if a.dtype.kind in "iu":
        if np.any(np.asarray(b) == 0):
            raise UndefinedError("an integer is divided by zero")
        return a // b
    return np.floor(np.asarray(a / b, np.float64)).astype(a.dtype)[()]


def remainder(a: Any, b: Any) -> Any:
    """`a % b`: has the sign of the dividend, as in C; by components."""
    if isinstance(a, Compound):
        return type(a)(_remainder(a.data, _data(b)))
    return _remainder(a, b)


def _remainder(a: Any, b: Any) -> Any:
    if a.dtype.kind in "iu" and np.any(np.asarray(b) == 0):
        raise UndefinedError("an integer is divided by zero")
    if a.dtype.kind not in "iu":
        return np.fmod(np.asarray(a, np.float64), np.asarray(b, np.float64)).astype(a.dtype)[()]
    return np.fmod(a, b)


def negative(a: Any) -> Any:
    """`-a`: of +0.0 it is +0.0."""
    if isinstance(a, Compound):
        return type(a)(np.zeros_like(a.data) - a.data)
    return type(a)(0) - a


class UndefinedError(Exception):
    """The kernel does on these inputs what C++ leaves undefined; the message says what."""


class Places:
    """Assignment by an operator to an element or a field: `a[i] //= x`, `s.total += x`."""

    def __init__(self, operators: dict[str, Callable[[Any, Any], Any]]) -> None:
        self.operators = operators

    def item(self, holder: Any, key: Any, operator: str, value: Any) -> None:
        """`holder[key] operator= value`."""
        holder[key] = self.operators[operator](holder[key], value)

    def attribute(self, holder: Any, name: str, operator: str, value: Any) -> None:
        """`holder.name operator= value`."""
        setattr(holder, name, self.operators[operator](getattr(holder, name), value))


class PythonBuiltins:
    """`range`, `int`, `min` … as kernels call them, on one machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def range(self, *bounds: Any) -> Iterator[Any]:
        """Count in int32."""
        for i in range(*map(int, bounds)):
            self.machine.fuel -= 1
            if self.machine.fuel < 0:
                raise UnreferencedError("it runs for too long")
            yield np.int32(i)

    def while_test(self, value: Any) -> bool:
        """The test of a `while`, which costs fuel."""
        self.machine.fuel -= 1
        if self.machine.fuel < 0:
            raise UnreferencedError("it runs for too long")
        return bool(value)

    def literal(self, value: Any) -> Any:
        """A number of Python's where a kernel reads it: float32, int32 or a truth value; anything else as it is."""
        if isinstance(value, bool | np.bool_):
            return np.bool_(value)
        if isinstance(value, int):
            return np.int64(value).astype(np.int32)
        if isinstance(value, float):
            return self.machine.type("float32").dtype(value)
        return value


def length(value: Any) -> Any:
    """`len`: of an array the first axis, of a matrix the rows."""
    return np.int32(len(value))


def _data(value: Any) -> Any:
    return value.data if isinstance(value, Compound) else value


