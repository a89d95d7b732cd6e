"""Shrinking: from a failing draw to the smallest kernel that fails in the same way.

Hypothesis shrinks the choices first, from which the kernel is grown again each time; then terms give way to parts of
themselves. Every candidate is compiled, run and judged on a bench.
"""

import time
from dataclasses import dataclass

from grammar.grammar import Grammar
from grammar.profile import Profile
from grammar.reduce import reduced
from grammar.strategies import shrink_drawing
from grammar.term import Kernel

from .bench import Bench
from .judging import Case, first_failure, normalised
from .oracles.verdict import Disagrees


@dataclass(frozen=True, slots=True)
class Limits:
    """When shrinking ends."""

    tries: int = 600
    """Kernels with terms replaced."""
    seconds: float = 150.0
    """In all; Hypothesis has a third of it."""


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Shrunk:
    """The smallest kernel found."""

    kernel: Kernel
    verdict: Disagrees
    choices: tuple[int, ...]
    """Of the kernel after Hypothesis, before terms were replaced."""
    tries: int
    seconds: float


@dataclass(slots=True)
class _Watch:
    """Judges candidates until the time is up, and remembers how the latest one failed."""

    bench: Bench
    oracle: str
    kind: str
    seed: int
    end: float
    tries: int = 0
    verdict: Disagrees | None = None

    def fails(self, kernel: Kernel) -> bool:
        """Whether a kernel fails in the same way."""
        if time.monotonic() > self.end:
            return False
        self.tries += 1
        failure = first_failure(self.bench.judge(Case(kernel, self.seed)))
        if failure is None or failure[0] != self.oracle:
            return False
        if self.oracle == "compile" and normalised(failure[1].how) != self.kind:
            return False
        self.verdict = failure[1]
        return True


@dataclass(frozen=True, slots=True)
class Start:
    """What to shrink: the bytes that a kernel is drawn from, and the seed of its inputs."""

    grammar: Grammar
    profile: Profile
    seed: bytes
    inputs: int


def shrink(
    bench: Bench, start: Start, failure: tuple[str, Disagrees], limits: Limits = DEFAULT_LIMITS
) -> Shrunk | None:
    """Return the smallest kernel that fails by the same oracle; none if the failure does not show again."""
    started = time.monotonic()
    oracle, verdict = failure
    watch = _Watch(bench, oracle, normalised(verdict.how), start.inputs, started + limits.seconds)
    smaller = shrink_drawing(start.grammar, start.profile, start.seed, watch.fails, limits.seconds / 3)
    if smaller is None:
        return None
    kernel = reduced(smaller.kernel, watch.fails, limits.tries)
    watch.end = float("inf")
    if not watch.fails(kernel):  # it fails now and then only
        kernel = smaller.kernel
        watch.fails(kernel)
    return Shrunk(kernel, watch.verdict or verdict, smaller.choices, watch.tries, time.monotonic() - started)


def reduce_further(bench: Bench, kernel: Kernel, oracle: str, how: str, seed: int, tries: int) -> Kernel:
    """Return a smaller kernel that fails by an oracle, if there is one."""
    watch = _Watch(bench, oracle, normalised(how), seed, float("inf"))
    return reduced(kernel, watch.fails, tries)
