"""The gradient oracle: Warp's adjoint against a derivative of the reference, run in float64.

The derivative is directional: all inputs move along one random direction, and the outputs are weighed by one random
cotangent, so that one number stands for every partial derivative. Two step sizes have to agree; where they do not there
is a kink. How far the adjoint, computed at the kernel's own widths, may be off is how far it moves when inputs and
cotangents move by a few units in the last place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grammar.differentiable import obstacle
from grammar.inputs import Inputs, dtype_of
from grammar.reference.errors import OutOfBoundsError, UndefinedError, UnreferencedError
from grammar.reference.machine import Machine
from grammar.term import Apply, Name, Symbol, parts
from grammar.types import FLOATS, Scalar, Struct, scalar_of
from grammar.wrong_results import wrong_result

from .directions import drawn, each_array, is_real, moving, shifted, weighed
from .subject import Subject, arguments_of, arrays
from .verdict import KNOWN_BUG, Agrees, Disagrees, Skipped, Verdict

STEPS = (1e-5, 5e-6)
"""Of the inputs, which are of the size of 1; in float64 a central difference is good to about 1e-10."""

AGREEING = 1e-4
"""How far two step sizes may be apart, against the sum of the sizes of what is summed."""

NOTHING = 1e-6
"""A derivative that is as good as zero, of outputs of the size of 1."""

ROUGH = 4
"""Runs of the reference whose library functions err as those of the kernel may."""

NUDGES = 6
"""Runs of the adjoint on inputs that are moved by a few units in the last place."""

SPLITS = 6
"""Ways to part the cotangents in two."""

SCALES = (1.0, 1.25, 1.5, 1.75)
"""Of the cotangents in those runs."""

MARGIN = 8.0
"""How many times as far as those runs lie apart the adjoint may be off: rounding errors inside are many."""

CONDITION = 0.2
"""With a tolerance above this share of the terms, nothing is compared."""

DEPARTURE = 0.1
"""How far outputs may be off by rounding, against the largest; beyond, another branch was taken."""

EPSILON = {"float16": 2.0**-10, "bfloat16": 2.0**-7, "float32": 2.0**-23, "float64": 2.0**-52}
EPSILON_OF = {dtype_of(Scalar(name)): epsilon for name, epsilon in EPSILON.items()}
"""The same by dtype: NumPy takes longer to name one than to add two arrays."""


@dataclass(frozen=True, slots=True)
class Adjoint:
    """A run of the adjoint: of which launch, what it started from, and what it gave."""

    launch: int
    cotangents: dict[str, Any]
    gradients: dict[str, Any]


def judge_gradient(subject: Subject) -> tuple[Verdict, Adjoint | None]:
    """Compare the adjoint with the derivative, on the first launch that has one; also return what was compared."""
    why = _inapplicable(subject)
    if why:
        return Skipped(why), None
    skipped: list[Skipped] = []
    for number, inputs in enumerate(subject.launches):
        if not inputs.plain:
            continue
        with np.errstate(all="ignore"):
            verdict, adjoint = _judge_launch(subject, number, inputs)
        if not isinstance(verdict, Skipped):
            return verdict, adjoint
        skipped.append(verdict)
    return skipped[0], None


def _judge_launch(subject: Subject, number: int, inputs: Inputs) -> tuple[Verdict, Adjoint | None]:
    moved, random = moving(subject.kernel), np.random.RandomState(0)  # a stream that no version of NumPy changes
    direction, cotangents = drawn(inputs, moved, random), drawn(inputs, weighed(subject.kernel), random)
    try:
        found_slopes = [_slope(subject, inputs, direction, cotangents, step) for step in STEPS]
    except (UnreferencedError, UndefinedError) as error:
        return Skipped(f"no reference: {error}"), None
    except OutOfBoundsError:
        return Skipped("in float64 it goes out of bounds"), None
    slopes = [slope for slope, _ in found_slopes]
    adjoint = Adjoint(number, cotangents, _gradients(subject, inputs, cotangents, moved))
    terms = _terms(adjoint.gradients, direction)
    found, size = float(terms.sum()), max(float(np.abs(terms).sum()), abs(slopes[1]))
    if not np.isfinite([found, *slopes]).all():
        return Skipped("it is not finite"), None
    if abs(slopes[0] - slopes[1]) > AGREEING * size:
        return Skipped("two step sizes disagree"), None
    tolerance = abs(slopes[0] - slopes[1]) + 1e-7 * size + found_slopes[1][1]
    tolerance += _sensitivity(subject, inputs, adjoint, direction, moved, random) * MARGIN
    if tolerance > CONDITION * max(size, NOTHING):
        return Skipped("it is ill-conditioned"), None
    if abs(found - slopes[1]) <= tolerance:
        return Agrees(), adjoint
    if _kink(subject, inputs, direction, cotangents) > tolerance:
        return Skipped("there is a kink at the inputs"), None
    if _departs(subject, inputs):
        return Skipped("rounding decides what it does"), None
    rough = max(
        _roughness(subject, inputs, direction, cotangents, slopes[1]),
        _absorption(subject, inputs, adjoint, direction, moved, random),
    )
    if abs(found - slopes[1]) <= MARGIN * rough:
        return Skipped("it is ill-conditioned"), None
    how = f"the adjoint gives {found:.6g} along a direction, the derivative is {slopes[1]:.6g} ± {tolerance:.2g}"
    details = {"inputs": inputs, "direction": direction, "adjoint": adjoint}
    return Disagrees(how, details | {"expected": slopes[1], "tolerance": tolerance}), adjoint


def _inapplicable(subject: Subject) -> str:
    """Why there is nothing to compare, if so."""
    if not subject.program.has_adjoint:
        return "it has no adjoint"
    if not moving(subject.kernel):
        return "no array of floats goes in"
    if not weighed(subject.kernel):
        return "no array of floats comes out"
    bug = wrong_result(subject.kernel, "gradient")
    return obstacle(subject.kernel, subject.source) or (f"{KNOWN_BUG}{bug.name}" if bug else "")


def _slope(
    subject: Subject,
    inputs: Inputs,
    direction: Mapping[str, Any],
    cotangents: Mapping[str, Any],
    step: float,
    machine: Callable[[], Machine] = lambda: Machine(double=True),
) -> tuple[float, float]:
    """The derivative of the weighed outputs along a direction, by a central difference, and its rounding error."""
    (above, size), (below, other) = (
        _weighed_sum(subject, inputs, direction, cotangents, way, machine()) for way in (step, -step)
    )
    return (above - below) / (2.0 * step), EPSILON["float64"] * max(size, other) / step


def _kink(subject: Subject, inputs: Inputs, direction: Mapping[str, Any], cotangents: Mapping[str, Any]) -> float:
    """How far apart the derivatives from the two sides are, which a central difference is the mean of.

    A second difference over its step is that and what is proportional to the step, which two steps tell apart.
    """

    def total(step: float) -> float:
        return _weighed_sum(subject, inputs, direction, cotangents, step, Machine(double=True))[0]

    here = total(0.0)
    wide, narrow = ((total(step) - here + (total(-step) - here)) / step for step in STEPS)
    return abs(2.0 * narrow - wide)


def _departs(subject: Subject, inputs: Inputs) -> bool:
    """Whether rounding at the kernel's own widths decides a branch: outputs are others than those of float64."""
    own, wide = (arrays(subject.reference.run(inputs, machine)) for machine in (Machine(), Machine(double=True)))
    for name, array in own.items():
        if is_real(array):
            exact = np.asarray(wide[name], np.float64)
            off, size = np.abs(array.astype(np.float64) - exact), np.abs(exact)
            if off.max(initial=0.0) > DEPARTURE * size.max(initial=1.0):
                return True
    return False


