"""Two compilers as one: for a device that is not here, and for the CPU, where the kernels can run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ir.compiler import Compiler
from ir.records import Built, Refused, Target, Timings, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Companion:
    """Compiles for a target, and once more for the CPU, forward only, what compiled.

    Raises `errors.ToolchainError` when one of the two cannot be compiled for here.
    """

    def __init__(self, target: Target, scratch: Path) -> None:
        self._compiler = Compiler(target, scratch)
        self._runner = Compiler(Target("cpu", backward=False), scratch / "cpu", loads=True)

    def build(self, units: Sequence[Unit]) -> list[Built | Refused]:
        """Generate and compile `units`, one outcome each, in their order; the programs are the CPU's."""
        outcomes = self._compiler.build(units)
        compiled = [unit for unit, outcome in zip(units, outcomes, strict=True) if isinstance(outcome, Built)]
        running = iter(self._runner.build(compiled))
        return [
            replace(outcome, program=getattr(next(running), "program", None)) if isinstance(outcome, Built) else outcome
            for outcome in outcomes
        ]

    def describe_compile(self) -> dict[str, object]:
        """Say how kernels are compiled for the target."""
        return self._compiler.describe_compile()

    @property
    def timings(self) -> Timings:
        """The seconds spent so far, by both."""
        first, second = self._compiler.timings, self._runner.timings
        return Timings(
            first.code_generation + second.code_generation,
            first.native_compile + second.native_compile,
            first.digest + second.digest,
        )
