"""The ledger: an append-only journal, from which an interrupted run goes on exactly.

It has a line for each batch that is committed; with Ray, for each shard.

A line says how far every file had got. What lies beyond the last whole line whose files are as it says is cut off and
made again, to the same bytes; so a run may be killed between any two instructions, and its files damaged meanwhile.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from .rows import Rows
from .seal import opened, sealed
from .store.shards import Place, Shard
from .tally import Tally


class Costs(msgspec.Struct, forbid_unknown_fields=True):
    """What a run has used, over all its sessions; the part of a ledger that differs between equal runs."""

    seconds: dict[str, float] = msgspec.field(default_factory=dict)
    """CPU seconds by stage."""
    wall_seconds: float = 0.0
    sessions: int = 0
    peak_main_bytes: int = 0
    peak_worker_bytes: int = 0


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was committed at once, and the state of the whole run after it."""

    next_index: int = 0
    place: Place = Place()
    finished: tuple[Shard, ...] = ()
    """Shards finished since the entry before."""
    kept: dict[str, str] = msgspec.field(default_factory=dict)
    """The files of kernels since then that are no records, in the output folder, and the SHA-256 of each."""
    rows: Rows = msgspec.field(default_factory=dict)
    """The catalogue's rows counted since the entry before."""
    tally: Tally = msgspec.field(default_factory=Tally)
    costs: Costs = msgspec.field(default_factory=Costs)

    def files(self) -> dict[str, str]:
        """Return the files that are in place since the entry before, and the SHA-256 of each."""
        return {shard.name: shard.sha256 for shard in self.finished} | self.kept


@dataclass(frozen=True, slots=True)
class Line:
    """An entry and the offset in the journal at which its line ends."""

    entry: Entry
    end: int


class Journal:
    """The journal of a run, open for appending."""

    def __init__(self, path: Path, end: int) -> None:
        """Go on after `end`; whatever follows it is cut off."""
        os.truncate(path, end)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)

    def append(self, entry: Entry) -> None:
        """Commit what was made since the entry before."""
        line = sealed(msgspec.json.encode(entry, order="deterministic"))
        # A line cut short by a full disk has no newline and so does not count when the journal is read.
        while line:
            line = line[os.write(self._descriptor, line) :]

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def read_journal(path: Path) -> Iterator[Line]:
    """Yield the lines of a journal, up to the first that is not whole; in memory there is one at a time."""
    end = 0
    with path.open("rb") as file:
        for text in file:
            try:
                entry = msgspec.json.decode(opened(text), type=Entry)
            except (msgspec.MsgspecError, ValueError):
                return
            end += len(text)
            yield Line(entry, end)
