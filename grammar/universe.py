"""The universe of a grammar: all that its kernels could contain, as a value to measure kernels against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from grammar.census import forms
from grammar.grammar import Grammar
from grammar.holes import EVERY, Block, Bound, Define, Domain, Expr, Fresh, Length, Result, SizeOf, Thread
from grammar.known_bugs import excluded
from grammar.production import Overload, Production
from grammar.term import Apply, Body, Kernel, Literal, Name, Symbol, parts
from grammar.types import Type, is_storable, spell

OPENING = frozenset({"first", "thread"})  # statements that a kernel begins with, in no block
KINDS = ("rows", "overloads", "forms", "types")

Place = tuple[Type, Domain]


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one kernel contains, each thing once."""

    rows: tuple[str, ...]
    overloads: tuple[str, ...]
    forms: tuple[str, ...]
    types: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Universe:
    """What the kernels of a grammar could contain.

    `pairs` are, for each row, the rows that may stand in a hole of it: an upper bound, since growth looks at where that
    is as well.
    """

    rows: frozenset[str]
    overloads: frozenset[str]
    forms: frozenset[str]
    types: frozenset[str]
    pairs: Mapping[str, frozenset[str]]

    @property
    def sizes(self) -> dict[str, int]:
        """How many there are of each kind."""
        return {**{kind: len(getattr(self, kind)) for kind in KINDS}, "pairs": sum(map(len, self.pairs.values()))}


@dataclass(slots=True)
class Census:
    """What the kernels seen so far contain of a universe.

    What is not of it is left out: rows and types of one kernel's struct, calls of its functions.
    """

    universe: Universe
    kernels: int = 0
    rows: set[str] = field(default_factory=set)
    overloads: set[str] = field(default_factory=set)
    forms: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    pairs: set[tuple[str, str]] = field(default_factory=set)

    def add(self, sighting: Sighting) -> None:
        """Count one more kernel."""
        self.kernels += 1
        for kind in KINDS:
            getattr(self, kind).update(getattr(self.universe, kind).intersection(getattr(sighting, kind)))
        fits = self.universe.pairs
        self.pairs.update(pair for pair in sighting.pairs if pair[1] in fits.get(pair[0], ()))

    @property
    def sizes(self) -> dict[str, int]:
        """How many of each kind there were."""
        return {kind: len(getattr(self, kind)) for kind in (*KINDS, "pairs")}

    def missing(self, kind: str) -> list[str]:
        """What there was none of, by name: `rows`, `overloads`, `forms` or `types`."""
        return sorted(getattr(self.universe, kind) - getattr(self, kind))


def row_names(grammar: Grammar) -> tuple[str, ...]:
    """The names of a grammar's rows, guards too."""
    return tuple(row.name for row in _rows(grammar))


def universe_of(grammar: Grammar) -> Universe:
    """All that the kernels of a grammar could contain; overloads that always meet a known bug are left out."""
    overloads = [overload for row in _rows(grammar) for overload in grammar.expand(row) if not excluded(overload)]
    overloads += _bindings(grammar, overloads)
    reachable = {overload.production.name: overload.production for overload in overloads}
    return Universe(
        rows=frozenset(reachable),
        overloads=frozenset(map(overload_key, overloads)),
        forms=frozenset(form for row in reachable.values() for form in forms(row)),
        types=frozenset(_spelled(of) for overload in overloads for of in types_of(overload)),
        pairs=_pairs(grammar, overloads),
    )


def sighting(kernel: Kernel) -> Sighting:
    """What a kernel contains."""
    rows: dict[str, Production] = {}
    overloads: set[str] = set()
    types: set[Type] = set()
    pairs: set[tuple[str, str]] = set()
    for part in parts(kernel):
        match part:
            case Apply():
                rows[part.row] = part.overload.production
                overloads.add(overload_key(part.overload))
                types.update(types_of(part.overload))
                pairs.update((part.row, child.row) for child in _children(part))
            case Literal() | Symbol() | Name():
                types.add(part.type)
    return Sighting(
        rows=tuple(sorted(rows)),
        overloads=tuple(sorted(overloads)),
        forms=tuple(sorted({form for row in rows.values() for form in forms(row)})),
        types=tuple(sorted(set(map(_spelled, types)))),
        pairs=tuple(sorted(pairs)),
    )


