"""Clusters of near-duplicates, one record after another: what a record gets depends on it and on those before it."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from synth.errors import UsageError

from .bands import KINDS, LEAST, NAME, VIEWS, common_bands, entries_of, keys_of, name_key
from .places import PARTS, Places, Rows, ids_of, row_of
from .runs import Runs
from .signatures import SLOTS, Signatures, slots_for
from .splits import NONE, Fractions, kernel_of, split_of

THRESHOLD = 0.7
"""Of 24 pairs of a 200 MB dataset, judged by eye, rewrites of each other were 8 of 9 at 0.70–0.76 (2 of them arguably),
4 of 9 at 0.63–0.70, and 2 of 6 at 0.55–0.62."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is asked of a record to place it."""

    id: str
    signatures: Signatures
    twin_of: str | None = None
    """The record that this one is a rewrite of without change of meaning."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An earlier record near to one."""

    id: str
    likeness: float
    """The larger of the estimates of the two views."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a record belongs."""

    id: str
    cluster_id: str
    """The id of the cluster's first record."""
    split: str
    neighbours: tuple[Neighbour, ...]
    """All earlier records near to it, the nearest first."""


class Clusters:
    """The records so far, by cluster; `place` is called once for each, in order.

    No two records whose estimate in either view reaches the threshold are in different splits: a later one that is near
    to records of another split than its cluster's is in none.

    All that grows is in files of a folder: a row a record, 1.05 kB, from which a later process goes on, and 85 keys of
    eight bytes to find it by, which that process makes anew. In memory there are 12 MB, and 1.3 bytes a record.
    """

    def __init__(
        self, folder: Path, count: int = 0, fractions: Fractions | None = None, threshold: float = THRESHOLD
    ) -> None:
        """Go on after the first `count` records of an earlier process; `DamagedError` if they are not there whole."""
        if not LEAST < threshold <= 1:
            raise UsageError(f"the threshold of near-duplicates has to be above {LEAST:.3f} and at most 1: {threshold}")
        self._fractions = fractions or Fractions()
        self._least = slots_for(threshold)
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            self._places = stack.enter_context(Places(folder / "places", count))
            self._runs = stack.enter_context(Runs(folder))
            number = 0
            for rows in self._places.proved():
                self._runs.add(entries_of(*keys_of(rows), number))
                number += len(rows)
            self._files = stack.pop_all()

    def __len__(self) -> int:
        return len(self._places)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the files; the rows stay."""
        self._files.close()

    def place(self, entry: Entry) -> Placed:
        """Return where a record belongs; `UsageError` when it was there already, or its original was not."""
        row = row_of(entry.id, entry.signatures)
        keys, there = keys_of(row)
        places, numbers = self._runs.find(keys[there])
        kinds = np.broadcast_to(KINDS, keys.shape)[there][places]
        if len(self._named(entry.id, numbers[kinds == NAME])):
            raise UsageError(f"record {entry.id} occurs twice")
        near, likeness = self._near(row, numbers, kinds)
        kin = near
        if entry.twin_of is not None:
            _, numbers = self._runs.find(np.array([name_key(entry.twin_of.encode())], dtype=np.uint32))
            original = self._named(entry.twin_of, numbers)
            if not len(original):
                raise UsageError(f"record {entry.id} is a twin of {entry.twin_of}, which is not among those before it")
            kin = np.concatenate([original, near])
        first = int(kin["first"][0]) if len(kin) else len(self)
        cluster_id = ids_of(self._places.read([first]))[0] if len(kin) else entry.id
        split = split_of(kernel_of(cluster_id), self._fractions)
        splits = [PARTS[code] for code in kin["split"].tolist()]
        # Those in none are in nobody's way, but a twin goes where its original is.
        if not {*splits} <= {split, NONE} or (entry.twin_of is not None and splits[0] == NONE):
            split = NONE
        row["first"], row["split"] = first, PARTS.index(split)
        self._runs.add(entries_of(keys, there, len(self)))
        self._places.append(row)
        return Placed(entry.id, cluster_id, split, tuple(map(Neighbour, ids_of(near), likeness)))

    def _named(self, record_id: str, numbers: NDArray[np.int64]) -> Rows:
        """Return the row of a record that is one of these, if it is."""
        rows = self._places.read(numbers.tolist())
        named: Rows = rows[rows["id"] == record_id.encode()]
        return named

    def _near(self, row: Rows, numbers: NDArray[np.int64], kinds: NDArray[np.int64]) -> tuple[Rows, list[float]]:
        """Return the near records of those that have a band in common, the nearest first, and how alike they are.

        The nearest are the most alike in both views together, of equals the earliest.
        """
        found = [np.unique(numbers[kinds == view], return_counts=True) for view in VIEWS]
        common = common_bands(self._least)
        candidates = np.unique(np.concatenate([records[counts >= common] for records, counts in found]))
        rows = self._places.read(candidates.tolist())
        has_view = row["views"] >> np.array(VIEWS) & 1
        agreeing = np.count_nonzero(rows["slots"] == row["slots"], axis=2) * has_view
        near = np.flatnonzero((agreeing >= self._least).any(axis=1))
        near = near[np.argsort(-agreeing[near].sum(axis=1), kind="stable")]
        return rows[near], (agreeing[near].max(axis=1, initial=0) / SLOTS).tolist()
