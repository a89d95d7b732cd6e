"""Ray as the engine: batches are tasks, digests are spread over actors, shards are written where there is a worker.

Nodes share the folder of the dataset and have the same installation. Ray runs the tasks of a node that has died on
another, and starts its actors again; what they knew is in logs.
"""

import logging
import os
import shutil
import socket
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import ray
from ray.exceptions import RayError

from synth.configuration import Configuration
from synth.crew import Crew
from synth.dedup import Sought
from synth.errors import StoppedError, UsageError
from synth.folder import Folder
from synth.outcome import Batch
from synth.site import Site, Work
from synth.store.layout import Layout
from synth.store.shards import Place, Shard

from .far import FarProduction, FarWriter
from .partition import Asked, Partition, Spread
from .parts import put_aside, write_shard

AHEAD = 2
"""Tasks under way for each processor, so that none waits for the next."""
WINDOW = 8
"""Batches for each processor that may be done before the first of them is."""
TICK_SECONDS = 0.25
STORE_BYTES = 256 * 10**6
"""For what tasks return, in a cluster of our own: some kilobytes a kernel."""


@dataclass(frozen=True, slots=True)
class Cluster(Site):
    """The nodes of a Ray cluster."""

    partitions: int
    production: type[FarProduction] = field(default=FarProduction)

    def seen(self, configuration: Configuration, folder: Folder) -> Spread:
        """Return what remembers the kernels kept so far, in actors."""
        home = _fresh(folder.aside / "digests")
        actors = [_partition.remote(home / f"{number}.jsonl") for number in range(self.partitions)]

        def ask(questions: Sequence[Asked]) -> Iterable[list[str]]:
            answers = [actor.ask.remote(asked) for actor, asked in zip(actors, questions, strict=True)]
            return _got(answers)

        return Spread(configuration.dedup, self.partitions, ask)

    def writer(self, folder: Folder, layout: Layout, place: Place) -> FarWriter:
        """Return what has the shards written, from a place on."""
        parts, out = folder.aside.resolve() / "parts", folder.root.resolve()
        return FarWriter(folder.aside, layout, place, lambda plan: _Ordered(_write.remote(plan, parts, out)))

    def engine(self, work: Work, seen: Sought) -> "Tasks":
        """Return what makes the batches."""
        assert isinstance(seen, Spread), "it comes from this cluster"
        return Tasks(work, _fresh(work.aside / "parts"), seen)


class Tasks:
    """Batches as tasks."""

    def __init__(self, work: Work, parts: Path, seen: Spread) -> None:
        self._work = replace(work, workers=1, tick=_nothing)
        self._tick = work.tick
        self._parts = parts
        self._seen = seen
        self.peak_bytes = 0
        """The most memory that any worker has had in use."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the tasks to Ray, which ends them with the job."""

    def run(self, batches: Iterable[tuple[int, ...]]) -> Iterator[Batch]:
        """Yield the outcomes of each batch, in the order given; a bounded number is under way at any time."""
        numbered = enumerate(batches)
        under_way: dict[Any, int] = {}
        done: dict[int, Batch] = {}
        work = ray.put(self._work)
        first, submitted = 0, 0
        while True:
            processors = int(ray.cluster_resources().get("CPU", 1)) or 1
            while len(under_way) < AHEAD * processors and submitted < first + WINDOW * processors:
                if (upcoming := next(numbered, None)) is None:
                    break
                submitted = upcoming[0] + 1
                under_way[_make.remote(work, self._parts, upcoming[1])] = upcoming[0]
            while first in done:
                batch = done.pop(first)
                first += 1
                self._seen.foresee(batch.outcomes)
                yield batch
            if not under_way:
                return
            ready, _ = ray.wait(list(under_way), num_returns=1, timeout=TICK_SECONDS)
            for reference, (batch, peak) in zip(ready, _got(ready), strict=True):
                done[under_way.pop(reference)] = batch
                self.peak_bytes = max(self.peak_bytes, peak)
            self._tick()


@dataclass(frozen=True, slots=True)
class _Ordered:
    """A shard that a task is writing."""

    reference: Any

    def is_done(self) -> bool:
        """Whether it is written, or cannot be."""
        return bool(ray.wait([self.reference], timeout=0)[0])

    def shard(self) -> Shard:
        """Return the shard, once it is written."""
        [shard] = _got([self.reference])
        assert isinstance(shard, Shard)
        return shard


def _make_part(work: Work, parts: Path, indices: tuple[int, ...]) -> tuple[Batch, int]:
    crew = _crew(work)
    try:
        [batch] = crew.run([indices])
    except BaseException:
        _crews.clear()
        raise
    return put_aside(batch, parts), crew.peak_bytes


_partition = ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=-1)(Partition)
_make = ray.remote(num_cpus=1, max_retries=-1)(_make_part)
_write = ray.remote(num_cpus=0, max_retries=-1)(write_shard)

_crews: dict[Path, Crew] = {}
"""Of this process: the crew of the run that it works for, whose worker is warm."""


def _crew(work: Work) -> Crew:
    if work.aside not in _crews:
        _crews.clear()
        # The worker must not import what Ray's own process was started with.
        vars(sys.modules["__main__"]).pop("__file__", None)
        aside = work.aside / f"scratch-{socket.gethostname()}-{os.getpid()}"
        _crews[work.aside] = Crew(work.configuration, work.tools, 1, aside, limits=work.limits)
    return _crews[work.aside]


def _got(references: Sequence[Any]) -> list[Any]:
    """Return what tasks have returned; `StoppedError` with their reason when one has failed."""
    try:
        found: list[Any] = ray.get(list(references))
    except RayError as error:
        cause = getattr(error, "cause", None) or error
        raise StoppedError(f"a task failed: {' '.join(str(cause).split())}") from error
    return found


def _fresh(folder: Path) -> Path:
    """Return an empty folder that every node can name."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder.resolve()


def _nothing() -> None:
    """Do nothing: a task has no screen."""


@contextmanager
def open_cluster(address: str | None, workers: int) -> Iterator[Cluster]:
    """Yield the cluster at an address; without one, a cluster of this machine with so many processors.

    Raises `UsageError` when there is none.
    """
    own: dict[str, Any] = {"num_cpus": workers, "object_store_memory": STORE_BYTES, "include_dashboard": False}
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **({} if address else own))
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        why = " ".join(str(error).split())
        raise UsageError(f"--ray-address: there is no Ray cluster at {address!r}: {why}") from error
    with ExitStack() as stack:
        stack.callback(ray.shutdown)
        nodes = sum(1 for node in ray.nodes() if node["Alive"])
        yield Cluster(partitions=max(1, nodes))
