"""What each step of a run on many machines takes, measured with the code that does it: what `benchmarks.cluster` is made of.

Outcomes are synthetic, but for the rows, categories and sizes of the records in `data/samples/cpu`.
"""

from __future__ import annotations

import logging
import pickle
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from benchmarks import dedup
from benchmarks.processes import apart
from benchmarks.subjects import Asked
from synth.folder import Folder
from synth.generate import BATCH
from synth.ledger import Journal, read_journal
from synth.near.signatures import pack
from synth.outcome import Batch, Made
from synth.production import open_production
from synth.recovery import recover
from synth.scale.far import FarProduction, FarWriter
from synth.scale.partition import Asked as Question
from synth.scale.partition import Partition, Spread
from synth.scale.parts import Plan, Reference
from synth.store.layout import LAYOUTS
from synth.store.shards import Shard

SAMPLES = Path(__file__).parents[1] / "data/samples/cpu"
SIZE = BATCH["cpu"]
"""Kernels in a batch."""
BATCHES = 40
DIGESTS = (500_000, 2_000_000)
PLACED = 30_000
"""Records that are there when placing is measured."""


@dataclass(frozen=True, slots=True)
class Line:
    """What grows evenly with a number."""

    fixed: float
    each: float

    def at(self, number: float) -> float:
        return self.fixed + self.each * number


def through(first: tuple[float, float], second: tuple[float, float]) -> Line:
    """Return the line through two points."""
    (few, small), (many, large) = first, second
    each = max(0.0, (large - small) / (many - few))
    return Line(small - each * few, each)


@dataclass(frozen=True, slots=True)
class Steps:
    """Microseconds of the driver for what is not Ray's, and bytes."""

    place_us: float
    """Of a record, among `PLACED` others."""
    decide_us: float
    """Of a record: what is left of `FarProduction.take`."""
    spread_us: Line
    """Of a batch, by partitions."""
    unpickle_us: float
    """Of a batch."""
    journal_us: float
    """Of a shard."""
    journal_bytes: float
    """Of a shard."""
    partition_us: float
    """Of a digest, in its partition."""
    partition_bytes: Line
    """Memory of a partition, by digests."""
    log_bytes: float
    """Of a digest."""
    answer_bytes: float
    """Of a kernel, to the driver."""
    question_bytes: float
    """Of a kernel, to its partition."""
    record_bytes: float


@dataclass(frozen=True, slots=True)
class Messages:
    """Microseconds of the driver for what is Ray's."""

    submit_us: float
    """Of a task."""
    wait_us: Line
    """By tasks under way."""
    resources_us: float
    """Of asking how many processors there are."""
    call_us: float
    """Of each partition that is asked."""
    round_trip_us: float
    """Between the last question and the answers."""


GIVEN = Messages(150.0, Line(200.0, 0.45), 250.0, 450.0, 900.0)
"""Where Ray is not installed: what this measured with Ray 2.60 on two cores."""


