"""The plan of a kernel: what it may do, its types, its size, its struct, what it has to contain."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from grammar import names
from grammar.choices import Table, pick
from grammar.grammar import Grammar
from grammar.holes import Expr, Fresh
from grammar.known_bugs import BY_ROW, excluded
from grammar.likelihood import APART
from grammar.names import Names, family
from grammar.production import Overload, Production, ranks
from grammar.scope import Scope
from grammar.signature import READ
from grammar.statements import Statements
from grammar.term import Apply, Kernel, Symbol
from grammar.types import (
    BOOL,
    INT,
    Array,
    Matrix,
    Quaternion,
    Scalar,
    Struct,
    Tile,
    Transformation,
    Type,
    Vector,
    is_storable,
)


@dataclass(slots=True)
class Planned(Statements):
    """Draws what a kernel is going to be."""

    def draw_features(self) -> frozenset[str]:
        """What this kernel may do, of what not every kernel does; the simplest choice is all of it."""
        return frozenset(name for name, rate in self.profile.features if not self.chance(1000 - rate))

    def draw_options(self, kernel: Kernel) -> tuple[Apply, ...]:
        """How this kernel is compiled."""
        found: dict[str, Apply] = {}
        for name, rate in self.profile.options:
            row = self.grammar.by_name.get(name)
            if self.chance(rate) and row is not None and ("ordered" not in row.needs or ordered(kernel)):
                found.setdefault(row.noun or name, Apply(row.at({}), ()))
        return tuple(found.values())

    def draw_types(self) -> tuple[tuple[Type, int], ...]:
        """The types of this kernel, and how likely each is for a local."""
        floats = [(Scalar(name), often) for name, often in self.profile.floats]
        real = pick([item for item in floats if item[0] not in self.grammar.absent], self.choices)
        weights: dict[Type, int] = {real: 50, INT: 24, BOOL: 3}
        extra = pick(self.profile.integers, self.choices)
        if extra != "none":
            weights[Scalar(extra)] = 20
        compounds = [(compound(name, real), rate) for name, rate in self.profile.compounds]
        for of, rate in compounds:
            if self.chance(rate):
                weights[of] = 25 if isinstance(of, Vector) else 15
        core = [of for of, _ in compounds if family(of) == self.profile.core]
        if core and not any(of in weights for of in core):
            weights[core[0]] = 30
        if "integer" in self.profile.demands:
            weights = {of: (8 if of == real else 30 if of != BOOL else 3) for of, _ in weights.items()}
        return tuple(weights.items())

    def draw_overloads(self, features: frozenset[str]) -> list[Overload]:
        """Overloads that the kernel has to contain, each as likely as any other of those its features allow."""
        off = frozenset(name for name, _ in self.profile.features) - features
        rows = showable_rows(self.grammar)
        found: list[Overload] = []
        for place in range(self.profile.uniform):
            if place % 2:  # of a row, each as likely: rows of few overloads would come late
                row = rows.options[self.choices.below(len(rows.options))]
                overload = row.at(self.choices.below(row.count))
            else:
                drawn = self.choices.below(rows.cumulative[-1])
                nth = bisect_right(rows.cumulative, drawn)
                row = rows.options[nth]
                overload = row.at(drawn - rows.cumulative[nth] + row.count)
            if "tile" in self.profile.demands and 4 in ranks(overload):
                continue  # a launch in blocks has up to three axes
            if not overload.production.tags & off and (not found or ranks(overload) == ranks(found[0])):
                found.append(overload)
        return found

    def draw_rank(self, overloads: Sequence[Overload]) -> int:
        """The rank of the launch: what an overload needs, else a likely one."""
        needed = {rank for overload in overloads for rank in ranks(overload)}
        return max(needed) if needed else pick(self.profile.ranks, self.choices)

    def budget(self) -> int:
        """How many statements the kernel aims at: its sizes' distribution is the profile's."""
        drawn = self.choices.below(1000)
        low_rate, low = 0, 1
        for rate, size in self.profile.quantiles:
            if drawn < rate:
                return low + (size - low) * (drawn - low_rate) // (rate - low_rate)
            low_rate, low = rate, size
        return low

    def struct(self, scope: Scope) -> tuple[list[Apply], Scope]:
        """A struct for this kernel: passed by value, or an array of it of which the thread reads its element."""
        name, single, plural = names.STRUCTS[self.choices.below(len(names.STRUCTS))]
        self.module_names.taken.add(snake(name))  # of which a definition would make a class of the same name
        taken = Names(set())
        fields: list[tuple[str, Type]] = []
        storable = tuple((of, often) for of, often in self.locals if is_storable(of))
        for _ in range(2 + self.choices.below(4)):
            of = pick(storable, self.choices)
            fields.append((taken.fresh(names.FIELDS[family(of)], self.choices), of))
        if self.chance(350):
            arrays = self.struct_arrays(taken, storable)
            struct = Struct(name, (*fields, *arrays))
            parameter = self.signature.add(Symbol(self.signature.names.numbered(single), struct, "value"))
            for field_name, held in arrays:
                axes = tuple(s.index_of for s in scope.threads if s.index_of is not None)[: held.rank]
                array = Symbol(f"{parameter.name}.{field_name}", held.element, READ, axes, owner=parameter)
                self.signature.symbols.append(array)
            self.structs = (struct,)
            if "struct" in self.profile.demands:
                self.must.append(parameter)
            return [], scope
        struct = Struct(name, tuple(fields))
        self.structs = (struct,)
        extents = tuple(s.index_of for s in scope.threads if s.index_of is not None)[:1]
        array = self.signature.add(Symbol(self.signature.names.numbered(plural), struct, "read", extents))
        symbol = Symbol(self.signature.names.numbered(single), struct, "local")
        if "struct" in self.profile.demands:
            self.must.append(symbol)
        let = Overload(self.grammar.by_name["let"], (("value", Expr(struct)), ("name", Fresh(struct))), None)
        statement = Apply(let, (self.load(array, scope), symbol))
        return [statement], scope.seeing(symbol)

    def struct_arrays(self, taken: Names, storable: tuple[tuple[Type, int], ...]) -> list[tuple[str, Array]]:
        """The arrays among a struct's fields."""
        found = []
        for _ in range(self.one_of(0, 0, 1, 2, 3)):
            of = pick(storable, self.choices)
            if of != BOOL:
                found.append((taken.fresh(names.INPUTS[family(of)], self.choices), Array(of, 1)))
        return found


