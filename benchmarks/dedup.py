"""What it takes to remember every kernel: `python -m benchmarks.dedup [--digests 1e6 1e7] [--records 1e5 1e6]`.

The part `dedup` of `python -m benchmarks`, at other sizes.

For random digests, microseconds of processor time and bytes of memory a digest, of `Seen` and of a Python set. For synthetic
records, microseconds that `Clusters` takes to place the next ones after so many, and to go on after them in a new process; its
memory in all, and bytes on disk a record. A third of the records is made of an earlier one, near to it or just not; the others have as many bands in
common as unlike records of a real dataset. Each size has a process of its own, and its memory is the peak above what that began
with. Compare the ratios: times are those of this machine.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np

from benchmarks.figures import Figure, ratios, tables
from benchmarks.processes import apart
from synth.dedup import Seen
from synth.memory import peak_bytes, resident_bytes
from synth.near.bands import KINDS
from synth.near.clusters import Clusters, Entry
from synth.near.places import ROW, Places, row_of
from synth.near.signatures import SLOTS, Signatures

DIGESTS, RECORDS = "digests, remembered", "records, placed among near-duplicates"

BATCH = 1000
PLACED = 2 * BATCH
"""Records that are placed after those that are there."""
NEAR = 0.3
"""Of the records, those that are made of an earlier one."""
FAMILIES = 12
SHARED = 0.32
"""Of a record's slots, those of its family: one pair of records in three hundred has a band in common then."""

Measured = dict[str, float]
"""What was measured at one size, by the row of the table."""
Item = TypeVar("Item")


def digests(count: int) -> Iterator[list[str]]:
    """Random digests, some at a time."""
    draw = random.Random(0)
    for _ in range(0, count, BATCH):
        yield [draw.randbytes(20).hex() for _ in range(BATCH)]


def entries(count: int) -> Iterator[list[Entry]]:
    """Synthetic records, some at a time."""
    draw = np.random.default_rng(0)
    families = draw.integers(0, 2**32, (FAMILIES, 2 * SLOTS), dtype=np.uint32)
    earlier = families
    for start in range(0, count, BATCH):
        slots = draw.integers(0, 2**32, (BATCH, 2 * SLOTS), dtype=np.uint32)
        slots = np.where(draw.random(slots.shape) < SHARED, families[draw.integers(0, FAMILIES, BATCH)], slots)
        made = np.flatnonzero(draw.random(BATCH) < NEAR)
        changed = draw.random((len(made), 2 * SLOTS)) < draw.uniform(0, 0.5, len(made))[:, np.newaxis]
        slots[made] = np.where(changed, slots[made], earlier[draw.integers(0, len(earlier), len(made))])
        earlier = slots
        yield [
            Entry(f"cpu-{(start + place) * 0x9E3779B97F4A7C15 % 2**64:016x}", Signatures(row[:SLOTS], row[SLOTS:]))
            for place, row in enumerate(slots)
        ]


def timed(items: Iterable[list[Item]], action: Callable[[Item], object]) -> float:
    """The microseconds of processor time that an action takes for each item, without the making of the items."""
    seconds, count = 0.0, 0
    for some in items:
        start = time.process_time()
        for item in some:
            action(item)
        seconds += time.process_time() - start
        count += len(some)
    return 1e6 * seconds / count


def measure_seen(count: int) -> Measured:
    """What `Seen` takes for each of so many digests."""
    base = resident_bytes()
    seen = Seen("ir")
    microseconds = timed(digests(count), lambda digest: seen.is_new(digest, ""))
    assert len(seen) == count, "no two of them are equal"
    return {"CPU us, Seen": microseconds, "bytes, Seen": (peak_bytes() - base) / count}


def measure_set(count: int) -> Measured:
    """What a set takes for each of so many digests."""
    base = resident_bytes()
    seen: set[bytes] = set()
    microseconds = timed(digests(count), lambda digest: seen.add(bytes.fromhex(digest)[:16]))
    return {"CPU us, set": microseconds, "bytes, set": (peak_bytes() - base) / count}


def measure_clusters(count: int) -> Measured:
    """What `Clusters` takes when there are so many records."""
    parts = entries(count + PLACED)
    with TemporaryDirectory() as name:
        folder = Path(name)
        with Places(folder / "places", 0) as places:
            for _ in range(0, count, BATCH):
                for entry in next(parts):
                    row = row_of(entry.id, entry.signatures)
                    row["first"], row["split"] = len(places), 1
                    places.append(row)
        base, start = resident_bytes(), time.process_time()
        with Clusters(folder, count) as clusters:
            opened = time.process_time() - start
            near = []
            microseconds = timed(parts, lambda entry: near.append(bool(clusters.place(entry).neighbours)))
            memory = peak_bytes() - base
    return {
        "CPU us, placing": microseconds,
        "CPU us, going on in a new process": 1e6 * opened / count,
        "MB of memory, all": memory / 1e6,
        "bytes on disk": ROW.itemsize + 8 * len(KINDS),
        "% near to an earlier one": 100 * sum(near) / len(near),
    }


MAIN = {"bytes, Seen", "CPU us, Seen / set", "CPU us, placing", "MB of memory, all"}
"""Rows that the history shows."""


def measure(digests: Sequence[int], records: Sequence[int]) -> tuple[Figure, ...]:
    """Return the figures of these numbers of digests and of records."""
    found = []
    for count in digests:
        known = apart(measure_seen, count) | apart(measure_set, count)
        (quotient,) = ratios([known["CPU us, Seen"]], [known["CPU us, set"]])
        found.append((DIGESTS, count, {**known, "CPU us, Seen / set": quotient}))
    found.extend((RECORDS, count, apart(measure_clusters, count)) for count in records)
    return tuple(
        Figure(table, row, f"{count:,}", (value,), main=row in MAIN)
        for table, count, measured in found
        for row, value in measured.items()
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--digests", type=float, nargs="*", default=[1e6, 1e7])
    parser.add_argument("--records", type=float, nargs="*", default=[1e5, 1e6])
    options = parser.parse_args()
    print(tables(measure([int(count) for count in options.digests], [int(count) for count in options.records])))


if __name__ == "__main__":
    main()
