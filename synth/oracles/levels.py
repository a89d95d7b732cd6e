"""The levels oracle: the same kernel compiled with optimisation, as Warp by default does, gives the same bits."""

from __future__ import annotations

from ir.records import Built, Refused

from .reference import first_difference
from .subject import Subject, arguments_of, arrays
from .verdict import Agrees, Disagrees, Skipped, Verdict, taken_together


def judge_levels(subject: Subject, optimised: Built | Refused) -> Verdict:
    """Compare all launches with those of the optimised build."""
    if isinstance(optimised, Refused):
        return Disagrees(f"optimised it is refused, {optimised.stage}: {optimised.message}")
    assert optimised.program is not None
    verdicts: list[Verdict] = []
    for inputs in subject.launches:
        if not all(inputs.dim):
            continue
        if (why := subject.undefined(inputs)) is not None:
            verdicts.append(Skipped(why))
            continue
        arguments = arguments_of(inputs)
        plain = arrays(subject.program.run(inputs.dim, arguments))
        fast = arrays(optimised.program.run(inputs.dim, arguments))
        where = first_difference(fast, plain)
        verdicts.append(Disagrees(f"optimised, {where}", {"inputs": inputs}) if where else Agrees(exact=True))
    return taken_together(verdicts)