def snake(name: str) -> str:
    """`MaterialPoint` in lower case: `material_point`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


# What deterministic mode refuses: an atomic whose result is read or that does not add, and `a[i] += x`.
DISORDERLY = re.compile(r"wp\.atomic_(?!add)|= wp\.atomic_|[\].]\S* [-+*/%&|^]+= ")


def ordered(kernel: Kernel) -> bool:
    """Whether Warp can compile a kernel in deterministic mode."""
    return not any(_is_disorderly(row.template) for row in kernel.rows)


@lru_cache(maxsize=8192)
def _is_disorderly(template: str) -> bool:
    return DISORDERLY.search(template) is not None


@dataclass(frozen=True, slots=True)
class Showable:
    """The overloads of a row that a kernel can be asked to contain, each made when it is asked for."""

    row: Production
    some: tuple[Overload, ...] | None  # none: every one
    count: int

    def at(self, place: int) -> Overload:
        """The overload at a place."""
        return self.row.overload(place) if self.some is None else self.some[place]


@lru_cache(maxsize=8)
def showable_rows(grammar: Grammar) -> Table[Showable]:
    """The rows of which a kernel can be asked to contain an overload, as likely as they have overloads."""
    found: list[tuple[Showable, int]] = []
    for row in grammar.rows:
        if row.tags & {"first", "thread", "option", "setting", *APART} or row.needs & {"function", "loop", "nested"}:
            continue
        some = None
        if row.name in BY_ROW or grammar.absent:
            some = tuple(overload for overload in grammar.expand(row) if not excluded(overload))
        count = row.count if some is None else len(some)
        found.append((Showable(row, some, count), count))
    return Table.of(found)


def showable(grammar: Grammar) -> Iterator[Overload]:
    """Every overload that a kernel can be asked to contain, each once."""
    return (row.at(place) for row in showable_rows(grammar).options for place in range(row.count))


def compound(name: str, real: Scalar) -> Type:
    """A type of a profile's list at the kernel's own width: `vec3` is `vec3d` where it works in doubles."""
    match name:
        case "quat":
            return Quaternion(real)
        case "transform":
            return Transformation(real)
        case "spatial_vector":
            return Vector(6, real)
        case "spatial_matrix":
            return Matrix(6, 6, real)
    if name.startswith("tile"):
        return Tile(real, tuple(map(int, name.removeprefix("tile").split("x"))))
    if name.startswith("mat"):
        return Matrix(int(name[3]), int(name[4]), real)
    return Vector(int(name[3]), INT if name.endswith("i") else real)
