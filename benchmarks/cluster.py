"""How a run with `--engine ray` would scale: `python -m benchmarks.cluster [--nodes 1 10 100 1000] [--kernels 1e10]`.

First it measures what each step takes (`benchmarks.stations`: the real code, on this machine). Then it plays the engine's own loop for
each number of nodes: tasks are submitted while there is room in the window, end in any order, and are decided on one after
another. What is not measured is given, by options whose defaults are printed with the result: the CPU time of a kernel, what a shared
folder can take, and by how much placing gets dearer with each record that is there. `at the start` is a dataset of 100,000
records, `halfway` one of half of the kernels. Memory and disk are those of the whole run.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, tables
from benchmarks.stations import GIVEN, PLACED, SIZE, Messages, Steps, measure_messages, measure_steps
from synth.near.bands import KINDS
from synth.near.places import ROW
from synth.store.layout import SHARD_BYTES

AHEAD, WINDOW = 2, 8
"""Of `synth.scale.cluster`, which needs Ray to be imported; a test compares them."""
SPREAD = 0.2
"""Of the time of a batch: standard deviation of its logarithm."""
TURNS = 12
"""Batches that each processor makes before the play ends; rates are of the last half."""
FEWEST, MOST = 2_000, 200_000
"""Batches of a play."""
WORKER_BYTES = 604e6
"""Peak of a worker on the CPU (README)."""
SHARD_MEMORY = 400.0
"""Of the driver, for each finished shard that the manifest will name."""
START = 1e5


@dataclass(frozen=True, slots=True)
class Given:
    """What is not measured here."""

    cores: int
    """Of a node."""
    kernel_ms: float
    """CPU time of a kernel, with execution."""
    folder_gb: float
    """That the shared folder takes or gives in a second."""
    place_ns: float
    """By which placing gets dearer for each record that is there."""
    partitions: int
    """At most; 0 for one a node, however many there are. The engine has at most four."""


@dataclass(frozen=True, slots=True)
class Driver:
    """Seconds of the driver, for one batch."""

    clusters: float
    decide: float
    partitions: float
    """Its own part of asking them, and waiting for the answers."""
    fetch: float
    submit: float
    wait_fixed: float
    wait_each: float
    """For each task under way."""

    @property
    def take(self) -> float:
        """What follows upon a batch that is next in order."""
        return self.clusters + self.decide + self.partitions


def driver(steps: Steps, said: Messages, given: Given, partitions: int, there: float) -> Driver:
    """Return what a batch costs the driver where so many records are there."""
    place = steps.place_us + given.place_ns * 1e-3 * max(0.0, there - PLACED)
    shards = SIZE * steps.record_bytes / SHARD_BYTES
    asking = steps.spread_us.at(partitions) + said.call_us * partitions + said.round_trip_us
    return Driver(
        clusters=1e-6 * SIZE * place,
        decide=1e-6 * (SIZE * steps.decide_us + shards * (steps.journal_us + said.submit_us)),
        partitions=1e-6 * asking,
        fetch=1e-6 * steps.unpickle_us,
        submit=1e-6 * (said.submit_us + said.resources_us),
        wait_fixed=1e-6 * (said.wait_us.fixed + said.resources_us),
        wait_each=1e-6 * said.wait_us.each,
    )


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a play."""

    rate: float
    """Kernels a second."""
    busy: float
    """Share of the time in which the driver works."""
    wait: float
    """Seconds for a batch that the driver spends on finding out which tasks are done."""


def play(costs: Driver, processors: int, kernel_seconds: float, folder_seconds: float) -> Played:
    """Play the loop of `synth.scale.cluster.Tasks`; the folder is used `folder_seconds` for each batch."""
    draw = random.Random(0)
    free, ends, done = [0.0] * processors, list[tuple[float, int]](), set[int]()
    heapify(free)
    total = min(max(TURNS * processors, FEWEST), MOST)
    clock = idle = folder = waited = 0.0
    first = submitted = 0
    half = (0.0, 0.0, 0.0, 0)
    while first < total:
        while len(ends) < AHEAD * processors and submitted < first + WINDOW * processors:
            clock += costs.submit
            start = max(clock, heappop(free))
            end = start + SIZE * kernel_seconds * draw.lognormvariate(-SPREAD * SPREAD / 2, SPREAD)
            heappush(free, end)
            heappush(ends, (end, submitted))
            submitted += 1
        while first in done:
            done.remove(first)
            first += 1
            clock += costs.take
            if first == total // 2:
                half = (clock, idle, waited, first)
        spent = costs.wait_fixed + costs.wait_each * len(ends) + costs.fetch
        clock, waited = clock + spent, waited + spent
        if not ends:
            continue
        end, number = heappop(ends)
        folder = max(folder, end) + folder_seconds
        idle += max(0.0, folder - clock)
        clock = max(clock, folder)
        done.add(number)
    elapsed, batches = clock - half[0], first - half[3]
    return Played(SIZE * batches / elapsed, 1 - (idle - half[1]) / elapsed, (waited - half[2]) / batches)


