"""The merge of the shares of a run: the same dataset, to the byte, that one machine makes.

It is the run itself, with what the shares hold in the place of compiling: their outcomes are decided on, placed and
written in the order of their indices. What no share has got to is made here.
"""

import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import tee
from pathlib import Path

import msgspec

from synth.configuration import Configuration, differences
from synth.dedup import Sought
from synth.errors import UsageError
from synth.folder import Finished, Folder, Unfinished
from synth.generate import Result, Setting, generate
from synth.io import AGREES
from synth.manifest import Manifest
from synth.near.entries import read_entry
from synth.near.signatures import pack
from synth.outcome import Batch, Made, Outcome, Reached
from synth.progress import Screen
from synth.reading import verified_texts
from synth.record import unplaced
from synth.share import STRIPE, WHOLE
from synth.site import Engine, Site, Work
from synth.state import continuing_command
from synth.store.layout import GROWING


class _Judged(msgspec.Struct, frozen=True):
    """The part of a record's runs that says how far its kernel got."""

    reference: str


class _Named(msgspec.Struct, frozen=True):
    """The part of a record's metadata that an outcome repeats."""

    id: str
    index: int
    category: str
    constructs: dict[str, int]
    ir_digest: str
    structure_digest: str
    cluster_id: str
    split: str


class _Read(msgspec.Struct, frozen=True):
    """The part of a record that is read."""

    metadata: _Named
    io: _Judged | None = None

    @property
    def index(self) -> int:
        """The index of its kernel."""
        return self.metadata.index


_decoder = msgspec.json.Decoder(_Read)


class Shared:
    """What one share holds, read once from its first index to its last."""

    def __init__(self, folder: Folder, manifest: Manifest) -> None:
        self._folder = folder
        self._duplicates = set(folder.duplicate_indices())
        self._rejects = set(folder.rejected_indices())
        self._records = ((_decoder.decode(text), text) for text in verified_texts(folder, manifest))
        self._next = next(self._records, None)
        self.end = manifest.configuration.share.at(manifest.attempts - 1) + 1
        """What comes from this index on the share does not hold."""

    def outcomes(self, indices: Sequence[int]) -> tuple[Outcome, ...]:
        """Return the outcomes of indices of this share, which follow those asked for before."""
        return tuple(self._outcome(index) for index in indices)

    def _outcome(self, index: int) -> Outcome:
        while self._next is not None and self._next[0].index < index:  # of a merge that goes on
            self._next = next(self._records, None)
        if self._next is not None and self._next[0].index == index:
            return _made(*self._next)
        try:
            if index in self._duplicates:
                return self._folder.read_duplicate(index)
            if index in self._rejects:
                return self._folder.read_reject(index)
        except msgspec.MsgspecError as error:
            raise UsageError(f"{self._folder.root}: what it says of index {index} is damaged: {error}") from error
        raise UsageError(f"{self._folder.root}: there is nothing of index {index}: `python -m synth verify` tells more")


