"""Ray as the engine: batches are tasks, digests are spread over actors, shards are written where there is a worker.

Nodes share the folder of the dataset and have the same installation. Ray runs the tasks of a node that has died on
another, and starts its actors again; what they knew is in logs.
"""

import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Any, Self

import ray
from ray.exceptions import RayError

from synth.configuration import Configuration
from synth.crew import Crew
from synth.dedup import Sought
from synth.errors import Interrupted, StoppedError, UsageError
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
MOST_PARTITIONS = 4
"""Of the digests: each is asked of every batch, and four answer two million a second (`docs/scaling.md`)."""
STORE_BYTES = 256 * 10**6
"""For what tasks return, in a cluster of our own: some kilobytes a kernel."""
CONNECT_SECONDS = 5.0
"""For somebody to answer at the cluster's address: Ray tries for more than a minute, and then ends the process."""
END_SECONDS = 10.0
"""For what is still being made to end, once it is not needed."""


@dataclass(frozen=True, slots=True)
class Cluster(Site):
    """The nodes of a Ray cluster."""

    partitions: int
    production: type[FarProduction] = field(default=FarProduction)

    def seen(self, configuration: Configuration, folder: Folder) -> Spread:
        """Return what remembers the kernels kept so far, in actors."""
        home = _fresh(folder.aside, "digests")
        actors = [_partition.remote(home / f"{number}.jsonl") for number in range(self.partitions)]

        def ask(questions: Sequence[Asked]) -> Iterable[list[str]]:
            answers = [actor.ask.remote(asked) for actor, asked in zip(actors, questions, strict=True)]
            return _got(answers)

        return Spread(configuration.dedup, self.partitions, ask)

    def writer(self, folder: Folder, layout: Layout, place: Place) -> FarWriter:
        """Return what has the shards written, from a place on."""
        aside, out = folder.aside.resolve(), folder.root.resolve()
        parts = aside / "parts"
        return FarWriter(aside, layout, place, parts, lambda plan: _Far(_write.remote(plan, parts, out)))

    def engine(self, work: Work, seen: Sought) -> "Tasks":
        """Return what makes the batches."""
        assert isinstance(seen, Spread), "it comes from this cluster"
        parts = work.aside / "parts"
        shutil.rmtree(parts, ignore_errors=True)
        parts.mkdir(exist_ok=True)
        return Tasks(work, parts, seen)


class Tasks:
    """Batches as tasks."""

    def __init__(self, work: Work, parts: Path, seen: Spread) -> None:
        self._work = replace(work, workers=1, tick=_nothing)
        self._tick = work.tick
        self._parts = parts
        self._seen = seen
        self._session = token_hex(6)
        self._under_way: dict[Any, int] = {}
        self.peak_bytes = 0
        """The most memory that any worker has had in use."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what is still being made, so that nothing is written any more into the run's folder."""
        # Not `ray.cancel`: when a task answers just then, Ray 2.60 ends this process ("task that was not pending").
        with suppress(OSError):
            _ended(self._parts, self._session).touch()
        if self._under_way:
            with suppress(RayError), _interruptible():
                ray.wait(list(self._under_way), num_returns=len(self._under_way), timeout=END_SECONDS)
        self._under_way.clear()

    @property
    def width(self) -> int:
        """How many batches are worked on at a time: one for each processor that is there."""
        return int(ray.cluster_resources().get("CPU", 1)) or 1

    def run(self, batches: Iterable[tuple[int, ...]]) -> Iterator[Batch]:
        """Yield the outcomes of each batch, in the order given; a bounded number is under way at any time."""
        with _failures_told():
            yield from self._run(enumerate(batches))

    def _run(self, numbered: Iterator[tuple[int, tuple[int, ...]]]) -> Iterator[Batch]:
        is_last = False
        under_way = self._under_way
        done: dict[int, Batch] = {}
        work = ray.put(self._work)
        first, submitted = 0, 0
        while True:
            processors = self.width
            while len(under_way) < AHEAD * processors and submitted < first + WINDOW * processors:
                if (upcoming := next(numbered, None)) is None:
                    is_last = True
                    break
                submitted = upcoming[0] + 1
                under_way[_make.remote(work, self._session, self._parts, upcoming[1])] = upcoming[0]
            while first in done:
                batch = done.pop(first)
                first += 1
                self._seen.foresee(batch.outcomes)
                yield batch
            if not under_way:
                if is_last:
                    return
                continue  # the first of them kept the others waiting
            ready = _ready(list(under_way), TICK_SECONDS)
            for reference, (batch, peak) in zip(ready, _got(ready), strict=True):
                done[under_way.pop(reference)] = batch
                self.peak_bytes = max(self.peak_bytes, peak)
            self._tick()


