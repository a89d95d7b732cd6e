"""A compiled kernel run on the CPU: arrays in, arrays out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ir import warp_api
from ir.hosting import open_host
from ir.hosts import HostValue, Opened
from ir.packing import PackedStruct, is_struct, packed, passed, unpacked

# An argument: an array (the axes of an array argument, then those of a value's components), the fields of a struct or
# of an array of structs by name, or what a host object is made of.
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
            warp_api.run_kernel(self.kernel, self.hooks, dim, [each.value for each in held])
        return {each.name: each.read() for each in held}

    def seconds(self, dim: tuple[int, ...], arguments: Mapping[str, Value], runs: int) -> list[float]:
        """Launch the kernel `runs` times, each on fresh copies of the arguments; return how long each launch took."""
        spent = []
        for _ in range(runs):
            held = [Held(argument, arguments[argument.label]) for argument in self.kernel.adj.args]
            launch = warp_api.prepared_launch(self.kernel, self.hooks, dim, [each.value for each in held])
            start = time.perf_counter()
            launch()
            spent.append(time.perf_counter() - start)
        return spent

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
            values, adjoints = [each.value for each in held], [each.adjoint for each in held]
            warp_api.run_kernel(self.kernel, self.hooks, dim, values, adjoints)
        return {each.name: each.gradient() for each in held}


class Held:
    """An argument as Warp takes it, over memory of ours; with a cotangent also its adjoint."""

    def __init__(self, argument: Any, value: Value, cotangent: Value = None) -> None:
        self.name: str = argument.label
        self._type = argument.type
        self._buffer: Any = None
        self._grad: Any = None
        self._given = value
        self._struct: PackedStruct | None = None
        self._host: Opened | None = None
        self.adjoint: Any = None
        if isinstance(value, HostValue):
            self._open(value, cotangent)
        elif warp_api.types().is_array(argument.type):
            self._pack(value, cotangent)
        elif is_struct(argument.type):
            self._hold(PackedStruct(argument.type, value), cotangent)
        else:
            self.value = passed(argument.type, value)
            if cotangent is not None:
                self.adjoint = _zero(argument.type)

    def _open(self, value: HostValue, cotangent: Value) -> None:
        opened = open_host(value, self._type)
        self._host = opened
        if isinstance(opened, PackedStruct):
            self._hold(opened, cotangent)
        else:
            self.value, self.adjoint = opened.value, opened.adjoint

    def _pack(self, value: Value, cotangent: Value) -> None:
        of = self._type
        self._buffer = packed(of.dtype, value, of.ndim)
        if cotangent is not None:
            self._grad = np.zeros_like(self._buffer)
            if not _is_nothing(cotangent):
                self._grad[...] = packed(of.dtype, cotangent, of.ndim)
            self.adjoint = warp_api.described(self._grad, of.dtype, of.ndim, None)
        self.value = warp_api.described(self._buffer, of.dtype, of.ndim, self.adjoint)

    def _hold(self, struct: PackedStruct, cotangent: Value) -> None:
        self._struct, self.value = struct, struct.value
        if cotangent is not None:
            self.adjoint = struct.adjoint
            if not _is_nothing(cotangent):
                struct.weigh(cotangent)

    def read(self) -> Value:
        """The argument now."""
        if self._host is not None:
            return self._host.read()
        return self._given if self._buffer is None else unpacked(self._type.dtype, self._buffer)

    def gradient(self) -> Value:
        """The gradient of the argument now; none for what has none."""
        if self._struct is not None:
            return self._struct.gradient()
        return None if self._grad is None else unpacked(self._type.dtype, self._grad)


def _is_nothing(cotangent: Value) -> bool:
    return isinstance(cotangent, tuple) and cotangent == ()


def _zero(of: Any) -> Any:
    """The adjoint of a number or compound passed by value, which Warp gives nothing back in."""
    return of() if hasattr(of, "_shape_") else 0
