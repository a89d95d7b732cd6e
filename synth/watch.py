"""A stopwatch with named laps: the seconds that each stage of the work has taken."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

STAGES = ("draw", "print", "code_generation", "native_compile", "digest", "execute", "lower", "sign", "place", "write")
"""The stages of a kernel's way, in order."""


class Stopwatch:
    """Cumulative seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = dict.fromkeys(STAGES, 0.0)

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        """Add the time spent inside the `with` block to a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] += time.perf_counter() - start

    def add(self, seconds: dict[str, float]) -> None:
        """Add times that were measured elsewhere."""
        for stage, spent in seconds.items():
            self.seconds[stage] += spent

    def take(self) -> dict[str, float]:
        """Return the seconds so far; the watch starts again at zero."""
        taken, self.seconds = self.seconds, dict.fromkeys(STAGES, 0.0)
        return taken
