"""The memory of a worker, over however many kernels: the crew leaves it 20,000 at most.

A real worker, alone and never replaced, makes batch after batch: draws, compiles, runs, judges, writes. After each batch it
says what it has in use. The slope is that of a straight line through the readings of a quarter of the run; in the first
quarter caches fill.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import assert_never

from benchmarks.figures import Figure
from benchmarks.subjects import Asked
from synth.configuration import Device
from synth.generate import BATCH
from synth.leash import spawn
from synth.making import TOOLS
from synth.worker import Done, Drawn, Failed, Generated, Hopeless, Job, Message, Ready, serve

TABLE = "memory of one worker that is never replaced"
POINTS = 100
"""Readings that are kept of a run, at most."""
FEWEST = 8
"""Readings without which a quarter of them has no slope."""
LEAST = FEWEST * max(BATCH.values())
"""Kernels that make so many readings."""
PATIENCE = 600.0
"""Seconds for a batch."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a worker has in use after so many kernels, and the most that it ever had; bytes."""

    kernels: int
    resident: int
    peak: int


class LostError(Exception):
    """A worker that will not answer again."""


def measure(kernels: int, devices: Sequence[Device], *, backward: bool) -> tuple[Figure, ...]:
    """Return the figures of a worker for each device."""
    figures: list[Figure] = []
    for asked in (Asked(device, backward) for device in devices):
        found = list(readings(asked, kernels, BATCH[asked.device]))
        if len(found) < FEWEST:
            raise SystemExit(f"memory: {len(found)} readings are too few for a slope")
        figures.extend(figures_of(asked.title, found))
    return tuple(figures)


def readings(asked: Asked, kernels: int, size: int) -> Iterator[Reading]:
    """Yield a reading after each batch of this size, until there are so many kernels or the worker is lost."""
    with tempfile.TemporaryDirectory() as scratch:
        worker, ours = spawn(serve, Job(asked.configuration(), TOOLS, Path(scratch)))
        try:
            _answer(ours)  # it is ready
            for start in range(0, kernels, size):
                ours.send(tuple(range(start, start + size)))
                done = _answer(ours)
                assert isinstance(done, Done), "a worker that is ready answers what it was asked"
                yield Reading(start + size, done.resident, done.peak)
        except LostError as lost:
            print(f"memory: the worker is lost, no more than this is measured: {lost}", file=sys.stderr)
        finally:
            worker.kill()
            worker.join()


def _answer(connection: Connection) -> Ready | Done:
    """Return what a worker answers to a task of several kernels."""
    if not connection.poll(PATIENCE):
        raise LostError("it does not answer")
    try:
        message: Message = connection.recv()
    except (EOFError, OSError) as error:
        raise LostError("it died") from error
    match message:
        case Ready() | Done():
            return message
        case Failed(text) | Hopeless(text):
            raise LostError(text)
        case Drawn() | Generated():
            raise AssertionError("a worker says what it has drawn where that is one kernel only")
        case _:
            assert_never(message)


def figures_of(title: str, found: Sequence[Reading]) -> Iterator[Figure]:
    """What the readings say; at least eight of them."""
    quarters = [found[len(found) * part // 4 : len(found) * (part + 1) // 4] for part in range(4)]
    slopes = tuple(slope(quarter) for quarter in quarters[1:])
    kept = found[:: -(-len(found) // POINTS)]
    last = found[-1]
    yield Figure(TABLE, "kernels", title, (last.kernels,))
    every = kept[1].kernels - kept[0].kernels
    yield Figure(TABLE, f"resident MB, every {every:,} kernels", title, tuple(each.resident / 1e6 for each in kept))
    yield Figure(TABLE, "peak MB", title, (last.peak / 1e6,), main=True)
    yield Figure(TABLE, "peak / peak after a quarter", title, (last.peak / quarters[0][-1].peak,), main=True)
    yield Figure(TABLE, "slope, bytes a kernel, of each quarter but the first", title, slopes, main=True)


def slope(some: Sequence[Reading]) -> float:
    """Return how many bytes more are resident for each kernel more."""
    return statistics.linear_regression([each.kernels for each in some], [each.resident for each in some]).slope
