"""The crew: worker processes that share out batches of indices, and the isolation of a kernel that kills its worker."""

import os
import shutil
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import connection as pipes
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import TracebackType
from typing import Self, assert_never

from .configuration import Configuration
from .errors import StoppedError
from .leash import is_stopped, spawn
from .making import Tools
from .outcome import Batch, Outcome, Rejected
from .sample import Sample
from .watch import STAGES
from .worker import (
    LOG_NAME,
    MEMORY_BYTES,
    Done,
    Drawn,
    Failed,
    Generated,
    Hopeless,
    Job,
    Message,
    Ready,
    full_disk,
    serve,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """When a worker is given up or replaced."""

    start_seconds: float = 300.0
    batch_seconds: float = 60.0
    """Time for a task, whatever its size: a process's first compile builds a header, on a busy machine slowly."""
    kernel_seconds: float = 2.0
    """Time for each kernel of a task on top."""
    kernels: int = 20_000
    resident_bytes: int = 1_500_000_000
    """At which a worker is replaced, once it has finished its task."""
    memory_bytes: int = MEMORY_BYTES
    """Beyond which a worker gets no more, whatever it is at."""
    failed_starts: int = 3
    """In a row, for each worker."""
    leave_seconds: float = 60.0
    """Time for all workers to leave by themselves, where they are let to."""


DEFAULT_LIMITS = Limits()

EQUAL_ENDS = 2
"""Equal ends of workers that had one kernel alone, after which it is guilty …"""
MOST_ENDS = 5
"""… or so many in all. SIGKILL and SIGSTOP come from outside: one that wants too much memory has a limit of its own."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of one batch: all of it at first, halves of halves once a worker has died of it."""

    batch: int
    indices: tuple[int, ...]
    ends: tuple[tuple[str, str, bool], ...] = ()
    """Of a single kernel: how the workers that had it alone ended, stage and message, and whether it was drawn then."""


@dataclass(slots=True)
class Hand:
    """One worker as the crew sees it."""

    process: SpawnProcess
    connection: Connection
    scratch: Path
    deadline: float
    ready: bool = False
    piece: Piece | None = None
    drawn: Sample | None = None
    digests: tuple[str, str] = ("", "")
    """Of what was drawn, once Warp has generated code for it."""
    kernels: int = 0


@dataclass(slots=True)
class _Open:
    """A batch some of whose outcomes are still to come."""

    missing: int
    outcomes: list[Outcome] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))


