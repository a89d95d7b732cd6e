"""The places of all records so far: a file with a row for each, of which nothing is in memory."""

import os
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from synth.errors import UsageError

from .signatures import SLOTS, Signatures
from .splits import NONE, SPLITS

PARTS = (NONE, *SPLITS)
"""The splits by their codes."""
ROW = np.dtype(
    [
        ("slots", "<u4", (2, SLOTS)),
        ("id", "S32"),
        ("first", "<u4"),
        ("split", "<u2"),
        ("views", "<u2"),
        ("check", "<u4"),
    ]
)
"""A record: its signatures, zeros for one that it does not have; its id; the number of its cluster's first record; the
code of its split; a bit for each view that has a signature; and a checksum of all that and of its own number."""
CHUNK = 1024
"""Rows that are read at once."""

Rows = NDArray[Any]
"""Records of `ROW`."""


class DamagedError(ValueError):
    """The file of an earlier process does not have the rows that it should have."""


class Places:
    """The rows of all records, by their numbers; each is in the system's hands once `append` returns."""

    def __init__(self, path: Path, count: int) -> None:
        """Go on after the first `count` rows, and cut off the others; `DamagedError` if there are fewer."""
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        self._count = count
        size = os.fstat(self._descriptor).st_size
        if size < count * ROW.itemsize:
            os.close(self._descriptor)
            raise DamagedError(f"{path} has {size // ROW.itemsize:,} rows, not {count:,}")
        os.truncate(self._descriptor, count * ROW.itemsize)

    def __len__(self) -> int:
        return self._count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)

    def append(self, rows: Rows) -> None:
        """Write the row of the next record, which gets its checksum."""
        assert len(rows) == 1, "a checksum is of one row"
        rows["check"] = _check(rows.tobytes(), self._count)
        content, offset = rows.tobytes(), self._count * ROW.itemsize
        while content:
            done = os.pwrite(self._descriptor, content, offset)
            content, offset = content[done:], offset + done
        self._count += 1

    def read(self, numbers: Sequence[int]) -> Rows:
        """Return the rows with these numbers."""
        width = ROW.itemsize
        rows = [os.pread(self._descriptor, width, number * width) for number in numbers]
        return np.frombuffer(b"".join(rows), dtype=ROW)

    def proved(self) -> Iterator[Rows]:
        """Yield all rows in order, some at a time; `DamagedError` for one that is not as it was written."""
        width = ROW.itemsize
        for start in range(0, self._count, CHUNK):
            content = os.pread(self._descriptor, min(CHUNK, self._count - start) * width, start * width)
            rows = np.frombuffer(content, dtype=ROW)
            for place, check in enumerate(rows["check"].tolist()):
                if _check(content[place * width : (place + 1) * width], start + place) != check:
                    raise DamagedError(f"row {start + place:,} is not as it was written")
            yield rows


def row_of(record_id: str, signatures: Signatures) -> Rows:
    """Return the row of a record that is in no cluster and no split yet; `UsageError` for an id that is too long."""
    name = record_id.encode()
    if len(name) > ROW["id"].itemsize:
        raise UsageError(f"the id of a record has at most {ROW['id'].itemsize} bytes: {record_id}")
    rows = np.zeros(1, dtype=ROW)
    rows["id"] = name
    for view, signature in enumerate(signatures.views):
        if signature is not None:
            rows["slots"][0, view] = signature
            rows["views"] |= 1 << view
    return rows


def ids_of(rows: Rows) -> list[str]:
    """Return the ids in these rows."""
    names: list[bytes] = rows["id"].tolist()
    return [name.decode() for name in names]


def _check(row: bytes, number: int) -> int:
    """Return the checksum of a row, which ends with it."""
    return zlib.crc32(row[: -ROW["check"].itemsize], number)
