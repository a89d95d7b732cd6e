"""Values as Warp lays them out: elements of arrays in buffers of ours, structs and what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ml_dtypes
import numpy as np

from ir import warp_api

# The axes of an array, then those of a value's components; or the fields of a struct or of an array of structs by name.
Value = Any


def is_struct(of: Any) -> bool:
    """Whether a type of Warp's is a struct."""
    return isinstance(of, warp_api.codegen().Struct)


def packed(of: Any, value: Value, ndim: int) -> Any:
    """An array's elements as Warp lays them out: a contiguous copy."""
    if not is_struct(of):
        return np.array(value, order="C", copy=True)
    first = value
    while isinstance(first, Mapping):
        first = next(iter(first.values()))
    buffer = np.zeros(np.shape(first)[:ndim], of.numpy_dtype())
    _fill(of, buffer, value)
    return buffer


def _fill(of: Any, buffer: Any, value: Mapping[str, Value]) -> None:
    for name, field in of.vars.items():
        if is_struct(field.type):
            _fill(field.type, buffer[name], value[name])
        else:
            buffer[name] = np.asarray(value[name]).reshape(buffer[name].shape).view(buffer[name].dtype)


def unpacked(of: Any, buffer: Any) -> Value:
    """The inverse of `packed`."""
    if not is_struct(of):
        return buffer.view(ml_dtypes.bfloat16) if buffer.dtype == np.uint16 and _is_bfloat16(of) else buffer
    return {name: unpacked(field.type, buffer[name]) for name, field in of.vars.items()}


def _is_bfloat16(of: Any) -> bool:
    """Whether a number or compound is of bfloat16, for which Warp, in structs, tells NumPy of whole numbers."""
    brain = getattr(warp_api.types(), "bfloat16", None)
    return brain is not None and getattr(of, "_wp_scalar_type_", of) is brain


def over(buffer: Any, of: Any, grad: Any = None) -> Any:
    """A Warp array of an array type over a buffer."""
    return warp_api.array_over(buffer, of.dtype, of.ndim, grad)


def passed(of: Any, value: Value) -> Any:
    """A number or compound as it is passed by value."""
    array = np.asarray(value)
    if array.ndim == 0:
        return array.item() if array.dtype.kind != "V" else float(array)
    return of(*array.ravel().tolist())


class PackedArray:
    """An array over memory of ours, with a gradient that begins as zero."""

    def __init__(self, of: Any, value: Value) -> None:
        self._of, self._buffer = of, packed(of.dtype, value, of.ndim)
        self._grad = np.zeros_like(self._buffer)
        self.adjoint = over(self._grad, of)
        self.value = over(self._buffer, of, self.adjoint)

    def read(self) -> Value:
        """The elements now."""
        return unpacked(self._of.dtype, self._buffer)

    def weigh(self, cotangent: Value) -> None:
        """Begin with a gradient."""
        self._grad[...] = packed(self._of.dtype, cotangent, self._of.ndim)

    def gradient(self) -> Value:
        """The gradient now."""
        return unpacked(self._of.dtype, self._grad)


class PackedStruct:
    """A struct; the arrays among its fields are over memory of ours."""

    def __init__(self, of: Any, value: Mapping[str, Value]) -> None:
        self.value, self.adjoint = of(), of()
        self._given = value
        self._parts: dict[str, PackedArray | PackedStruct] = {}
        for name, field in of.vars.items():
            if is_struct(field.type):
                self._add(name, PackedStruct(field.type, value[name]))
            elif warp_api.types().is_array(field.type):
                self._add(name, PackedArray(field.type, value[name]))
            else:
                setattr(self.value, name, passed(field.type, value[name]))

    def _add(self, name: str, part: PackedArray | PackedStruct) -> None:
        self._parts[name] = part
        setattr(self.value, name, part.value)
        setattr(self.adjoint, name, part.adjoint)

    def read(self) -> Value:
        """The fields now; what is not in an array is as it was."""
        return {name: self._parts[name].read() if name in self._parts else given for name, given in self._given.items()}

    def weigh(self, cotangent: Mapping[str, Value]) -> None:
        """Begin with the gradients of the arrays in a struct of the same form."""
        for name, part in self._parts.items():
            part.weigh(cotangent[name])

    def gradient(self) -> Value:
        """The gradients of the arrays among the fields now; none for other fields, of which Warp gives none back."""
        return {name: self._parts[name].gradient() if name in self._parts else None for name in self._given}
