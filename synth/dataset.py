"""A finished dataset on disk: its manifest, read as far as the account needs it, and the texts of its records.

Both are read leniently, so that a dataset of another version is told of as long as what is told is there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from .errors import UsageError
from .folder import Finished, Folder, Unfinished, refuse_other_version
from .state import continuing_command
from .store.layout import LAYOUTS, Layout

SPLITS = ("train", "validation", "test")
"""What records are for; files whose names begin otherwise are to train on."""


class Became(msgspec.Struct, frozen=True):
    """What became of a number of indices."""

    written: int = 0
    duplicates: int = 0
    rejects: dict[str, int] = {}

    @property
    def rejected(self) -> int:
        """Kernels refused, by whomever."""
        return sum(self.rejects.values())


class File(msgspec.Struct, frozen=True):
    """One file of records."""

    name: str
    records: int


class Request(msgspec.Struct, frozen=True):
    """What was asked for."""

    device: str
    format: str
    arch: int | None = None
    seed: int = 0
    profile: str = "default"
    dedup: str = "structure"
    categories: tuple[str, ...] = ()
    profile_source: str | None = None
    levels: tuple[str, ...] = ()
    strip_comments: bool = False
    time: bool = False
    backward: bool = True
    io: bool = True
    versions: dict[str, Any] = {}


class Course(msgspec.Struct, frozen=True):
    """How the run went."""

    seconds: dict[str, float] = {}
    wall_seconds: float = 0.0
    sessions: int = 0
    peak_memory_bytes: dict[str, int] = {}
    versions: dict[str, str] = {}


class About(msgspec.Struct, frozen=True):
    """A manifest of this version, or of one near it."""

    warpsmith: str
    configuration: Request
    records: int
    text_bytes: int
    attempts: int
    counts: Became
    shards: tuple[File, ...]
    categories: dict[str, Became] = {}
    rows: dict[str, tuple[int, ...]] = {}
    digest: str = ""
    run: Course = Course()


@dataclass(frozen=True, slots=True)
class Dataset:
    """A folder, and what its manifest says."""

    root: Path
    about: About
    label: str
    """What sets it apart from the others that are told of with it."""

    @property
    def layout(self) -> Layout:
        """How its files hold records; `UsageError` for a format that this version does not read."""
        form = self.about.configuration.format
        known: dict[str, Layout] = {name: LAYOUTS[name] for name in LAYOUTS}
        if form not in known:
            raise UsageError(f"{self.root}: its format {form!r} is not among those read here: {', '.join(known)}")
        return known[form]

    @property
    def is_loadable(self) -> bool:
        """Whether `datasets` reads its files as they are."""
        return self.about.configuration.format != "json"

    @property
    def patterns(self) -> dict[str, str]:
        """What matches the names of its files, by the split that they are of."""
        found = {}
        for shard in self.about.shards:
            stem, _, suffix = shard.name.partition(".")
            split = stem.partition("-")[0]
            found[split if split in SPLITS else SPLITS[0]] = f"{stem.rstrip('0123456789')}*.{suffix}"
        return {split: found[split] for split in SPLITS if split in found}


@dataclass(frozen=True, slots=True)
class Line:
    """The JSON text of one record, compact, and where it lies."""

    text: bytes
    where: str


def open_datasets(roots: Sequence[Path]) -> list[Dataset]:
    """Return the datasets in these folders, each with a label of its own; `UsageError` for what is none."""
    if len({root.resolve() for root in roots}) < len(roots):
        raise UsageError(f"a folder is named twice: {', '.join(map(str, roots))}")
    abouts = [_read_about(root) for root in roots]
    devices = [about.configuration.device for about in abouts]
    names = [root.resolve().name for root in roots]
    labels = next(
        (list(each) for each in (devices, names) if len(set(each)) == len(roots)), [str(root) for root in roots]
    )
    return [Dataset(*each) for each in zip(roots, abouts, labels, strict=True)]


def lines_of(dataset: Dataset) -> Iterator[Line]:
    """Yield the records of a dataset, a file in memory at a time; `UsageError` for one that is not there or short."""
    layout = dataset.layout
    for shard in dataset.about.shards:
        path = dataset.root / shard.name
        if layout.number(shard.name) is None or not path.is_file():
            raise UsageError(f"{path}, which the manifest names, is not there: the folder is not whole")
        count = 0
        for count, text in enumerate(layout.read(path), start=1):
            yield Line(text, f"{path} is damaged at record {count}")
        if count != shard.records:
            raise UsageError(f"{path} has {count:,} records, its manifest says {shard.records:,}: it is not whole")


def _read_about(root: Path) -> About:
    folder = Folder(root)
    if not folder.manifest.is_file():
        match folder.inspect():
            case Unfinished(configuration):
                command = continuing_command(configuration, root)
                raise UsageError(f"{root} is not complete yet: `{command}` goes on with it")
            case Finished():  # it was finished between our two looks
                return _read_about(root)
            case _:
                raise UsageError(f"{root} holds no dataset: make one with `python -m synth --out {root}`")
    try:
        content = folder.manifest.read_bytes()
        refuse_other_version(root, content)
        return msgspec.json.decode(content, type=About)
    except (msgspec.MsgspecError, ValueError) as error:
        raise UsageError(f"{folder.manifest} is not a manifest that this version can read: {error}") from error
