"""What an oracle judges: a kernel, its source, what was compiled of it, and inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from grammar.inputs import SHAPES, HostObject, Inputs, make_launches
from grammar.reference.errors import OutOfBoundsError, UndefinedError, UnreferencedError
from grammar.reference.run import Reference
from grammar.signature import LOOKUP, OFFSETS, READ, SIZE, VALUE
from grammar.term import Kernel
from ir.hosts import HostValue

from .verdict import UNDEFINED

LAUNCHED = tuple(shape for shape in SHAPES if all(shape.sizes))
"""The shapes of the launches that are judged: one of no threads leaves everything as it is."""

INPUT_ROLES = frozenset({VALUE, READ, SIZE, LOOKUP, OFFSETS, "host seed"})


class Program(Protocol):
    """A kernel that can be launched; `ir.launch.Program` is the one."""

    def run(self, dim: tuple[int, ...], arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Launch it; the arguments afterwards."""

    def adjoint(
        self, dim: tuple[int, ...], arguments: Mapping[str, Any], cotangents: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Launch it and its adjoint; the gradients of the arguments."""

    @property
    def has_adjoint(self) -> bool:
        """Whether there is an adjoint."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A kernel with its inputs, compiled."""

    kernel: Kernel
    source: str
    reference: Reference
    program: Program
    launches: tuple[Inputs, ...]
    made: list[tuple[Inputs, dict[str, Any]]] = field(default_factory=list, compare=False)
    """The launches that were made, with the arguments after each."""

    def run(self, inputs: Inputs) -> dict[str, Any]:
        """The arguments after one of the launches, which is made once: what is judged is what is recorded."""
        for before, after in self.made:
            if before is inputs:
                return after
        self.made.append((inputs, self.program.run(inputs.dim, arguments_of(inputs))))
        return self.made[-1][1]

    def undefined(self, inputs: Inputs) -> str | None:
        """Why a launch says nothing, or must not be made: what it does is not defined; none if all is well.

        A kernel without a reference is trusted.
        """
        try:
            self.reference.run(inputs)
        except (UndefinedError, OutOfBoundsError) as error:
            return f"{UNDEFINED}{error}"
        except UnreferencedError:
            return None
        return None

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the arguments that the kernel may change."""
        return tuple(s.name for s in self.kernel.parameters if s.role not in INPUT_ROLES)


def subject_of(kernel: Kernel, source: str, program: Program, seed: int) -> Subject:
    """A compiled kernel with the inputs of a seed, in every shape that has threads."""
    return Subject(kernel, source, Reference(kernel, source), program, make_launches(kernel, LAUNCHED, seed))


def arguments_of(inputs: Inputs) -> dict[str, Any]:
    """The arguments as a launch takes them."""
    return {
        name: HostValue(value.kind, value.data) if isinstance(value, HostObject) else value
        for name, value in inputs.arguments.items()
    }


def leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The arrays in a value with their names: of a struct's fields, of a host's parts."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from leaves(part, f"{path}.{name}")
    elif value is not None:
        yield path, np.asarray(value)


def arrays(values: Mapping[str, Any]) -> dict[str, Any]:
    """All arrays in some arguments, by name."""
    return {path: array for name, value in values.items() for path, array in leaves(value, name)}
