"""What Warp's scalar built-ins mean, on scalars and by components on compounds."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from inspect import signature
from statistics import NormalDist
from typing import Any

import numpy as np

from grammar.reference.compounds import Compound
from grammar.reference.errors import UnreferencedError
from grammar.reference.machine import Machine, Meaning, rounded, working
from grammar.reference.operators import divide, floor_divide, negative, remainder
from grammar.reference.scalars import converted
from grammar.reference.values import CompoundType, own

# The largest known errors of the C library, in units in the last place: of the function on float, and on double.
# From "Known Maximum Errors in Math Functions" of the manual of glibc 2.36.
LIBM: dict[str, tuple[int, int]] = {
    "acos": (1, 1),
    "asin": (1, 1),
    "atan": (1, 1),
    "atan2": (1, 1),
    "cbrt": (1, 4),
    "cos": (1, 1),
    "cosh": (2, 2),
    "erf": (1, 1),
    "erfc": (3, 5),
    "exp": (1, 1),
    "log": (1, 1),
    "log10": (2, 2),
    "log2": (1, 2),
    "pow": (1, 1),
    "sin": (1, 1),
    "sinh": (2, 2),
    "tan": (1, 1),
    "tanh": (2, 2),
}
# Where NumPy calls a function otherwise, or does not have it.
NUMPY: dict[str, Callable[..., Any]] = {
    "acos": np.arccos,
    "asin": np.arcsin,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "erf": math.erf,
    "erfc": math.erfc,
    "pow": np.power,
}


# --- by components ---------------------------------------------------------------------------------------------------


def _map(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function on NumPy's values as one on scalars and, by components, on compounds."""

    def mapped(*arguments: Any, **named: Any) -> Any:
        if named:
            arguments = signature(function).bind(*arguments, **named).args
        first = next((each for each in arguments if isinstance(each, Compound)), None)
        if first is None:
            return function(*arguments)
        return type(first)(function(*map(_data, arguments)))

    return mapped


