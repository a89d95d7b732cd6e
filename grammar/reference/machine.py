"""The machine that the reference runs a kernel on: its precision, the thread that runs, what has been inexact so far.

Rounding is modelled by Monte Carlo arithmetic: what a library function may get wrong by some units in the last place is
drawn anew in every perturbed run, and how far the outputs of such runs lie apart is how far they may be off.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import ml_dtypes
import numpy as np

from grammar.reference.compounds import Compound
from grammar.reference.scalars import DOUBLE, NATIVE, ScalarType

# By the dtype of a float: half a unit in the last place of 1, and the smallest number.
PRECISION: dict[Any, tuple[float, float]] = {
    np.dtype(np.float16): (2.0**-11, 2.0**-24),
    np.dtype(ml_dtypes.bfloat16): (2.0**-9, 2.0**-133),
    np.dtype(np.float32): (2.0**-24, 2.0**-149),
    np.dtype(np.float64): (2.0**-53, 2.0**-1074),
}


@dataclass(slots=True)
class Machine:
    """What one run of the reference has.

    `perturbation`: none in a nominal run; in a perturbed one where the errors are drawn from, `coarse` times as large
    as they may be at the precision of what is computed.
    """

    double: bool = False
    perturbation: np.random.Generator | None = None
    coarse: float = 1.0
    thread: tuple[int, ...] = ()
    dim: tuple[int, ...] = ()
    inexact: bool = False
    fuel: int = 2_000_000  # calls of built-ins and trips of loops
    types: dict[str, ScalarType] = field(default_factory=dict)

    def __post_init__(self) -> None:
        dtypes = DOUBLE if self.double else NATIVE
        self.types = {name: ScalarType(name, dtype) for name, dtype in dtypes.items()}

    def type(self, name: str) -> ScalarType:
        """One of Warp's scalar types, at this precision."""
        return self.types[name]

    def shuffled(self, items: Sequence[Any]) -> list[Any]:
        """Items whose order is not specified: in a perturbed run in any."""
        self.inexact = True
        if self.perturbation is None:
            return list(items)
        return [items[i] for i in self.perturbation.permutation(len(items))]

    def inexactly(self, value: Any, ulps: float, scale: Any = None, *, always: bool = False) -> Any:
        """A value that may be off by so many units in the last place of its largest component, or of `scale`.

        What is zero or one is taken to be exactly that, as `sin(0)` and `cos(0)` are, if not `always`.
        """
        self.inexact = True
        if isinstance(value, tuple):
            return tuple(self.inexactly(each, ulps, scale, always=always) for each in value)
        if self.perturbation is None:
            return value
        data = value.data if isinstance(value, Compound) else value
        if not isinstance(data, (np.ndarray, np.generic)) or data.dtype not in PRECISION:
            return value
        half, smallest = PRECISION[data.dtype]

        def errors(size: float, shape: tuple[int, ...] | None) -> Any:
            assert self.perturbation is not None
            unit = max(2.0 * half * size * self.coarse, smallest)  # denormals lie no closer than that
            return self.perturbation.uniform(-1.0, 1.0, shape) * (ulps * unit)

        if isinstance(data, np.generic):  # as below, for what is asked for most in a quarter of the time
            number = float(data)
            error = errors(abs(number if scale is None else float(scale)), None)
            is_moved = math.isfinite(number) and (always or (number != 0.0 and abs(number) != 1.0))
            return np.float64(number + error).astype(data.dtype) if is_moved else data
        wide = np.asarray(data, np.float64)
        error = errors(np.max(np.abs(wide), initial=0.0) if scale is None else abs(float(scale)), wide.shape)
        moved = (wide + error).astype(data.dtype)
        is_exact = (wide == 0.0) | (np.abs(wide) == 1.0)
        moved = np.where(np.isfinite(wide) & (always | ~is_exact), moved, data)
        return type(value)(moved) if isinstance(value, Compound) else moved[()]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a built-in means.

    `function` takes the reference's values, the machine before them if `machine`; its result may be off by `ulps` units
    in the last place of its largest component: 0 is exact, in every bit.
    """

    function: Callable[..., Any]
    ulps: float = 0.0
    machine: bool = False

    def on(self, machine: Machine) -> Callable[..., Any]:
        """The built-in as a kernel on this machine calls it."""
        function, ulps = self.function, self.ulps
        if self.machine:

            def call(*arguments: Any, **named: Any) -> Any:
                found = function(machine, *arguments, **named)
                return machine.inexactly(found, ulps) if ulps else found

            return call
        if not ulps:
            return function
        return lambda *arguments, **named: machine.inexactly(function(*arguments, **named), ulps)


def working(value: Any) -> Any:
    """A float, or the components of a compound of floats, in float64; what a function is computed in."""
    return np.asarray(value.data if isinstance(value, Compound) else value, np.float64)


def rounded(data: Any, like: Any) -> Any:
    """What was computed in float64, at the width and of the kind of an operand."""
    if isinstance(like, Compound):
        return type(like)(np.asarray(data).astype(like.data.dtype))
    return np.asarray(data).astype(like.dtype)[()]
