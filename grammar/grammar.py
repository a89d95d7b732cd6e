"""A grammar: rows, and what follows from them (overloads by result type, guards by domain, a digest)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from grammar.holes import Domain
from grammar.production import Overload, Production
from grammar.types import Array, Tile, Type, scalar_of


class _Printer(Protocol):
    def text(self, obj: str) -> None: ...


@dataclass(frozen=True, eq=False)
class Grammar:
    """Rows and guards; a value that growth, census and tests are given."""

    rows: tuple[Production, ...]
    guards: Mapping[Domain, tuple[Production, ...]]
    absent: frozenset[Type] = frozenset()  # scalar types that no kernel has

    def __repr__(self) -> str:
        return f"Grammar({len(self.rows)} rows, digest {self.digest})"

    def _repr_pretty_(self, printer: _Printer, _cycle: bool) -> None:
        # Hypothesis and IPython would print every field.
        printer.text(repr(self))

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for row in (*self.rows, *(guard for guards in self.guards.values() for guard in guards)):
            if row.name in seen:
                message = f"row {row.name!r} is declared twice"
                raise ValueError(message)
            seen.add(row.name)

    @property
    def every(self) -> tuple[Production, ...]:
        """Every row, guards last."""
        return (*self.rows, *(guard for domain in Domain for guard in self.guards.get(domain, ())))

    def without(self, names: Collection[str], types: Collection[Type] = ()) -> Grammar:
        """The grammar without some rows, and of the others without the overloads of some scalar types."""
        if not names and not types:
            return self
        guards = {domain: tuple(row for row in rows if row.name not in names) for domain, rows in self.guards.items()}
        return Grammar(tuple(row for row in self.rows if row.name not in names), guards, frozenset(types))

    def expand(self, row: Production) -> tuple[Overload, ...]:
        """The overloads of a row, of what types there are."""
        every = row.expand()
        return every if not self.absent else tuple(each for each in every if self.absent.isdisjoint(_scalars(each)))

    @cached_property
    def by_name(self) -> Mapping[str, Production]:
        """Each row by its name."""
        return {row.name: row for row in self.rows}

    @cached_property
    def statements(self) -> tuple[Production, ...]:
        """The rows that are statements."""
        return tuple(row for row in self.rows if row.result is None)

    @cached_property
    def tagged(self) -> Mapping[str, tuple[Production, ...]]:
        """The rows that are statements, by tag."""
        found: dict[str, list[Production]] = {}
        for row in self.statements:
            for tag in row.tags:
                found.setdefault(tag, []).append(row)
        return {tag: tuple(rows) for tag, rows in found.items()}

    @cached_property
    def overloads(self) -> Mapping[Type, tuple[Overload, ...]]:
        """Every overload of the expression rows, by the type it gives; what an earlier row says already is left out."""
        found: dict[Type, list[Overload]] = {}
        said: set[tuple[object, ...]] = set()
        for row in self.rows:
            if row.result is not None:
                for overload in self.expand(row):
                    assert overload.result is not None
                    says = (row.template, overload.holes, overload.result, row.needs)
                    if says not in said:
                        said.add(says)
                        found.setdefault(overload.result, []).append(overload)
        return {of: tuple(overloads) for of, overloads in found.items()}

    @cached_property
    def guards_by_type(self) -> Mapping[tuple[Domain, Type], tuple[Overload, ...]]:
        """The overloads of the guards, by domain and the type they guard."""
        found: dict[tuple[Domain, Type], list[Overload]] = {}
        for domain, rows in self.guards.items():
            for row in rows:
                for overload in self.expand(row):
                    assert overload.result is not None
                    found.setdefault((domain, overload.result), []).append(overload)
        return {key: tuple(overloads) for key, overloads in found.items()}

    @cached_property
    def digest(self) -> str:
        """A hexadecimal digest of every row: two grammars that could grow different kernels differ here."""
        text = "\n".join(
            f"{row.name}|{row.template}|{row.holes}|{row.result}|{row.effect}|{sorted(row.tags)}|{sorted(row.needs)}|{row.noun}|{row.purpose}"
            for row in self.every
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def _scalars(overload: Overload) -> Iterator[Type]:
    """The scalar types of what an overload takes, makes and gives."""
    for of in (*(getattr(hole, "pattern", None) for _, hole in overload.holes), overload.result):
        if isinstance(of, Type):
            scalar = scalar_of(of.element if isinstance(of, Array | Tile) else of)
            if scalar is not None:
                yield scalar
