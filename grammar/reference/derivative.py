"""`wp.grad`: the derivative of a function as a value, by central differences in float64."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ml_dtypes
import numpy as np

from grammar.reference.compounds import Compound
from grammar.reference.errors import UnreferencedError
from grammar.reference.functions import Function
from grammar.reference.machine import Machine, rounded, working

STEP = 2.0**-17
"""Against arguments of the size of 1: two of them leave an error of about 1e-11."""

KINK = 1e-2
"""How far the slopes on two sides may be apart."""

RANGE = 0.05
"""The share of a width's range that a function and its derivative may need, for what is computed on the way."""

CURVED = 1e-7
"""How far two steps may be apart, which of a smooth function they are by the square of the step."""

ULPS = 16.0
"""What the roundings of an adjoint of a few operations may do, against the largest of what it adds up."""

DIFFERENCE = 1e-9
"""What the difference itself may be off by, which is more than that in float64."""


def derivative(machine: Machine, function: Any, wide: Callable[..., Any]) -> Callable[..., Any]:
    """What `wp.grad` of a function gives, for the same function in float64: one value for each parameter, in order.

    Raises `UnreferencedError` at a kink, and where a value or what is differentiated is no float.
    """

    def slopes(*arguments: Any, **named: Any) -> Any:
        given = _in_order(function, arguments, named)
        if not all(_is_real(value) for value in given):
            raise UnreferencedError("a derivative by what is no float")
        found = tuple(_slope(machine, wide, given, place) for place in range(len(given)))
        return found if len(found) > 1 else found[0]

    return slopes


def _in_order(function: Any, arguments: Sequence[Any], named: Mapping[str, Any]) -> list[Any]:
    if not named:
        return list(arguments)
    definition = function.chosen(arguments, named) if isinstance(function, Function) else function
    return list(inspect.signature(definition).bind(*arguments, **named).arguments.values())


def _is_real(value: Any) -> bool:
    data = value.data if isinstance(value, Compound) else value
    return isinstance(data, np.ndarray | np.generic) and data.dtype.kind in "fV"


def _slope(machine: Machine, wide: Callable[..., Any], given: Sequence[Any], place: int) -> Any:
    """The derivative by one argument, of its kind and width."""
    at = [rounded(working(value), _widened(value)) for value in given]
    data = working(given[place])
    found, largest = np.zeros(data.shape), 1.0
    for index in np.ndindex(*data.shape):
        step = STEP * max(1.0, abs(float(data[index])))

        def value(shift: float, index: tuple[int, ...] = index) -> float:
            moved = data.copy()
            moved[index] += shift
            shifted = [*at[:place], rounded(moved, at[place]), *at[place + 1 :]]
            return _total(wide(*shifted))

        here, (above, below) = value(0.0), (value(step), value(-step))
        coarse, fine = (above - below) / (2.0 * step), (value(step / 2.0) - value(-step / 2.0)) / step
        found[index] = (4.0 * fine - coarse) / 3.0
        if not np.isfinite(here) or not np.isfinite(found[index]):
            raise UnreferencedError("a derivative that is not finite")
        quotient = abs(here / float(data[index])) if data[index] else 0.0
        largest = max(largest, abs(float(found[index])), quotient, abs(here))
        if abs(above - 2.0 * here + below) / step > KINK * largest or abs(coarse - fine) > CURVED * largest:
            raise UnreferencedError("a derivative at a kink")
    exact = rounded(found, given[place])
    width = (exact.data if isinstance(exact, Compound) else exact).dtype
    most = ml_dtypes.finfo(width).max  # type: ignore[no-untyped-call]  # a library without types
    if largest > RANGE * float(most):
        raise UnreferencedError("a derivative that its width may not hold")
    return machine.inexactly(exact, DIFFERENCE / 2.0**-52 if width == np.float64 else ULPS, largest, always=True)


def _widened(value: Any) -> Any:
    """Something of a value's kind in float64."""
    return type(value)(working(value)) if isinstance(value, Compound) else np.float64(0.0)


def _total(result: Any) -> float:
    """The sum of what a function gives: `wp.grad` weighs each result by one."""
    parts = result if isinstance(result, tuple) else (result,)
    if any(isinstance(part, Compound) or not _is_real(part) for part in parts):
        raise UnreferencedError("a derivative of what is no number")
    return float(sum(float(part) for part in parts))
