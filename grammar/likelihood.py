"""Tables of rows and overloads at the odds of a profile, for the types and features of one kernel."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple, TypeVar, cast

from grammar.choices import Table
from grammar.grammar import Grammar
from grammar.holes import FREE, Define, Expr, Index, Input
from grammar.known_bugs import excluded
from grammar.production import Overload, Production, needed
from grammar.profile import Profile
from grammar.types import BOOL, Opaque, Tile, Type, is_storable

Palette = frozenset[Type]
Option = TypeVar("Option")
# Rows that growth applies itself, where it knows what for.
APART = frozenset({"load", "size", "pass"})
# Statements that growth places itself: at the start, and where something reaches an array.
PLACED = frozenset({"first", "thread", "store", "atomic", "option", "setting"})


class Place(NamedTuple):
    """Where an expression stands, as far as that limits the rows it may be made of."""

    function: bool
    margin: int
    rank: int
    uniform: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """An overload with what decides whether it fits somewhere."""

    overload: Overload
    row: str
    tags: frozenset[str]
    types: frozenset[Type]  # of its operands and arrays, but for what rows make, which is no type of a kernel
    takes: Mapping[Type, int]  # the type of an operand that may have any value, with the position of its first hole
    operands: bool
    varies: bool  # it works on something; else it is a constant
    kernel: bool  # it needs arrays or definitions, which a function does not have
    uniform: bool  # all threads of a block have to come to it together
    reach: int
    rank: int  # of the launch, where it reads around the thread's own element; else 0

    def stands(self, place: Place) -> bool:
        """Whether it may stand in a place."""
        if self.uniform and not place.uniform:
            return False
        if not self.kernel:
            return True
        return not place.function and self.reach <= place.margin and (not self.rank or self.rank == place.rank)


def weight(row: Production, profile: Profile) -> int:
    """How likely a row is: its frequency, times the boosts of its name and tags."""
    value = profile.weight(row.name)
    for word, factor in profile.boosts:
        if word == row.name or word in row.tags:
            value *= factor
    return value


@lru_cache(maxsize=256)
def weights(grammar: Grammar, profile: Profile) -> Mapping[str, int]:
    """How likely each row is, by name."""
    return {row.name: weight(row, profile) for row in grammar.rows}


@dataclass(frozen=True, slots=True)
class Group:
    """Candidates that come and go together: of the same types and features, each with its place in the order."""

    types: frozenset[Type]
    features: frozenset[str]
    candidates: tuple[tuple[int, Candidate], ...]


@lru_cache(maxsize=16384)
def groups(grammar: Grammar, features: frozenset[str], of: Type) -> tuple[Group, ...]:
    """The candidates that give a type, so that a kernel asks once for many whether it has what they need."""
    found: dict[tuple[frozenset[Type], frozenset[str]], list[tuple[int, Candidate]]] = {}
    for place, candidate in enumerate(candidates(grammar, of)):
        found.setdefault((candidate.types, candidate.tags & features), []).append((place, candidate))
    return tuple(Group(types, wanted, tuple(some)) for (types, wanted), some in found.items())


@lru_cache(maxsize=16384)
def candidates(grammar: Grammar, of: Type) -> tuple[Candidate, ...]:
    """The overloads that give a type, shortest first."""
    found = [
        _candidate(overload)
        for overload in grammar.overloads.get(of, ())
        if not overload.production.tags & APART and not excluded(overload)
    ]
    return tuple(sorted(found, key=lambda candidate: len(candidate.overload.holes)))


@lru_cache(maxsize=16384)
def takers(grammar: Grammar, of: Type) -> tuple[Candidate, ...]:
    """The overloads that take a value of a type and give one that an array can hold."""
    return tuple(
        candidate
        for result in grammar.overloads
        if is_storable(result) and result != BOOL
        for candidate in candidates(grammar, result)
        if of in candidate.takes
    )


def _candidate(overload: Overload) -> Candidate:
    row = overload.production
    types: list[Type] = []  # of operands and arrays
    takes: dict[Type, int] = {}
    operands = arrays = defines = False
    reach = rank = 0
    for position, (_, hole) in enumerate(overload.holes):
        match hole:
            case Expr(pattern, domain):
                operands = True
                types.append(cast("Type", pattern))
                if domain in FREE:
                    takes.setdefault(cast("Type", pattern), position)
            case Input(pattern):
                arrays = True
                types.append(cast("Type", pattern))
            case Index(axis=axis, own=own):
                reach = max(reach, hole.reach)
                rank = max(rank, axis + 1) if own else rank
            case Define():
                defines = True
            case _:
                pass
    return Candidate(
        overload,
        row.name,
        row.tags,
        frozenset(of for of in types if not isinstance(of, Opaque)),
        takes,
        operands,
        operands or arrays or "source" in row.tags,
        arrays or defines or "kernel" in row.needs,
        "uniform" in row.needs or any(isinstance(of, Tile) for of in types),
        reach,
        rank if arrays else 0,
    )


@dataclass(slots=True)
class Likelihood:
    """The tables of one kernel, made when first asked for: what its types and features leave of the grammar."""

    grammar: Grammar
    profile: Profile
    palette: Palette
    off: frozenset[str]  # features that this kernel does without: tags of rows
    tables: dict[Hashable, Table[object]] = field(default_factory=dict)
    kept: dict[Type, tuple[Candidate, ...]] = field(default_factory=dict)
    placeable: dict[frozenset[str], list[tuple[int, Production, int]]] = field(default_factory=dict)
    weights: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.weights = weights(self.grammar, self.profile)
        for features, group in _statements(self.grammar, self.profile).items():
            if not features & self.off:
                for wanted, items in group.items():
                    self.placeable.setdefault(wanted, []).extend(items)

    def fitting(self, of: Type) -> tuple[Candidate, ...]:
        """The overloads that give a type, whose types the kernel has and whose features are on."""
        kept = self.kept.get(of)
        if kept is None:
            names = frozenset(name for name, _ in self.profile.features)
            some = [
                item
                for group in groups(self.grammar, names, of)
                if group.types <= self.palette and not group.features & self.off
                for item in group.candidates
            ]
            kept = tuple(candidate for _, candidate in sorted(some, key=itemgetter(0)))
            self.kept[of] = kept
        return kept

    def cached(self, key: Hashable, options: Callable[[], list[tuple[Option, int]]]) -> Table[Option]:
        """The table of a key."""
        table = self.tables.get(key)
        if table is None:
            table = cast("Table[object]", Table.of(options()))
            self.tables[key] = table
        return cast("Table[Option]", table)

    def expressions(self, of: Type, place: Place, tag: str = "") -> Table[Overload]:
        """The overloads that give a type here; with a tag, only those that have it (`operands`: that have any)."""

        def options() -> list[tuple[Overload, int]]:
            return [
                (c.overload, self.weights[c.row])
                for c in self.fitting(of)
                if c.varies and (not tag or tag in c.tags or (tag == "operands" and c.operands)) and c.stands(place)
            ]

        return self.cached((of, place, tag), options)

    def sources(self, of: Type, place: Place) -> Table[Overload]:
        """The overloads that make a value of a type that is neither passed nor read, whatever the palette."""
        return self.cached(
            ("source", of, place),
            lambda: [
                (c.overload, self.weights[c.row])
                for c in candidates(self.grammar, of)
                if "source" in c.tags and c.stands(place)
            ],
        )

    def constants(self, of: Type) -> Table[Overload]:
        """The overloads that give a type from nothing: identities."""
        return self.cached(
            ("constant", of),
            lambda: [
                (c.overload, self.weights[c.row])
                for c in candidates(self.grammar, of)
                if "constant" in c.tags and not c.tags & self.off
            ],
        )

    def users(self, of: Type, place: Place) -> Table[tuple[Overload, int]]:
        """The overloads that a value of a type can be an operand of, with the position of its hole."""

        def options() -> list[tuple[tuple[Overload, int], int]]:
            found: list[tuple[tuple[Overload, int], int]] = []
            for result in sorted(self.palette, key=repr):
                if result == BOOL and is_storable(of):
                    continue
                found += [
                    ((c.overload, c.takes[of]), self.weights[c.row])
                    for c in self.fitting(result)
                    if of in c.takes and c.reach == 0 and c.stands(place)
                ]
            return found

        return self.cached(("users", of, place), options)

    def takers(self, of: Type, place: Place) -> Table[tuple[Overload, int]]:
        """As `users`, of whatever types and features, that give what an array can hold: for what has no other use."""
        return self.cached(
            ("takers", of, place),
            lambda: [
                ((c.overload, c.takes[of]), max(self.weights[c.row], 1))
                for c in takers(self.grammar, of)
                if c.stands(place) and c.reach == 0
            ],
        )

    def tagged(self, tag: str, place: Place) -> Table[Type]:
        """The types that some overload with a tag gives, as often as it has overloads."""

        def options() -> list[tuple[Type, int]]:
            tables = [(of, self.expressions(of, place, tag)) for of in sorted(self.palette, key=repr) if of != BOOL]
            return [(of, table.cumulative[-1]) for of, table in tables if table]

        return self.cached(("tagged", tag, place), options)

    def statements(self, context: frozenset[str], tag: str = "") -> Table[Production]:
        """The statements whose needs a context meets; `targets` and `blocks` in it allow rows with such holes."""

        def options() -> list[tuple[Production, int]]:
            found = [
                item
                for wanted, group in self.placeable.items()
                if wanted <= context
                for item in group
                if not tag or tag in item[1].tags
            ]
            found.sort()  # no two have the same place
            return [(row, often) for _, row, often in found]

        return self.cached(("statements", context, tag), options)


Placeable = dict[frozenset[str], list[tuple[int, Production, int]]]


@lru_cache(maxsize=256)
def _statements(grammar: Grammar, profile: Profile) -> Mapping[frozenset[str], Placeable]:
    """The statements that growth may place anywhere, each with its place in the order and its weight.

    By the features that they belong to, then by what must be around them: a kernel switches few groups, not many rows.
    """
    rows = [row for row in grammar.statements if not row.tags & PLACED]
    rows.sort(key=lambda row: len(row.holes))
    features = frozenset(name for name, _ in profile.features)
    found: dict[frozenset[str], Placeable] = {}
    for place, row in enumerate(rows):
        often = weights(grammar, profile)[row.name]
        if often > 0:
            group = found.setdefault(row.tags & features, {})
            group.setdefault(needed(row), []).append((place, row, often))
    return found
