"""The bench: one process to which kernels are sent to be judged, one at a time, and which may die of any."""

import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from traceback import format_exc
from types import TracebackType
from typing import Self

from ir.records import Target

from .errors import StoppedError
from .judging import Case, Judge, Verdicts
from .leash import spawn
from .oracles.verdict import Disagrees

START_SECONDS = 120.0
CASE_SECONDS = 30.0
"""For one kernel: compiling it for the first time, running it, and the reference."""


class Bench:
    """Judges kernels in a process of its own; what kills or stops it is a verdict too."""

    def __init__(self, target: Target, oracles: Sequence[str]) -> None:
        self._target, self._oracles = target, tuple(oracles)
        self._folder = tempfile.TemporaryDirectory(prefix="warpsmith-bench-")
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self.judged = 0
        """How many kernels."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        self._folder.cleanup()

    def judge(self, case: Case, only: Sequence[str] | None = None) -> Verdicts:
        """Return what the oracles (`only` these of them) say of a kernel, or that it was the end of the process."""
        return self.judge_all([case], only)[0]

    def judge_all(self, cases: Sequence[Case], only: Sequence[str] | None = None) -> list[Verdicts]:
        """Return what `judge` would of each of a few kernels, which are compiled together."""
        connection = self._started()
        deadline = time.monotonic() + CASE_SECONDS
        end: Verdicts = {}
        try:
            connection.send((cases, only))
            while not end and not connection.poll(0.2):
                if time.monotonic() > deadline:
                    end = {"hang": Disagrees(f"it does not end within {CASE_SECONDS:.0f} s")}
            if not end:
                self.judged += len(cases)
                verdicts: list[Verdicts] = connection.recv()
                return verdicts
        except (EOFError, OSError):
            assert self._process is not None
            self._process.join(5)
            end = {"crash": Disagrees(f"the process ends with {self._process.exitcode}")}
        self._end()
        if len(cases) > 1:  # one of them it was
            return [self.judge(case, only) for case in cases]
        self.judged += 1
        return [end]

    def _started(self) -> Connection:
        if self._connection is None:
            self._process, ours = spawn(_serve, self._target, self._oracles, Path(self._folder.name))
            self._connection = ours
            try:
                if not ours.poll(START_SECONDS):
                    raise StoppedError(f"the process that judges kernels does not start within {START_SECONDS:.0f} s")
                ours.recv()
            except (EOFError, OSError) as error:
                raise StoppedError("the process that judges kernels ends while it starts") from error
        return self._connection

    def _end(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            with suppress(OSError):
                self._process.kill()
            self._process.join()
        self._connection = self._process = None


def _serve(connection: Connection, target: Target, oracles: Sequence[str], scratch: Path) -> None:
    from .worker import settle  # noqa: PLC0415

    settle(scratch)
    judge = Judge(target, scratch, oracles)
    connection.send("ready")
    while True:
        try:
            cases, only = connection.recv()
        except EOFError:
            return
        connection.send(_judged(judge, cases, only))


def _judged(judge: Judge, cases: Sequence[Case], only: Sequence[str] | None) -> list[Verdicts]:
    """What the judge says; what it raises is a fault of ours, and a verdict on the kernel that it raises it at."""
    try:
        return judge.judge(cases, only=only, listings=True)
    except Exception as error:  # noqa: BLE001  (it must not be taken for a crash of Warp's)
        if len(cases) > 1:
            return [verdicts for case in cases for verdicts in _judged(judge, [case], only)]
        return [{"error": Disagrees(f"{type(error).__name__}: {error}", {"traceback": format_exc()})}]
