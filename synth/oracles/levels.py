"""The levels oracle: the same kernel compiled in other ways gives the same bits.

With optimisation, as Warp compiles by default; without its adjoint; with no loop unrolled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grammar.inputs import Inputs
from ir.records import Built, Refused

from .reference import first_difference
from .subject import Subject, arguments_of, arrays
from .verdict import Agrees, Disagrees, Skipped, Verdict, taken_together

Run = tuple[Inputs, dict[str, Any]]


def judge_levels(subject: Subject, others: Mapping[str, Built | Refused]) -> Verdict:
    """Compare all launches with those of other builds, by what was different in them."""
    runs = plain_runs(subject)
    return taken_together([judge_same(runs, how, built) for how, built in others.items()])


def plain_runs(subject: Subject) -> list[Run | Skipped]:
    """The launches that are not empty with the arrays that each leaves, or why one must not be made."""
    found: list[Run | Skipped] = []
    for inputs in subject.launches:
        if not all(inputs.dim):
            continue
        why = subject.undefined(inputs)
        after = None if why is not None else arrays(subject.program.run(inputs.dim, arguments_of(inputs)))
        found.append(Skipped(why or "") if after is None else (inputs, after))
    return found


def judge_same(runs: Sequence[Run | Skipped], how: str, built: Built | Refused, source: str = "") -> Verdict:
    """Compare launches with those of one other build, bit by bit; `source`, if it is of another text."""
    details = {"twin": source} if source else {}
    if isinstance(built, Refused):
        return Disagrees(f"{how}, it is refused, {built.stage}: {built.message}", details)
    assert built.program is not None
    verdicts: list[Verdict] = []
    for run in runs:
        if isinstance(run, Skipped):
            verdicts.append(run)
            continue
        inputs, expected = run
        other = arrays(built.program.run(inputs.dim, arguments_of(inputs)))
        where = first_difference(other, expected)
        found = Disagrees(f"{how}, {where}", details | {"inputs": inputs}) if where else Agrees(exact=True)
        verdicts.append(found)
    return taken_together(verdicts)