def _wide(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function computed in float64, whose result its argument's own width can hold."""
    return lambda x: rounded(function(working(x)), x)


def _data(value: Any) -> Any:
    return value.data if isinstance(value, Compound) else value


def _lower(a: Any, b: Any) -> Any:
    """The smaller one; the other one if one is no number."""
    return np.where((a <= b) | np.isnan(b), a, b)[()]


def _upper(a: Any, b: Any) -> Any:
    """The larger one; the other one if one is no number."""
    return np.where((a >= b) | np.isnan(b), a, b)[()]


def _extreme(function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """`min` or `max`: of two values by components, or of the components of one."""
    mapped = _map(function)

    def extreme(a: Any, *rest: Any) -> Any:
        if rest:
            return mapped(a, *rest)
        found = a.data[0]
        for each in a.data[1:]:
            found = function(found, each)
        return found

    return extreme


def _place_of(is_better: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    """`argmin` or `argmax`: the first place, numbers only; 0 if there are none."""

    def place(values: Any) -> Any:
        best = None
        for i, each in enumerate(values.data):
            if not np.isnan(each) and (best is None or is_better(each, values.data[best])):
                best = i
        return np.uint32(best or 0)

    return place


def _clamp(x: Any, low: Any, high: Any) -> Any:
    return _lower(_upper(low, x), high)


def _sign(x: Any) -> Any:
    return np.where(x < 0, -1, 1).astype(x.dtype)[()]


def _step(x: Any) -> Any:
    return np.where(x < 0, 1, 0).astype(x.dtype)[()]


def _nonzero(x: Any) -> Any:
    return np.where(x == 0, 0, 1).astype(x.dtype)[()]


def _round(x: Any) -> Any:
    """To the nearest, halves away from zero; adding a half would round up what lies just below it."""
    whole = np.trunc(x)
    return np.where(np.abs(x - whole) >= 0.5, whole + np.copysign(1.0, x), whole)


def _frac(x: Any) -> Any:
    return x - np.trunc(x)


def _bit_count(x: Any) -> Any:
    return np.int32((int(x) & ((1 << 8 * x.dtype.itemsize) - 1)).bit_count())


def _times(factor: float) -> Callable[[Any], Any]:
    """A product with a double: of a bfloat16 in float32, of anything narrower in double, then rounded."""

    def times(x: Any) -> Any:
        if x.dtype.name == "bfloat16":
            return (np.float32(x) * np.float32(factor)).astype(x.dtype)
        return converted(np.float64(x) * factor, x.dtype)

    return times


def _smoothstep(a: Any, b: Any, x: Any) -> Any:
    of = type(x)
    x = _clamp((x - a) / (b - a), of(0), of(1))
    return x * x * (of(3) - of(2) * x)


def _lerp(a: Any, b: Any, t: Any) -> Any:
    return a * (type(t)(1) - t) + b * t


def _every(test: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: np.bool_(np.all(test(_data(x))))


def _any(test: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: np.bool_(np.any(test(_data(x))))


def _where(test: Any, a: Any, b: Any) -> Any:
    return own(a if test else b)


def _cast(machine: Machine, value: Any, dtype: Any) -> Any:
    """The bits of a value as those of another type of the same size."""
    if machine.double:
        raise UnreferencedError("the bits of a number in double precision")
    if isinstance(dtype, CompoundType):
        return dtype.of(np.asarray(_data(value)).view(dtype.scalar.dtype))
    return np.asarray(value).view(dtype.dtype)[()]


def _nothing(*_arguments: Any) -> None:
    """A message or a check, which changes no value."""


# --- functions that are not exact ------------------------------------------------------------------------------------


def _copysign(machine: Machine, x: Any, y: Any) -> Any:
    """`x` with the sign of `y`; that of NaN nothing specifies, so that in a perturbed run it is either."""

    def signed(size: Any, sign: Any) -> Any:
        unknown = np.isnan(np.asarray(sign, np.float64))
        if not unknown.any():
            return np.copysign(size, sign)
        machine.inexact = True
        either = sign if machine.perturbation is None else machine.perturbation.choice((-1.0, 1.0), np.shape(sign))
        return np.where(unknown, np.copysign(size, np.asarray(either, size.dtype)), np.copysign(size, sign))[()]

    return _map(signed)(x, y)


def _near(function: Callable[..., float], exceptional: Callable[..., Any], narrow: int, wide: int) -> Meaning:
    """A function in float64, rounded to its argument's width; Warp's is so many units off on float, so many on double.

    Twice as many are allowed for on float, for the rounding; four times as many on double, where the reference is as
    far off as Warp. `exceptional` gives what C does where Python raises.
    """

    def computed(machine: Machine, *arguments: Any) -> Any:
        values = [float(each) for each in arguments]
        try:
            found: Any = function(*values)
        except (ValueError, OverflowError):
            found = exceptional(*map(np.float64, values))
        like = arguments[0]
        value, is_underflow = rounded(found, like), abs(float(found)) > 0.0
        ulps = 4 * wide if like.dtype == np.float64 else 2 * narrow
        return machine.inexactly(value, ulps, always=is_underflow and float(value) == 0.0)

    return Meaning(computed, machine=True)


def _libm(name: str, function: Callable[..., float] | None = None) -> Meaning:
    """A function of the C library."""
    exceptional = NUMPY[name] if name in NUMPY else getattr(np, name)
    return _near(function or getattr(math, name), exceptional, *LIBM[name])


def _within(x: float) -> float:
    """An argument of asin and acos, clamped as `wp.clamp` does it: what is no number is -1."""
    return min(1.0, x) if x >= -1.0 else -1.0


def _tail(q: float) -> float:
    """Where the complementary error function is q, 0 < q < 0.5."""
    return -NormalDist().inv_cdf(max(q / 2.0, 5e-324)) / math.sqrt(2.0)


def _erfinv(x: float) -> float:
    """The inverse of the error function, by Halley's method in the middle."""
    if not abs(x) < 1.0:
        return math.copysign(math.inf, x) if abs(x) == 1.0 else math.nan
    if abs(x) > 0.5:
        return math.copysign(_tail(1.0 - abs(x)), x)
    half_root = math.sqrt(math.pi) / 2.0
    y = x * half_root
    for _ in range(4):
        newton = (math.erf(y) - x) * half_root * math.exp(y * y)
        y -= newton / (1.0 + newton * y)
    return y


def _erfcinv(q: float) -> float:
    """The inverse of the complementary error function."""
    if 0.0 < q < 0.5:
        return _tail(q)
    return -_tail(2.0 - q) if 1.5 < q < 2.0 else _erfinv(1.0 - q)


def _uncancelled(inverse: Meaning, places: tuple[float, ...]) -> Meaning:
    """An inverse error function, but for arguments near these places, of which Warp's sums round away too much."""

    def computed(machine: Machine, x: Any) -> Any:
        distance = min(abs(float(x) - place) for place in places)
        bound = 2.0**-4 if x.dtype == np.float64 else 2.0**-27
        if 0.0 < distance < bound and not machine.double:
            raise UnreferencedError("known bug: erfinv_cancellation")
        return inverse.function(machine, x)

    return Meaning(computed, machine=True)


EXACT: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": divide,
    "div_approx": divide,  # approximate on a GPU only
    "floordiv": floor_divide,
    "mod": remainder,
    "neg": negative,
    "pos": operator.pos,
    "bit_and": operator.and_,
    "bit_or": operator.or_,
    "bit_xor": operator.xor,
    "lshift": operator.lshift,
    "rshift": operator.rshift,
    "invert": operator.invert,
    "unot": lambda x: np.bool_(not x),
    "min": _extreme(_lower),
    "max": _extreme(_upper),
    "argmin": _place_of(operator.lt),
    "argmax": _place_of(operator.gt),
    "clamp": _map(_clamp),
    "abs": _map(np.abs),
    "sign": _map(_sign),
    "step": _map(_step),
    "nonzero": _map(_nonzero),
    "bit_count": _bit_count,
    "sqrt": _map(np.sqrt),
    "floor": _wide(np.floor),
    "ceil": _wide(np.ceil),
    "trunc": _wide(np.trunc),
    "rint": _wide(np.rint),
    "round": _wide(_round),
    "frac": _wide(_frac),
    "degrees": _times(57.29577951308232087679),
    "radians": _times(0.01745329251994329577),
    "smoothstep": _smoothstep,
    "lerp": _lerp,
    "isfinite": _every(np.isfinite),
    "isnan": _any(np.isnan),
    "isinf": _any(np.isinf),
    "where": _where,
    "printf": _nothing,
    "print": _nothing,
    "expect_eq": _nothing,
    "expect_neq": _nothing,
    "expect_near": _nothing,
    "block_dim": lambda: np.int32(1),  # on the CPU
}
MEANINGS: dict[str, Meaning] = {
    **{name: _libm(name) for name in LIBM if name not in {"acos", "asin"}},
    "acos": _libm("acos", lambda x: math.acos(_within(x))),
    "asin": _libm("asin", lambda x: math.asin(_within(x))),
    # Cephes' inverse of the normal distribution, in double: a relative error of 7.2e-16, and roundings around it.
    "erfinv": _uncancelled(_near(_erfinv, math.erf, 1, 8), (-1.0, 0.0, 1.0)),
    "erfcinv": _uncancelled(_near(_erfcinv, math.erf, 1, 8), (0.0, 1.0, 2.0)),
    **{name: Meaning(function) for name, function in EXACT.items()},
    "cast": Meaning(_cast, machine=True),
    "copysign": Meaning(_copysign, machine=True),
}