def _roughness(
    subject: Subject, inputs: Inputs, direction: Mapping[str, Any], cotangents: Mapping[str, Any], slope: float
) -> float:
    """How far the derivative moves with library functions that err as they do at the kernel's own precision.

    Inputs off by a little may all be rounded to the same on the way, as a sine near 1 is in float16.
    """
    coarse = _epsilon(subject) / EPSILON["float64"]
    found = []
    for seed in range(ROUGH):

        def perturbed(seed: int = seed) -> Machine:
            return Machine(double=True, perturbation=np.random.default_rng(seed), coarse=coarse)

        try:
            found.append(_slope(subject, inputs, direction, cotangents, STEPS[1], perturbed)[0])
        except (UnreferencedError, UndefinedError, OutOfBoundsError):
            return float("inf")
    return max(abs(each - slope) if np.isfinite(each) else float("inf") for each in found)


def _absorption(
    subject: Subject,
    inputs: Inputs,
    adjoint: Adjoint,
    direction: Mapping[str, Any],
    symbols: list[Symbol],
    random: np.random.RandomState,
) -> float:
    """How far the derivative is from the sum of two, of random parts of the cotangents.

    An adjoint is linear in them, but for what small terms lose where large ones that cancel are added up with them.
    """

    def derivative(cotangents: Mapping[str, Any]) -> float:
        return float(_terms(_gradients(subject, inputs, cotangents, symbols), direction).sum())

    whole, found = float(_terms(adjoint.gradients, direction).sum()), []
    for _ in range(SPLITS):
        part = each_array(
            lambda value: value * random.randint(0, 2, value.shape).astype(value.dtype), adjoint.cotangents
        )
        rest = each_array(np.subtract, adjoint.cotangents, part)
        found.append(abs(derivative(part) + derivative(rest) - whole))
    return max(found)


