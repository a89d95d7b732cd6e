"""A stopwatch with named laps: the CPU seconds that each stage of the work has taken."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

STAGES = ("draw", "print", "code_generation", "native_compile", "digest", "execute", "lower", "sign", "place", "write")
"""The stages of a kernel's way, in order."""


class Stopwatch:
    """Cumulative CPU seconds of this process by stage; of stages in each other, the inner one's are the inner one's."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = dict.fromkeys(STAGES, 0.0)
        self._running: list[str] = []
        self._mark = 0.0

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        """Add the time spent inside the `with` block to a stage."""
        self._lap()
        self._running.append(stage)
        try:
            yield
        finally:
            self._lap()
            self._running.pop()

    def _lap(self) -> None:
        now = time.process_time()
        if self._running:
            self.seconds[self._running[-1]] += now - self._mark
        self._mark = now

    def add(self, seconds: dict[str, float]) -> None:
        """Add times that were measured elsewhere."""
        for stage, spent in seconds.items():
            self.seconds[stage] += spent

    def take(self) -> dict[str, float]:
        """Return the seconds so far; the watch starts again at zero."""
        taken, self.seconds = self.seconds, dict.fromkeys(STAGES, 0.0)
        return taken
