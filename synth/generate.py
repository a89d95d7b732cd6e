"""The main job: a configuration and a folder in, a complete dataset out."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from .batches import guided
from .configuration import Configuration, Device, differences, megabytes
from .crew import DEFAULT_LIMITS, Limits
from .errors import Interrupted, StoppedError, UsageError
from .folder import Condition, Finished, Folder, Fresh, Unfinished
from .making import LOWERED, TOOLS, Tools
from .manifest import Manifest
from .production import Production, open_production
from .progress import Pace, Screen, Silence
from .recovery import recover
from .share import batches
from .site import HERE, Engine, Site, Work
from .state import continuing_command, progress_phrase
from .store.layout import GROWING, LAYOUTS

BATCH: dict[Device, int] = {"cpu": 64, "cuda": 64, "cpu,cuda": 16}
"""Kernels that a worker is given at a time, at most: on the CPU one native module, for CUDA a few (`ir.compiler`).

A module costs some 100 ms beside its kernels, which is 1.5 ms a kernel of 80. No byte of a dataset depends on it.
"""

LOWERING_SECONDS = 20.0
"""What a kernel may take for its lower levels; the largest take half of that on an idle machine."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How a dataset is made, which its bytes do not depend on."""

    workers: int = 1
    batch: int | None = None
    """Kernels at a time; if it is not said, what suits the device, and fewer towards the end."""
    tools: Tools = TOOLS
    limits: Limits = DEFAULT_LIMITS
    site: Site = HERE
    """Where it is made."""


@dataclass(frozen=True, slots=True)
class Result:
    """A complete dataset."""

    manifest: Manifest
    was_complete: bool
    """Whether there was nothing left to do."""


def generate(
    configuration: Configuration,
    out: Path,
    setting: Setting,
    screen: Screen | None = None,
    warn: Callable[[str], None] = lambda _message: None,
) -> Result:
    """Make the dataset, or the rest of it; `warn` is told of what was made before and is damaged, so made again.

    Raises `UsageError` when the folder cannot be used, `StoppedError` when the world stopped the run.
    """
    folder = Folder(out)
    _refuse(folder.inspect(), configuration, out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{out} cannot be made ({error.strerror}): name another folder with --out") from error
    try:
        with folder.locked():
            return _generate(folder, configuration, out, setting, screen or Silence(), warn)
    except OSError as error:
        what = f" ({Path(str(error.filename)).name})" if error.filename else ""
        raise StoppedError(f"cannot write in {out}{what}: {error.strerror or error}") from error


def _generate(
    folder: Folder,
    configuration: Configuration,
    out: Path,
    setting: Setting,
    screen: Screen,
    warn: Callable[[str], None],
) -> Result:
    condition = folder.inspect()
    _refuse(condition, configuration, out)
    match condition:
        case Finished(manifest):
            folder.clear_aside()
            return Result(manifest, was_complete=True)
        case Fresh():
            try:
                folder.begin(configuration)
            except OSError as error:
                raise UsageError(f"cannot write in {out}: {error.strerror or error}") from error
        case Unfinished():
            folder.mend(configuration)
    folder.keep_profile(configuration)
    layout, seen = LAYOUTS[configuration.format], setting.site.seen(configuration, folder)
    recovered = recover(folder, layout, seen)
    if recovered.damage:
        warn(f"{out}: {recovered.damage}")
    with recovered.clusters, setting.site.writer(folder, layout, recovered.entry.place) as writer:
        rows, kind = setting.tools.rows(), setting.site.production
        continuing = setting.site.continuing(configuration, out)
        production = open_production(folder, configuration, recovered, writer, seen, rows, continuing, kind)
        with closing(production.journal):
            try:
                _produce(production, setting, screen)
                manifest = production.conclude()
            except OSError as error:
                raise StoppedError(f"{error.strerror or error}; {_kept(production)}") from error
            except StoppedError as error:
                raise StoppedError(f"{error}; {_kept(production)}") from error
            except Interrupted as stop:
                stop.add_note(_kept(production))
                raise
    folder.clear_aside()  # once no file in it is open: on a network's file system it would stay
    return Result(manifest, was_complete=False)


def _produce(production: Production, setting: Setting, screen: Screen) -> None:
    """Work until the target is reached."""
    if production.is_complete():
        return
    production.refuse_barren()
    production.write_state(is_complete=False)
    configuration, folder = production.configuration, production.folder
    pace = Pace(configuration, production.tally)
    try:
        limits = _limits(configuration, setting)
        work = Work(configuration, setting.tools, setting.workers, limits, folder.aside.resolve(), screen.tick)
        with setting.site.engine(work, production.seen) as engine:
            for batch in engine.run(_batches(production, setting.batch, engine)):
                production.take(batch, engine.peak_bytes)
                screen.show(pace.status(production.tally))
                if production.is_complete():
                    return
                production.refuse_barren()
    finally:
        screen.close()


def _batches(production: Production, size: int | None, engine: Engine) -> Iterator[tuple[int, ...]]:
    """Return what is still to be made, without end."""
    configuration, start = production.configuration, production.next_index
    if size is not None:
        return batches(start, size, configuration.share)
    return guided(configuration, start, BATCH[configuration.device], production.tally, lambda: engine.width)


def _limits(configuration: Configuration, setting: Setting) -> Limits:
    """Return when a worker is given up: later where each kernel is compiled once more for its lower levels."""
    lowered = LOWERED.intersection(configuration.levels) or configuration.time
    return replace(setting.limits, kernel_seconds=setting.limits.kernel_seconds + LOWERING_SECONDS * bool(lowered))


def _refuse(condition: Condition, configuration: Configuration, out: Path) -> None:
    """Refuse a folder made with another configuration, and a target that does not fit on the disk."""
    match condition:
        case Finished(manifest):
            there = manifest.configuration
            if there.format not in GROWING:
                raise UsageError(f"{out} holds a dataset exported to {there.format}: name another folder with --out")
        case Unfinished(there):
            pass
        case Fresh():
            _refuse_too_much(configuration, out)
            return
    if found := differences(there, configuration):
        raise UsageError(
            f"{out} was made with another configuration: {'; '.join(found)} (to go on there: "
            f"{continuing_command(there, out)})"
        )


def _refuse_too_much(configuration: Configuration, out: Path) -> None:
    if configuration.goal_bytes is None:
        return
    home = next(parent for parent in (out.absolute(), *out.absolute().parents) if parent.exists())
    free = shutil.disk_usage(home).free
    if configuration.goal_bytes > free:
        raise UsageError(
            f"a budget of {megabytes(configuration.goal_bytes)} MB does not fit on the disk: "
            f"{free // 10**6} MB are free"
        )


def _kept(production: Production) -> str:
    """Return what an interrupted production has, and how it goes on."""
    return (
        f"{progress_phrase(production.configuration, production.kept)} are kept in {production.folder.root}; to go on: "
        f"{production.continuing}"
    )