def _epsilon(subject: Subject) -> float:
    """The relative spacing of the coarsest numbers that a kernel computes with."""
    return max((EPSILON[name] for name in _floats(subject)), default=EPSILON["float64"])


def _weighed_sum(
    subject: Subject,
    inputs: Inputs,
    direction: Mapping[str, Any],
    cotangents: Mapping[str, Any],
    step: float,
    machine: Machine,
) -> tuple[float, float]:
    """The sum of the weighed outputs a step along a direction, and the sum of the sizes of what is summed."""
    weights = arrays(cotangents)
    after = arrays(subject.reference.run(shifted(inputs, direction, step), machine))
    summed = [after[name] * np.asarray(weights[name], np.float64) for name in weights if is_real(after[name])]
    return sum(float(each.sum()) for each in summed), sum(float(np.abs(each).sum()) for each in summed)


def _gradients(
    subject: Subject, inputs: Inputs, cotangents: Mapping[str, Any], symbols: list[Symbol]
) -> dict[str, Any]:
    found = subject.program.adjoint(inputs.dim, arguments_of(inputs), cotangents)
    return {symbol.name: found[symbol.name] for symbol in symbols}


def _terms(gradients: Mapping[str, Any], direction: Mapping[str, Any]) -> Any:
    ways = arrays(direction)
    found = [
        (np.asarray(array, np.float64) * np.asarray(ways[name], np.float64)).ravel()
        for name, array in arrays(gradients).items()
        if is_real(array)
    ]
    with np.errstate(all="ignore"):
        return np.concatenate([np.zeros(1), *found])


def _sensitivity(
    subject: Subject,
    inputs: Inputs,
    adjoint: Adjoint,
    direction: Mapping[str, Any],
    symbols: list[Symbol],
    random: np.random.RandomState,
) -> float:
    """How far the adjoint's derivative moves with inputs and cotangents off by a few units in the last place.

    What it gives is in proportion to the cotangents, so that these may be larger too: then what a sum of terms that
    cancel has lost is another part of it.
    """
    epsilon = _epsilon(subject)

    def nudged(value: Any, scale: float = 1.0) -> Any:
        if isinstance(value, Mapping):
            return {name: nudged(part, scale) for name, part in value.items()}
        if isinstance(value, np.ndarray) and is_real(value):
            own = max(epsilon, EPSILON_OF[value.dtype])
            factor = 1.0 + 2.0 * own * random.choice([-1.0, 1.0], value.shape)
            return (value.astype(np.float64) * scale * factor).astype(value.dtype)
        return value

    def doubled(value: Any) -> Any:
        return value * value.dtype.type(2.0) if is_real(value) else value

    cotangents, base = adjoint.cotangents, _terms(adjoint.gradients, direction)
    double = _terms(_gradients(subject, inputs, each_array(doubled, cotangents), symbols), direction)
    is_linear = np.array_equal(double, 2.0 * base)  # twice as much is as exact
    spread = 0.0
    for _ in range(NUDGES):
        scale = float(random.choice(SCALES)) if is_linear else 1.0
        moved = replace(inputs, arguments={name: nudged(value) for name, value in inputs.arguments.items()})
        weights = {name: nudged(value, scale) for name, value in cotangents.items()}
        terms = _terms(_gradients(subject, moved, weights, symbols), direction) / scale
        with np.errstate(all="ignore"):
            spread = max(spread, float(np.abs(terms.sum() - base.sum())), float(np.abs(terms - base).max()))
    return spread + epsilon * float(np.abs(base).sum())


def _floats(subject: Subject) -> set[str]:
    """The floating-point types that a kernel computes in."""
    found: set[str] = set()
    for part in (*parts(subject.kernel), *(Name(symbol) for symbol in subject.kernel.parameters)):
        of = part.overload.result if isinstance(part, Apply) else getattr(part, "type", None)
        scalar = scalar_of(of) if of is not None and not isinstance(of, Struct) else None
        if isinstance(scalar, Scalar) and scalar.name in FLOATS:
            found.add(scalar.name)
    return found
