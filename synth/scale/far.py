"""A run whose records are written by those who made them: it decides, and says which record belongs where."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from synth.ledger import Entry
from synth.manifest import Manifest
from synth.outcome import Outcome
from synth.production import Production
from synth.store.layout import Layout
from synth.store.shards import Place, Shard

from .parts import Plan, Reference, decode_reference


class Pending(Protocol):
    """A shard that somebody is writing."""

    def is_done(self) -> bool:
        """Whether it is written, or cannot be."""

    def shard(self) -> Shard:
        """Return the shard, once it is written."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """A shard that is being written."""

    pending: Pending
    spent: tuple[str, ...]
    """The parts that no later shard needs."""


class FarWriter:
    """Plans shards from references, and has them written."""

    def __init__(
        self, aside: Path, layout: Layout, place: Place, parts: Path, order: Callable[[Plan], Pending]
    ) -> None:
        """Go on at `place`; `order` has a shard written from the parts."""
        self._layout = layout
        self._parts = parts
        self._order = order
        self._number, self._size = place.shard, place.offset
        self._begun = aside / layout.name(place.shard) if place.offset else None
        self._begun_records = place.records
        self._references: list[Reference] = []
        self._open_part: tuple[str, ...] = ()
        """The part of the last record of the shard before: it may have more."""
        self.ordered: deque[Ordered] = deque()
        """Shards that are being written, in their order."""
        self.cuts = 0
        """Shards that were full."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave what is being written to those who write it."""

    def write(self, text: bytes) -> int:
        """Append the record that a reference stands for; return its bytes with the newline."""
        reference = decode_reference(text)
        self._references.append(reference)
        self._size += reference.placed_size + 1
        if self._size >= self._layout.shard_bytes:
            self.finish()
        return reference.placed_size + 1

    def flush(self) -> tuple[Place, tuple[Shard, ...]]:
        """Say where the next shard begins."""
        return Place(self._number), ()

    def finish(self) -> None:
        """Have the last shard written, however small."""
        if not self._references and self._begun is None:
            return
        name = self._layout.name(self._number)
        plan = Plan(name, self._begun, self._begun_records, tuple(self._references))
        used = dict.fromkeys((*self._open_part, *(reference.part for reference in plan.references)))
        self._open_part = tuple(used)[-1:]
        self.ordered.append(Ordered(self._order(plan), tuple(used)[:-1]))
        self.cuts += 1
        self._number, self._size, self._begun, self._begun_records = self._number + 1, 0, None, 0
        self._references.clear()

    def discard(self, ordered: Ordered) -> None:
        """Remove the parts that were needed until this shard was committed."""
        for name in ordered.spent:
            (self._parts / name).unlink(missing_ok=True)


@dataclass
class FarProduction(Production):
    """A production that commits a shard at a time, when it has been written."""

    _waiting: deque[Entry] = field(default_factory=deque)
    """What the journal is to say of each shard that is being written."""

    def _commit(self) -> None:
        """Note the shards that were full, and commit those that are written by now."""
        self._note_cuts()
        while self._far.ordered and self._far.ordered[0].pending.is_done():
            self._commit_next()

    def _settle(self, decision: Outcome) -> None:
        """Write down one kernel and what became of it."""
        super()._settle(decision)
        self._note_cuts()

    def conclude(self) -> Manifest:
        """Wait for the last shards."""
        while self._far.ordered:
            self._commit_next()
        return super().conclude()

    @property
    def _far(self) -> FarWriter:
        assert isinstance(self.writer, FarWriter)
        return self.writer

    def _note_cuts(self) -> None:
        if self._far.cuts:
            self._far.cuts = 0
            self._waiting.append(self._entry(self._far.flush()[0]))

    def _commit_next(self) -> None:
        ordered = self._far.ordered.popleft()
        self._enter(self._waiting.popleft(), (ordered.pending.shard(),))
        self._far.discard(ordered)