def figures_of(steps: Steps, said: Messages, given: Given, nodes: Sequence[int], kernels: float) -> Iterator[Figure]:
    """What the measurements come to for each number of nodes."""
    kernel_seconds = 1e-3 * given.kernel_ms
    moved = 3 * steps.record_bytes  # into a part, out of it, into a shard
    folder_seconds = SIZE * moved / (1e9 * given.folder_gb)
    for title, there in (("at the start", START), ("halfway", kernels / 2)):
        for count in nodes:
            partitions, processors = min(count, given.partitions or count), given.cores * count
            costs = driver(steps, said, given, partitions, there)
            played = play(costs, processors, kernel_seconds, folder_seconds)
            rate, batches = played.rate, played.rate / SIZE
            rows = {
                "kernels/s": rate,
                "kernels/s that the workers could make": processors / kernel_seconds,
                "use of the workers, %": 100 * rate * kernel_seconds / processors,
                "use of the driver, %": 100 * played.busy,
                "- clusters, in order": 100 * costs.clusters * batches,
                "- asking the partitions": 100 * costs.partitions * batches,
                "- deciding, planning, journal": 100 * costs.decide * batches,
                "- Ray: submitting": 100 * costs.submit * batches,
                "- Ray: waiting and fetching": 100 * played.wait * batches,
                "use of a partition, %": 1e-4 * steps.partition_us * rate / partitions,
                "use of the shared folder, %": 100 * folder_seconds * batches,
                "MB/s to the driver": 1e-6 * rate * steps.answer_bytes,
                "MB/s to the partitions": 1e-6 * rate * steps.question_bytes,
                "GB/s through the folder": 1e-9 * rate * moved,
                f"days for {kernels:.0e} kernels": kernels / rate / 86_400,
            }
            for row, value in rows.items():
                yield Figure(f"{title}, {there:.0e} records", row, _named(count), (value,))
    for count in nodes:
        partitions, processors = min(count, given.partitions or count), given.cores * count
        partition = steps.partition_bytes.at(kernels / partitions)
        shards = kernels * steps.record_bytes / SHARD_BYTES
        rows = {
            "digests, GB in all partitions": 1e-9 * partition * partitions,
            "digests, GB a partition": 1e-9 * partition,
            "GB a node: workers and partition": 1e-9 * (given.cores * WORKER_BYTES + partition * partitions / count),
            "GB of the driver: clusters, shards, window": 1e-9
            * (1.3 * kernels + SHARD_MEMORY * shards + WINDOW * processors * SIZE * steps.answer_bytes),
            "records, TB": 1e-12 * kernels * steps.record_bytes,
            "clusters on disk, TB": 1e-12 * kernels * (ROW.itemsize + 8 * len(KINDS)),
            "logs of the partitions, GB": 1e-9 * kernels * steps.log_bytes,
            "journal, GB": 1e-9 * shards * steps.journal_bytes,
            "shard files, millions": 1e-6 * shards,
            "part files in all, millions": 1e-6 * kernels / SIZE,
        }
        for row, value in rows.items():
            yield Figure(f"the whole run, {kernels:.0e} kernels", row, _named(count), (value,))


def limits(steps: Steps, said: Messages, given: Given, kernels: float) -> Iterator[Figure]:
    """What each station could do if nothing else were in its way; with the partitions of one node."""
    start, later = (driver(steps, said, given, 1, there) for there in (START, kernels / 2))
    ray = start.partitions + start.fetch + start.submit + start.wait_fixed
    rows = {
        "the driver, at the start": SIZE / (start.clusters + start.decide + ray),
        "the driver, halfway": SIZE / (later.clusters + later.decide + ray),
        "- its clusters, at the start": SIZE / start.clusters,
        "- its clusters, halfway": SIZE / later.clusters,
        "- deciding, planning, journal": SIZE / start.decide,
        "- asking 1 partition": SIZE / start.partitions,
        "- asking 1,000 partitions": SIZE / driver(steps, said, given, 1000, START).partitions,
        "- waiting with 32 tasks under way": SIZE / (start.wait_fixed + 32 * start.wait_each),
        "- waiting with 32,000 tasks under way": SIZE / (start.wait_fixed + 32_000 * start.wait_each),
        "one partition": 1e6 / steps.partition_us,
        "the shared folder": 1e9 * given.folder_gb / (3 * steps.record_bytes),
    }
    for row, value in rows.items():
        yield Figure("each station by itself", row, "kernels/s", (value,))
        yield Figure(
            "each station by itself", row, f"nodes of {given.cores}", (value * 1e-3 * given.kernel_ms / given.cores,)
        )


def _named(nodes: int) -> str:
    return f"{nodes:,} node" + "s" * (nodes > 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, nargs="+", default=[1, 10, 100, 1000])
    parser.add_argument("--kernels", type=float, default=1e10)
    parser.add_argument("--cores", type=int, default=16, help="of a node (%(default)s)")
    parser.add_argument("--kernel-ms", type=float, default=100.0, help="CPU time of a kernel (%(default)s)")
    parser.add_argument("--folder-gb", type=float, default=10.0, help="of the shared folder, a second (%(default)s)")
    parser.add_argument(
        "--place-ns",
        type=float,
        default=0.65,
        help="by which placing gets dearer for each record (%(default)s, by `benchmarks.dedup --records 1e5 1e6`)",
    )
    parser.add_argument(
        "--partitions", type=int, default=4, help="at most; 0: one a node (default: 4, as the engine has it)"
    )
    options = parser.parse_args()
    given = Given(options.cores, options.kernel_ms, options.folder_gb, options.place_ns, options.partitions)
    with TemporaryDirectory() as folder, redirect_stdout(sys.stderr):
        steps, said = measure_steps(Path(folder)), measure_messages()
    print(f"given: {given}\nmeasured: {steps}\n{'measured' if said else 'given, there is no Ray'}: {said or GIVEN}\n")
    print(tables(limits(steps, said or GIVEN, given, options.kernels)), end="\n\n")
    print(tables(figures_of(steps, said or GIVEN, given, options.nodes, options.kernels)))


if __name__ == "__main__":
    main()
