"""The keys by which a record is found that is near to another, without a look at most of them.

A signature of 126 slots is cut into 42 bands of three, and each slot that differs spoils one band at most: signatures
that agree in 89 slots have five whole bands in common, with certainty, not with some probability. Of pairs of unlike
records, one in three hundred has one in common, one in twenty-four thousand has five.
"""

import zlib

import numpy as np
from numpy.typing import NDArray

from .places import Rows
from .runs import Entries
from .signatures import SLOTS

ROWS = 3
BANDS = SLOTS // ROWS
LEAST = 1 - BANDS / SLOTS
"""Estimates above this are never missed."""
VIEWS = (0, 1)
NAME = 2
"""The kind of key of an id; that of a band is its view."""
KINDS = np.repeat([*VIEWS, NAME], [BANDS, BANDS, 1])
"""Of the keys of a record."""

Keys = NDArray[np.uint32]

_ODD = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
_SALT = np.arange(1, len(VIEWS) * BANDS + 1, dtype=np.uint64) * np.uint64(0xD6E8FEB86659FD93)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_HALF = np.uint64(32)


def common_bands(slots: int) -> int:
    """Return how many bands two signatures have in common at least that agree in so many slots."""
    return BANDS - (SLOTS - slots)


def name_key(record_id: bytes) -> int:
    """Return the key of an id."""
    return zlib.crc32(record_id)


def keys_of(rows: Rows) -> tuple[Keys, NDArray[np.bool_]]:
    """Return a key of each of `KINDS` for each record, and which count: a view without signature has none.

    What differs may have the same key, rarely; that costs a comparison and nothing else.
    """
    slots = rows["slots"].astype(np.uint64).reshape(len(rows), len(_SALT), ROWS)
    mixed = ((slots * _ODD).sum(axis=2, dtype=np.uint64) + _SALT) * _MIX
    bands = ((mixed ^ mixed >> _HALF) * _MIX >> _HALF).astype(np.uint32)
    names = np.array([[name_key(name)] for name in rows["id"].tolist()], dtype=np.uint32)
    bits = rows["views"] | 1 << NAME
    there = bits[:, np.newaxis] >> KINDS & 1
    return np.concatenate([bands, names], axis=1), there.astype(np.bool_)


def entries_of(keys: Keys, there: NDArray[np.bool_], number: int) -> Entries:
    """Return the keys of records that count with the numbers of the records, of which this is the first."""
    numbers = np.arange(number, number + len(keys), dtype=np.uint64)
    entries: Entries = (keys.astype(np.uint64) << _HALF | numbers[:, np.newaxis])[there]
    return entries
