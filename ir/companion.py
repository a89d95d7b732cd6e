"""Two compilers as one: for two devices at once, or for one that is not here and for the CPU, where kernels can run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ir.compiler import Compiler
from ir.records import Built, Known, Refused, Timings, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ir.records import IsKnown


class Companion:
    """Compiles with one compiler, and what compiled with another; programs are of whichever loads.

    With `needs_both`, a kernel that the second refuses is refused.
    """

    def __init__(self, first: Compiler, second: Compiler, *, needs_both: bool) -> None:
        self._first, self._second = first, second
        self._needs_both = needs_both

    def build_new(self, units: Sequence[Unit], is_known: IsKnown) -> list[Built | Refused | Known]:
        """Build `units` but for those that are known by the code that is generated for the first."""
        outcomes = self._first.build_new(units, is_known)
        compiled = [unit for unit, outcome in zip(units, outcomes, strict=True) if isinstance(outcome, Built)]
        others = iter(self._second.build(compiled))
        return [self._both(each, next(others)) if isinstance(each, Built) else each for each in outcomes]

    def describe_compile(self) -> dict[str, object]:
        """Say how kernels are compiled by the first, and by the second where both are needed."""
        described = self._first.describe_compile()
        if self._needs_both:
            described[self._second.target.device] = self._second.describe_compile()
        return described

    @property
    def timings(self) -> Timings:
        """The seconds spent so far, by both."""
        first, second = self._first.timings, self._second.timings
        return Timings(
            first.code_generation + second.code_generation,
            first.native_compile + second.native_compile,
            first.digest + second.digest,
        )

    def _both(self, built: Built, other: Built | Refused) -> Built | Refused:
        if isinstance(other, Built):
            return replace(built, program=built.program or other.program, other=other)
        if not self._needs_both:
            return built
        # It is known by the same digests as every other kernel.
        return replace(
            other,
            message=f"on {self._second.target.device}: {other.message}",
            ir_digest=built.ir_digest,
            structure_digest=built.structure_digest,
        )
