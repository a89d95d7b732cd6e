"""The real command with three bad kernels in it and little patience: one hangs, one crashes, one never has enough memory.

python -m benchmarks.faults.poison ARGUMENTS OF python -m synth
"""

from __future__ import annotations

import ctypes
import sys
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from synth import generate, making
from synth.__main__ import run
from synth.crew import Limits

if TYPE_CHECKING:
    from ir.records import Unit
    from synth.configuration import Configuration
    from synth.sample import Sample

POISONED = {5: "crashes", 9: "hoards", 16: "hangs"}
IMPATIENT = Limits(batch_seconds=20.0, kernel_seconds=1.0, memory_bytes=10**9)
BATCH = 2
"""Kernels in one native module: a worker is given up three times before the one that hangs is known."""


def unit(configuration: Configuration, sample: Sample) -> Unit:
    """What of a sample is compiled, if it comes to that."""
    match POISONED.get(sample.index):
        case "hangs":
            time.sleep(1e6)
        case "crashes":
            ctypes.string_at(0)
        case "hoards":
            hoard: list[bytearray] = []
            while True:
                hoard.append(bytearray(10**7))
    return making.source_unit(configuration, sample)


def main() -> int:
    making.TOOLS = replace(making.TOOLS, unit=unit)
    generate.Setting = partial(generate.Setting, batch=BATCH, limits=IMPATIENT)  # type: ignore[assignment,misc]
    return run()


if __name__ == "__main__":
    sys.exit(main())
