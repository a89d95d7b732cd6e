"""The real command with one worker and with more: unique kernels, compiled and judged, and MB for a second, and how that scales.

Every repetition runs each number of workers on few kernels and on many, after each other. What it takes to start is told
apart: rates and ratios are of the kernels and the seconds that the many have beyond the few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.command import make_dataset
from benchmarks.figures import Figure, ratios
from benchmarks.subjects import DEVICES, Asked


@dataclass(frozen=True, slots=True)
class Beyond:
    """What the many kernels of a command have and take beyond the few."""

    records: int
    text_bytes: int
    seconds: float
    cpu_seconds: float
    start_seconds: float
    """What the few took beyond what as many take once the command runs."""


def measure(few: int, many: int, repetitions: int, workers: Sequence[int]) -> tuple[Figure, ...]:
    """Return the figures of both devices; the first of `workers` is what the others are compared with."""
    return tuple(
        figure for device in DEVICES for figure in measure_one(Asked(device), few, many, repetitions, tuple(workers))
    )


def measure_one(asked: Asked, few: int, many: int, repetitions: int, workers: Sequence[int]) -> tuple[Figure, ...]:
    """Return the figures of one device."""
    found: dict[int, list[Beyond]] = {number: [] for number in workers}
    for _ in range(repetitions):
        for number in workers:
            found[number].append(beyond(asked, few, many, number))
    return tuple(_figures(asked.device, found))


def beyond(asked: Asked, few: int, many: int, workers: int) -> Beyond:
    """Run the command on few kernels and on many."""
    (less, small), (more, large) = (make_dataset(asked, kernels, workers) for kernels in (few, many))
    records, seconds = large.records - small.records, more.seconds - less.seconds
    return Beyond(
        records,
        large.text_bytes - small.text_bytes,
        seconds,
        more.cpu_seconds - less.cpu_seconds,
        less.seconds - seconds * small.records / records,
    )


def _figures(device: str, found: dict[int, list[Beyond]]) -> Iterator[Figure]:
    table = f"{device}, the whole command"
    first = next(iter(found))
    rates = {number: tuple(each.records / each.seconds for each in some) for number, some in found.items()}
    for number, some in found.items():
        column = f"{number} worker{'s' * (number > 1)}"
        sizes = tuple(each.text_bytes / 1e6 / each.seconds for each in some)
        spent = tuple(each.records / each.cpu_seconds for each in some)
        yield Figure(table, "kernels/s, verified, unique", column, rates[number], main=True)
        yield Figure(table, "MB/s, verified, unique", column, sizes, main=True)
        yield Figure(table, "kernels for a CPU second", column, spent)
        yield Figure(table, "s to start", column, tuple(each.start_seconds for each in some))
        if number != first:
            row = f"kernels/s against {first} worker{'s' * (first > 1)}"
            yield Figure(table, row, column, ratios(rates[number], rates[first]), main=True)
