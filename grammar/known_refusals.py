"""Bugs of Warp that show in how it refuses what does not belong into a kernel; each has a script in `tests/corpus/`."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UncleanRefusal:
    """One bug, told by what comes out of Warp in the place of an error of its own."""

    name: str  # the corpus file's
    summary: str
    said: re.Pattern[str]


UNCLEAN_REFUSALS: tuple[UncleanRefusal, ...] = tuple(
    UncleanRefusal(name, summary, re.compile(said))
    for name, summary, said in (
        ("value_called", "calling a value", r"'(Var|Reference)' object has no attribute 'is_builtin'"),
        ("operator_in", "`in`, `not in`, `is` and `is not`", r"KeyError: .*<class \\*'ast\.(In|NotIn|Is|IsNot)\\*'>"),
        (
            "tuple_compared",
            "comparing tuples or ranges",
            r"native: .*invalid operands to binary expression \(.*(tuple_t|range_t)",
        ),
        (
            "class_as_value",
            "a class or a module in the place of a value",
            r"AttributeError: .*(type object|module) '[\w.]+' has no attribute '(type|label)'",
        ),
        ("local_array_reassigned", "a local array reassigned", r"'fixedarray' object has no attribute 'device'"),
        ("local_array_empty", "a local array without elements", r"native: .*Expected Size > 0"),
        (
            "while_condition",
            "a loop while a float16 or a text is true",
            r"native: .*('==' is ambiguous .*(half|float16)|comparison between pointer and integer \('wp::str')",
        ),
        ("tuple_empty", "an empty tuple", r"KeyError: .*;args'"),
        ("bytes_literal", "a literal of bytes", r"AttributeError: .*'tuple' object has no attribute '__name__'"),
    )
)


def unclean_refusal(how: str) -> UncleanRefusal | None:
    """The first bug that what is said of a refusal tells of."""
    line = " ".join(how.split())
    return next((bug for bug in UNCLEAN_REFUSALS if bug.said.search(line)), None)
