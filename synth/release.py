"""A dataset in files by split, for who loads it: `load_dataset(FOLDER)` finds train, validation and test by itself.

The dataset that it is made of stays what is verified, replayed and gone on with; `release.json` names it.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from .configuration import Format
from .errors import UsageError
from .export import complete_manifest, prepared, put_in_place
from .folder import RELEASE, Folder
from .near.real import Kernels, real_kernels, warp_folder
from .near.splits import NONE, SPLITS
from .reading import verified_texts
from .record import Record, decode_record
from .store.layout import LAYOUTS, Layout

LIKE_REAL = 0.7
"""The likeness with a real kernel from which on a record is left out: that at which two records are near-duplicates."""


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a folder of splits says of itself."""

    source_digest: str
    """Of the manifest of the dataset that it is made of."""
    format: str
    splits: dict[str, int]
    """Records of each split."""
    left_out: dict[str, int]
    """Records by the reason why they are in no split."""


@dataclass(slots=True)
class _Split:
    """The files of one split, as they are written."""

    name: str
    folder: Path
    layout: Layout
    records: int = 0
    files: int = 0
    waiting: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, text: bytes) -> None:
        """Append a record; a file is written when it is full."""
        self.waiting.append(text)
        self.size += len(text) + 1
        self.records += 1
        if self.size >= self.layout.shard_bytes:
            self.finish()

    def finish(self) -> None:
        """Write what waits to a file."""
        if self.waiting:
            name = self.layout.name(self.files).replace(SPLITS[0], self.name, 1)
            (self.folder / name).write_bytes(self.layout.enclose(self.waiting))
            self.files += 1
            self.waiting, self.size = [], 0


def release(source: Folder, out: Path, form: Format, *, decontaminate: bool) -> Release:
    """Write the records of a complete dataset by split; with `decontaminate`, without those like a real kernel.

    Whatever stops it leaves nothing in the other folder. Raises `UsageError` as `export` does.
    """
    manifest = complete_manifest(source)
    layout = LAYOUTS[form]
    if layout.shard_bytes == 1:
        raise UsageError(f"--format: {form!r} has one file a record, which names no split: choose another format")
    real = Kernels(real_kernels(warp_folder())) if decontaminate else None
    with prepared(source, out) as target:
        splits = {name: _Split(name, target.aside, layout) for name in SPLITS}
        left_out: Counter[str] = Counter()
        for text in verified_texts(source, manifest):
            record = decode_record(text)
            if why := _fault(record, real):
                left_out[why] += 1
            else:
                splits[record.metadata.split].add(text)
        for split in splits.values():
            split.finish()
        counts = {name: split.records for name, split in splits.items()}
        released = Release(manifest.digest, form, counts, dict(left_out))
        content = msgspec.json.format(msgspec.json.encode(released), indent=2) + b"\n"
        put_in_place(target, target.root / RELEASE, content)
    return released


def _fault(record: Record, real: Kernels | None) -> str:
    """Return why a record is in no split; nothing if it is in one."""
    if record.metadata.split == NONE:
        return "near to two splits"
    match = real.nearest(record.metadata.id, record.python_source) if real is not None else None
    return "like a kernel of Warp's own" if match is not None and match.likeness >= LIKE_REAL else ""
