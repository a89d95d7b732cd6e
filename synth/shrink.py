"""Shrinking: from a failing draw to the smallest kernel that fails in the same way.

Hypothesis shrinks the choices first, from which the kernel is grown again each time; then terms give way to parts of
themselves. Every candidate is compiled, run and judged on a bench.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from grammar.grammar import Grammar
from grammar.mistakes import is_mistaken, mistaken
from grammar.profile import Profile
from grammar.reduce import reduced
from grammar.strategies import shrink_drawing
from grammar.term import Kernel

from .bench import Bench
from .judging import FATAL, ORACLES, WORDED, Case, first_failure, normalised
from .oracles.verdict import Disagrees


@dataclass(frozen=True, slots=True)
class Limits:
    """When shrinking ends."""

    tries: int = 600
    """Kernels with terms replaced."""
    seconds: float = 60.0
    """In all; Hypothesis has a fifth of it."""


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
    keeps_mistake: bool = False
    tries: int = 0
    verdict: Disagrees | None = None

    def fails(self, kernel: Kernel) -> bool:
        """Whether a kernel fails in the same way."""
        return self.first([kernel]) is not None

    def first(self, kernels: Sequence[Kernel]) -> int | None:
        """The first of a few kernels that fails in the same way."""
        if self.oracle in FATAL and len(kernels) > 1:  # the first that fails is the end of the bench
            return next((i for i, kernel in enumerate(kernels) if self.first([kernel]) is not None), None)
        if time.monotonic() > self.end:
            return None
        places = [i for i, kernel in enumerate(kernels) if not self.keeps_mistake or is_mistaken(kernel)]
        if not places:
            return None
        self.tries += len(places)
        verdicts = self.bench.judge_all([Case(kernels[i], self.seed) for i in places], self.needed)
        for i, said in zip(places, verdicts, strict=True):
            failure = first_failure(said)
            if failure is None or failure[0] != self.oracle:
                continue
            if self.oracle in WORDED and normalised(failure[1].how) != self.kind:
                continue
            self.verdict = failure[1]
            return i
        return None

    @property
    def needed(self) -> Sequence[str] | None:
        """The oracles that have to be asked: the one that fails, and the reference, without which none means much."""
        if self.oracle == "compile":
            return ("compile",)
        return None if self.oracle not in ORACLES else ("reference", self.oracle)


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
    smaller = shrink_drawing(start.grammar, start.profile, start.seed, watch.fails, limits.seconds / 5)
    if smaller is None:
        return None
    judged = _judged(smaller.kernel, oracle, start.inputs)
    watch.keeps_mistake = is_mistaken(judged)  # else each candidate without it would be given another
    kernel = reduced(judged, watch.first, limits.tries)
    watch.end = float("inf")
    if not watch.fails(kernel):  # it fails now and then only
        kernel = judged
        watch.fails(kernel)
    return Shrunk(kernel, watch.verdict or verdict, smaller.choices, watch.tries, time.monotonic() - started)


def reduce_further(bench: Bench, kernel: Kernel, oracle: str, how: str, seed: int, tries: int) -> Kernel:
    """Return a smaller kernel that fails by an oracle, if there is one."""
    judged = _judged(kernel, oracle, seed)
    watch = _Watch(bench, oracle, normalised(how), seed, float("inf"), is_mistaken(judged))
    return reduced(judged, watch.first, tries)


def _judged(kernel: Kernel, oracle: str, seed: int) -> Kernel:
    """What an oracle judges of a kernel: itself, or with its mistake, which is to be kept from here on."""
    return (mistaken(kernel, seed) if oracle == "refusal" else None) or kernel
