"""The real command, and what it takes."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.subjects import Asked
from synth.manifest import Manifest, decode_manifest


class Cost(NamedTuple):
    """What a command took, its workers included; the memory is that of the largest of its processes."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


def cost_of_synth(*arguments: str) -> Cost:
    """Run `python -m synth`, silently, and return what it took."""
    start = time.monotonic()
    command = [sys.executable, "-m", "synth", *arguments]
    silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    _, status, usage = os.wait4(os.posix_spawn(sys.executable, command, os.environ, file_actions=silent), 0)
    if status:
        raise SystemExit(f"benchmarks: {' '.join(command[1:])} failed")
    peak = usage.ru_maxrss if sys.platform == "darwin" else usage.ru_maxrss * 1024
    return Cost(time.monotonic() - start, usage.ru_utime + usage.ru_stime, peak)


def make_dataset(asked: Asked, kernels: int, workers: int) -> tuple[Cost, Manifest]:
    """Make a dataset of so many records, throw it away, and return what it took and what it was."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "dataset"
        words = ("--count", str(kernels), "--workers", str(workers), "--quiet", "--out", str(out))
        cost = cost_of_synth(*asked.words(), *words)
        return cost, decode_manifest((out / "manifest.json").read_bytes())