@dataclass(frozen=True, slots=True)
class _Far:
    """A shard that a task is writing."""

    reference: Any

    def is_done(self) -> bool:
        """Whether it is written, or cannot be."""
        return bool(_ready([self.reference], 0))

    def shard(self) -> Shard:
        """Return the shard, once it is written."""
        [shard] = _got([self.reference])
        assert isinstance(shard, Shard)
        return shard


class _EndedError(Exception):
    """The session needs no more batches."""


def _make_part(work: Work, session: str, parts: Path, indices: tuple[int, ...]) -> tuple[Batch, int]:
    ended = _ended(parts, session)
    try:
        _refuse(ended)
        [batch] = _crew(work, session, ended).run([indices])
    except _EndedError:
        _dismiss()
        return Batch((), {}), 0  # nobody asks for it; of an error Ray would tell among what we print
    except BaseException:
        _dismiss()
        raise
    return put_aside(batch, parts), _crews[session].peak_bytes


_partition = ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=-1)(Partition)
_make = ray.remote(num_cpus=1, max_retries=-1)(_make_part)
_write = ray.remote(num_cpus=0, max_retries=-1)(write_shard)

_crews: dict[str, Crew] = {}
"""Of this process: the crew of the session that it works for, whose worker is warm."""


def _crew(work: Work, session: str, ended: Path) -> Crew:
    if session not in _crews:
        _dismiss()
        # The worker must not import what Ray's own process was started with.
        vars(sys.modules["__main__"]).pop("__file__", None)
        aside = work.aside / f"scratch-{session}-{socket.gethostname()}-{os.getpid()}"
        aside.mkdir(exist_ok=True)
        tick = partial(_refuse, ended)
        _crews[session] = Crew(work.configuration, work.tools, 1, aside, limits=work.limits, tick=tick)
    return _crews[session]


def _ended(parts: Path, session: str) -> Path:
    """Return the file that says that a session needs no more batches, as does that its folder is gone."""
    return parts / f"{session}.ended"


def _refuse(ended: Path) -> None:
    if ended.exists() or not ended.parent.exists():
        raise _EndedError


def _dismiss() -> None:
    while _crews:
        _, crew = _crews.popitem()
        with crew:
            pass


def _ready(references: list[Any], seconds: float) -> list[Any]:
    """Return what of this is done, once something is or the time is over."""
    with _interruptible():
        ready: list[Any] = ray.wait(references, num_returns=1, timeout=seconds)[0]
    return ready


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let a request to stop out of Ray, which wraps it into an error of Python's own."""
    try:
        yield
    except SystemError as error:
        if isinstance(error.__cause__, Interrupted):
            raise error.__cause__ from None
        raise


def _got(references: Sequence[Any]) -> list[Any]:
    """Return what tasks have returned; `StoppedError` with their reason when one has failed."""
    with _failures_told(), _interruptible():
        found: list[Any] = ray.get(list(references))
    return found


@contextmanager
def _failures_told() -> Iterator[None]:
    """Turn what Ray raises into `StoppedError`, with the reason of the task that failed if it was one."""
    try:
        yield
    except RayError as error:
        cause = getattr(error, "cause", None)
        what = "Ray failed" if cause is None else "a task failed"
        raise StoppedError(f"{what}: {' '.join(str(cause or error).split())}") from error


def _fresh(home: Path, name: str) -> Path:
    """Return a folder that every node can name, and that no process of an earlier session writes to."""
    for old in home.glob(f"{name}-*"):
        shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=home)).resolve()


def _nothing() -> None:
    """Do nothing: a task has no screen."""


def _knock(address: str) -> None:
    """Raise `OSError` or `ValueError` when nobody answers at an address."""
    host, colon, port = address.rpartition(":")
    if colon:  # else Ray knows what is meant
        socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS).close()


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Let signals do afterwards what they did before: Ray takes SIGTERM for itself."""
    handler = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, handler)


@contextmanager
def open_cluster(address: str | None, workers: int) -> Iterator[Cluster]:
    """Yield the cluster at an address; without one, a cluster of this machine with so many processors.

    Raises `UsageError` when there is none.
    """
    own: dict[str, Any] = {"num_cpus": workers, "object_store_memory": STORE_BYTES, "include_dashboard": False}
    with ExitStack() as stack:
        stack.callback(ray.shutdown)
        try:
            if address is not None:
                _knock(address)
            with _signals_kept():
                ray.init(
                    address=address or "local",
                    log_to_driver=False,
                    logging_level=logging.ERROR,
                    **({} if address else own),
                )
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            where = f"--ray-address: there is no Ray cluster at {address!r}" if address else "Ray does not start"
            raise UsageError(f"{where}: {' '.join(str(error).split())}") from error
        if not ray.cluster_resources().get("CPU"):
            raise UsageError(f"--ray-address: the cluster at {address!r} has no processors: add a node to it first")
        nodes = sum(1 for node in ray.nodes() if node["Alive"])
        yield Cluster(partitions=max(1, min(nodes, MOST_PARTITIONS)))
