"""The conversion of a complete dataset to another format: the same records and manifest, nothing compiled again."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib.metadata import version
from itertools import starmap, zip_longest
from operator import eq
from pathlib import Path
from typing import cast

import msgspec

from . import values
from .configuration import Configuration, Format
from .errors import UsageError
from .folder import Finished, Folder, Fresh, Unfinished, profile_file
from .manifest import Manifest, encode_manifest, manifest_digest
from .reading import damaged, verified_texts
from .state import continuing_command
from .store.layout import LAYOUTS, Layout
from .store.shards import Shard


def requested_format(text: str) -> Format:
    """Return the format that `--format` names."""
    return cast("Format", values.one_of("--format", text, tuple(LAYOUTS)))


def export(source: Folder, out: Path, form: Format) -> Manifest:
    """Write the dataset of a folder to another one in this format; return its manifest.

    One shard at a time is in memory. Whatever stops it leaves nothing in the other folder: all is written aside, and
    moved into place when it is complete, the manifest last. Raises `UsageError` for a dataset that is not complete or
    not as its manifest says, and for a folder that is not free.
    """
    manifest = complete_manifest(source)
    with prepared(source, out) as target:
        shards = tuple(_write(target, LAYOUTS[form], verified_texts(source, manifest)))
        _copy_rest(source, target, manifest.configuration)
        exported = _exported(manifest, form, shards)
        put_in_place(target, target.manifest, encode_manifest(exported))
    return exported


def complete_manifest(source: Folder) -> Manifest:
    """Return the manifest of a complete dataset; `UsageError` for anything else."""
    match source.inspect():
        case Finished(manifest):
            if manifest_digest(manifest) != manifest.digest:
                raise damaged(source, source.manifest)
            return manifest
        case Unfinished(configuration):
            command = continuing_command(configuration, source.root)
            raise UsageError(f"{source.root} is not complete yet: `{command}` goes on with it")
        case Fresh():
            raise UsageError(f"{source.root} holds no dataset: make one with `python -m synth --out {source.root}`")


def cut(texts: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    """Cut records into shards where a run would have: after the one with which the lines reach the size."""
    shard: list[bytes] = []
    room = size
    for text in texts:
        shard.append(text)
        room -= len(text) + 1
        if room <= 0:
            yield shard
            shard, room = [], size
    if shard:
        yield shard


def _write(target: Folder, layout: Layout, texts: Iterable[bytes]) -> Iterator[Shard]:
    """Write the shards aside; each is read back, so that not a byte of any record can be lost on the way."""
    for number, shard in enumerate(cut(texts, layout.shard_bytes)):
        name = layout.name(number)
        try:
            content = layout.enclose(shard)
            is_same = all(starmap(eq, zip_longest(shard, layout.records(content))))
        except ValueError as error:
            raise UsageError(f"{name} cannot hold its records: {error}") from error
        if not is_same:
            raise UsageError(f"{name} cannot hold its records to the byte: they are not as this version writes them")
        with (target.aside / name).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield Shard(name, len(shard), len(content), hashlib.sha256(content).hexdigest())


def _copy_rest(source: Folder, target: Folder, configuration: Configuration) -> None:
    """Put aside what else belongs to a dataset."""
    for home in (source.rejects, source.duplicates):
        if home.is_dir():
            shutil.copytree(home, target.aside / home.name)
    if source.state.is_file():
        shutil.copy(source.state, target.aside)
    if configuration.profile_source is not None:
        (target.aside / profile_file(configuration)).write_bytes(configuration.profile_source.encode())


def _exported(manifest: Manifest, form: Format, shards: tuple[Shard, ...]) -> Manifest:
    """Return the manifest of the same dataset in another format."""
    packages = {layout.package for layout in LAYOUTS.values()}
    versions = {name: known for name, known in manifest.run.versions.items() if name not in packages}
    if package := LAYOUTS[form].package:
        versions[package] = version(package)
    draft = msgspec.structs.replace(
        manifest,
        configuration=replace(manifest.configuration, format=form),
        shards=shards,
        run=msgspec.structs.replace(manifest.run, versions=versions),
    )
    return msgspec.structs.replace(draft, digest=manifest_digest(draft))


@contextmanager
def prepared(source: Folder, out: Path) -> Iterator[Folder]:
    """Give a free folder to write in, not within the source, in which nothing is left unless all goes well."""
    if out.resolve().is_relative_to(source.root.resolve()):
        raise UsageError(f"{out} is the folder of the dataset itself, or in it: name another one with --out")
    target, was_there = Folder(out), out.exists()
    _refuse_taken(target)
    out.mkdir(parents=True, exist_ok=True)
    with target.locked():
        _refuse_taken(target)
        target.clear_aside()  # of an export that was killed
        target.aside.mkdir()
        try:
            yield target
        except BaseException:
            target.clear_aside()
            if not was_there:
                with suppress(OSError):  # somebody has put something there
                    out.rmdir()
            raise
        target.clear_aside()


def _refuse_taken(target: Folder) -> None:
    if not isinstance(target.inspect(), Fresh):
        raise UsageError(f"{target.root} holds a dataset already: name an empty or new folder with --out")


def put_in_place(target: Folder, last: Path, content: bytes) -> None:
    """Move what was put aside to where it belongs, and write the file last that says what it is."""
    moved = [target.root / path.name for path in target.aside.iterdir()]
    try:
        for path in moved:
            (target.aside / path.name).rename(path)
        target.replace(last, content)
    except BaseException:
        for path in (last, *moved):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        raise
