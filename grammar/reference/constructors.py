"""All the ways to make a vector, matrix, quaternion or transformation by calling its type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grammar.reference.compounds import Compound, Mat, Quat, Transform, Vec
from grammar.reference.errors import UnreferencedError
from grammar.reference.scalars import converted
from grammar.reference.values import CompoundType


def construct(of: CompoundType, arguments: Sequence[Any], named: Mapping[str, Any]) -> Any:
    """A value of a type from nothing, one number for all, its components, another width's value, or its parts.

    Without parts it is zero; a transformation of a position alone has the rotation that turns nothing.
    """
    parts = [*arguments, *(named[name] for name in ("p", "q", "x", "y", "z", "w") if name in named)]
    if not parts:
        return of.of(np.zeros(of.shape))
    if of.value is Transform:
        return _transform(of, parts)
    if of.value is Quat and isinstance(parts[0], Vec):
        parts = [*parts[0].data, *parts[1:], of.scalar.dtype(0)][:4]
    if isinstance(parts[0], Compound):
        return _of_compounds(of, parts)
    if len(parts) == 1 and of.value is Quat:
        parts += [of.scalar.dtype(0)] * 3
    return _of_numbers(of, parts)


def _of_compounds(of: CompoundType, parts: Sequence[Any]) -> Any:
    """Another width's value, the two halves of a spatial vector, or a matrix's columns."""
    if len(parts) == 1 and parts[0].data.shape == of.shape:
        return of.value(converted(parts[0].data, of.scalar.dtype))
    if of.value is Vec and sum(len(part.data) for part in parts) == of.shape[0]:
        return of.of(np.concatenate([part.data for part in parts]))
    if of.value is Mat and len(parts) == of.shape[1]:
        return of.value(np.stack([converted(part.data, of.scalar.dtype) for part in parts], axis=1))
    raise UnreferencedError(f"a {of.value.__name__} of {len(parts)} compounds")


def _of_numbers(of: CompoundType, parts: Sequence[Any]) -> Any:
    numbers = [converted(part, of.scalar.dtype) for part in parts]
    if len(numbers) == 1:
        numbers *= int(np.prod(of.shape))
    return of.of(numbers)


def _transform(of: CompoundType, parts: Sequence[Any]) -> Any:
    match parts:
        case [Transform()]:
            return _of_compounds(of, parts)
        case [Vec() as p]:
            return of.of(np.concatenate([p.data, np.array([0, 0, 0, 1], p.data.dtype)]))
        case [Vec() as p, (Quat() | Vec()) as q]:
            return of.of(np.concatenate([p.data, q.data]))
    return _of_numbers(of, parts)
