"""What each oracle costs: `python -m benchmarks.oracles [--kernels 100] [--profile default]`.

CPU seconds of a judge that asks one oracle, for kernels drawn before, twenty to a module; `compile` is Warp's own time,
which the others have too. Kernels a second are of one process, the compile included. One run, all after each other.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from pathlib import Path

from grammar.catalogue import CATALOGUE
from grammar.profile import CATEGORIES, profile_for
from grammar.strategies import draw_kernel
from ir.records import Target
from synth.fuzz import BATCH
from synth.judging import ORACLES, Case, Judge
from synth.oracles.verdict import Skipped
from synth.sample import SEED_BYTES


def case(profile: str, index: int) -> Case:
    data = hashlib.shake_256(f"oracles {index}".encode()).digest(SEED_BYTES)
    return Case(draw_kernel(CATALOGUE, profile_for(profile, CATEGORIES[index % len(CATEGORIES)]), data).kernel, index)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernels", type=int, default=100)
    parser.add_argument("--profile", default="default")
    options = parser.parse_args()
    cases = [case(options.profile, index) for index in range(options.kernels)]
    print(f"{'':10s}{'kernels/s':>10s}{'CPU ms a kernel':>17s}{'beyond compile':>16s}{'usable':>9s}")
    plain = 0.0
    for oracle in ORACLES:
        with tempfile.TemporaryDirectory() as scratch:
            judge = Judge(Target("cpu"), Path(scratch), (oracle,))
            judge.judge(cases[:1])  # headers
            usable, wall, cpu = 0, time.perf_counter(), time.process_time()
            for start in range(0, len(cases), BATCH):
                for said in judge.judge(cases[start : start + BATCH]):
                    usable += oracle in said and not isinstance(said[oracle], Skipped)
            wall, cpu = time.perf_counter() - wall, 1e3 * (time.process_time() - cpu) / len(cases)
        plain = plain or cpu
        print(f"{oracle:10s}{len(cases) / wall:10.1f}{cpu:17.0f}{cpu - plain:16.0f}{100 * usable / len(cases):8.1f}%")


if __name__ == "__main__":
    main()
