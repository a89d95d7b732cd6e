"""The levels oracle: the same kernel compiled in other ways gives the same bits.

With optimisation, as Warp compiles by default; without its adjoint; with no loop unrolled.
"""

from __future__ import annotations

from collections.abc import Mapping

from ir.records import Built, Refused

from .reference import first_difference
from .subject import Subject, arguments_of, arrays
from .verdict import Agrees, Disagrees, Skipped, Verdict, taken_together


def judge_levels(subject: Subject, others: Mapping[str, Built | Refused]) -> Verdict:
    """Compare all launches with those of other builds, by what was different in them."""
    return taken_together([judge_same(subject, how, built) for how, built in others.items()])


def judge_same(subject: Subject, how: str, built: Built | Refused, source: str = "") -> Verdict:
    """Compare all launches with those of one other build, bit by bit; `source`, if it is of another text."""
    details = {"twin": source} if source else {}
    if isinstance(built, Refused):
        return Disagrees(f"{how}, it is refused, {built.stage}: {built.message}", details)
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
        found = Disagrees(f"{how}, {where}", details | {"inputs": inputs}) if where else Agrees(exact=True)
        verdicts.append(found)
    return taken_together(verdicts)
