"""The way back into an interrupted run: find what is whole, cut off what is not or follows what is not."""

import hashlib
import os
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby, takewhile
from pathlib import Path

import msgspec

from .dedup import Sought
from .errors import UsageError
from .folder import Folder
from .ledger import Entry, Line, read_journal
from .near.clusters import Clusters
from .near.entries import read_entry
from .near.places import DamagedError
from .record import decode_identity
from .rows import Rows, enter_all
from .store.layout import Layout
from .store.shards import Place, Shard, digest_of


@dataclass(frozen=True, slots=True)
class Recovered:
    """Where an interrupted run goes on."""

    entry: Entry
    shards: tuple[Shard, ...]
    rows: Rows
    clusters: Clusters
    journal_end: int
    damage: str
    """What was damaged meanwhile, if anything, and what is made again for it."""


def recover(folder: Folder, layout: Layout, seen: Sought) -> Recovered:
    """Put the folder into the state of its last whole entry and remember the kernels it has.

    Raises `UsageError` when a file cannot be read.
    """
    is_gone = not folder.journal.exists()
    try:
        folder.journal.touch()
        points = [_point(line) for line in read_journal(folder.journal)]
    except OSError as error:
        raise UsageError(
            f"{folder.journal} cannot be read ({error.strerror}): start again in another folder"
        ) from error
    intact = list(takewhile(lambda point: not _wrong_files(folder, point), points))
    last = _last_whole(folder, layout, intact)
    wrong = f"{folder.journal.name} is gone" if is_gone else _wrong(folder, layout, points, intact, last)
    # Read once more, for a line is a thousand times as large as its point.
    entry, shards, rows = Entry(), list[Shard](), Rows()
    for line in takewhile(lambda line: line.end <= last.end, read_journal(folder.journal)):
        entry = line.entry
        shards += entry.finished
        enter_all(rows, entry.rows)
    damage = f"{wrong}: the kernels from index {entry.next_index} on are made again" if wrong else ""
    _cut(folder, layout, entry)
    with ExitStack() as stack:
        memory = _open_memory(folder, seen, entry.tally.total.written)
        stack.enter_context(memory.clusters)
        for shard in shards:
            _remember(folder.root / shard.name, layout, memory)
        if entry.place.offset:
            _remember(folder.aside / layout.name(entry.place.shard), layout, memory)
        stack.pop_all()
    return Recovered(entry, tuple(shards), rows, memory.clusters, last.end, damage)


@dataclass(frozen=True, slots=True)
class _Point:
    """Where the records and the journal ended after one entry, and the files that were finished with it."""

    place: Place
    end: int
    files: dict[str, str]


def _point(line: Line) -> _Point:
    return _Point(line.entry.place, line.end, line.entry.files())


def _wrong_files(folder: Folder, point: _Point) -> list[str]:
    """Return the names of the files of a point that are gone, or have another content."""
    return [name for name, digest in point.files.items() if not _has_digest(folder.root / name, digest)]


def _has_digest(path: Path, digest: str) -> bool:
    return path.is_file() and digest_of(path).hexdigest() == digest


def _wrong(folder: Folder, layout: Layout, points: list[_Point], intact: list[_Point], last: _Point) -> str:
    """Return what keeps a run from going on after the last line that was written; a line cut short is no damage."""
    if len(intact) < len(points):
        return f"{_wrong_files(folder, points[len(intact)])[0]} is damaged or gone"
    if intact and last.end < intact[-1].end:
        return f"{layout.name(intact[-1].place.shard)} is damaged or gone"
    with folder.journal.open("rb") as file:
        file.seek(points[-1].end if points else 0)
        return f"{folder.journal.name} is damaged" if b"\n" in file.read() else ""


@dataclass(frozen=True, slots=True)
class _Memory:
    """What a run knows of the records that it has."""

    seen: Sought
    clusters: Clusters
    is_placed: bool
    """Whether the clusters have the records already."""

    def add(self, text: bytes) -> None:
        """Note one record; `ValueError` for one that its texts make another cluster's."""
        known = decode_identity(text)
        self.seen.is_new(known.ir_digest, known.structure_digest)
        if not self.is_placed:
            placed = self.clusters.place(read_entry(text))
            if (placed.cluster_id, placed.split) != (known.cluster_id, known.split):
                raise ValueError(
                    f"record {known.id} is in cluster {known.cluster_id} and split {known.split}, "
                    f"its texts make it {placed.cluster_id} and {placed.split}"
                )


def _open_memory(folder: Folder, seen: Sought, records: int) -> _Memory:
    """Return what a run with so many records knows of them without their texts."""
    try:
        return _Memory(seen, Clusters(folder.clusters, records), is_placed=True)
    except DamagedError:
        return _Memory(seen, Clusters(folder.clusters), is_placed=False)


def _last_whole(folder: Folder, layout: Layout, points: list[_Point]) -> _Point:
    """Return the last point up to which the unfinished shard is there, with the content that it had."""
    for number, group in groupby(reversed([_Point(Place(), 0, {}), *points]), key=lambda point: point.place.shard):
        candidates = list(group)
        path = _find(folder, layout.name(number))
        digests = _prefix_digests(path, sorted({point.place.offset for point in candidates}))
        for point in candidates:
            if digests.get(point.place.offset) == point.place.sha256:
                return point
    raise AssertionError("the empty point is always whole")


def _find(folder: Folder, name: str) -> Path:
    """Where a shard is: aside, or already in place when its renaming was the last thing that happened."""
    aside = folder.aside / name
    return aside if aside.exists() else folder.root / name


def _prefix_digests(path: Path, offsets: list[int]) -> dict[int, str]:
    """Return the digest of each prefix of a file that is long enough; of a missing file, of the empty prefix."""
    digest, done = hashlib.sha256(), 0
    found = {0: digest.hexdigest()}
    if not path.exists():
        return found
    with path.open("rb") as file:
        for offset in offsets:
            content = file.read(offset - done)
            done += len(content)
            if done < offset:
                break
            digest.update(content)
            found[offset] = digest.hexdigest()
    return found


def _cut(folder: Folder, layout: Layout, entry: Entry) -> None:
    """Remove what was made after the entry."""
    name = layout.name(entry.place.shard)
    if entry.place.offset:  # the one that was found to be whole so far; there may be another
        _find(folder, name).rename(folder.aside / name)
        os.truncate(folder.aside / name, entry.place.offset)
    for home in (folder.root, folder.aside):
        for path in list(home.iterdir()):
            number = layout.number(path.name)
            is_kept = entry.place.offset and path == folder.aside / name
            if number is not None and number >= entry.place.shard and not is_kept:
                path.unlink()
    folder.forget_from(entry.next_index)
    for path in folder.aside.glob("scratch-*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in folder.aside.glob("*.draft"):
        path.unlink()


def _remember(path: Path, layout: Layout, memory: _Memory) -> None:
    """Note the kernels in a file."""
    try:
        for text in layout.records(path.read_bytes()):
            memory.add(text)
    except OSError as error:
        raise UsageError(_damaged(path, error.strerror or "it cannot be read")) from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise UsageError(_damaged(path, str(error))) from error


def _damaged(path: Path, why: str) -> str:
    return f"{path} is damaged ({why}): put it back as it was, or start again in another folder"