class Shares:
    """All shares of a run as an engine: what they hold is read, the rest is made by another engine."""

    def __init__(self, shares: Sequence[Shared], engine: Engine) -> None:
        self._shares = shares
        self._engine = engine
        self.made = 0
        """Kernels that no share held."""

    @property
    def peak_bytes(self) -> int:
        """The most memory that a worker has had in use."""
        return self._engine.peak_bytes

    @property
    def width(self) -> int:
        """How many batches are worked on at a time."""
        return self._engine.width

    def run(self, batches: Iterable[tuple[int, ...]]) -> Iterator[Batch]:
        """Yield the outcomes of each batch, in the order given."""
        wanted, asked = tee(batches)
        made = self._engine.run(rest for batch in asked if (rest := self._missing(batch)))
        for batch in wanted:
            rest = self._missing(batch)
            held = self._share(batch).outcomes(batch[: len(batch) - len(rest)])
            others = next(made) if rest else Batch((), {})
            self.made += len(rest)
            yield Batch((*held, *others.outcomes), others.seconds)

    def _share(self, batch: Sequence[int]) -> Shared:
        assert batch[0] // STRIPE == batch[-1] // STRIPE, "a batch is of one share"
        return self._shares[batch[0] // STRIPE % len(self._shares)]

    def _missing(self, batch: Sequence[int]) -> tuple[int, ...]:
        """Return what of a batch is beyond the end of its share."""
        end = self._share(batch).end
        return tuple(index for index in batch if index >= end)


def merge(
    parts: Sequence["Part"],
    out: Path,
    setting: Setting,
    screen: Screen | None = None,
    warn: Callable[[str], None] = lambda _message: None,
) -> tuple[Result, int]:
    """Make the dataset of all shares of a run, or the rest of it; also how many kernels no share held.

    `warn` is told what `generate` tells it. Raises `UsageError` when a share is damaged, and what `generate` raises.
    """
    site = Merging(parts)
    configuration = replace(parts[0].configuration, share=WHOLE)
    result = generate(configuration, out, replace(setting, site=site), screen, warn)
    return result, site.made


class Merging(Site):
    """One machine, where shares are merged."""

    def __init__(self, parts: Sequence["Part"]) -> None:
        self._parts = parts
        self.made = 0
        """Kernels that no share held."""

    def continuing(self, _configuration: Configuration, out: Path) -> str:
        """Return the command that goes on with the merge."""
        folders = [str(part.root) for part in self._parts]
        return shlex.join(["python", "-m", "synth", "merge", *folders, "--out", str(out)])

    @contextmanager
    def engine(self, work: Work, seen: Sought) -> Iterator[Engine]:
        """Yield what reads the shares, and makes what they do not hold."""
        held = [Shared(Folder(part.root), part.manifest) for part in self._parts]
        with super().engine(work, seen) as workers:
            shares = Shares(held, workers)
            yield shares
            self.made += shares.made


@dataclass(frozen=True, slots=True)
class Part:
    """A folder that holds a share."""

    root: Path
    manifest: Manifest

    @property
    def configuration(self) -> Configuration:
        """What the share was made from."""
        return self.manifest.configuration


def parts_in(folders: Sequence[Path]) -> list[Part]:
    """Return the shares in these folders in their order; `UsageError` when one is missing or unlike the others."""
    parts = [_part(root) for root in folders]
    first = parts[0]
    for part in parts[1:]:
        plain = [replace(each.configuration, share=WHOLE) for each in (first, part)]
        if found := differences(*plain):
            raise UsageError(f"{first.root} and {part.root} are not of one run: {'; '.join(found)}")
        if first.configuration.share.of != part.configuration.share.of:
            raise UsageError(
                f"{first.root} and {part.root} are not of one run: "
                f"share {first.configuration.share} and share {part.configuration.share}"
            )
    by_number: dict[int, Part] = {}
    for part in parts:
        share = part.configuration.share
        if (other := by_number.setdefault(share.number, part)) is not part:
            raise UsageError(f"{other.root} and {part.root} are both share {share}")
    of = first.configuration.share.of
    if missing := [f"{number}/{of}" for number in range(1, of + 1) if number not in by_number]:
        raise UsageError(f"of the shares of this run, {', '.join(missing)} is not there: name all {of} folders")
    return [by_number[number] for number in sorted(by_number)]


def _part(root: Path) -> Part:
    condition = Folder(root).inspect()
    match condition:
        case Finished(manifest) if manifest.configuration.format not in GROWING:
            raise UsageError(
                f"{root} holds a share exported to {manifest.configuration.format}: name the share itself, or export "
                "it to jsonl"
            )
        case Finished(manifest) if manifest.configuration.share != WHOLE:
            return Part(root, manifest)
        case Finished():
            raise UsageError(f"{root} is a whole dataset, not a share of one: make shares with --shard K/N")
        case Unfinished(there):
            raise UsageError(f"{root} is not complete: {continuing_command(there, root)}")
        case _:
            raise UsageError(f"{root} holds no dataset: make it with --shard K/N")


def _made(read: _Read, text: bytes) -> Made:
    """Return the outcome that a record of a share was."""
    named = read.metadata
    return Made(
        named.index,
        named.category,
        named.id,
        unplaced(text, named.cluster_id, named.split),
        named.ir_digest,
        named.structure_digest,
        tuple(named.constructs),
        _reached(read.io),
        pack(read_entry(text).signatures),
    )


def _reached(io: _Judged | None) -> Reached:
    if io is None:
        return "compiled"
    return "agreed" if io.reference == AGREES else "executed"
