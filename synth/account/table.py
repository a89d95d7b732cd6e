"""A table of figures as a value, which the terminal and the report print alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .measures import Measures
from .wording import NONE

Many = Sequence[Measures]
Cell = Callable[[Measures], str]


@dataclass(frozen=True, slots=True)
class Table:
    """One table; its first column says what a row is of, the others are figures."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_prose: bool = False
    """Whether its other columns are words."""


def beside(title: str, many: Many, rows: Sequence[tuple[str, Cell]]) -> Table:
    """Return a table with a column for each dataset; rows without a figure are left out."""
    cells = [(name, *(cell(each) for each in many)) for name, cell in rows]
    return Table(title, ("", *(each.label for each in many)), tuple(row for row in cells if set(row[1:]) != {NONE}))
