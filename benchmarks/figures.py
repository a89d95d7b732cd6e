"""What is measured: values with their spread, and the tables that they are shown in."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence

import msgspec


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One cell of a table: a value for each repetition, in their order."""

    table: str
    row: str
    """What is measured, with its unit."""
    column: str
    values: tuple[float, ...]
    main: bool = False
    """Whether the history of results shows it."""

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError(f"{self.table}: {self.row}, {self.column} was never measured")

    @property
    def name(self) -> str:
        """What sets it apart from every other figure of a result."""
        return f"{self.table}: {self.row}, {self.column}"

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)


def ratios(above: Sequence[float], below: Sequence[float]) -> tuple[float, ...]:
    """Return the quotient of each repetition, so that what slows a whole repetition down cancels out."""
    return tuple(a / b for a, b in zip(above, below, strict=True))


def shown(figure: Figure) -> str:
    """Return the median, and the least and the greatest value where there are several."""
    middle = number(figure.median)
    if len(figure.values) == 1:
        return middle
    return f"{middle} ({number(min(figure.values))}–{number(max(figure.values))})"


def number(value: float) -> str:
    """Return a number with three digits that count."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:#.3g}".rstrip(".")


def tables(figures: Iterable[Figure]) -> str:
    """Return figures as tables, in the order in which tables, rows and columns come up first."""
    by_table: dict[str, dict[tuple[str, str], Figure]] = {}
    for figure in figures:
        by_table.setdefault(figure.table, {})[figure.row, figure.column] = figure
    return "\n\n".join(_table(title, cells) for title, cells in by_table.items())


def _table(title: str, cells: dict[tuple[str, str], Figure]) -> str:
    columns = list(dict.fromkeys(column for _, column in cells))
    rows = dict.fromkeys(row for row, _ in cells)
    lines = [
        [row, *(shown(cells[row, column]) if (row, column) in cells else "" for column in columns)] for row in rows
    ]
    return grid([[title, *columns], *lines])


def grid(lines: Sequence[Sequence[str]]) -> str:
    """Return lines of cells in columns, the first to the left, the others to the right."""
    first, *others = zip(*lines, strict=True)
    columns = [_padded(first, str.ljust), *(_padded(column, str.rjust) for column in others)]
    return "\n".join("  ".join(line).rstrip() for line in zip(*columns, strict=True))


def _padded(column: Sequence[str], align: Callable[[str, int], str]) -> list[str]:
    width = max(map(len, column))
    return [align(cell, width) for cell in column]
