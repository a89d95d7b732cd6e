"""Along what the gradient oracle moves a kernel's inputs, and by what it weighs the outputs.

Both are values in the form of the arguments: arrays, the fields of structs by name. What an argument has beside the
arrays that move, or are weighed, is zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from grammar.inputs import HostObject, Inputs
from grammar.signature import HOST, READ, VALUE
from grammar.term import Kernel, Symbol
from grammar.types import FLOATS, Array, Struct, Type, scalar_of

from .subject import INPUT_ROLES

READ_STRUCTS = frozenset({VALUE, f"{HOST}struct"})
WRITTEN_STRUCT = f"{HOST}target struct"


def moving(kernel: Kernel) -> list[Symbol]:
    """The arguments with arrays of floats that the kernel only reads."""
    return [
        s
        for s in kernel.parameters
        if (s.role == READ and _has_floats(s.type)) or (s.role in READ_STRUCTS and _holds_floats(s.type))
    ]


def weighed(kernel: Kernel) -> list[Symbol]:
    """The arguments with arrays of floats that the kernel writes."""
    return [
        s
        for s in kernel.parameters
        if (s.role not in INPUT_ROLES and s.extents and _has_floats(s.type))
        or (s.role == WRITTEN_STRUCT and _holds_floats(s.type))
    ]


def _has_floats(of: Type) -> bool:
    if isinstance(of, Struct):
        return any(_has_floats(field) for _, field in of.fields)
    scalar = scalar_of(of)
    return scalar is not None and scalar.name in FLOATS


def _holds_floats(of: Type) -> bool:
    """Whether a struct that is passed by value has arrays of floats."""
    if isinstance(of, Array):
        return _has_floats(of.element)
    return isinstance(of, Struct) and any(_holds_floats(field) for _, field in of.fields)


def drawn(inputs: Inputs, symbols: Iterable[Symbol], random: np.random.RandomState) -> dict[str, Any]:
    """A random value in the form of each of these arguments, in [-1, 1] by halves of a quarter; integers are zero."""

    def of_array(value: Any) -> Any:
        if not is_real(value):
            return np.zeros_like(value)
        size = random.randint(2, 9, value.shape) / 8.0
        return (size * random.choice([-1.0, 1.0], value.shape)).astype(value.dtype)

    def of_struct(of: Type, value: Any) -> Any:
        if isinstance(of, Struct):
            return {name: of_struct(field, value[name]) for name, field in of.fields}
        return each_array(of_array, value) if isinstance(of, Array) else np.zeros_like(value)

    return {
        s.name: each_array(of_array, held(inputs.arguments[s.name]))
        if s.extents
        else of_struct(s.type, held(inputs.arguments[s.name]))
        for s in symbols
    }


def each_array(function: Callable[..., Any], value: Any, *others: Any) -> Any:
    """A value with a function of each of its arrays in their place, and of those of others of the same form."""
    if isinstance(value, Mapping):
        return {name: each_array(function, part, *(other[name] for other in others)) for name, part in value.items()}
    return function(value, *others)


def held(argument: Any) -> Any:
    """What an argument is made of."""
    return argument.data if isinstance(argument, HostObject) else argument


def is_real(array: Any) -> bool:
    """Whether an array is of floats; bfloat16 is none of NumPy's own."""
    return bool(array.dtype.kind in "fV")


def shifted(inputs: Inputs, direction: Mapping[str, Any], step: float) -> Inputs:
    """The inputs, as float64 where they are floats, a step along a direction."""

    def moved(value: Any, way: Any) -> Any:
        if isinstance(value, HostObject):
            return replace(value, data=moved(value.data, way))
        if isinstance(value, Mapping):
            return {name: moved(part, way[name]) for name, part in value.items()}
        return value.astype(np.float64) + step * way.astype(np.float64) if is_real(value) else value

    return replace(
        inputs,
        arguments={
            name: moved(value, direction[name]) if name in direction else value
            for name, value in inputs.arguments.items()
        },
    )
