"""Unique kernels for a CPU second, against a naive generator: eleven templates, code generation only.

The templates are those of `benchmarks.templates`. Every sample of theirs is really generated and really digested, the
digests outside of the clock: `structure` maps constants to one, `ir` keeps them. Ours are drawn, printed and generated in
the same process, spread evenly over the same time; and by the real command once, which compiles, runs and judges them too (but for what it takes to start). How
many of ours are unique is measured on as many as are drawn, and taken to hold for as many as there are of the templates'.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from benchmarks.figures import Figure, ratios
from benchmarks.processes import apart
from benchmarks.scaling import beyond
from benchmarks.subjects import Asked, samples
from benchmarks.templates import TEMPLATES, sample
from ir.digest import digests
from ir.extract import extract
from ir.generation import generate
from ir.records import Target, Unit

BLOCKS = 8
"""Parts of the samples that are timed by themselves, for the spread; there are at least so many of either kind."""

TABLE = "unique kernels for a CPU second"
NAIVE, DRAWN, WHOLE = "eleven templates", "ours, generated", "ours, whole command"
LEVELS = ("structure", "ir")


@dataclass(slots=True)
class Made:
    """The samples of one generator so far."""

    seconds: list[float] = field(default_factory=list)
    found: dict[str, set[str]] = field(default_factory=lambda: {level: set() for level in LEVELS})

    def add(self, make: Callable[[int], Unit], number: int, target: Target) -> None:
        """Make the sample of a number, generate its code, and count it."""
        start = time.process_time()
        text = generate(make(number), target).text
        self.seconds.append(time.process_time() - start)
        known = digests(extract(text).forward)
        for level, found in self.found.items():
            found.add(getattr(known, level))

    def unique(self) -> dict[str, int]:
        """How many are unique, by level."""
        return {level: len(found) for level, found in self.found.items()}

    def rates(self) -> tuple[float, ...]:
        """Samples for a CPU second, block by block."""
        edges = [len(self.seconds) * number // BLOCKS for number in range(BLOCKS + 1)]
        return tuple((end - start) / sum(self.seconds[start:end]) for start, end in pairwise(edges))


def measure(numbers: Sequence[int], ours: int) -> tuple[Figure, ...]:
    """Return the figures after each of these numbers of samples of the templates, against so many of ours."""
    command = beyond(Asked("cpu"), max(1, ours // 8), ours, workers=1)
    return apart(measure_generated, sorted(numbers), ours, command.records / command.cpu_seconds)


def measure_generated(numbers: Sequence[int], ours: int, whole: float) -> tuple[Figure, ...]:
    """Return the figures, where `whole` is how many unique ones the real command makes for a CPU second."""
    target, configuration = Target("cpu"), Asked("cpu", io=False).configuration()
    last = numbers[-1]

    def draw(number: int) -> Unit:
        (each,) = samples(configuration, [number])
        return Unit(each.kernel_name, each.source)

    for make in (sample, draw):
        warming = Made()
        for number in range(len(TEMPLATES)):
            warming.add(make, last + number, target)
    naive, drawn, unique = Made(), Made(), {}
    for number in range(last):
        naive.add(sample, number, target)
        if (number + 1) * ours // last > len(drawn.seconds):
            drawn.add(draw, len(drawn.seconds), target)
        if number + 1 in numbers:
            unique[number + 1] = naive.unique()
    return tuple(figures_of(naive, drawn, unique, whole))


def figures_of(naive: Made, drawn: Made, unique: dict[int, dict[str, int]], whole: float) -> Iterator[Figure]:
    yield Figure(TABLE, "samples for a CPU second", NAIVE, naive.rates())
    yield Figure(TABLE, "samples for a CPU second", DRAWN, drawn.rates())
    for level in LEVELS:
        share = drawn.unique()[level] / len(drawn.seconds)
        ours = tuple(rate * share for rate in drawn.rates())
        yield Figure(TABLE, f"unique by {level}, % of {len(drawn.seconds):,}", DRAWN, (100 * share,))
        for number, found in unique.items():
            yield Figure(TABLE, f"unique by {level}, of {number:,}", NAIVE, (found[level],))
            row = f"unique by {level} for a CPU second, {number:,} samples"
            theirs = tuple(rate * found[level] / number for rate in naive.rates())
            yield Figure(TABLE, row, NAIVE, theirs)
            yield Figure(TABLE, row, DRAWN, ours)
            row = f"ours / templates, unique by {level}, {number:,} samples"
            yield Figure(TABLE, row, DRAWN, ratios(ours, theirs), main=True)
            if level == "structure":  # what the command takes for a duplicate
                yield Figure(TABLE, row, WHOLE, tuple(whole / rate for rate in theirs), main=True)