class _Written:
    """A shard that is written at once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def is_done(self) -> bool:
        return True

    def shard(self) -> Shard:
        return Shard(self._plan.name, len(self._plan.references), 0, "0" * 64)


def batches(count: int) -> Iterator[Batch]:
    """Synthetic batches of kernels that are all new."""
    draw = random.Random(1)
    texts = [line for file in sorted(SAMPLES.glob("*.jsonl")) for line in file.read_bytes().splitlines()]
    known = [(len(text), msgspec.json.decode(text)["metadata"]) for text in texts]
    entries = (entry for some in dedup.entries(count * SIZE) for entry in some)
    for start in range(0, count * SIZE, SIZE):
        made = []
        for index in range(start, start + SIZE):
            (size, metadata), entry = known[index % len(known)], next(entries)
            reference = msgspec.json.encode(Reference(f"{start:012d}.part", size * (index - start), size))
            digests = draw.randbytes(16).hex(), draw.randbytes(16).hex()
            rows, signatures = tuple(metadata["constructs"]), pack(entry.signatures)
            category = metadata["category"]
            made.append(Made(index, category, entry.id, reference, *digests, rows, "agreed", signatures))
        yield Batch(tuple(made), {"draw": 1.0, "native_compile": 1.0, "execute": 1.0, "write": 1.0})


def measure_steps(folder: Path) -> Steps:
    """Measure all but Ray, in a folder that is empty."""
    some = list(batches(BATCHES))
    decide, place, journal_us, journal_bytes = _deciding(folder / "dataset", some)
    pickled = [pickle.dumps(batch) for batch in some]
    coming = iter(pickled)
    spread = {partitions: _spreading(some, partitions) for partitions in (1, 100)}
    partition_us, log_bytes = apart(_asking, folder / "log")
    few, many = DIGESTS
    held = {count: count * apart(dedup.measure_seen, count)["bytes, Seen"] for count in (few, many)}
    questions = pickle.dumps(Question(1, tuple(each.ir_digest for each in _made(some[0]))))
    return Steps(
        place_us=apart(dedup.measure_clusters, PLACED)["CPU us, placing"],
        decide_us=decide - place,
        spread_us=through((1, spread[1]), (100, spread[100])),
        unpickle_us=_microseconds(lambda: pickle.loads(next(coming)), len(pickled)),  # noqa: S301
        journal_us=journal_us,
        journal_bytes=journal_bytes,
        partition_us=partition_us,
        partition_bytes=through((few, held[few]), (many, held[many])),
        log_bytes=log_bytes,
        answer_bytes=sum(map(len, pickled)) / len(pickled) / SIZE,
        question_bytes=len(questions) / SIZE,
        record_bytes=sum(file.stat().st_size for file in SAMPLES.glob("*.jsonl")) / 100,
    )


def _deciding(root: Path, some: list[Batch]) -> tuple[float, float, float, float]:
    """Microseconds of a record in `take`, and those of them for its place; of a line of the journal, and its bytes."""
    root.mkdir()
    folder, configuration, layout = Folder(root), Asked("cpu").configuration(), LAYOUTS["jsonl"]
    configuration = replace(configuration, count=None, budget_bytes=10**18)
    folder.begin(configuration)
    seen = Spread(configuration.dedup, 1, lambda questions: [[] for _ in questions])
    recovered = recover(folder, layout, seen)
    writer = FarWriter(folder.aside, layout, recovered.entry.place, folder.aside / "parts", _Written)
    with recovered.clusters:
        production = open_production(folder, configuration, recovered, writer, seen, (), "", FarProduction)
        seen.foresee(())
        following = iter(some)
        taking = _microseconds(lambda: production.take(next(following), 0), len(some))
        production.journal.close()
    records = len(some) * SIZE
    *_, line = read_journal(folder.journal)
    length, journal = folder.journal.stat().st_size, Journal(folder.journal, line.end)
    writing = _microseconds(lambda: journal.append(line.entry), 100)
    grown = (folder.journal.stat().st_size - length) / 100
    journal.close()
    return taking / SIZE, 1e6 * production.costs.seconds["place"] / records, writing, grown


def _spreading(some: list[Batch], partitions: int) -> float:
    """Microseconds of a batch, without those of the partitions."""
    seen = Spread("structure", partitions, lambda questions: [[] for _ in questions])
    following = iter(some)
    return _microseconds(lambda: seen.foresee(next(following).outcomes), len(some))


def _asking(log: Path) -> tuple[float, float]:
    """Microseconds of a digest in its partition, and its bytes in the log."""
    draw, count = random.Random(2), 2_000
    questions = [Question(n, tuple(draw.randbytes(16).hex() for _ in range(SIZE))) for n in range(1, count + 1)]
    partition = Partition(log)
    following = iter(questions)
    return _microseconds(lambda: partition.ask(next(following)), count) / SIZE, log.stat().st_size / count / SIZE


def measure_messages() -> Messages | None:
    """Measure Ray on this machine; None where it is not installed."""
    try:
        import ray  # noqa: PLC0415  (optional)
    except ImportError:
        return None
    ray.init("local", num_cpus=1, log_to_driver=False, logging_level=logging.ERROR, include_dashboard=False)
    try:
        with TemporaryDirectory() as folder:
            return _talking(ray, Path(folder))
    finally:
        ray.shutdown()


def _talking(ray: Any, folder: Path) -> Messages:
    few, many, rounds, partitions = 32, 3_200, 100, 4
    echo = ray.remote(num_cpus=1)(_echo)
    actors = [ray.remote(num_cpus=0)(Partition).remote(folder / str(number)) for number in range(partitions)]
    question = Question(0, tuple(f"{number:032x}" for number in range(SIZE)))

    def ask(count: int) -> None:
        ray.get([actor.ask.remote(question) for actor in actors[:count]])

    ask(partitions)
    one, every = _microseconds(partial(ask, 1), rounds), _microseconds(partial(ask, partitions), rounds)
    call = (every - one) / (partitions - 1)
    laps = []
    for _ in range(rounds):
        start = time.perf_counter()
        ask(1)
        laps.append(1e6 * (time.perf_counter() - start))
    resources = _microseconds(ray.cluster_resources, rounds)
    ray.get(echo.remote(0))
    never = ray.remote(num_cpus=1)(_wait).remote()
    begun: list[Any] = [ray.put(0)]
    waiting = {}
    for count in (few, many):
        submit = _microseconds(lambda: begun.append(echo.remote(never)), count - len(begun))
        waiting[count] = _microseconds(partial(ray.wait, begun, num_returns=1), 10)
    return Messages(
        submit,
        through((few, waiting[few]), (many, waiting[many])),
        resources,
        call,
        max(0.0, sorted(laps)[rounds // 10] - call),  # wall time, and others use this machine too
    )


def _echo(value: object) -> object:
    """A task that waits for what it is given."""
    return value


def _wait() -> None:
    """Never return."""
    while True:
        time.sleep(1)


def _made(batch: Batch) -> list[Made]:
    return [each for each in batch.outcomes if isinstance(each, Made)]


def _microseconds(action: Callable[[], object], times: int = 1) -> float:
    """Processor time of this process, for each time."""
    start = time.process_time()
    for _ in range(times):
        action()
    return 1e6 * (time.process_time() - start) / times
