"""What queries rest on: vectors in the kernel's own precision, and decisions that rounding can turn."""

from __future__ import annotations

from typing import Any

import numpy as np

from grammar.reference.machine import Machine

Data = Any  # components, an array of shape (3,)


def noise(machine: Machine, size: Any) -> float:
    """By how much a number that a decision rests on may be off, up to a size: 0 in a nominal run."""
    machine.inexact = True
    if machine.perturbation is None or not np.isfinite(size):
        return 0.0
    return float(machine.perturbation.uniform(-1.0, 1.0)) * float(size)


def epsilon(value: Any) -> float:
    """The distance from 1 to the next number of a value's precision."""
    return float(np.finfo(value.dtype).eps)


def dot(a: Data, b: Data) -> Any:
    """The inner product, summed in order."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def length(a: Data) -> Any:
    """The Euclidean length."""
    return np.sqrt(dot(a, a))


def normalized(a: Data) -> Data:
    """The vector at length 1, or zero."""
    size = length(a)
    return a / size if size > 0 else np.zeros_like(a)
