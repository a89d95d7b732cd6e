"""The fuzzer: kernels drawn, compiled, run and judged until the time is up; each failure shrunk and kept."""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from grammar.catalogue import catalogue_for
from grammar.profile import profile_for
from grammar.strategies import draw_kernel

from .bench import Bench
from .configuration import Configuration
from .crew import Crew, Limits
from .execution import input_seed
from .findings import Bucket, bucket_of, constructs, write_finding
from .fuzzer import case_unit, draw_case, open_judge, read_verdicts, write_verdicts
from .judging import FATAL, NO_OVERLOAD, WORDED, Case, first_failure, normalised
from .making import Tools, catalogue_rows
from .outcome import Made, Outcome, Rejected
from .progress import Screen, duration
from .sample import seed_bytes
from .shrink import Start, shrink
from .suspicion import Suspicion

BATCH = 20
SHARE = 0.6
"""Of the time, that shrinking may take: while failures are many, kernels are still drawn."""
LIMITS = Limits(kernel_seconds=5.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """How to fuzz."""

    minutes: float
    oracles: tuple[str, ...]
    workers: int
    out: Path


@dataclass(slots=True)
class Campaign:
    """What a run of the fuzzer has seen."""

    drawn: int = 0
    compiled: int = 0
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By oracle and verdict."""
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Why kernels were skipped, by oracle."""
    failures: int = 0
    repeated: Counter[str] = field(default_factory=Counter)
    """Failures that have the constructs of a finding made already, by its bucket."""
    buckets: dict[str, Bucket] = field(default_factory=dict)
    folders: list[Path] = field(default_factory=list)
    flaky: list[int] = field(default_factory=list)
    """Kernels that did not fail a second time."""
    waiting: list[tuple[Outcome, tuple[str, str]]] = field(default_factory=list)
    """Failures that have not been looked at yet, with the oracle and what it says."""
    suspicion: Suspicion = field(default_factory=Suspicion)
    shrinking: float = 0.0
    started: float = field(default_factory=time.monotonic)
    minutes: float = 1.0

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return max(time.monotonic() - self.started, 1e-6)

    @property
    def share(self) -> float:
        """Of the time, 0 to 1."""
        return min(1.0, (time.monotonic() - self.started) / (60.0 * self.minutes))

    @property
    def phrases(self) -> list[str]:
        """The state in words."""
        spent = self.seconds
        usable = [
            f"{name} {100.0 - 100.0 * self.verdicts[name, 'skipped'] / max(1, self.judged(name)):.1f} % usable"
            for name in dict.fromkeys(name for name, _ in self.verdicts)
        ]
        return [
            f"{self.drawn:,} drawn",
            f"{self.compiled:,} compiled",
            f"{self.drawn / spent:.1f}/s",
            f"{len(self.folders)} findings",
            *usable,
            f"{duration(max(0.0, 60.0 * self.minutes - spent))} left",
        ]

    def next_failure(self) -> tuple[Outcome, tuple[str, str]]:
        """Take the failure that is least like a finding made already."""
        explained = {row for bucket in self.buckets.values() for row in bucket.constructs}
        return self.waiting.pop(self.suspicion.first([outcome.rows for outcome, _ in self.waiting], explained))

    def judged(self, oracle: str) -> int:
        """How many kernels an oracle has said anything of."""
        return sum(number for (name, _), number in self.verdicts.items() if name == oracle)


def fuzz(configuration: Configuration, plan: Plan, campaign: Campaign, screen: Screen) -> None:
    """Fuzz until the time is up; what is found is in the folder at once."""
    tools = Tools(
        draw_case,
        partial(open_judge, oracles=plan.oracles),
        catalogue_rows,
        write_verdicts,
        unit=case_unit,
    )
    end = campaign.started + 60.0 * plan.minutes
    with (
        tempfile.TemporaryDirectory(prefix="warpsmith-") as aside,
        Bench(configuration.target, plan.oracles) as bench,
        Crew(configuration, tools, plan.workers, Path(aside), limits=LIMITS, tick=screen.tick) as crew,
    ):
        try:
            for batch in crew.run(_batches(configuration, end)):
                for outcome in batch.outcomes:
                    failure = enter(campaign, outcome)
                    campaign.suspicion.enter(outcome.rows, failed=failure is not None)
                    if failure is not None:
                        campaign.waiting.append((outcome, failure))
                while campaign.waiting and campaign.shrinking < SHARE * campaign.seconds:
                    _pursue(configuration, plan, campaign, bench, *campaign.next_failure())
                screen.show(campaign)
                if time.monotonic() > end:
                    return
        finally:
            screen.close()


def _batches(configuration: Configuration, end: float) -> Iterator[tuple[int, ...]]:
    start = 0
    while time.monotonic() < end:
        sys.stderr.write(f"seed {configuration.seed}, kernels {start} to {start + BATCH - 1}\n")
        yield tuple(range(start, start + BATCH))
        start += BATCH


def enter(campaign: Campaign, outcome: Outcome) -> tuple[str, str] | None:
    """Count a kernel; return the oracle that it fails by, and how."""
    campaign.drawn += 1
    if isinstance(outcome, Rejected) and outcome.stage == "draw":  # an older Warp leaves the grammar too little
        campaign.verdicts["error", "disagrees"] += 1
        campaign.reasons["error", f"not drawn: {outcome.message.partition(chr(10))[0]}"] += 1
        return None
    if isinstance(outcome, Rejected):
        oracle = outcome.stage if outcome.stage in FATAL else "compile"
        campaign.verdicts[oracle, "disagrees"] += 1
        return oracle, f"{outcome.stage}: {outcome.message}"
    assert isinstance(outcome, Made), outcome
    campaign.compiled += 1
    failure = None
    for oracle, said in read_verdicts(outcome.record).items():
        campaign.verdicts[oracle, said.verdict] += 1
        if said.verdict == "skipped":
            campaign.reasons[oracle, said.text] += 1
        elif said.verdict == "disagrees" and failure is None:
            failure = oracle, said.text
    return failure


def _pursue(
    configuration: Configuration,
    plan: Plan,
    campaign: Campaign,
    bench: Bench,
    outcome: Outcome,
    failure: tuple[str, str],
) -> None:
    """Shrink a failure and keep it, unless it looks like one that is kept."""
    campaign.failures += 1
    oracle, how = failure
    started = time.monotonic()
    profile = profile_for(configuration.profile, outcome.category, configuration.profile_source)
    grammar = catalogue_for(configuration.versions.warp, faults=True)
    seed, inputs = seed_bytes(configuration, outcome.index), input_seed(configuration, outcome.index)
    kernel = draw_kernel(grammar, profile, seed).kernel
    known = _known(campaign, oracle, how, constructs(kernel))
    if known is not None:
        campaign.repeated[known] += 1
        return
    again = first_failure(bench.judge(Case(kernel, inputs)))
    found = None if again is None else shrink(bench, Start(grammar, profile, seed, inputs), again)
    campaign.shrinking += time.monotonic() - started
    if again is None or found is None:
        campaign.flaky.append(outcome.index)
        return
    bucket = bucket_of(again[0], found.kernel, found.verdict)
    if bucket.digest in campaign.buckets:
        campaign.repeated[bucket.digest] += 1
        return
    campaign.buckets[bucket.digest] = bucket
    campaign.folders.append(write_finding(plan.out, configuration, outcome.index, again[0], found, inputs))


def _known(campaign: Campaign, oracle: str, how: str, rows: frozenset[str]) -> str | None:
    """The bucket that a failure belongs to by its looks: the same oracle, and all constructs of its smallest kernel."""
    for digest, bucket in campaign.buckets.items():
        if bucket.oracle != oracle or (oracle in WORDED and bucket.kind != normalised(how)):
            continue
        if oracle in WORDED and (oracle == "refusal" or NO_OVERLOAD in bucket.kind):
            return digest  # the words say it all
        if (bucket.constructs or oracle in WORDED) and bucket.constructs <= rows:
            return digest
    return None
