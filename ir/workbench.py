"""All compilers that a dataset needs as one: for each of its devices, for its lower levels, and to time kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ir.companion import Companion
from ir.compiler import Compiler
from ir.lowering import Lowered, Lowering
from ir.records import Built, Target

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from ir.launch import Program
    from ir.records import IsKnown, Known, Refused, Timings, Unit


class Workbench:
    """Builds kernels for all devices; lowers and optimises those that compiled. Long-lived; not thread-safe."""

    def __init__(self, compiler: Compiler | Companion, lowering: Lowering | None, scratch: Path) -> None:
        self._compiler = compiler
        self._lowering = lowering
        self._optimiser: Compiler | None = None
        self._scratch = scratch

    def build(self, units: Sequence[Unit], is_known: IsKnown) -> list[Built | Refused | Known]:
        """Generate and compile `units` but for those that are known, one outcome each, in their order."""
        return self._compiler.build_new(units, is_known)

    def lower(self, unit: Unit, built: Built) -> Lowered:
        """Return the lower levels of a unit that compiled."""
        assert self._lowering is not None, "no level below what Warp generates was asked for"
        both = (built, built.other)
        return self._lowering.lower(unit.kernel_name, {each.device: each.module for each in both if each is not None})

    def optimised(self, unit: Unit) -> Program | None:
        """Return the unit ready to run, forward only, built as Warp builds it by default; until the next call."""
        if self._optimiser is None:
            self._optimiser = Compiler(
                Target("cpu", backward=False), self._scratch / "optimised", loads=True, optimised=True
            )
        built = self._optimiser.build([unit])[0]
        return built.program if isinstance(built, Built) else None

    def describe_compile(self) -> dict[str, object]:
        """Say how kernels are compiled, and how the lower levels are made."""
        described = self._compiler.describe_compile()
        return described if self._lowering is None else described | {"levels": self._lowering.describe()}

    @property
    def timings(self) -> Timings:
        """The seconds spent so far on building."""
        return self._compiler.timings


def open_workbench(targets: Sequence[Target], levels: Collection[str], scratch: Path, *, loads: bool) -> Workbench:
    """Return the compilers for these targets, the digests are of the first; with `loads`, kernels are ready to run.

    Raises `errors.ToolchainError` when one of them cannot be had here.
    """
    first = targets[0]
    compilers = [Compiler(each, scratch / each.device, loads=loads and each.device == "cpu") for each in targets]
    compiler: Compiler | Companion = compilers[0]
    if len(compilers) > 1:
        compiler = Companion(*compilers, needs_both=True)
    elif loads and first.device != "cpu":
        runner = Compiler(Target("cpu", backward=False), scratch / "cpu", loads=True)
        compiler = Companion(compilers[0], runner, needs_both=False)
    lowering = Lowering(levels, max(each.arch for each in targets), scratch / "levels") if levels else None
    return Workbench(compiler, lowering, scratch)
