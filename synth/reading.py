"""The records of a folder, read back: finished or not."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from .configuration import Configuration
from .errors import UsageError
from .folder import Finished, Folder, Fresh, Unfinished
from .manifest import Manifest
from .record import Record, decode_record
from .store.layout import LAYOUTS


@dataclass(frozen=True, slots=True)
class Stored:
    """One record as it lies in a folder."""

    record: Record
    shard: str


def configuration_of(folder: Folder) -> Configuration:
    """Return what the dataset in a folder is made from; `UsageError` when there is none."""
    match folder.inspect():
        case Finished(manifest):
            return manifest.configuration
        case Unfinished(configuration):
            return configuration
        case Fresh():
            raise UsageError(f"{folder.root} holds no dataset: make one with `python -m synth --out {folder.root}`")


def stored_records(folder: Folder, configuration: Configuration) -> Iterator[Stored]:
    """Yield the records of a folder, shard by shard; `UsageError` for a file that is damaged."""
    layout = LAYOUTS[configuration.format]
    homes = [home for home in (folder.root, folder.aside) if home.is_dir()]
    files = {
        number: path for home in homes for path in home.iterdir() if (number := layout.number(path.name)) is not None
    }
    for _, path in sorted(files.items()):
        try:
            for number, text in enumerate(layout.read(path), start=1):
                yield Stored(_decoded(text, path, number), path.name)
        except UsageError:
            if path.parent == folder.aside:
                return  # the last record of an unfinished shard may be half written
            raise


def _decoded(text: bytes, path: Path, number: int) -> Record:
    try:
        return decode_record(text)
    except msgspec.MsgspecError as error:
        raise UsageError(f"{path} is damaged at record {number}: {error}") from error


def verified_texts(source: Folder, manifest: Manifest) -> Iterator[bytes]:
    """Yield the one-line JSON texts of the records; `UsageError` for a shard that is not as the manifest says."""
    layout = LAYOUTS[manifest.configuration.format]
    records = size = 0
    for number, shard in enumerate(manifest.shards):
        path = source.root / layout.name(number)
        content = path.read_bytes() if path.is_file() else b""
        if (path.name, hashlib.sha256(content).hexdigest()) != (shard.name, shard.sha256):
            raise damaged(source, path)
        try:
            for text in layout.records(content):
                yield text
                records += 1
                size += len(text) + 1
        except ValueError as error:
            raise damaged(source, path) from error
    if (records, size) != (manifest.records, manifest.text_bytes):
        raise damaged(source, source.manifest)


def damaged(source: Folder, path: Path) -> UsageError:
    """Return what to say of a file of a complete dataset that is not as the manifest says."""
    return UsageError(f"{path} is missing or damaged: `python -m synth verify {source.root}` says what is wrong")


def find_record(folder: Folder, configuration: Configuration, wanted: str) -> Record:
    """Return the record with this index or id; `UsageError` when there is none."""
    index = int(wanted) if wanted.isdecimal() else None
    for stored in stored_records(folder, configuration):
        metadata = stored.record.metadata
        if wanted == metadata.id or index == metadata.index:
            return stored.record
        if index is not None and metadata.index > index:
            break
    if index is not None and index in folder.rejected_indices():
        raise UsageError(f"index {index} was rejected: see {folder.rejects / f'{index}.json'}")
    kind = "an index" if index is not None else "an id"
    raise UsageError(
        f"{wanted} is not {kind} of a record in {folder.root} (an index that is not there was a duplicate)"
    )
