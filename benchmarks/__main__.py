"""What Warpsmith costs against what Warp costs: `python -m benchmarks [--quick] [--only NAME …]`.

Prints tables and keeps all values in a file in benchmarks/results/. A figure is a median, with the least and the greatest
value behind it; CPU seconds are of a process and its children. Compare ratios: they hold on a machine that others use too.
`--history` measures nothing, and prints the main figures of all results side by side.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import baseline, dedup, floor, memory, results, scaling
from benchmarks.figures import Figure, tables
from benchmarks.machine import this_machine
from benchmarks.scale import FULL, QUICK, Scale
from benchmarks.subjects import DEVICES
from synth import VERSION

PARTS: dict[str, Callable[[Scale], tuple[Figure, ...]]] = {
    "floor": lambda scale: floor.measure(
        scale.floor_first, scale.floor_kernels, scale.floor_repetitions, scale.module_sizes
    ),
    "baseline": lambda scale: baseline.measure(scale.template_samples, scale.drawn_samples),
    "scaling": lambda scale: scaling.measure(*scale.scaling_kernels, scale.scaling_repetitions, scale.workers),
    "memory": lambda scale: memory.measure(scale.memory_kernels, scale.memory_devices, backward=scale.memory_backward),
    "dedup": lambda scale: dedup.measure(scale.dedup_digests, scale.dedup_records),
}
"""What is measured, in this order."""


def measured(scale: Scale, names: Sequence[str]) -> Iterator[results.Result]:
    """Measure these parts, printing the tables of each; yield what there is so far after each."""
    began, start, figures = datetime.now(UTC), time.monotonic(), {}
    for name in names:
        figures[name] = PARTS[name](scale)
        print(f"{tables(figures[name])}\n", flush=True)
        yield results.Result(
            warpsmith=VERSION,
            began=began.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - start, 1),
            scale=asdict(scale),
            machine=this_machine(),
            figures=dict(figures),
        )


def main(arguments: Sequence[str], full: Scale = FULL, quick: Scale = QUICK) -> int:
    """Do what these arguments say; the result is the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="some minutes instead of the better part of an hour")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="NAME", help=", ".join(PARTS))
    parser.add_argument("--kernels", type=int, metavar="N", help="of the memory part (100000 take hours)")
    parser.add_argument("--device", choices=DEVICES, help="of the memory part: this one only")
    parser.add_argument("--no-backward", action="store_true", help="of the memory part: forward only, in half the time")
    parser.add_argument("--out", type=Path, default=results.FOLDER, metavar="DIR", help="where results are kept")
    parser.add_argument("--history", action="store_true", help="print the main figures of all results, measure nothing")
    options = parser.parse_args(arguments)
    if options.history:
        found = results.kept(options.out)
        print(results.history(found) if found else f"no results in {options.out}")
        return 0
    scale = quick if options.quick else full
    if options.kernels is not None:
        if options.kernels < memory.LEAST:
            parser.error(f"--kernels: {options.kernels} are too few for a slope, {memory.LEAST} are the least")
        scale = replace(scale, memory_kernels=options.kernels)
    if options.device is not None:
        scale = replace(scale, memory_devices=(options.device,))
    if options.no_backward:
        scale = replace(scale, memory_backward=False)
    file = None
    for result in measured(scale, [name for name in PARTS if name in options.only]):
        file = file or results.new_file(result, options.out)
        results.write(result, file)
    print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
