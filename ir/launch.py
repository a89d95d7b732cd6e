"""A compiled kernel run on the CPU: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ir import warp_api
from ir.hosting import open_host
from ir.hosts import HostValue

# An argument: an array (the axes of an array argument, then those of a value's components), the fields of a struct or of
# an array of structs by name, or what a host object is made of.
Value = Any


@dataclass(frozen=True, slots=True)
class Program:
    """A kernel loaded into this process: Warp's own object of it, and where its functions are."""

    kernel: Any
    hooks: Any

    def run(self, dim: tuple[int, ...], arguments: Mapping[str, Value]) -> dict[str, Value]:
        """Launch the kernel; return its arguments afterwards, in the same form. The arguments stay as they are.

        Launching is in the hands of the kernel: it may kill the process.
        """
        held = [Held(argument, arguments[argument.label]) for argument in self.kernel.adj.args]
        if all(dim):
            warp_api.run_kernel(self.kernel, self.hooks, dim, [each.value for each in held], None)
        return {each.name: each.read() for each in held}

    @property
    def has_adjoint(self) -> bool:
        """Whether the kernel was compiled with its adjoint."""
        return self.hooks.backward is not None

    def adjoint(
        self, dim: tuple[int, ...], arguments: Mapping[str, Value], cotangents: Mapping[str, Value]
    ) -> dict[str, Value]:
        """Launch the kernel, then its adjoint; return the gradient of each argument, in the same form.

        `cotangents` are the gradients with respect to arrays after the launch; zero for those left out.
        """
        held = [
            Held(argument, arguments[argument.label], cotangents.get(argument.label, ()))
            for argument in self.kernel.adj.args
        ]
        if all(dim):
            values = [each.value for each in held]
            warp_api.run_kernel(self.kernel, self.hooks, dim, values, None)
            warp_api.run_kernel(self.kernel, self.hooks, dim, values, [each.adjoint for each in held])
        return {each.name: each.gradient() for each in held}


class Held:
    """An argument as Warp takes it, over memory of ours; with a cotangent also its adjoint."""

    def __init__(self, argument: Any, value: Value, cotangent: Value = None) -> None:
        self.name: str = argument.label
        self._type = argument.type
        self._grad: Any = None
        self.adjoint: Any = None
        types = warp_api.types()
        if isinstance(value, HostValue):
            self._host = open_host(value, argument.type)
            self.value, self._buffer = self._host.value, None
            self.adjoint = self._host.adjoint
            return
        self._host = None
        if types.is_array(argument.type):
            self._buffer = _packed(argument.type.dtype, value, argument.type.ndim)
            if cotangent is not None:
                self._grad = np.zeros_like(self._buffer)
                if not (isinstance(cotangent, tuple) and cotangent == ()):
                    self._grad[...] = _packed(argument.type.dtype, cotangent, argument.type.ndim)
                self.adjoint = _over(self._grad, argument.type)
            self.value = _over(self._buffer, argument.type, self.adjoint)
            return
        self._buffer = None
        self._given = value
        self.value = _passed(argument.type, value)
        if cotangent is not None:
            self.adjoint = _zero(argument.type)

    def read(self) -> Value:
        """The argument now."""
        if self._host is not None:
            return self._host.read()
        return self._given if self._buffer is None else _unpacked(self._type.dtype, self._buffer)

    def gradient(self) -> Value:
        """The gradient of the argument now; none for what has none."""
        return None if self._grad is None else _unpacked(self._type.dtype, self._grad)


def _is_struct(of: Any) -> bool:
    return isinstance(of, warp_api.codegen().Struct)


def _packed(of: Any, value: Value, ndim: int) -> Any:
    """An array's elements as Warp lays them out: a contiguous copy."""
    if not _is_struct(of):
        return np.array(value, order="C", copy=True)
    first = value
    while isinstance(first, Mapping):
        first = next(iter(first.values()))
    buffer = np.zeros(np.shape(first)[:ndim], of.numpy_dtype())
    _fill(of, buffer, value)
    return buffer


def _fill(of: Any, buffer: Any, value: Mapping[str, Value]) -> None:
    for name, field in of.vars.items():
        if _is_struct(field.type):
            _fill(field.type, buffer[name], value[name])
        else:
            buffer[name] = np.asarray(value[name]).reshape(buffer[name].shape).view(buffer[name].dtype)


def _unpacked(of: Any, buffer: Any) -> Value:
    """The inverse of `_packed`."""
    if not _is_struct(of):
        return buffer
    return {name: _unpacked(field.type, buffer[name]) for name, field in of.vars.items()}


def _over(buffer: Any, of: Any, grad: Any = None) -> Any:
    """A Warp array over a buffer."""
    return warp_api.array_over(buffer, of.dtype, of.ndim, grad)


def _passed(of: Any, value: Value) -> Any:
    """An argument passed by value."""
    if _is_struct(of):
        made = of()
        for name, field in of.vars.items():
            setattr(made, name, _passed(field.type, value[name]))
        return made
    array = np.asarray(value)
    if array.ndim == 0:
        return array.item() if array.dtype.kind != "V" else float(array)
    return of(*array.ravel().tolist())


def _zero(of: Any) -> Any:
    """The adjoint of an argument passed by value, which Warp gives nothing back in."""
    return of() if _is_struct(of) or hasattr(of, "_shape_") else 0
