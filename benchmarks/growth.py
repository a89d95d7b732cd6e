"""How long growth and printing take: `python -m benchmarks.growth [--kernels 520] [--profile default]`.

Milliseconds a kernel of median size (the middle fifth by lines), and of all: growth from stored choices, printing, and
the draw through Hypothesis, which is growth with every choice asked of Hypothesis. Single process; compare the ratios.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from grammar.catalogue import CATALOGUE
from grammar.printer import print_source
from grammar.profile import CATEGORIES, profile_for
from grammar.strategies import draw_kernel, replay_kernel
from synth.sample import SEED_BYTES

Given = ParamSpec("Given")
Result = TypeVar("Result")


def timed(action: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> tuple[Result, float]:
    start = time.perf_counter()
    result = action(*args, **kwargs)
    return result, 1e3 * (time.perf_counter() - start)


def seed(index: int) -> bytes:
    return hashlib.shake_256(f"growth {index}".encode()).digest(SEED_BYTES)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernels", type=int, default=520)
    parser.add_argument("--profile", default="default")
    options = parser.parse_args()
    rows: list[tuple[int, int, float, float, float]] = []
    for index in range(-len(CATEGORIES) * 4, options.kernels):  # the first ones fill the caches
        profile = profile_for(options.profile, CATEGORIES[index % len(CATEGORIES)])
        data = seed(index)
        drawing, drawn = timed(draw_kernel, CATALOGUE, profile, data)
        kernel, grown = timed(replay_kernel, CATALOGUE, profile, drawing.choices)
        source, printed = timed(print_source, kernel)
        if index >= 0:
            rows.append((len(source.splitlines()), len(drawing.choices), grown, printed, drawn))
    rows.sort()
    middle = rows[2 * len(rows) // 5 : 3 * len(rows) // 5]
    print(f"{'':14s}{'lines':>7s}{'choices':>9s}{'growth':>9s}{'printing':>10s}{'both':>7s}{'draw':>8s}")
    for name, some in (("median size", middle), ("all", rows)):
        lines, choices, grown, printed, drawn = (statistics.mean(column) for column in zip(*some, strict=True))
        print(f"{name:14s}{lines:7.0f}{choices:9.0f}{grown:9.2f}{printed:10.2f}{grown + printed:7.2f}{drawn:8.2f}  ms")


if __name__ == "__main__":
    main()
