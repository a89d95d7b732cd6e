"""The worker: a spawned process that makes records until its pipe closes."""

import errno
import gc
import os
import resource
import shutil
import signal
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from ir.errors import ToolchainError

from .configuration import Configuration
from .dedup import Seen
from .errors import WarpsmithError
from .making import Builder, Tools, build_batch, draw_batch
from .memory import peak_bytes, resident_bytes
from .outcome import Made, Outcome, Rejected
from .sample import Sample
from .watch import Stopwatch

LOG_NAME = "worker.log"
"""Where a worker's standard output and error go: the last words of one that crashes."""

SPARE_BYTES = 16 * 10**6
"""With less than this left on the disk, a compile that fails says nothing about the kernel."""

MEMORY_BYTES = 6 * 10**9
"""What a worker may have of its own: a kernel that wants more costs one kernel, not the machine's memory. Batches of
the default profile took a worker to 404 MB on the CPU and 674 MB for CUDA, `resident_bytes` lets it come to 1.5 GB."""

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is told once."""

    configuration: Configuration
    tools: Tools
    scratch: Path
    memory_bytes: int = MEMORY_BYTES


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker has its tools."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The one sample about to be compiled alone; sent first, so that its source is known should it kill the worker."""

    sample: Sample


@dataclass(frozen=True, slots=True)
class Generated:
    """That Warp has generated code for that sample: its digests, should the native compiler kill the worker."""

    digests: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Done:
    """A task's outcomes and costs."""

    outcomes: tuple[Outcome, ...]
    seconds: dict[str, float]
    resident: int
    peak: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A task that raised an exception; the worker is not to be trusted afterwards."""

    message: str


@dataclass(frozen=True, slots=True)
class Hopeless:
    """Something that no other kernel and no other worker would change: the run has to stop."""

    message: str


Message = Ready | Drawn | Generated | Done | Failed | Hopeless


def serve(connection: Connection, job: Job) -> None:
    """Make what the pipe asks for until it closes or says None."""
    settle(job.scratch, job.memory_bytes)
    try:
        builder = job.tools.open_builder(job.configuration, job.scratch)
    except (ToolchainError, WarpsmithError) as error:
        connection.send(Hopeless(str(error)))
        return
    connection.send(Ready())
    collect_seldom()
    made, last = Seen(job.configuration.dedup), -1
    while True:
        try:
            indices: tuple[int, ...] | None = connection.recv()
        except EOFError:
            return
        if indices is None:
            return
        if indices[0] <= last:  # another's task: what this one made after it says nothing about what is new in it
            made = Seen(job.configuration.dedup)
        last = indices[-1]
        connection.send(_answer(connection, job, builder, made, indices))


def _answer(connection: Connection, job: Job, builder: Builder, made: Seen, indices: Sequence[int]) -> Message:
    os.ftruncate(1, 0)
    watch = Stopwatch()

    def is_known(ir_digest: str, structure_digest: str) -> bool:
        if len(indices) == 1:
            connection.send(Generated((ir_digest, structure_digest)))
        return made.holds(ir_digest, structure_digest)

    try:
        drawn = draw_batch(job.configuration, job.tools, indices, watch)
        samples = [each for each in drawn if isinstance(each, Sample)]
        if len(drawn) == len(samples) == 1:
            connection.send(Drawn(samples[0]))
        refused = [each for each in drawn if isinstance(each, Rejected)]
        outcomes = (*refused, *build_batch(job.configuration, job.tools, builder, samples, is_known, watch))
    except ToolchainError as error:
        return Hopeless(str(error))
    except Exception as error:  # noqa: BLE001  (whatever one kernel raises must cost one kernel, and is recorded)
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return Hopeless(f"a worker cannot write: {error.strerror}")
        return _hopeless_disk(job.scratch) or Failed(f"{type(error).__name__}: {error}")
    if any(isinstance(outcome, Rejected) for outcome in outcomes) and (stop := _hopeless_disk(job.scratch)):
        return stop
    for each in outcomes:
        if isinstance(each, Made) and each.ir_digest:  # a survey's and a fuzzer's kernels have none
            made.is_new(each.ir_digest, each.structure_digest)
    return Done(outcomes, watch.take(), resident_bytes(), peak_bytes())


def _hopeless_disk(scratch: Path) -> Hopeless | None:
    full = full_disk(scratch)
    return Hopeless(full) if full else None


def full_disk(folder: Path) -> str:
    """Return what to say of a disk that has no room for the compiler, or nothing when it has."""
    free = shutil.disk_usage(folder).free
    return f"the disk is full ({free / 1e6:.1f} MB left for the compiler)" if free < SPARE_BYTES else ""


def settle(scratch: Path, memory_bytes: int = MEMORY_BYTES) -> None:
    """Become a quiet process that ignores the keyboard; what it says goes into a log."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Not the address space, of which native code reserves what it never uses.
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    own = memory_bytes if most == resource.RLIM_INFINITY else min(memory_bytes, most)
    resource.setrlimit(resource.RLIMIT_DATA, (own, most))
    scratch.mkdir(exist_ok=True)
    # What native code and its tools put among the temporary files goes when the scratch folder goes.
    os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
    log = os.open(scratch / LOG_NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def collect_seldom() -> None:
    """Let Python look for cycles among what comes and goes only, and not so often.

    Warp, Hypothesis and the grammar are hundreds of thousands of objects that stay; looking through them again and
    again was 5 ms of each kernel.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
