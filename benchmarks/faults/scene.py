"""Where a run under faults lives: folders of its own, if possible on a small disk of its own, and its processes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from synth.folder import Folder
from synth.worker import LOG_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

DISK_MEGABYTES = 600
"""Enough for two datasets of a few hundred records and three workers' precompiled headers."""
GRACE_SECONDS = 20.0
"""In which the processes of a run that was killed have to be gone."""
MARK: Final = "FAULTS_SCENE"
"""The variable by which a process of the run is known, whoever started it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The folders of one round; all that the run may write is in `base`."""

    base: Path
    is_disk: bool
    """Whether `base` is a disk of its own, which may be filled."""

    @property
    def out(self) -> Path:
        """The dataset."""
        return self.base / "out"

    @property
    def folder(self) -> Folder:
        """The dataset, as the run sees it."""
        return Folder(self.out)

    @property
    def homes(self) -> tuple[Path, Path, Path]:
        """Folders for temporary files, the home and Warp's cache."""
        return self.base / "temporary", self.base / "home", self.base / "cache"

    @property
    def balloon(self) -> Path:
        """What fills the disk."""
        return self.base / "balloon"

    def environment(self) -> dict[str, str]:
        """The environment of a run that nobody disturbs."""
        temporary, home, cache = map(str, self.homes)
        return os.environ | {"TMPDIR": temporary, "HOME": home, "WARP_CACHE_PATH": cache, MARK: str(self.base)}

    def prepare(self) -> None:
        """Make the folders that have to be there."""
        for home in self.homes:
            home.mkdir(exist_ok=True)

    def processes(self) -> list[int]:
        """The processes of the run that live."""
        mark = f"{MARK}={self.base}\0".encode()
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdecimal() and mark in (entry / "environ").read_bytes() + b"\0":
                    found.append(int(entry.name))
        return found

    def leftovers(self) -> list[str]:
        """What lies about beside the dataset, or in it and does not belong there."""
        found = [path for home in self.homes if home.exists() for path in home.rglob("*")]
        found += [self.folder.aside] if self.folder.aside.exists() else []
        found += [path for path in self.out.rglob("*") if path.suffix == ".draft" or path.name.startswith("scratch-")]
        return [str(path.relative_to(self.base)) for path in found]

    def survivors(self) -> list[int]:
        """The processes that outlive their run; they are ended, so that the next one starts alone."""
        deadline = time.monotonic() + GRACE_SECONDS
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.05)
        for number in left:
            with suppress(OSError):
                os.kill(number, signal.SIGKILL)
        return left


@dataclass(slots=True)
class Launch:
    """How a session is started."""

    words: list[str]
    environment: dict[str, str]
    closed: list[int] = field(default_factory=list)
    """Standard streams that it does not have."""
    broken: list[int] = field(default_factory=list)
    """Standard streams that nobody reads."""
    umask: int = 0o022
    file_bytes: int | None = None
    """What no file may grow beyond."""

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        """Start the session; what it says, where it can, goes into a log."""
        reading, writing = os.pipe()
        os.close(reading)
        with log.open("ab") as file:
            streams = {number: writing if number in self.broken else file.fileno() for number in (1, 2)}
            process = subprocess.Popen(
                self.words,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=streams[1],
                stderr=streams[2],
                preexec_fn=self._settle,  # noqa: PLW1509  (this process has one thread)
                start_new_session=True,
            )
        os.close(writing)
        return process

    def _settle(self) -> None:
        import resource  # noqa: PLC0415

        for number in set(self.closed):
            os.close(number)
        os.umask(self.umask)
        if self.file_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.file_bytes, self.file_bytes))


@contextmanager
def scene() -> Iterator[Scene]:
    """A fresh scene, on a small disk of its own where this process may mount one."""
    with TemporaryDirectory(prefix="faults-") as name:
        size = f"size={DISK_MEGABYTES}m"
        mounted = subprocess.run(
            ["/bin/mount", "-t", "tmpfs", "-o", size, "tmpfs", name], check=False, capture_output=True
        )
        try:
            yield Scene(Path(name), is_disk=mounted.returncode == 0)
        finally:
            if mounted.returncode == 0:
                subprocess.run(["/bin/umount", "--lazy", name], check=True)


def workers_of(number: int) -> list[int]:
    """The workers that a run has at the moment."""
    try:
        children = Path(f"/proc/{number}/task/{number}/children").read_text().split()
    except OSError:
        return []
    found = []
    for child in map(int, children):
        with suppress(OSError):
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
    return found


def is_at_work(worker: int) -> bool:
    """Whether a worker has started far enough to write into its log."""
    try:
        return Path(f"/proc/{worker}/fd/1").readlink().name == LOG_NAME
    except OSError:
        return False
