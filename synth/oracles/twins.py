"""The twins oracle: a kernel rewritten without change of meaning gives the same bits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grammar.term import Kernel
from grammar.twins import REWRITINGS
from ir.records import Built, Refused

from .levels import judge_same, plain_runs
from .subject import Subject
from .verdict import Skipped, Verdict, taken_together


def twins_of(kernel: Kernel) -> Iterator[tuple[str, Kernel]]:
    """A kernel's twins, each with what was done to it."""
    for name, rewrite in REWRITINGS.items():
        twin = rewrite(kernel)
        if twin is not None:
            yield name, twin


def judge_twins(subject: Subject, twins: Sequence[tuple[str, str, Built | Refused]]) -> Verdict:
    """Compare the launches of a kernel with its twins': what was done, the source, what became of it."""
    if not twins:
        return Skipped("it has no twin")
    runs = plain_runs(subject)
    return taken_together([judge_same(runs, how, built, source) for how, source, built in twins])
