"""What rows with definitions above the kernel share: each is written at two kinds of widths."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from grammar.holes import Define
from grammar.production import Production
from grammar.types import DOUBLE, FLOAT, HALF, Opaque, Pattern, Scalar, TypeVariable

BFLOAT = Scalar("bfloat16")
# float32 is written with bare literals; the other floats need their type at each.
NARROW = TypeVariable("F", (FLOAT,))
OTHER = TypeVariable("F", (DOUBLE, HALF, BFLOAT))
PRECISE = TypeVariable("F", (FLOAT, DOUBLE))
NUMBER = re.compile(r"(?<![\w.])\d+\.\d+(?:e-?\d+)?")
# A local of a row that holds no value of the grammar: a function, a tuple, a struct of its own.
HANDLE = Opaque("handle")
Rows = tuple[Production, ...]


def literals(text: str, over: TypeVariable) -> str:
    """A text whose bare float literals suit the floats: `0.5`, or `{T}(0.5)`."""
    return text if over is NARROW else NUMBER.sub(lambda found: "{T}(" + found[0] + ")", text)


def define(
    text: str,
    noun: str,
    over: TypeVariable | None = None,
    *,
    types: Mapping[str, Pattern] | None = None,
    options: Mapping[str, tuple[str, ...]] | None = None,
) -> Define:
    """A hole for a definition; `{T}` in its text is the float that `over` stands for, and the type of its literals."""
    given: dict[str, Pattern] = {} if over is None else {"T": over}
    choices = tuple((options or {}).items())
    if over is not None:
        text = literals(text, over)
        choices = tuple((word, tuple(literals(one, over) for one in texts)) for word, texts in choices)
    return Define(text.strip("\n") + "\n", noun, tuple({**given, **(types or {})}.items()), choices)


def at_widths(rows: Callable[[TypeVariable, str], Rows]) -> Rows:
    """Rows at float32, and again (their names with a suffix) at the other floats."""
    return (*rows(NARROW, ""), *rows(OTHER, "_wide"))