def overload_key(overload: Overload) -> str:
    """An overload as text: row, types and lengths of holes, result: `dot(wp.vec3, wp.vec3) -> float`."""
    words: list[str] = []
    for _, hole in overload.holes:
        match hole:
            case Length(size):
                words.append(str(size))
            case Define():
                words += [_spelled(of) for _, of in hole.types if isinstance(of, Type)]
            case _:
                pattern = getattr(hole, "pattern", None)
                if isinstance(pattern, Type):
                    words.append(_spelled(pattern))
    key = f"{overload.production.name}({', '.join(words)})"
    return key if overload.result is None else f"{key} -> {_spelled(overload.result)}"


def types_of(overload: Overload) -> Iterator[Type]:
    """The types of what an overload takes, makes and gives, each as often as it says so."""
    for _, hole in overload.holes:
        pattern = getattr(hole, "pattern", None)
        if isinstance(pattern, Type):
            yield pattern
    if overload.result is not None:
        yield overload.result


@lru_cache(maxsize=4096)
def _spelled(of: Type) -> str:
    return spell(of)


def _bindings(grammar: Grammar, overloads: list[Overload]) -> list[Overload]:
    """The overloads of `let` at the types that its row does not name: growth binds whatever a row gives."""
    let = grammar.by_name.get("let")
    if let is None:
        return []
    named = {of for overload in let.expand() for of in types_of(overload)}
    given = dict.fromkeys(overload.result for overload in overloads if overload.result is not None)
    return [Overload(let, (("value", Expr(of)), ("name", Fresh(of))), None) for of in given if of not in named]


def _rows(grammar: Grammar) -> Iterator[Production]:
    yield from grammar.rows
    for guards in grammar.guards.values():
        yield from guards


def _children(term: Apply) -> Iterator[Apply]:
    for filling in term.fillings:
        if isinstance(filling, Apply):
            yield filling
        elif isinstance(filling, Body):
            yield from filling.statements


def _pairs(grammar: Grammar, overloads: list[Overload]) -> dict[str, frozenset[str]]:
    """The rows that fit into each row."""
    domains = {guard.name: domain for domain, guards in grammar.guards.items() for guard in guards}
    givers: dict[Place, set[str]] = {}
    for overload in overloads:
        if overload.result is not None:
            place = overload.result, domains.get(overload.production.name, Domain.ANY)
            givers.setdefault(place, set()).add(overload.production.name)
    takes: dict[str, set[Place]] = {}
    for overload in overloads:
        takes.setdefault(overload.production.name, set()).update(_places(overload))
    rows = {overload.production.name: overload.production for overload in overloads}
    # What no type tells: statements in blocks, values that a function returns, sizes of arrays.
    inner = frozenset(name for name, row in rows.items() if row.result is None and not row.tags & OPENING)
    sizes = frozenset(name for name, row in rows.items() if "size" in row.tags)
    values = frozenset().union(
        *(names for (of, domain), names in givers.items() if is_storable(of) and domain is Domain.ANY)
    )
    # Most rows take the same as many others: one set for all of them.
    shared: dict[frozenset[Place | frozenset[str]], frozenset[str]] = {}
    found: dict[str, frozenset[str]] = {}
    for name, places in takes.items():
        holes = [hole for _, hole in rows[name].holes]
        others = {
            names
            for kinds, names in (((Block,), inner), ((Result,), values), ((Bound, SizeOf), sizes))
            if any(isinstance(hole, kinds) for hole in holes)
        } | ({frozenset({"add"})} if Thread(EVERY) in holes else set())
        key = frozenset(places | others)
        if key not in shared:
            shared[key] = frozenset().union(*others, *(givers[place] for place in places if place in givers))
        found[name] = shared[key]
    return found


def _places(overload: Overload) -> Iterator[Place]:
    """The kinds of value that an overload's operands are; one with a domain may be guarded, or hold by itself."""
    for _, hole in overload.holes:
        if isinstance(hole, Expr):
            assert isinstance(hole.pattern, Type), overload.production.name
            yield hole.pattern, hole.domain
            yield hole.pattern, Domain.ANY
