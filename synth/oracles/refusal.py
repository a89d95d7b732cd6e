"""The refusal oracle: Python that does not belong into a kernel is refused by an error of Warp's own, or compiles."""

from __future__ import annotations

import re

from grammar.known_refusals import unclean_refusal
from grammar.mistakes import reads_undefined
from grammar.term import Kernel
from ir.records import Built, Refused

from .verdict import KNOWN_BUG, Agrees, Disagrees, Skipped, Verdict

FOREIGN = frozenset(
    {
        "AssertionError",
        "AttributeError",
        "KeyError",
        "NameError",
        "RecursionError",
        "StopIteration",
        "UnboundLocalError",
        "ZeroDivisionError",
    }
)
"""Errors that Warp raises when it has lost its way; a TypeError, ValueError or RuntimeError may be meant."""

LOST = re.compile(r"IndexError: .*(index out of range|from empty list)", re.DOTALL)
"""An IndexError that Python raised inside Warp; Warp's own say what is indexed."""


def judge_refusal(kernel: Kernel, source: str, outcome: Built | Refused) -> Verdict:
    """Say what is wrong with what became of a kernel with a mistake; skipped if it is a bug that is known."""
    verdict = _judged(kernel, source, outcome)
    known = unclean_refusal(verdict.how) if isinstance(verdict, Disagrees) else None
    return verdict if known is None else Skipped(f"{KNOWN_BUG}{known.name}")


def _judged(kernel: Kernel, source: str, outcome: Built | Refused) -> Verdict:
    details = {"source": source}
    if isinstance(outcome, Built):
        if reads_undefined(kernel):
            return Disagrees("a name that is not defined is accepted", details)
        return Agrees()
    if outcome.stage == "native":
        return Disagrees(f"native: {outcome.message}", details)
    error = re.match(r"\w+", outcome.message)
    if outcome.stage == "import" and error is not None and error[0] in {"SyntaxError", "IndentationError"}:
        return Skipped("it is no Python")
    if (error is not None and error[0] in FOREIGN) or LOST.match(outcome.message):
        return Disagrees(f"{outcome.stage}: {outcome.message}", details)
    return Agrees()
