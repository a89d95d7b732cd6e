"""Numbers by key in sorted runs on disk: eight bytes each there, and next to nothing of it in memory."""

import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

BLOCK = 256
"""Entries that are read for one key; of each block the first key is in memory."""
RECENT = 1 << 15
"""Entries that are kept in a dictionary before they are sorted into the first run."""
GROWTH = 8
"""How many times as long as the run before it a run may get. More make fewer runs to read, and more to write."""
CHUNK = 1 << 16
"""Entries of each run in memory while runs are merged."""

Entries = NDArray[np.uint64]
"""A key in the upper 32 bits, a number in the lower ones."""
Numbers = NDArray[np.int64]

_HALF = np.uint64(32)
_LOWER = np.uint64(0xFFFFFFFF)
_BYTES = 8


class Run:
    """Entries in ascending order, in a file without a name: whatever ends the process, nothing of it is left."""

    def __init__(self, folder: Path, parts: Iterator[Entries]) -> None:
        self._length = 0
        fences = []
        with ExitStack() as stack:
            self._file = stack.enter_context(tempfile.TemporaryFile(dir=folder))
            for part in parts:
                self._file.write(part.data)
                fences.append((part[-self._length % BLOCK :: BLOCK] >> _HALF).astype(np.uint32))
                self._length += len(part)
            self._file.flush()
            stack.pop_all()
        self._fences = np.concatenate(fences)

    def __len__(self) -> int:
        return self._length

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def find(self, keys: NDArray[np.uint32]) -> tuple[Numbers, Entries]:
        """Return the entries that have one of these keys, each with the place of its key among them."""
        # Read, not mapped: what is mapped counts as this process's memory.
        descriptor = self._file.fileno()
        # A key may begin in the block before the first one that begins with it.
        starts = np.maximum(np.searchsorted(self._fences, keys) - 1, 0)
        ends = np.searchsorted(self._fences, keys, side="right")
        blocks = [
            os.pread(descriptor, (end - start) * BLOCK * _BYTES, start * BLOCK * _BYTES)
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        ]
        entries = np.frombuffer(b"".join(blocks), dtype=np.uint64)
        places = np.repeat(np.arange(len(keys)), [len(block) // _BYTES for block in blocks])
        found = np.flatnonzero((entries >> _HALF).astype(np.uint32) == keys[places])
        return places[found], entries[found]

    def parts(self) -> Iterator[Entries]:
        """Yield all entries, in order, some at a time."""
        for start in range(0, self._length * _BYTES, CHUNK * _BYTES):
            yield np.frombuffer(os.pread(self._file.fileno(), CHUNK * _BYTES, start), dtype=np.uint64)


class Runs:
    """All entries so far: the latest in a dictionary, the others in a few runs, each some times as long as the next.

    Ten million records of 85 entries take 6.8 GB in five runs, twice that while they are merged, and 13 MB of memory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._levels: list[Run | None] = []
        self._recent: defaultdict[int, list[int]] = defaultdict(list)
        self._pending: list[Entries] = []
        self._waiting = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for run in filter(None, self._levels):
            run.close()
        self._levels.clear()

    def add(self, entries: Entries) -> None:
        """Put in entries."""
        self._pending.append(entries)
        self._waiting += len(entries)
        if self._waiting >= RECENT:
            self._sort_in()
        else:
            for entry in entries.tolist():
                self._recent[entry >> 32].append(entry)

    def find(self, keys: NDArray[np.uint32]) -> tuple[Numbers, Numbers]:
        """Return the numbers that have one of these keys, each with the place of its key among them."""
        recent = [(place, entry) for place, key in enumerate(keys.tolist()) for entry in self._recent.get(key, ())]
        found = [run.find(keys) for run in self._levels if run is not None]
        places = [np.array([place for place, _ in recent], dtype=np.int64), *(each for each, _ in found)]
        entries = [np.array([entry for _, entry in recent], dtype=np.uint64), *(each for _, each in found)]
        return np.concatenate(places), (np.concatenate(entries) & _LOWER).astype(np.int64)

    def _sort_in(self) -> None:
        recent = np.sort(np.concatenate(self._pending))
        length, older = len(recent), list[Run]()
        for level in range(len(self._levels) + 1):
            if level == len(self._levels):
                self._levels.append(None)
            if (run := self._levels[level]) is not None:
                older.append(run)
                length += len(run)
            if length <= RECENT * GROWTH ** (level + 1):
                break
        merged = Run(self._folder, _merged([iter([recent]), *(run.parts() for run in older)]))
        for run in older:
            run.close()
        self._levels[: level + 1] = [*[None] * level, merged]
        self._pending.clear()
        self._recent.clear()
        self._waiting = 0


def _merged(sources: Sequence[Iterator[Entries]]) -> Iterator[Entries]:
    """Yield the entries of sorted sources in one order, holding a part of each."""
    heads = {number: part for number, source in enumerate(sources) if (part := next(source, None)) is not None}
    while heads:
        # Up to the least of the last entries everything is at hand.
        bound = min(part[-1] for part in heads.values())
        ready = []
        for number, part in list(heads.items()):
            end = int(np.searchsorted(part, bound, side="right"))
            ready.append(part[:end])
            rest = part[end:] if end < len(part) else next(sources[number], None)
            if rest is None:
                del heads[number]
            else:
                heads[number] = rest
        yield np.sort(np.concatenate(ready))
