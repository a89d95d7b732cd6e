"""Where growth's decisions come from: a source of bounded integers, of which 0 is always the simplest option."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Generic, Protocol, TypeVar

Option = TypeVar("Option")


class Choices(Protocol):
    """A source of decisions."""

    def below(self, count: int) -> int:
        """An integer in [0, count)."""


@dataclass(slots=True)
class Recorded:
    """Replays a stored sequence; past its end, or where a stored value does not fit, the simplest option."""

    stored: Sequence[int]
    position: int = 0

    def below(self, count: int) -> int:
        """Take the next stored integer."""
        if self.position >= len(self.stored):
            return 0
        value = self.stored[self.position]
        self.position += 1
        return value if value < count else count - 1


@dataclass(slots=True)
class Recording:
    """Passes another source's decisions on and keeps them."""

    source: Choices
    taken: list[int] = field(default_factory=list)

    def below(self, count: int) -> int:
        """Ask the other source."""
        value = self.source.below(count)
        self.taken.append(value)
        return value


def pick(weighted: Sequence[tuple[Option, int]], choices: Choices) -> Option:
    """One of some options, the simplest first, at the odds of its weight; one alone costs no choice."""
    kept = [item for item in weighted if item[1] > 0]
    assert kept, "no row of the grammar fits here"
    if len(kept) > 1:
        drawn = choices.below(sum([weight for _, weight in kept]))
        for option, weight in kept:
            drawn -= weight
            if drawn < 0:
                return option
    return kept[0][0]


@dataclass(frozen=True, slots=True)
class Table(Generic[Option]):
    """Options with integer weights, the simplest first, to pick from more than once."""

    options: tuple[Option, ...]
    cumulative: tuple[int, ...]

    @classmethod
    def of(cls, weighted: Sequence[tuple[Option, int]]) -> Table[Option]:
        """A table of the options whose weight is above zero."""
        kept = [item for item in weighted if item[1] > 0]
        return cls(tuple([option for option, _ in kept]), tuple(accumulate([weight for _, weight in kept])))

    def __bool__(self) -> bool:
        return bool(self.options)

    def pick(self, choices: Choices) -> Option:
        """One option, at the odds of its weight; a table of one costs no choice."""
        assert self.options, "no row of the grammar fits here"
        if len(self.options) == 1:
            return self.options[0]
        return self.options[bisect_right(self.cumulative, choices.below(self.cumulative[-1]))]