class Crew:
    """Workers of one run; leaving the `with` block ends them all."""

    def __init__(
        self,
        configuration: Configuration,
        tools: Tools,
        workers: int,
        aside: Path,
        *,
        limits: Limits = DEFAULT_LIMITS,
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        self._configuration = configuration
        self._tools = tools
        self._workers = workers
        self._aside = aside
        self._limits = limits
        self._tick = tick
        self._hands: list[Hand] = []
        self._hired = 0
        self._failed_starts = 0
        self._retries: deque[Piece] = deque()
        self._open: dict[int, _Open] = {}
        self.peak_bytes = 0
        """The most memory that any worker has had in use."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for hand in self._hands:
            self._dismiss(hand)
        self._hands.clear()

    @property
    def width(self) -> int:
        """How many batches are worked on at a time."""
        return self._workers

    def retire(self) -> None:
        """Let each worker leave by itself, so that it can put away what it has; what it still answers is not heard."""
        deadline = time.monotonic() + self._limits.leave_seconds
        for hand in self._hands:
            with suppress(OSError):
                hand.connection.send(None)
        for hand in self._hands:
            with suppress(EOFError, OSError):
                while hand.connection.poll(max(0.0, deadline - time.monotonic())):
                    hand.connection.recv()
            hand.process.join(max(0.0, deadline - time.monotonic()))

    def run(self, batches: Iterable[tuple[int, ...]]) -> Iterator[Batch]:
        """Yield the outcomes of each batch, in the order given; a bounded number is under way at any time."""
        numbered = enumerate(batches)
        first, window = 0, 4 * self._workers
        upcoming = next(numbered, None)
        while True:
            while len(self._hands) < self._workers and (self._retries or upcoming):
                self._hands.append(self._hire())
            for hand in self._hands:
                if not hand.ready or hand.piece is not None:
                    continue
                if self._retries:
                    self._assign(hand, self._retries.popleft())
                elif upcoming is not None and upcoming[0] < first + window:
                    number, indices = upcoming
                    self._open[number] = _Open(len(indices))
                    self._assign(hand, Piece(number, indices))
                    upcoming = next(numbered, None)
            while first in self._open and self._open[first].missing == 0:
                done = self._open.pop(first)
                first += 1
                yield Batch(tuple(sorted(done.outcomes, key=lambda outcome: outcome.index)), done.seconds)
            if upcoming is None and not self._open:
                return
            if any(hand.ready and hand.piece is None for hand in self._hands) and self._has_work(
                upcoming, first + window
            ):
                continue
            self._listen()
            self._tick()

    def _has_work(self, upcoming: tuple[int, tuple[int, ...]] | None, end: int) -> bool:
        return bool(self._retries) or (upcoming is not None and upcoming[0] < end)

    def _listen(self) -> None:
        """Wait a moment for messages, deaths and deadlines, and act on them."""
        heard = pipes.wait([hand.connection for hand in self._hands], timeout=0.25)
        for hand in [hand for hand in self._hands if hand.connection in heard]:
            try:
                message: Message = hand.connection.recv()
            except (EOFError, OSError):
                self._mourn(hand)
            else:
                self._heed(hand, message)
        now = time.monotonic()
        # One that has something to say was not late: it was not listened to, as when the run itself was stopped.
        for hand in [hand for hand in self._hands if now > hand.deadline and not hand.connection.poll()]:
            if is_stopped(hand.process):
                self._lose(hand, "hang", "the worker was stopped", is_outside=True)
            else:
                self._lose(hand, "hang", "it did not finish within the time limit", is_outside=False)

    def _heed(self, hand: Hand, message: Message) -> None:
        match message:
            case Ready():
                hand.ready, hand.deadline = True, float("inf")
                self._failed_starts = 0
            case Drawn(sample):
                hand.drawn = sample
            case Generated(digests):
                hand.digests = digests
            case Done(outcomes, seconds, resident, peak):
                self._accept(hand, outcomes, seconds)
                self.peak_bytes = max(self.peak_bytes, peak)
                if hand.kernels >= self._limits.kernels or resident >= self._limits.resident_bytes:
                    self._release(hand)
            case Failed(text):
                self._lose(hand, "error", text, is_outside=False)
            case Hopeless(text):
                raise StoppedError(text)
            case _:
                assert_never(message)

    def _accept(self, hand: Hand, outcomes: tuple[Outcome, ...], seconds: dict[str, float]) -> None:
        assert hand.piece is not None, "a worker answers what it was asked"
        batch = self._open[hand.piece.batch]
        batch.missing -= len(outcomes)
        batch.outcomes.extend(outcomes)
        for stage, spent in seconds.items():
            batch.seconds[stage] += spent
        hand.kernels += len(outcomes)
        hand.piece, hand.drawn, hand.digests, hand.deadline = None, None, ("", ""), float("inf")

    def _mourn(self, hand: Hand) -> None:
        """Act on a worker whose pipe has closed."""
        hand.process.join(5)
        code = hand.process.exitcode
        how = f"ended with exit code {code}"
        if code is not None and code < 0:
            how = f"was killed by {_signal_name(-code)}"
        self._lose(hand, "crash", f"the worker {how}", is_outside=code == -signal.SIGKILL)

    def _lose(self, hand: Hand, stage: str, message: str, *, is_outside: bool) -> None:
        """Give up a worker, and halve what it was working on until a single kernel is known to be guilty.

        No kernel is guilty of an end that comes from outside, unless it is always so.
        """
        if full := full_disk(self._aside):
            raise StoppedError(full)
        said = _last_words(hand)
        self._release(hand)
        piece = hand.piece
        if piece is None:
            if not hand.ready:
                self._failed_starts += 1
                if self._failed_starts >= self._limits.failed_starts * self._workers:
                    raise StoppedError(
                        f"workers do not start: {message}" + (f": {said.splitlines()[-1]}" if said else "")
                    )
            return
        if len(piece.indices) > 1:
            middle = len(piece.indices) // 2
            halves = piece.indices[:middle], piece.indices[middle:]
            self._retries.extendleft(Piece(piece.batch, half) for half in reversed(halves))
            return
        ends = (*piece.ends, (stage, message, hand.drawn is not None))
        if len(ends) < MOST_ENDS and (is_outside or ends.count(ends[-1]) < EQUAL_ENDS):
            # Once more by itself: a worker may also die of something else, as when memory runs short. What a kernel
            # does to its worker, it does again.
            self._retries.appendleft(Piece(piece.batch, piece.indices, ends))
        else:
            index = piece.indices[0]
            source, rows = (hand.drawn.source, hand.drawn.rows) if hand.drawn else ("", ())
            text = f"{message}\n{said}".strip()
            category = self._configuration.category_of(index)
            rejected = Rejected(index, category, stage, text, source, rows, *hand.digests)
            batch = self._open[piece.batch]
            batch.missing -= 1
            batch.outcomes.append(rejected)

    def _assign(self, hand: Hand, piece: Piece) -> None:
        hand.piece = piece
        hand.deadline = time.monotonic() + self._limits.batch_seconds + self._limits.kernel_seconds * len(piece.indices)
        # A worker that has just died is noticed when its pipe is read.
        with suppress(OSError):
            hand.connection.send(piece.indices)

    def _hire(self) -> Hand:
        # Workers of a run that was just killed may not have noticed yet, so the name is no other process's.
        scratch = self._aside / f"scratch-{os.getpid()}-{self._hired}"
        self._hired += 1
        job = Job(self._configuration, self._tools, scratch, self._limits.memory_bytes)
        process, connection = spawn(serve, job)
        return Hand(process, connection, scratch, deadline=time.monotonic() + self._limits.start_seconds)

    def _release(self, hand: Hand) -> None:
        self._hands.remove(hand)
        self._dismiss(hand)

    def _dismiss(self, hand: Hand) -> None:
        hand.connection.close()
        hand.process.kill()
        hand.process.join()
        hand.process.close()
        shutil.rmtree(hand.scratch, ignore_errors=True)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _last_words(hand: Hand) -> str:
    """Return what a worker last wrote, without the paths of this machine."""
    try:
        text = (hand.scratch / LOG_NAME).read_text("utf-8", errors="replace")
    except OSError:
        return ""
    return text[-4000:].replace(str(hand.scratch), "<scratch>").strip()
