"""The way back into an interrupted run: find what is whole, cut off what is not."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import msgspec

from .dedup import Seen
from .errors import UsageError
from .folder import Folder
from .ledger import Entry, Line, read_journal
from .near.clusters import Clusters
from .near.clusters import Entry as Near
from .near.signatures import unpack
from .record import decode_identity
from .rows import Rows, enter_all
from .store.layout import Layout
from .store.shards import Shard


@dataclass(frozen=True, slots=True)
class Recovered:
    """Where an interrupted run goes on."""

    entry: Entry
    shards: tuple[Shard, ...]
    rows: Rows
    clusters: Clusters
    journal_end: int


def recover(folder: Folder, layout: Layout, seen: Seen) -> Recovered:
    """Put the folder into the state of its last whole entry and remember the kernels it has.

    Raises `UsageError` when a finished shard is not what the journal says.
    """
    try:
        lines = read_journal(folder.journal)
    except OSError as error:
        raise UsageError(
            f"{folder.journal} cannot be read ({error.strerror}): start again in another folder"
        ) from error
    line = _last_whole(folder, layout, lines)
    entry = line.entry
    kept = [each.entry for each in lines if each.end <= line.end]
    shards = tuple(shard for each in kept for shard in each.finished)
    rows: Rows = {}
    for each in kept:
        enter_all(rows, each.rows)
    _cut(folder, layout, entry)
    memory = _Memory(seen, Clusters(), iter([each for past in kept for each in past.signatures]))
    for shard in shards:
        _remember(folder.root / shard.name, layout, memory, shard)
    if entry.place.offset:
        _remember(folder.aside / layout.name(entry.place.shard), layout, memory)
    return Recovered(entry, shards, rows, memory.clusters, line.end)


@dataclass(frozen=True, slots=True)
class _Memory:
    """What a run knows of the records that it has."""

    seen: Seen
    clusters: Clusters
    signatures: Iterator[bytes]
    """Of the records to come, in their order."""

    def add(self, text: bytes) -> None:
        """Note one record."""
        known = decode_identity(text)
        self.seen.is_new(known.ir_digest, known.structure_digest)
        signatures = next(self.signatures, None)
        if signatures is None:
            raise ValueError("it has more records than the journal")
        self.clusters.put_back(Near(known.id, unpack(signatures)), known.cluster_id, known.split)


def _last_whole(folder: Folder, layout: Layout, lines: list[Line]) -> Line:
    """Return the last line whose unfinished shard is there, up to the line's offset, with the content it had."""
    nothing = Line(Entry(), 0)
    for number, group in groupby(reversed([nothing, *lines]), key=lambda line: line.entry.place.shard):
        candidates = list(group)
        path = _find(folder, layout.name(number))
        digests = _prefix_digests(path, sorted({line.entry.place.offset for line in candidates}))
        for line in candidates:
            if digests.get(line.entry.place.offset) == line.entry.place.sha256:
                return line
    raise AssertionError("the empty entry is always whole")


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
    current = folder.aside / layout.name(entry.place.shard)
    for home in (folder.root, folder.aside):
        for path in list(home.iterdir()):
            number = layout.number(path.name)
            if number is None or number < entry.place.shard:
                continue
            if number == entry.place.shard and entry.place.offset:
                path.rename(current)
            else:
                path.unlink()
    if entry.place.offset:
        os.truncate(current, entry.place.offset)
    folder.forget_from(entry.next_index)
    for path in folder.aside.glob("scratch-*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in folder.aside.glob("*.draft"):
        path.unlink()


def _remember(path: Path, layout: Layout, memory: _Memory, shard: Shard | None = None) -> None:
    """Note the kernels in a file, which must be as the journal says."""
    try:
        content = path.read_bytes()
        if shard is not None and hashlib.sha256(content).hexdigest() != shard.sha256:
            raise UsageError(_damaged(path, "its digest is not the one in the journal"))
        for text in layout.records(content):
            memory.add(text)
    except OSError as error:
        raise UsageError(_damaged(path, error.strerror or "it cannot be read")) from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise UsageError(_damaged(path, str(error))) from error


def _damaged(path: Path, why: str) -> str:
    return f"{path} is damaged ({why}): put it back as it was, or start again in another folder"
