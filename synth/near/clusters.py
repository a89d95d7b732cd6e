"""Clusters of near-duplicates, one record after another: what a record gets depends on it and on those before it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.errors import UsageError

from .bands import LEAST, Bands
from .signatures import SLOTS, Signature, Signatures, slots_for
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


class View:
    """The signatures of all records in one view, and the search among them."""

    def __init__(self, threshold: float) -> None:
        self._least = slots_for(threshold)
        self._bands = Bands()
        self._signatures = np.zeros((1024, SLOTS), dtype=np.uint32)
        self._count = 0

    def add(self, signature: Signature | None) -> None:
        """Put in the next record's signature, or that it has none."""
        if self._count == len(self._signatures):
            self._signatures.resize((2 * self._count, SLOTS), refcheck=False)  # in place where memory allows it
        if signature is not None:
            self._signatures[self._count] = signature
            self._bands.add(self._count, signature)
        self._count += 1

    def agreeing(self, signature: Signature | None, records: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return in how many slots each of these records has what a signature has."""
        if signature is None:
            return np.zeros(len(records), dtype=np.int64)
        agreeing: NDArray[np.int64] = np.count_nonzero(self._signatures[records] == signature, axis=1)
        return agreeing

    def near(self, signature: Signature | None) -> NDArray[np.int64]:
        """Return the numbers of the records whose estimate reaches the threshold."""
        if signature is None:
            return np.empty(0, dtype=np.int64)
        candidates = self._bands.candidates(signature)
        return candidates[self.agreeing(signature, candidates) >= self._least]


class Clusters:
    """The records so far, by cluster; `place` is called once for each, in order.

    No two records whose estimate in either view reaches the threshold are in different splits: a later one that is near
    to records of another split than its cluster's is in none.
    """

    def __init__(self, fractions: Fractions | None = None, threshold: float = THRESHOLD) -> None:
        if not LEAST < threshold <= 1:
            raise UsageError(f"the threshold of near-duplicates has to be above {LEAST:.3f} and at most 1: {threshold}")
        self._fractions = fractions or Fractions()
        self._views = (View(threshold), View(threshold))
        self._numbers: dict[str, int] = {}
        self._ids: list[str] = []
        self._first: list[int] = []  # the number of the first record of each record's cluster
        self._splits: list[str] = []

    def __len__(self) -> int:
        return len(self._ids)

    def place(self, entry: Entry) -> Placed:
        """Return where a record belongs; `UsageError` when it was there already, or its original was not."""
        if entry.id in self._numbers:
            raise UsageError(f"record {entry.id} occurs twice")
        near = self._near(entry.signatures)
        kin = [number for number, _ in near]
        if entry.twin_of is not None:
            if entry.twin_of not in self._numbers:
                raise UsageError(f"record {entry.id} is a twin of {entry.twin_of}, which is not among those before it")
            kin.insert(0, self._numbers[entry.twin_of])
        number = len(self._ids)
        first = self._first[kin[0]] if kin else number
        cluster_id = self._ids[first] if kin else entry.id
        split = split_of(kernel_of(cluster_id), self._fractions)
        if self._is_bridge(split, kin) or (entry.twin_of is not None and self._splits[kin[0]] == NONE):
            split = NONE
        self._add(entry, first, split)
        return Placed(entry.id, cluster_id, split, tuple(Neighbour(self._ids[other], like) for other, like in near))

    def put_back(self, entry: Entry, cluster_id: str, split: str) -> None:
        """Add a record that was placed before, where it was; `ValueError` for a cluster that has not begun yet."""
        first = len(self._ids) if cluster_id == entry.id else self._numbers.get(cluster_id)
        if first is None:
            raise ValueError(f"record {entry.id} is in cluster {cluster_id}, which has not begun before it")
        self._add(entry, first, split)

    def _add(self, entry: Entry, first: int, split: str) -> None:
        for view, signature in zip(self._views, entry.signatures.views, strict=True):
            view.add(signature)
        self._numbers[entry.id] = len(self._ids)
        self._ids.append(entry.id)
        self._first.append(first)
        self._splits.append(split)

    def _near(self, signatures: Signatures) -> list[tuple[int, float]]:
        """Return the near records, the nearest first: the most alike in both views together, of equals the earliest."""
        found = [view.near(signature) for view, signature in zip(self._views, signatures.views, strict=True)]
        records = np.unique(np.concatenate(found))
        python, ir = (
            view.agreeing(signature, records) for view, signature in zip(self._views, signatures.views, strict=True)
        )
        order = np.argsort(-(python + ir), kind="stable")
        best = np.maximum(python, ir) / SLOTS
        return [(int(records[place]), float(best[place])) for place in order]

    def _is_bridge(self, split: str, kin: list[int]) -> bool:
        """Whether one of these records is in another split; those in none are in nobody's way."""
        return any(self._splits[other] not in {split, NONE} for other in kin)
