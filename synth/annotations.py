"""What a record says of its kernel's cost: counted in its code, told by the compilers, measured if asked for."""

from typing import TYPE_CHECKING

import msgspec

from ir.counting import StaticCounts, static_counts
from ir.cuda_tools import Resources

if TYPE_CHECKING:
    from .compiled import Compiled

Absent = msgspec.UnsetType


class Timing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long the kernel took on one core of the machine that made the dataset, built as Warp builds it by default."""

    ns_per_thread: float
    """The median over the runs."""
    spread: float
    """The distance between the quartiles of the runs, divided by the median."""
    threads: int
    """Of the launch that was measured."""
    runs: int
    """Launches that were measured, each on fresh copies of the inputs."""


class Annotations(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Figures of one kernel; those of a level are there where the dataset has the level."""

    static: StaticCounts
    """Operations and bytes of one thread of the forward code, each generated statement counted once."""
    instructions: dict[str, dict[str, int]] | Absent = msgspec.UNSET
    """By level (`ptx`, `sass`, `assembly`), of the forward and the backward entry point."""
    resources: dict[str, Resources] | Absent = msgspec.UNSET
    """What a thread of the forward and of the backward entry point needs of the GPU; with the level `sass`."""
    code_bytes: int | Absent = msgspec.UNSET
    """Of the CPU's machine code; with the level `assembly`."""
    time: Timing | Absent | None = msgspec.UNSET
    """With `--time`; none for a kernel that was not run, or whose outputs do not agree with the reference."""


def annotate(compiled: "Compiled", *, is_timed: bool) -> Annotations:
    """Return the figures of a kernel."""
    lowered = compiled.lowered
    return Annotations(
        static=static_counts(compiled.built.listing.forward),
        instructions=lowered.instructions or msgspec.UNSET,
        resources=lowered.resources or msgspec.UNSET,
        code_bytes=msgspec.UNSET if lowered.code_bytes is None else lowered.code_bytes,
        time=compiled.timing if is_timed else msgspec.UNSET,
    )
