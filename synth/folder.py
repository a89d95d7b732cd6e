"""The output folder: what belongs where, whose it is, and that one run at a time works in it."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from . import VERSION
from .configuration import Configuration, decode_configuration, encode_configuration
from .errors import UsageError
from .manifest import Manifest, decode_manifest
from .outcome import Duplicate, Rejected
from .seal import opened, sealed

JOURNAL = "journal.jsonl"
RELEASE = "release.json"
"""What a folder holds instead of a manifest that has the splits of a dataset, for who loads it."""
CONFIGURATIONS = ("configuration.json", "configuration.copy.json")
"""Twice, since nothing else could say whose the records are."""


def profile_file(configuration: Configuration) -> str:
    """Return the name of the file that holds the text of a user's profile."""
    return f"{configuration.profile}.toml"


class _Signed(msgspec.Struct):
    """The part of a manifest that says which version wrote it."""

    warpsmith: str


def refuse_other_version(root: Path, manifest: bytes) -> None:
    """Refuse a dataset whose records are another version's; `msgspec.MsgspecError` for a text that is no manifest."""
    there = msgspec.json.decode(manifest, type=_Signed).warpsmith
    if there.split(".")[:2] != VERSION.split(".")[:2]:
        raise UsageError(f"{root} was made by Warpsmith {there}, this is {VERSION}: its records are read by {there}")


@dataclass(frozen=True, slots=True)
class Fresh:
    """Nothing has been made here yet."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A run was interrupted here."""

    configuration: Configuration


@dataclass(frozen=True, slots=True)
class Finished:
    """A complete dataset."""

    manifest: Manifest


Condition = Fresh | Unfinished | Finished


@dataclass(frozen=True, slots=True)
class Folder:
    """The places in an output folder."""

    root: Path

    @property
    def aside(self) -> Path:
        """What is not finished yet, and what a run needs to go on; gone when the dataset is complete."""
        return self.root / ".unfinished"

    @property
    def journal(self) -> Path:
        """The ledger of an unfinished run."""
        return self.aside / JOURNAL

    @property
    def clusters(self) -> Path:
        """What an unfinished run knows of near-duplicates."""
        return self.aside / "clusters"

    @property
    def manifest(self) -> Path:
        """What the dataset is and how it was made; its presence says that the dataset is complete."""
        return self.root / "manifest.json"

    @property
    def state(self) -> Path:
        """Where the production stands, for a person."""
        return self.root / "PRODUCTION_STATE.md"

    @property
    def rejects(self) -> Path:
        """The kernels that did not compile."""
        return self.root / "rejects"

    @property
    def duplicates(self) -> Path:
        """The kernels of a share that are not new in it."""
        return self.root / "duplicates"

    def inspect(self) -> Condition:
        """Return what is here; `UsageError` for a folder that is not ours."""
        if not self.root.exists():
            return Fresh()
        if not self.root.is_dir():
            raise UsageError(f"{self.root} is not a folder: name another one with --out")
        if self.manifest.exists():
            return Finished(self._read_manifest())
        if (configuration := self._read_configuration()) is not None:
            return Unfinished(configuration)
        if (self.root / RELEASE).exists():
            raise UsageError(f"{self.root} holds the splits of a dataset, to be loaded: name the dataset itself here")
        if foreign := sorted(entry.name for entry in self.root.iterdir() if entry != self.aside):
            raise UsageError(
                f"{self.root} holds files that are not a dataset of warpsmith ({foreign[0]}): "
                "name an empty or new folder with --out"
            )
        return Fresh()

    def _read_configuration(self) -> Configuration | None:
        """Return what an unfinished run makes, from the copy that is whole; None where there is no run."""
        damage = None
        for name in CONFIGURATIONS:
            path = self.aside / name
            try:
                return decode_configuration(opened(path.read_bytes()))
            except FileNotFoundError:
                continue
            except (msgspec.MsgspecError, ValueError, OSError) as error:
                damage = UsageError(f"{path} is damaged ({error}): name another folder with --out")
        if damage is not None:
            raise damage
        return None

    def _read_manifest(self) -> Manifest:
        try:
            content = self.manifest.read_bytes()
            refuse_other_version(self.root, content)
            return decode_manifest(content)
        except (msgspec.MsgspecError, ValueError, OSError) as error:
            raise UsageError(f"{self.manifest} is not a manifest of warpsmith: {error}") from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out; the system lifts the lock when this process ends, however it ends."""
        # The folder itself is locked, so that no lock file can be left behind.
        descriptor = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise UsageError(
                    f"another run is at work in {self.root}: wait for it or choose another --out"
                ) from error
            yield
        finally:
            os.close(descriptor)

    def begin(self, configuration: Configuration) -> None:
        """Make a fresh folder an unfinished one; the configuration comes last and makes it ours."""
        self.aside.mkdir(exist_ok=True)
        self.journal.write_bytes(b"")
        self.mend(configuration)

    def mend(self, configuration: Configuration) -> None:
        """Put back what an unfinished folder may have lost beside its records."""
        content = sealed(encode_configuration(configuration))
        for name in CONFIGURATIONS:
            path = self.aside / name
            if not path.is_file() or path.read_bytes() != content:
                self.replace(path, content)

    def keep_profile(self, configuration: Configuration) -> None:
        """Put the text of a user's profile beside the records, for the command that goes on, unless it is there."""
        path = self.root / profile_file(configuration)
        if configuration.profile_source is not None and not path.exists():
            self.replace(path, configuration.profile_source.encode())

    def replace(self, path: Path, content: bytes) -> None:
        """Put a file in place whole, over an older one if there is one."""
        draft = self.aside / f"{path.name}.draft"
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)

    def keep(self, outcome: Rejected | Duplicate) -> tuple[str, str]:
        """Record a kernel that is no record; return the name of its file in the folder, and the SHA-256."""
        home = self.rejects if isinstance(outcome, Rejected) else self.duplicates
        home.mkdir(exist_ok=True)
        content = msgspec.json.format(msgspec.json.encode(outcome), indent=2) + b"\n"
        path = home / f"{outcome.index}.json"
        path.write_bytes(content)
        return str(path.relative_to(self.root)), hashlib.sha256(content).hexdigest()

    def read_reject(self, index: int) -> Rejected:
        """Return a recorded reject; `msgspec.MsgspecError` when it is damaged."""
        return msgspec.json.decode((self.rejects / f"{index}.json").read_bytes(), type=Rejected)

    def read_duplicate(self, index: int) -> Duplicate:
        """Return a recorded duplicate; `msgspec.MsgspecError` when it is damaged."""
        return msgspec.json.decode((self.duplicates / f"{index}.json").read_bytes(), type=Duplicate)

    def rejected_indices(self) -> list[int]:
        """Return the indices of the kernels recorded as rejects."""
        return _indices(self.rejects)

    def duplicate_indices(self) -> list[int]:
        """Return the indices of the kernels recorded as duplicates."""
        return _indices(self.duplicates)

    def forget_from(self, index: int) -> None:
        """Remove what is recorded of rejects and duplicates from an index on."""
        for home in (self.rejects, self.duplicates):
            for each in _indices(home):
                if each >= index:
                    (home / f"{each}.json").unlink()
            if home.is_dir() and not any(home.iterdir()):
                home.rmdir()

    def clear_aside(self) -> None:
        """Remove everything temporary."""
        shutil.rmtree(self.aside, ignore_errors=True)


def _indices(home: Path) -> list[int]:
    if not home.is_dir():
        return []
    return sorted(int(path.stem) for path in home.glob("*.json") if path.stem.isdecimal())
