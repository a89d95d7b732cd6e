"""The floor, Warp's own time for kernels, and beside it the pipeline's for the same ones.

The floor is code generation and native compile in a process that is warm, of kernels that are drawn and printed outside
of the clock, the cheapest way: the pipeline's (each kernel in a Warp module of its own, many texts joined), at several
sizes of a module, or Warp's plain one at the largest. `worker` is all that one worker does with the same kernels,
`command` what the real command with one worker takes for as many beyond what it takes for those before them. Every
repetition has kernels of a seed of its own and measures all of this after each other, so that what slows the machine
down for a while slows all of it; ratios are of the CPU seconds of one repetition.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from benchmarks.command import make_dataset
from benchmarks.figures import Figure, ratios
from benchmarks.plain import compile_plainly
from benchmarks.processes import apart
from benchmarks.subjects import DEVICES, Asked, samples
from ir.compiler import Compiler, Generated
from ir.generation import generate
from ir.records import Refused, Unit
from synth.batches import LEAST as LEAST_BATCH
from synth.dedup import Seen
from synth.generate import BATCH
from synth.making import TOOLS, build_batch, draw_batch
from synth.sample import Sample
from synth.watch import STAGES, Stopwatch
from synth.worker import collect_seldom

WARMING = 4
"""Kernels that are taken all the way before the clock starts: headers are built and caches filled."""

COLUMNS = {"joined": "texts joined", "plain": "one Warp module"}
"""The ways to compile many kernels at once, with code generation: the pipeline's and Warp's own."""

LEAST = 0.05
"""Milliseconds of a stage that is worth a row."""


@dataclass(frozen=True, slots=True)
class Lap:
    """Seconds that the kernels of one repetition took; the CPU's also by stage, where that is known."""

    cpu: float
    wall: float
    stages: dict[str, float] = field(default_factory=dict)


Laps = dict[str, Lap]
Item = TypeVar("Item")


def measure(first: int, kernels: int, repetitions: int, sizes: Sequence[int]) -> tuple[Figure, ...]:
    """Return the figures of both devices, with adjoint and without: of so many kernels a repetition, after the first."""
    return tuple(
        figure
        for device in DEVICES
        for backward in (True, False)
        for figure in apart(measure_one, Asked(device, backward), first, kernels, repetitions, tuple(sizes))
    )


def measure_one(asked: Asked, first: int, kernels: int, repetitions: int, sizes: Sequence[int]) -> tuple[Figure, ...]:
    """Return the figures of one device, with adjoint or without."""
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(asked, Path(scratch))
        laps = [bench.repetition(seed, first, kernels, sizes) for seed in range(repetitions)]
    return tuple(figures_of(asked.title, laps, kernels, sizes))


class Bench:
    """The compilers of one process, warm."""

    def __init__(self, asked: Asked, scratch: Path) -> None:
        self._asked = asked
        self._scratch = scratch
        self._target = asked.configuration().target
        self._compiler = Compiler(self._target, scratch / "floor")
        self._builders = {
            io: TOOLS.open_builder(replace(asked, io=io).configuration(), scratch / f"worker-{io}")
            for io in (False, True)
        }
        warming = self._units(0, range(WARMING))
        self._compiler.build(warming)
        self._plain(warming, WARMING)
        for io in self._builders:
            self._work(replace(asked, io=io), range(WARMING))
        collect_seldom()  # as a worker does; the floor gains by it too

    def repetition(self, seed: int, first: int, kernels: int, sizes: Sequence[int]) -> Laps:
        """Return what each way took for so many kernels of a seed, after its first.

        Whatever comes first fills caches that the others find full, so another one does each time.
        """
        units = self._units(seed, range(first, first + kernels))
        steps = [
            partial(self._floor, units, sizes),
            *(partial(self._pipeline, replace(self._asked, io=io, seed=seed), first, kernels) for io in self._builders),
        ]
        turn = seed % len(steps)
        return {name: lap for step in (*steps[turn:], *steps[:turn]) for name, lap in step().items()}

    def _floor(self, units: Sequence[Unit], sizes: Sequence[int]) -> Laps:
        laps = {"generation": _timed(lambda: [generate(unit, self._target) for unit in units])}
        generated = [self._compiler.generate(unit) for unit in units]
        for size in sizes:
            laps[f"joined {size}"] = self._joined(generated, size)
        return laps | {f"plain {sizes[-1]}": self._plain(units, sizes[-1])}

    def _pipeline(self, asked: Asked, first: int, kernels: int) -> Laps:
        laps = {_named("worker", io=asked.io): self._work(asked, range(first, first + kernels))}
        if asked.backward:  # once is enough for the rest of the command
            laps[_named("command", io=asked.io)] = beyond(
                *command(asked, first), *command(asked, first + kernels), kernels
            )
        return laps

    def _units(self, seed: int, indices: Sequence[int]) -> list[Unit]:
        configuration = replace(self._asked, seed=seed).configuration()
        return [Unit(each.kernel_name, each.source) for each in samples(configuration, indices)]

    def _joined(self, generated: Sequence[Generated | Refused], size: int) -> Lap:
        return _timed(lambda: [self._compiler.compile(some) for some in _cut(generated, size)])

    def _plain(self, units: Sequence[Unit], size: int) -> Lap:
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:

            def work() -> None:
                for number, some in enumerate(_cut(units, size)):
                    compile_plainly(some, self._target, Path(folder) / str(number))

            return _timed(work)

    def _work(self, asked: Asked, indices: Sequence[int]) -> Lap:
        configuration, watch = asked.configuration(), Stopwatch()
        is_known = Seen(configuration.dedup).holds  # made once in a worker's life

        def work() -> None:
            for some in _cut(indices, BATCH[asked.device]):
                drawn = draw_batch(configuration, TOOLS, some, watch)
                found = [each for each in drawn if isinstance(each, Sample)]
                build_batch(configuration, TOOLS, self._builders[asked.io], found, is_known, watch)

        return replace(_timed(work), stages=watch.take())


