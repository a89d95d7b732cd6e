"""An index of signatures by their bands: which earlier ones may be near, without a look at most of them.

A signature of 126 slots is cut into 42 bands of three; two that agree in a whole band are candidates. An estimate above
2/3 leaves fewer than 42 slots that differ, so that some band has none of them: every pair of signatures above that
is a candidate, with certainty, not with some probability.
"""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from .signatures import SLOTS, Signature

ROWS = 3
BANDS = SLOTS // ROWS
LEAST = 1 - BANDS / SLOTS
"""Estimates above this are never missed."""
RECENT = 1024
"""Signatures that are kept aside in a dictionary before they are sorted in."""

_ODD = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
_SALT = np.arange(1, BANDS + 1, dtype=np.uint64) * np.uint64(0xD6E8FEB86659FD93)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_HALF = np.uint64(32)

_Keys = NDArray[np.uint64]


class Bands:
    """The bands of all signatures so far: sorted runs of (32 bits of the band's hash, number), eight bytes a band.

    Runs of equal length are merged, as a binary counter carries: at a million signatures there are ten of them. (rensa
    has an index too: it takes six times the memory, and wants its own objects where ours come from other processes.)
    """

    def __init__(self) -> None:
        self._runs: list[_Keys] = []
        self._recent: defaultdict[int, list[int]] = defaultdict(list)
        self._pending: list[_Keys] = []

    def add(self, number: int, signature: Signature) -> None:
        """Put in a signature under its number."""
        hashes = _hashes(signature)
        for value in hashes.tolist():
            self._recent[value].append(number)
        self._pending.append(hashes << _HALF | np.uint64(number))
        if len(self._pending) == RECENT:
            self._sort_in()

    def candidates(self, signature: Signature) -> NDArray[np.int64]:
        """Return the numbers of all signatures that share a band with this one, in ascending order."""
        hashes = _hashes(signature)
        found = [number for value in hashes.tolist() for number in self._recent.get(value, ())]
        parts = [np.array(found, dtype=np.int64)]
        low = hashes << _HALF
        for run in self._runs:
            starts = np.searchsorted(run, low)
            ends = np.searchsorted(run, low | np.uint64(0xFFFFFFFF), side="right")
            parts += [
                (run[start:end] & np.uint64(0xFFFFFFFF)).astype(np.int64)
                for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
                if start < end
            ]
        return np.unique(np.concatenate(parts))

    def _sort_in(self) -> None:
        run = np.sort(np.concatenate(self._pending))
        self._pending.clear()
        self._recent.clear()
        while self._runs and len(self._runs[-1]) <= len(run):
            run = np.sort(np.concatenate([self._runs.pop(), run]), kind="stable")  # two sorted runs: a merge
        self._runs.append(run)


def _hashes(signature: Signature) -> _Keys:
    """Return 32 bits for each band; bands that differ may share them, which costs a comparison and nothing else."""
    rows = signature.astype(np.uint64).reshape(BANDS, ROWS)
    mixed = ((rows * _ODD).sum(axis=1, dtype=np.uint64) + _SALT) * _MIX
    hashes: _Keys = (mixed ^ mixed >> _HALF) * _MIX >> _HALF
    return hashes
