"""The shards of a dataset: written aside, renamed into place when full."""

import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from .layout import Layout

CHUNK = 1 << 20


class Shard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A finished file of the dataset."""

    name: str
    records: int
    bytes: int
    sha256: str


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A point between two records in the unfinished shard, and the digest of all before it."""

    shard: int = 0
    offset: int = 0
    records: int = 0
    sha256: str = hashlib.sha256().hexdigest()


class ShardWriter:
    """Appends records to the unfinished shard and finishes it when it is full."""

    def __init__(self, folder: Path, aside: Path, layout: Layout, place: Place) -> None:
        """Go on at `place`; the unfinished shard must end there."""
        assert layout.grows, "a file of this layout is written as a whole"
        self._folder = folder
        self._aside = aside
        self._layout = layout
        self._finished: list[Shard] = []
        digest = hashlib.sha256()
        if place.offset:
            digest = digest_of(aside / layout.name(place.shard))
        assert digest.hexdigest() == place.sha256, f"{layout.name(place.shard)} does not end where it should"
        self._open(place.shard)
        self._offset, self._records, self._digest = place.offset, place.records, digest

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing writes what is buffered; on the way out of a failure that may fail again, and is not committed anyway.
        try:
            self._file.close()
        except OSError:
            if kind is None:
                raise

    def write(self, text: bytes) -> int:
        """Append one record's JSON text; return its bytes with the newline, which a budget counts."""
        payload = self._layout.enclose([text])
        self._file.write(payload)
        self._digest.update(payload)
        self._offset += len(payload)
        self._records += 1
        if self._offset >= self._layout.shard_bytes:
            self._finish()
            self._open(self._number + 1)
        return len(text) + 1

    def flush(self) -> tuple[Place, tuple[Shard, ...]]:
        """Hand what was written to the system; say where it ends and which shards were finished since last asked."""
        if not self._file.closed:
            self._file.flush()
        finished = tuple(self._finished)
        self._finished.clear()
        return Place(self._number, self._offset, self._records, self._digest.hexdigest()), finished

    def finish(self) -> None:
        """Finish the last shard, however small."""
        if self._records:
            self._finish()
            self._reset(self._number + 1)
        else:
            self._file.close()
            self._path.unlink()

    def _open(self, number: int) -> None:
        self._reset(number)
        self._path = self._aside / self._layout.name(number)
        self._file = self._path.open("ab")

    def _reset(self, number: int) -> None:
        self._number, self._offset, self._records, self._digest = number, 0, 0, hashlib.sha256()

    def _finish(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._path.rename(self._folder / self._path.name)
        self._finished.append(Shard(self._path.name, self._records, self._offset, self._digest.hexdigest()))


def digest_of(path: Path) -> "hashlib._Hash":
    """Return the SHA-256 of a file, to be read or gone on with."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest
