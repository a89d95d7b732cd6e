"""The reference oracle: what the kernel gives against its source run by CPython.

Where all that the kernel uses is exact (integers, float + - * /, square roots), every bit has to be the same. Where a
library function may be off by some units in the last place, perturbed runs of the reference (see
`grammar.reference.machine`) say how far each element of the outputs may be off for that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grammar.inputs import Inputs
from grammar.reference.errors import OutOfBoundsError, UndefinedError, UnreferencedError
from grammar.reference.machine import Machine
from grammar.wrong_results import wrong_result

from .subject import Subject, arrays
from .verdict import DEFINEDNESS, KNOWN_BUG, UNDEFINED, Agrees, Disagrees, Skipped, Verdict, taken_together

ROUNDS = (4, 32)
"""Perturbed runs: at first, and where something still differs."""

STABLE = 0.5
"""The share of the elements of the outputs that has to be comparable for a launch to count as compared."""


def judge_reference(subject: Subject) -> Verdict:
    """Compare all launches of a kernel with the reference."""
    bug = wrong_result(subject.kernel, "reference")
    if bug is not None:
        return Skipped(f"{KNOWN_BUG}{bug.name}")
    return taken_together([judge_launch(subject, inputs) for inputs in subject.launches if all(inputs.dim)])


def judge_launch(subject: Subject, inputs: Inputs) -> Verdict:
    """Compare one launch with the reference, which goes first: what is undefined is never launched."""

    def run(machine: Machine) -> Mapping[str, Any]:
        return arrays(subject.reference.run(inputs, machine))

    machine = Machine()
    try:
        nominal = run(machine)
    except UnreferencedError as error:
        return Skipped(f"no reference: {error}")
    except UndefinedError as error:
        return Skipped(f"{UNDEFINED}{error}")
    except OutOfBoundsError as error:
        return Disagrees(str(error), {"inputs": inputs}, judge=DEFINEDNESS)
    found = arrays(subject.run(inputs))
    assert found.keys() == nominal.keys(), (found.keys(), nominal.keys())
    if not (differing := [name for name in found if not same(found[name], nominal[name]).all()]):
        return Agrees(exact=not machine.inexact)
    if not machine.inexact:
        return _disagreement(differing[0], found, nominal, inputs)
    runs = [nominal]
    for rounds in ROUNDS:
        runs += [run(Machine(perturbation=np.random.default_rng(seed))) for seed in range(len(runs), rounds + 1)]
        outside = [name for name in differing if not _within(found[name], [each[name] for each in runs]).all()]
        if not outside:
            break
    else:
        values = [each[outside[0]] for each in runs]
        spread = np.max(_spread(values), initial=0.0)
        return _disagreement(outside[0], found, nominal, inputs, float(spread), ~_within(found[outside[0]], values))
    written = [name for name in found if name.partition(".")[0] in subject.outputs]
    stable = sum(int(_is_stable([each[name] for each in runs]).sum()) for name in written)
    total = sum(found[name].size for name in written)
    return Agrees() if stable >= STABLE * total else Skipped("it depends on rounding")


def first_difference(found: Mapping[str, Any], expected: Mapping[str, Any]) -> str:
    """Where two sets of arrays differ first, and how; nothing if they do not."""
    for name, array in found.items():
        if not same(array, expected[name]).all():
            return _difference(name, array, expected[name], ~same(array, expected[name]))
    return ""


def same(a: Any, b: Any) -> Any:
    """Where two arrays are equal: NaN to NaN, and zero to zero of either sign."""
    if a.shape != b.shape or a.dtype != b.dtype:
        return np.zeros(max(a.shape, b.shape, (1,)), bool)
    equal = np.asarray(a == b)
    return equal | ((a != a) & (b != b)) if a.dtype.kind in "fV" else equal  # noqa: PLR0124  # NaN


def _wide(values: list[Any]) -> Any:
    return np.stack([np.asarray(value, np.float64) for value in values])


def _spread(values: list[Any]) -> Any:
    with np.errstate(all="ignore"):
        wide = _wide(values)
        return np.max(wide, axis=0) - np.min(wide, axis=0)


def _is_stable(values: list[Any]) -> Any:
    """Where perturbed runs agree well enough for a comparison: whole numbers and truth values altogether."""
    if values[0].dtype.kind not in "fV":
        return np.all([value == values[0] for value in values], axis=0)
    with np.errstate(all="ignore"):
        wide = _wide(values)
        spread, size = _spread(values), np.max(np.abs(wide), axis=0)
        return (spread <= 0.05 * size) | np.all(np.isnan(wide), axis=0) | np.all(wide == wide[0], axis=0)


def _within(found: Any, values: list[Any]) -> Any:
    """Where a value lies among those of perturbed runs, or no farther outside than they lie apart."""
    if found.shape != values[0].shape or found.dtype != values[0].dtype:
        return np.zeros(1, bool)
    equal = np.any([same(found, value) for value in values], axis=0)
    unstable = ~_is_stable(values)
    if found.dtype.kind not in "fV":
        return equal | unstable
    with np.errstate(all="ignore"):
        wide, spread, here = _wide(values), _spread(values), np.asarray(found, np.float64)
        between = (here >= np.min(wide, axis=0) - spread) & (here <= np.max(wide, axis=0) + spread)
    return equal | unstable | (between & np.isfinite(spread))


def _difference(name: str, found: Any, expected: Any, differs: Any) -> str:
    """How an array differs, at the first of the places where it does."""
    if found.shape != expected.shape or found.dtype != expected.dtype:
        return f"{name} is {found.dtype}{list(found.shape)}, expected {expected.dtype}{list(expected.shape)}"
    place = tuple(int(i) for i in np.argwhere(differs)[0])
    where = f"{name}[{', '.join(map(str, place))}]" if place else name
    return f"{where} is {found[place]}, expected {expected[place]}"


def _disagreement(
    name: str, found: Any, expected: Any, inputs: Inputs, spread: float = 0.0, differs: Any = None
) -> Disagrees:
    differs = ~same(found[name], expected[name]) if differs is None else differs
    how = _difference(name, found[name], expected[name], differs) + (f" ± {spread:.3g}" if spread else "")
    return Disagrees(how, {"inputs": inputs, "found": found, "expected": expected, "spread": spread})
