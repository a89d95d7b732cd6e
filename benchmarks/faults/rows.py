"""The faults, one row each: what a session is started with, what strikes it, what its files suffer between two sessions."""

from __future__ import annotations

import os
import shutil
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.faults.scene import Launch, Scene, is_at_work, workers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from random import Random

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Surrounding:
    """Something wrong from a session's start."""

    name: str
    set_up: Callable[[Launch, Random], None]
    exits: tuple[int, ...] = ()
    """What the session may end with for it, beside 0."""


@dataclass(frozen=True, slots=True)
class Blow:
    """Something that happens to a session at a random moment."""

    name: str
    strike: Callable[[Scene, int, Random], bool]
    """It strikes the run with this process number; False where there is nothing to strike."""
    exits: tuple[int, ...] = ()
    """As in `Surrounding`."""
    ends: bool = False
    """Whether the session is over then."""
    needs_disk: bool = False
    """Whether it needs a disk of its own."""
    needs_impatience: bool = False
    """Whether it takes a run that soon gives a worker up."""


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that happens to the files of a run between two sessions."""

    name: str
    target: Callable[[Scene], Iterable[Path]]
    harm: Callable[[Path, Random], None]

    def strike(self, scene: Scene, chance: Random) -> bool:
        """Harm one of the targets; False where there is none."""
        there = sorted(path for path in self.target(scene) if path.is_file() and path.stat().st_size)
        if not there:
            return False
        self.harm(chance.choice(there), chance)
        return True


Fault = Surrounding | Blow | Damage


def _variable(name: str, values: Sequence[str]) -> Callable[[Launch, Random], None]:
    def set_up(launch: Launch, chance: Random) -> None:
        launch.environment[name] = chance.choice(values)

    return set_up


def _locale(launch: Launch, chance: Random) -> None:
    launch.environment["LC_ALL"] = launch.environment["LANG"] = chance.choice(
        ["C", "POSIX", "C.UTF-8", "tr_TR.UTF-8", "de_DE.ISO-8859-1", "nowhere"]
    )


def _clock(launch: Launch, chance: Random) -> None:
    years = chance.choice([-40, -1, 1, 60])
    folders = [str(ROOT / "benchmarks" / "faults" / "clock"), launch.environment.get("PYTHONPATH", "")]
    launch.environment |= {
        "FAULTS_CLOCK": str(years * 365 * 86400),
        "PYTHONPATH": os.pathsep.join(filter(None, folders)),
    }


def _umask(launch: Launch, chance: Random) -> None:
    launch.umask = chance.choice([0o000, 0o027, 0o077])


def _small_files(launch: Launch, chance: Random) -> None:
    launch.file_bytes = chance.choice([50_000, 1_000_000, 5_000_000])


def _closed(*numbers: int) -> Callable[[Launch, Random], None]:
    return lambda launch, _chance: launch.closed.extend(numbers)


def _broken(*numbers: int) -> Callable[[Launch, Random], None]:
    return lambda launch, _chance: launch.broken.extend(numbers)


SURROUNDINGS = (
    Surrounding("clock: years off, and jumps", _clock),
    Surrounding("locale", _locale),
    Surrounding("time zone", _variable("TZ", ["UTC", "Asia/Kathmandu", "America/St_Johns", "nonsense"])),
    Surrounding("hash seed", _variable("PYTHONHASHSEED", ["0", "1", "4294967295", "random"])),
    Surrounding("umask", _umask),
    Surrounding("stdout closed", _closed(1)),
    Surrounding("stderr closed", _closed(2)),
    Surrounding("all three streams closed", _closed(0, 1, 2)),
    Surrounding("stdout that nobody reads", _broken(1)),
    Surrounding("stdout and stderr that nobody reads", _broken(1, 2)),
    Surrounding("no file may grow beyond some size", _small_files, exits=(1, 2)),
)


def _signal(number: int, *, everyone: bool = False) -> Callable[[Scene, int, Random], bool]:
    """Send a signal to some worker, or to all of them."""

    def strike(_scene: Scene, run: int, chance: Random) -> bool:
        there = workers_of(run)
        for worker in there if everyone else there and [chance.choice(there)]:
            with suppress(ProcessLookupError):
                os.kill(worker, number)
        return bool(there)

    return strike


def _pause_worker(_scene: Scene, run: int, chance: Random) -> bool:
    there = workers_of(run)
    if there:
        worker = chance.choice(there)
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGSTOP)
            time.sleep(chance.uniform(0.2, 3.0))
            os.kill(worker, signal.SIGCONT)
    return bool(there)


def _pause_all(_scene: Scene, run: int, chance: Random) -> bool:
    os.killpg(run, signal.SIGSTOP)
    time.sleep(chance.uniform(0.2, 3.0))
    os.killpg(run, signal.SIGCONT)
    return True


def _to_run(number: int) -> Callable[[Scene, int, Random], bool]:
    def strike(_scene: Scene, run: int, _chance: Random) -> bool:
        os.kill(run, number)
        return True

    return strike


def _to_group(number: int) -> Callable[[Scene, int, Random], bool]:
    def strike(_scene: Scene, run: int, _chance: Random) -> bool:
        os.killpg(run, number)
        return True

    return strike


def _stopped(run: int) -> list[int]:
    """Stop the workers that are at work; return them.

    One that is stopped in its first moments, before it asked the system to end it with the run, could not end.
    """
    there = [worker for worker in workers_of(run) if is_at_work(worker)]
    for worker in there:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGSTOP)
    return there


def _stop_workers(_scene: Scene, run: int, _chance: Random) -> bool:
    return bool(_stopped(run))


def _kill_with_stopped_workers(_scene: Scene, run: int, _chance: Random) -> bool:
    there = _stopped(run)
    if there:
        os.kill(run, signal.SIGKILL)
    return bool(there)


def _fill_disk(scene: Scene, _run: int, chance: Random) -> bool:
    """Leave little or nothing of the disk; the campaign takes the balloon away when the session has ended."""
    spare = chance.choice([0, 0, 4096, 300_000, 5_000_000])
    with scene.balloon.open("wb") as file:
        size = max(0, shutil.disk_usage(scene.base).free - spare)
        with suppress(OSError):
            os.posix_fallocate(file.fileno(), 0, max(1, size))
    return True


def _remove(pattern: str) -> Callable[[Scene, int, Random], bool]:
    """Remove what matches in the scene."""

    def strike(scene: Scene, _run: int, _chance: Random) -> bool:
        there = list(scene.base.glob(pattern))
        for path in there:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        return bool(there)

    return strike


def _remove_homes(scene: Scene, _run: int, _chance: Random) -> bool:
    for home in scene.homes:
        shutil.rmtree(home, ignore_errors=True)
    return True


# A run whose workers die again and again before they are ready gives up, which is no more than a stop.
BLOWS = (
    Blow("worker killed (SIGKILL)", _signal(signal.SIGKILL), exits=(1,)),
    Blow("worker crashes (SIGSEGV)", _signal(signal.SIGSEGV), exits=(1,)),
    Blow("all workers killed", _signal(signal.SIGKILL, everyone=True), exits=(1,)),
    Blow("worker stopped for seconds", _pause_worker),
    Blow("all workers stopped for good", _stop_workers, needs_impatience=True),
    Blow("run stopped for seconds", _pause_all),
    Blow("scratch folders removed", _remove("out/.unfinished/scratch-*"), exits=(1,)),
    Blow("precompiled headers removed", _remove("out/.unfinished/scratch-*/*/headers/*")),
    Blow("cache, home and temporary folder removed", _remove_homes),
    Blow("run killed (SIGKILL)", _to_run(signal.SIGKILL), (-signal.SIGKILL,), ends=True),
    Blow("run and workers killed", _to_group(signal.SIGKILL), (-signal.SIGKILL,), ends=True),
    Blow("run killed while its workers are stopped", _kill_with_stopped_workers, (-signal.SIGKILL,), ends=True),
    Blow("SIGTERM", _to_run(signal.SIGTERM), (128 + signal.SIGTERM, -signal.SIGTERM), ends=True),
    Blow("Ctrl-C (SIGINT to all)", _to_group(signal.SIGINT), (128 + signal.SIGINT, -signal.SIGINT), ends=True),
    Blow("terminal closed (SIGHUP to all)", _to_group(signal.SIGHUP), (128 + signal.SIGHUP, -signal.SIGHUP), ends=True),
    Blow("disk full", _fill_disk, (1, 2), ends=True, needs_disk=True),
)


def _finished(scene: Scene) -> Iterable[Path]:
    return [*scene.out.glob("train-*"), *scene.out.glob("pair_*")]


def _growing(scene: Scene) -> Iterable[Path]:
    return [*scene.folder.aside.glob("train-*"), *scene.folder.aside.glob("pair_*")]


def _aside(name: str) -> Callable[[Scene], Iterable[Path]]:
    return lambda scene: [scene.folder.aside / name]


def _flip(path: Path, chance: Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice([1, 1, 40])):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def _truncate(path: Path, chance: Random) -> None:
    os.truncate(path, chance.randrange(path.stat().st_size))


def _zero(path: Path, chance: Random) -> None:
    size = path.stat().st_size
    begin = chance.randrange(size)
    with path.open("r+b") as file:
        file.seek(begin)
        file.write(bytes(min(4096, size - begin)))


def _delete(path: Path, _chance: Random) -> None:
    path.unlink()


TARGETS: dict[str, Callable[[Scene], Iterable[Path]]] = {
    "finished file": _finished,
    "growing shard": _growing,
    "journal": _aside("journal.jsonl"),
    "configuration": _aside("configuration.json"),
    "copy of the configuration": _aside("configuration.copy.json"),
    "reject": lambda scene: scene.folder.rejects.glob("*.json"),
    "PRODUCTION_STATE.md": lambda scene: [scene.folder.state],
}
HARMS: dict[str, Callable[[Path, Random], None]] = {
    "bits turned": _flip,
    "cut short": _truncate,
    "zeros in it": _zero,
    "gone": _delete,
}
DAMAGES = tuple(
    Damage(f"{target}: {harm}", where, how) for target, where in TARGETS.items() for harm, how in HARMS.items()
)
