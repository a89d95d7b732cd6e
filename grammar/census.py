"""Counting what a kernel contains: the rows it is made of, and what they add up to."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from grammar.term import Apply, Body, Filling, Kernel, parts

BUILTIN = re.compile(r"wp\.(\w+)\(")


def census(kernel: Kernel) -> dict[str, int]:
    """How often each row occurs in a kernel, by name in order."""
    return dict(sorted(Counter(part.row for part in parts(kernel) if isinstance(part, Apply)).items()))


def tags(kernel: Kernel) -> Counter[str]:
    """How often each tag's rows occur in a kernel."""
    return Counter(tag for part in parts(kernel) if isinstance(part, Apply) for tag in part.overload.production.tags)


@lru_cache(maxsize=8192)
def builtins_of(template: str) -> tuple[str, ...]:
    """The names of Warp's built-ins that a template calls."""
    return tuple(BUILTIN.findall(template))


def builtins(kernel: Kernel) -> list[str]:
    """The built-ins a kernel calls, each once, in order of first use."""
    found = (
        name
        for part in parts(kernel)
        if isinstance(part, Apply)
        for name in builtins_of(part.overload.production.template)
    )
    return list(dict.fromkeys(found))


def nesting(term: Filling) -> int:
    """How deep blocks stand in blocks below a term."""
    match term:
        case Apply():
            return max((nesting(filling) + isinstance(filling, Body) for filling in term.fillings), default=0)
        case Body():
            return max((nesting(statement) for statement in term.statements), default=0)
        case _:
            return 0