def command(asked: Asked, records: int) -> tuple[Lap, int]:
    """Return what the real command takes for so many records, and how many kernels it compiles for them.

    These are whole batches, of which the last are the smallest.
    """
    cost, manifest = make_dataset(asked, records, workers=1)
    least = BATCH[asked.device] // LEAST_BATCH
    return Lap(cost.cpu_seconds, cost.seconds), -(-manifest.attempts // least) * least


def _cut(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _timed(work: Callable[[], object]) -> Lap:
    cpu, wall = time.process_time(), time.monotonic()
    work()
    return Lap(time.process_time() - cpu, time.monotonic() - wall)


def _named(way: str, *, io: bool) -> str:
    return way if io else f"{way} --no-io"


def figures_of(title: str, laps: Sequence[Laps], kernels: int, sizes: Sequence[int]) -> Iterator[Figure]:
    """What the laps say, in milliseconds a kernel."""
    ways = [("plain", sizes[-1]), *(("joined", size) for size in sizes)]
    floors = {each: [_floor(lap, *each) for lap in laps] for each in ways}
    for (way, size), each in floors.items():
        spent = _milliseconds(each, kernels)
        yield Figure(f"{title}: ways to the floor", f"CPU ms a kernel, {size} a module", COLUMNS[way], spent)
    columns = {"floor": min(floors.values(), key=lambda each: statistics.median(lap.cpu for lap in each))}
    for io in (False, True):
        for way in ("worker", "command"):
            if (column := _named(way, io=io)) in laps[0]:
                columns[column] = [lap[column] for lap in laps]
    table = f"{title}: floor and pipeline"
    for column, each in columns.items():
        yield Figure(table, "CPU ms a kernel", column, _milliseconds(each, kernels))
        yield Figure(table, "wall ms a kernel", column, tuple(1e3 * lap.wall / kernels for lap in each))
        if column != "floor":
            quotients = ratios([lap.cpu for lap in each], [lap.cpu for lap in columns["floor"]])
            yield Figure(table, "CPU / CPU of the floor", column, quotients, main=True)
    for stage in STAGES:
        for column, each in columns.items():
            values = tuple(1e3 * lap.stages.get(stage, 0.0) / kernels for lap in each)
            if max(values) > LEAST:
                yield Figure(table, f"CPU ms a kernel: {stage.replace('_', ' ')}", column, values)


def _milliseconds(laps: Sequence[Lap], kernels: int) -> tuple[float, ...]:
    return tuple(1e3 * lap.cpu / kernels for lap in laps)


def _floor(laps: Laps, way: str, size: int) -> Lap:
    """Return what Warp takes one way; the plain way is not told apart by stage."""
    native = laps[f"{way} {size}"]
    if way == "plain":
        return native
    generation = laps["generation"]
    stages = {"code_generation": generation.cpu, "native_compile": native.cpu}
    return Lap(generation.cpu + native.cpu, generation.wall + native.wall, stages)


def beyond(start: Lap, before: int, whole: Lap, after: int, kernels: int) -> Lap:
    """Return what a command takes for so many kernels, of one that makes fewer and one that makes more of them."""
    part = kernels / (after - before)
    return Lap(part * (whole.cpu - start.cpu), part * (whole.wall - start.wall))
