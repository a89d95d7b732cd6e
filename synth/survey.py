"""A survey: many kernels drawn and compiled to see what they contain and how far they get; nothing of them is kept."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from grammar.catalogue.refused import NearMiss
from grammar.universe import Census

from .configuration import Configuration
from .crew import Crew, Limits
from .generate import BATCH
from .making import Tools, catalogue_rows
from .outcome import Made, Outcome, Rejected
from .progress import Screen, duration
from .rows import Refusals, Rows, enter
from .share import batches
from .surveyor import Depth, decode_seen, draw_sighted, near_miss, open_surveyor, write_seen

LIMITS = Limits(kernels=10**9, resident_bytes=4 * 10**9)
"""A worker is kept as long as can be: what it knows of Warp's code generator it says when it leaves."""


@dataclass(slots=True)
class Findings:
    """What a survey has seen so far."""

    census: Census
    rows: Rows
    near_misses: bool = False
    """Whether some kernels have a mistake."""
    attempts: int = 0
    compiled: int = 0
    """Kernels that got as far as they were meant to."""
    rejects: Counter[str] = field(default_factory=Counter)
    """By the stage that refused."""
    refusals: Refusals = field(default_factory=Refusals)
    undrawn: Counter[str] = field(default_factory=Counter)
    """Kernels that have no rows, as drawing them failed, by what was said."""
    overloads: set[str] = field(default_factory=set)
    """Of Warp's built-ins, those that code generation resolved."""
    misses: int = 0
    """Kernels with a mistake …"""
    refused: int = 0
    """… and those of them that were refused with the message that is expected."""
    surprises: dict[str, str] = field(default_factory=dict)
    """What became of others, by the name of the near miss."""

    def add(self, outcome: Outcome) -> None:
        """Enter one more kernel."""
        self.attempts += 1
        miss = near_miss(outcome.index) if self.near_misses else None
        if miss is not None:
            self._add_miss(miss, outcome)
            return
        enter(self.rows, outcome)
        if isinstance(outcome, Made):
            seen = decode_seen(outcome.record)
            self.compiled += 1
            assert seen.sighting is not None
            self.census.add(seen.sighting)
            self.overloads.update(seen.overloads)
        elif isinstance(outcome, Rejected):
            self.rejects[outcome.stage] += 1
            self.refusals.add(outcome)
            if not outcome.rows:
                self.undrawn[outcome.headline] += 1

    def _add_miss(self, miss: NearMiss, outcome: Outcome) -> None:
        self.misses += 1
        if isinstance(outcome, Rejected) and re.search(miss.message, outcome.message):
            self.refused += 1
        else:
            became = outcome.summary if isinstance(outcome, Rejected) else f"kernel {outcome.index}: accepted"
            self.surprises.setdefault(miss.name, became)


@dataclass(frozen=True, slots=True)
class Status:
    """How far a survey has got."""

    findings: Findings
    count: int
    seconds: float

    @property
    def share(self) -> float:
        """Of all kernels, 0 to 1."""
        return self.findings.attempts / self.count

    @property
    def phrases(self) -> list[str]:
        """The status in words."""
        findings, rate = self.findings, self.findings.attempts / max(self.seconds, 1e-6)
        phrases = [
            f"{findings.attempts:,} of {self.count:,} kernels",
            f"{rate:.0f} kernels/s",
            f"{len(findings.census.overloads):,} overloads",
        ]
        if findings.rejects:
            phrases.append(f"{findings.rejects.total():,} rejected")
        return [*phrases, f"{duration((self.count - findings.attempts) / rate)} left"] if rate else phrases


@dataclass(frozen=True, slots=True)
class Plan:
    """How a survey is made."""

    depth: Depth
    workers: int
    warp: bool
    """Whether to measure Warp's code generator."""


def survey(configuration: Configuration, plan: Plan, findings: Findings, screen: Screen, aside: Path) -> None:
    """Draw as many kernels as a configuration counts and enter into `findings` what they are.

    Workers that measure Warp's code generator leave what they measured in `aside`, also when the survey is interrupted.
    """
    count = configuration.count
    assert count is not None, "a survey ends at a number of kernels"
    tools = Tools(
        partial(draw_sighted, misses=plan.warp),
        partial(open_surveyor, depth=plan.depth, warp=plan.warp),
        catalogue_rows,
        write_seen,
    )
    started = time.monotonic()
    with Crew(configuration, tools, plan.workers, aside, limits=LIMITS, tick=screen.tick) as crew:
        try:
            for batch in crew.run(_batches(count, BATCH[configuration.device])):
                for outcome in batch.outcomes:
                    findings.add(outcome)
                screen.show(Status(findings, count, time.monotonic() - started))
        finally:
            screen.close()
            if plan.warp:
                crew.retire()


def _batches(count: int, size: int) -> Iterator[tuple[int, ...]]:
    """The indices of a survey; few kernels are shared out too."""
    for batch in batches(0, size):
        if batch[-1] >= count - 1:
            yield tuple(index for index in batch if index < count)
            return
        yield batch
