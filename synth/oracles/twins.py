"""The twins oracle: a kernel rewritten without change of meaning gives the same bits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grammar.term import Kernel
from grammar.twins import REWRITINGS
from ir.records import Built, Refused

from .reference import first_difference
from .subject import Subject, arguments_of, arrays
from .verdict import Agrees, Disagrees, Skipped, Verdict, taken_together


def twins_of(kernel: Kernel) -> Iterator[tuple[str, Kernel]]:
    """A kernel's twins, each with what was done to it."""
    for name, rewrite in REWRITINGS.items():
        twin = rewrite(kernel)
        if twin is not None:
            yield name, twin


def judge_twins(subject: Subject, twins: Sequence[tuple[str, str, Built | Refused]]) -> Verdict:
    """Compare the launches of a kernel with its twins': what was done, the source, what became of it."""
    return taken_together([_judge(subject, *twin) for twin in twins]) if twins else Skipped("it has no twin")


def _judge(subject: Subject, how: str, source: str, built: Built | Refused) -> Verdict:
    if isinstance(built, Refused):
        return Disagrees(f"{how}, it is refused, {built.stage}: {built.message}", {"twin": source})
    assert built.program is not None
    verdicts: list[Verdict] = []
    for inputs in subject.launches:
        if not all(inputs.dim):
            continue
        if (why := subject.undefined(inputs)) is not None:
            verdicts.append(Skipped(why))
            continue
        arguments = arguments_of(inputs)
        one = arrays(subject.program.run(inputs.dim, arguments))
        other = arrays(built.program.run(inputs.dim, arguments))
        where = first_difference(other, one)
        found = Disagrees(f"{how}, {where}", {"inputs": inputs, "twin": source}) if where else Agrees(exact=True)
        verdicts.append(found)
    return taken_together(verdicts)
