"""One session of a run: batches in, files and ledger out, until the target is reached."""

import time
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from .configuration import Configuration
from .dedup import Sought, decide
from .errors import StoppedError
from .folder import Folder
from .ledger import Costs, Entry, Journal
from .manifest import Manifest, encode_manifest, make_manifest
from .memory import peak_bytes
from .near.clusters import Clusters
from .near.clusters import Entry as Near
from .near.signatures import unpack
from .outcome import Batch, Duplicate, Made, Outcome, Rejected
from .record import placed
from .recovery import Recovered
from .rows import Rows, enter, enter_all, with_all
from .share import WHOLE
from .state import continuing_command, production_state
from .store.shards import Place, Shard
from .tally import Tally
from .watch import Stopwatch

BARREN_LIMIT = 4096
"""Kernels in a row that brought nothing new, after which a run gives up: it would never end."""

STATE_SECONDS = 5.0
"""How often `PRODUCTION_STATE.md` is brought up to date."""


class Writer(Protocol):
    """What records are written with."""

    def write(self, text: bytes) -> int:
        """Append one record's JSON text; return its bytes with the newline, which a budget counts."""

    def flush(self) -> tuple[Place, tuple[Shard, ...]]:
        """Say where the records end that are written, and which shards were finished since last asked."""

    def finish(self) -> None:
        """Finish the last shard, however small."""


@dataclass(slots=True)
class Production:
    """What a session holds while it works."""

    folder: Folder
    configuration: Configuration
    writer: Writer
    journal: Journal
    seen: Sought
    clusters: Clusters
    shards: list[Shard]
    tally: Tally
    rows: Rows
    costs: Costs
    next_index: int
    continuing: str
    """The command that goes on with it."""
    started: float = field(default_factory=time.monotonic)
    state_written: float = field(default=float("-inf"))
    watch: Stopwatch = field(default_factory=Stopwatch)
    kept: Tally = field(init=False)
    """The tally as last committed."""
    _entered: Rows = field(default_factory=dict)
    """The rows counted since then."""
    _kept_files: dict[str, str] = field(default_factory=dict)
    """The files of kernels since then that are no records."""

    def __post_init__(self) -> None:
        self.kept = deepcopy(self.tally)

    def is_complete(self) -> bool:
        """Whether the target has been reached."""
        return self.configuration.is_reached(self.tally.text_bytes, self.tally.total.written)

    def refuse_barren(self) -> None:
        """Stop a run that has long found nothing new."""
        if self.tally.barren >= BARREN_LIMIT:
            counts = self.tally.total
            raise StoppedError(
                f"the last {self.tally.barren:,} kernels brought nothing new ({counts.duplicates:,} duplicates and "
                f"{sum(counts.rejects.values()):,} rejects in all): ask for less, or for more categories"
            )

    def take(self, batch: Batch, peak_worker: int) -> None:
        """Keep what is new in a batch, up to the record that reaches the target, and commit it."""
        with self.watch.time("write"):
            for decision in decide(batch.outcomes, self.seen):
                self._settle(decision)
                if self.is_complete():
                    self.writer.finish()
                    break
        self.watch.add(batch.seconds)
        self._count_costs(peak_worker)
        self._commit()
        if time.monotonic() - self.state_written >= STATE_SECONDS:
            self.write_state(is_complete=False)

    def _settle(self, decision: Outcome) -> None:
        """Write down one kernel and what became of it."""
        text_bytes = 0
        match decision:
            case Made():
                text_bytes = self.writer.write(self._placed(decision))
            case Rejected():
                self._keep(decision)
            case Duplicate():
                if self.configuration.share != WHOLE:
                    self._keep(decision)
        self.tally.add(decision, text_bytes)
        enter(self._entered, decision)
        self.next_index = decision.index + 1

    def _keep(self, decision: Rejected | Duplicate) -> None:
        name, digest = self.folder.keep(decision)
        self._kept_files[name] = digest

    def _placed(self, made: Made) -> bytes:
        """Return the record of a kernel that is new, with its cluster and its split."""
        with self.watch.time("place"):
            there = self.clusters.place(Near(made.id, unpack(made.signatures)))
            return placed(made.record, there.cluster_id, there.split)

    def _count_costs(self, peak_worker: int) -> None:
        now = time.monotonic()
        for stage, spent in self.watch.take().items():
            self.costs.seconds[stage] = self.costs.seconds.get(stage, 0.0) + spent
        self.costs.wall_seconds += now - self.started
        self.started = now
        self.costs.peak_main_bytes = max(self.costs.peak_main_bytes, peak_bytes())
        self.costs.peak_worker_bytes = max(self.costs.peak_worker_bytes, peak_worker)

    def _commit(self) -> None:
        """Make the batch part of the dataset: files first, then the journal's line, which counts."""
        place, finished = self.writer.flush()
        self._enter(self._entry(place), finished)

    def _entry(self, place: Place) -> Entry:
        """Return what the journal is to say of all since the entry before, whose records end at a place."""
        entry = Entry(
            next_index=self.next_index,
            place=place,
            kept=self._kept_files,
            rows=self._entered,
            tally=deepcopy(self.tally),
            costs=self.costs,
        )
        self._kept_files, self._entered = {}, {}
        return entry

    def _enter(self, entry: Entry, finished: tuple[Shard, ...]) -> None:
        """Put an entry and the shards finished until then into the journal."""
        self.journal.append(msgspec.structs.replace(entry, finished=finished))
        self.shards.extend(finished)
        enter_all(self.rows, entry.rows)
        self.kept = entry.tally

    def write_state(self, *, is_complete: bool) -> None:
        """Bring `PRODUCTION_STATE.md` up to date."""
        self.state_written = time.monotonic()
        # A complete dataset is the same wherever it was made, so this names no way.
        command = continuing_command(self.configuration, self.folder.root) if is_complete else self.continuing
        text = production_state(self.configuration, self.tally, command, is_complete=is_complete)
        self.folder.replace(self.folder.state, text.encode())

    def conclude(self) -> Manifest:
        """Turn a production that has reached its target into a complete dataset."""
        assert self.is_complete(), "batches have no end"
        manifest = make_manifest(self.configuration, tuple(self.shards), self.tally, self.rows, self.costs)
        self.write_state(is_complete=True)
        # The manifest is what makes the dataset complete, so it comes last; then only what is temporary is left.
        self.folder.replace(self.folder.manifest, encode_manifest(manifest))
        return manifest


def open_production(
    folder: Folder,
    configuration: Configuration,
    recovered: Recovered,
    writer: Writer,
    seen: Sought,
    rows: tuple[str, ...],
    continuing: str,
    kind: type[Production] = Production,
) -> Production:
    """Return the production that goes on where an earlier session stopped; `rows` are those of the catalogue."""
    entry = recovered.entry
    entry.costs.sessions += 1
    return kind(
        folder=folder,
        configuration=configuration,
        writer=writer,
        journal=Journal(folder.journal, recovered.journal_end),
        seen=seen,
        clusters=recovered.clusters,
        shards=list(recovered.shards),
        tally=entry.tally,
        rows=with_all(rows, recovered.rows),
        costs=entry.costs,
        next_index=entry.next_index,
        continuing=continuing,
    )
