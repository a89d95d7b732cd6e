"""What an oracle says of a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Agrees:
    """What was compared is the same; `exact`: to the bit, and there is nothing in it that may be off."""

    exact: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """Nothing was compared, and why: a few words that many kernels share."""

    why: str


@dataclass(frozen=True, slots=True)
class Disagrees:
    """Something differs: how, in one line, and what a person needs to see it.

    `judge`: who it is that disagrees, where it is not the oracle that was asked.
    """

    how: str
    details: dict[str, Any] = field(default_factory=dict)
    judge: str = ""


KNOWN_BUG, UNDEFINED = "known bug: ", "undefined: "
"""How the reasons begin for which a kernel's own results are not to be relied on."""

DEFINEDNESS = "definedness"
"""The judge of kernels that are not defined on inputs that fit them: a mistake of the generator's, not of Warp's."""

Verdict = Agrees | Skipped | Disagrees


def taken_together(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict of several on the same kernel: the first disagreement, else agreement, else why all were skipped."""
    for verdict in verdicts:
        if isinstance(verdict, Disagrees):
            return verdict
    agreeing = [verdict for verdict in verdicts if isinstance(verdict, Agrees)]
    if agreeing:
        return Agrees(exact=all(verdict.exact for verdict in agreeing) and len(agreeing) == len(verdicts))
    return verdicts[0] if verdicts else Skipped("there is nothing to run")
