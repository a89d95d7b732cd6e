"""Leaves of expressions: what the scope and the signature have at hand, and new parameters where they have nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import NamedTuple

from grammar.choices import Choices, Table, pick
from grammar.grammar import Grammar
from grammar.holes import Define, Hole, Index, Input, Named
from grammar.known_bugs import stepped_round
from grammar.likelihood import Likelihood, Place
from grammar.names import Names, family
from grammar.production import Overload, Production, row
from grammar.profile import Profile
from grammar.scope import Scope
from grammar.signature import LOOKUP, READ, VALUE, Signature
from grammar.term import Apply, Expression, Extent, Filling, Function, Literal, Name, Symbol
from grammar.types import BOOL, INT, Binding, Pattern, Scalar, Struct, Type, is_storable, match

SUFFIXES = {
    "vec": "_vec",
    "mat": "_mat",
    "quat": "_quat",
    "transform": "_transform",
    "bool": "_bool",
    "struct": "_struct",
}
Offer = tuple[Callable[[], Expression], int]  # what makes the leaf, and how likely it is


@lru_cache(maxsize=4096)
def load_overload(grammar: Grammar, of: Type, rank: int) -> Overload:
    """The row that reads one element of an array of this type and rank."""
    if isinstance(of, Struct):
        holes: dict[str, Hole | Pattern] = {"array": Input(of, rank)}
        holes |= {"ijkl"[axis]: Index("array", axis) for axis in range(rank)}
        places = ", ".join("{" + "ijkl"[axis] + "}" for axis in range(rank))
        return row(f"load{rank}_struct", "{array}[" + places + "]", of, tags="load struct", noun="item", more=holes).at(
            {}
        )
    production = grammar.by_name[f"load{rank}{SUFFIXES.get(family(of), '')}"]
    return production.at(binding_for(production, of))


def binding_for(production: Production, of: Type) -> Binding:
    """The binding at which an expression row gives a type."""
    assert production.result is not None
    binding = match(production.result, of)
    assert binding is not None, (production.name, of)
    return binding


@lru_cache(maxsize=4096)
def field_overload(struct: Struct, name: str) -> Overload:
    """The row that reads one field of a struct."""
    of = dict(struct.fields)[name]
    return row("field", f"{{struct}}.{name}", of, tags="struct", noun=name, struct=Named()).at({})


class Want(NamedTuple):
    """What a leaf is for: its type, its place, and what it must not be."""

    of: Type
    scope: Scope
    avoid: tuple[Filling, ...]
    plain: bool  # whether it may be the bare name of a local
    read: frozenset[str]  # what `avoid` reads
    owed: tuple[Symbol, ...]  # counters of the loops around that nothing has used so far

    @property
    def function(self) -> bool:
        """Whether it stands in a function, which has no arrays."""
        return self.scope.returns is not None

    @property
    def through(self) -> Extent | None:
        """The extent that an array should have: the innermost unused counter's."""
        return self.owed[-1].index_of if self.owed else None


@dataclass(slots=True)
class Leaves(ABC):
    """The state of one kernel's growth, and what is at hand in it."""

    grammar: Grammar
    profile: Profile
    choices: Choices
    likelihood: Likelihood = field(init=False)
    signature: Signature = field(init=False)
    functions: list[tuple[Function, Symbol]] = field(default_factory=list)
    definitions: list[tuple[Define, Symbol]] = field(default_factory=list)
    constants: list[Symbol] = field(default_factory=list)
    closure: bool = False  # whether a function makes the kernel, given the constants
    module_names: Names = field(default_factory=Names)  # the kernel's, and of what is defined above it
    structs: tuple[Struct, ...] = ()
    unused: dict[str, Symbol] = field(default_factory=dict)  # locals and fields not read so far, in order
    must: list[Symbol] = field(default_factory=list)  # what has to reach an output
    forcing: bool = False
    closing: bool = False  # at the statement that ends a block
    beside: tuple[Filling, ...] = ()  # what the arms before this one of the same branch end in
    nodes: int = 0  # how many operators and calls the statement may still have
    owed: list[Symbol] = field(default_factory=list)  # counters of the loops around that nothing has used so far
    held: dict[tuple[object, ...], Symbol] = field(default_factory=dict)  # elements that a local holds
    unset: set[str] = field(default_factory=set)  # locals that hold no more than their first constant

    # --- decisions ---

    def chance(self, per_mille: int) -> bool:
        """True that often; false is the simplest."""
        return per_mille > 0 and self.choices.below(1000) >= 1000 - per_mille

    def one_of(self, *options: int) -> int:
        """One of some numbers."""
        return options[self.choices.below(len(options))]

    @abstractmethod
    def table(self, of: Type, scope: Scope, tag: str = "") -> Table[Overload]:
        """The overloads that give a type here, at their odds."""

    @abstractmethod
    def apply(
        self,
        overload: Overload,
        scope: Scope,
        fuel: int,
        *,
        deep: int = 0,
        avoid: tuple[Filling, ...] = (),
        given: tuple[int, Expression] | None = None,
    ) -> Expression:
        """An overload with its holes filled."""

    # --- leaves ---

    def leaf(self, of: Type, scope: Scope, avoid: tuple[Filling, ...] = (), *, plain: bool = True) -> Expression:
        """A value that is at hand: a local, a field, an element, a parameter; a new parameter if none is."""
        # A loop whose trips are all alike is no loop that anyone writes: its counter is used first.
        owed = tuple(counter for counter in self.owed if counter in scope.symbols)
        want = Want(of, scope, avoid, plain, frozenset(map(source_of, avoid)), owed)
        if not is_storable(of):
            return pick([*self.in_scope(want), *self.sources(want)], self.choices)()
        return pick([*self.in_scope(want), *self.in_signature(want), *self.new(want)], self.choices)()

    def in_scope(self, want: Want) -> Iterator[Offer]:
        """Locals and their fields; one that nothing read so far is the likeliest."""
        for symbol in want.scope.symbols:
            if symbol.type == want.of:
                if want.plain and Name(symbol) not in want.avoid and symbol.name not in self.unset:
                    often = 2 if symbol.index_of is not None else 40 if symbol.name in self.unused else 3
                    yield partial(self.read, symbol), often
            elif isinstance(symbol.type, Struct) and want.plain:
                yield from self.fields(symbol, want, 8)
        if want.owed and isinstance(want.of, Scalar) and want.of != BOOL:
            yield partial(self.counter, want.owed[-1], want.of), 8 if want.of != INT and not want.function else 40

    def in_signature(self, want: Want) -> Iterator[Offer]:
        """Parameters, their fields, and elements of arrays that have an index here."""
        for symbol in self.signature.symbols:
            if symbol.role == VALUE:
                if symbol.type == want.of:
                    if want.plain and Name(symbol) not in want.avoid:
                        yield partial(self.read, symbol), 3
                elif isinstance(symbol.type, Struct) and want.plain:  # a local would be another name of the field
                    yield from self.fields(symbol, want, 5)
            elif symbol.role == READ and symbol.type == want.of and self.reachable(symbol, want.scope):
                often = 200 if want.through in symbol.extents else 5
                yield partial(self.held_or_load, symbol, want), 0 if symbol.name in want.read else often

    def new(self, want: Want) -> Iterator[Offer]:
        """A new array or parameter, less likely the more there are; for a truth value, a comparison."""
        room = self.signature.room
        if want.function:
            yield partial(self.new_value, want.of), max(1, 2 * room)
        else:
            yield partial(self.new_array, want), max(1, 3 * room, 100 * bool(want.owed))
            if want.plain and room > 0 and want.of != BOOL:
                yield partial(self.new_value, want.of), 7
        if want.of == BOOL:
            yield partial(self.compare, want), 50

    def sources(self, want: Want) -> Iterator[Offer]:
        """Rows that make a value which is neither passed nor read from an array."""
        table = self.likelihood.sources(want.of, Place(want.function, 0, len(want.scope.threads), want.scope.uniform))
        rows = {term.row for term in want.avoid if isinstance(term, Apply)}
        other = [(o, 1) for o in table.options if o.production.name not in rows]
        table = Table.of(other) if rows and other else table  # the same tile twice says nothing
        assert table, f"nothing makes a {want.of}"
        yield lambda: self.apply(table.pick(self.choices), want.scope, 0), 6

    # --- what an offer makes ---

    def read(self, symbol: Symbol) -> Name:
        """A symbol's value, which is used now."""
        self.unused.pop(symbol.name, None)
        if symbol in self.owed:
            self.owed.remove(symbol)
        return Name(symbol)

    def counter(self, symbol: Symbol, of: Scalar) -> Expression:
        """A loop's counter, converted to a type."""
        value = self.read(symbol)
        return (
            value
            if of == INT
            else stepped_round(Apply(self.grammar.by_name[f"to_{of.name}"].at({"From": INT}), (value,)))
        )

    def fields(self, symbol: Symbol, want: Want, often: int) -> Iterator[Offer]:
        """The fields of a struct that have the type and were not read beside this."""
        assert isinstance(symbol.type, Struct)
        for name, of in symbol.type.fields:
            if of == want.of and f"{symbol.name}.{name}" not in want.read:
                yield partial(self.field_of, symbol, name), often

    def field_of(self, symbol: Symbol, name: str) -> Apply:
        """A field of a struct."""
        self.unused.pop(symbol.name, None)
        assert isinstance(symbol.type, Struct)
        return Apply(field_overload(symbol.type, name), (symbol,))

    def held_or_load(self, array: Symbol, want: Want) -> Expression:
        """An element of an array; the local that holds it, if one does."""
        load = self.load(array, want.scope)
        held = self.held.get(element(load))
        if held is None or held not in want.scope.symbols:
            return load
        if want.plain and Name(held) not in want.avoid:
            return self.read(held)
        table = self.table(want.of, want.scope)
        if table and self.chance(900 if self.signature.room <= 0 else 600):  # enough arrays: work on what is there
            return self.apply(table.pick(self.choices), want.scope, 1)
        return self.new_array(want)

    def new_array(self, want: Want) -> Apply:
        """An element of a new array."""
        axes = self.signature.axes(want.scope, 1 if want.of == BOOL else None, want.through)
        return self.load(self.signature.array(want.of, axes, READ), want.scope)

    def new_value(self, of: Type) -> Name:
        """A new parameter passed by value."""
        return Name(self.signature.value(of))

    def compare(self, want: Want) -> Expression:
        """A comparison of values at hand."""
        table = self.table(BOOL, want.scope, "comparison")
        return self.apply(table.pick(self.choices), want.scope, 0, avoid=want.avoid)

    # --- arrays ---

    def reachable(self, array: Symbol, scope: Scope) -> bool:
        """Whether every axis of an array has an index here."""
        return all(extent.fixed is not None or scope.pointing_into(extent) for extent in array.extents)

    def load(self, array: Symbol, scope: Scope) -> Apply:
        """One element of an array."""
        overload = load_overload(self.grammar, array.type, len(array.extents))
        return Apply(overload, (array, *(self.index(extent, scope) for extent in array.extents)))

    def index(self, extent: Extent, scope: Scope) -> Expression:
        """An index into an extent."""
        pointing = scope.pointing_into(extent)
        owed = [symbol for symbol in pointing if symbol in self.owed]
        if pointing and (owed or extent.fixed is None or self.chance(500)):
            latest = (owed or pointing)[::-1]
            return self.read(latest[self.choices.below(len(latest))] if len(latest) > 1 else latest[0])
        if extent.fixed is not None:
            return Literal(self.choices.below(extent.fixed) if extent.fixed > 1 else 0, INT)
        lookup = self.signature.array(INT, self.signature.axes(scope, 1), LOOKUP, extent)
        return self.load(lookup, scope)

    def size(self, extent: Extent) -> Expression:
        """The size of an extent: a parameter that holds it, or the shape of an array that has it."""
        if extent.fixed is not None:
            return Literal(extent.fixed, INT)
        shaped = [(s, s.extents.index(extent)) for s in self.signature.symbols if extent in s.extents]
        if shaped and self.chance(400):
            array, axis = shaped[self.choices.below(len(shaped))]
            return Apply(self.grammar.by_name["shape"].at({}), (array, Literal(axis, INT)))
        return Name(self.signature.size(extent))


def source_of(value: Filling) -> str:
    """What a value is read from: an array's name (also that of another hole's array), or a struct's with the field."""
    if isinstance(value, Name) and value.symbol.extents:
        return value.symbol.name
    if isinstance(value, Apply) and value.fillings and isinstance(source := value.fillings[0], Symbol):
        return (
            source.name + value.overload.production.template.removeprefix("{struct}")
            if value.row == "field"
            else source.name
        )
    return ""


def element(load: Apply) -> tuple[object, ...]:
    """What tells one element of one array from others."""
    return tuple(
        f.name
        if isinstance(f, Symbol)
        else f.symbol.name
        if isinstance(f, Name)
        else f.value
        if isinstance(f, Literal)
        else f
        for f in load.fillings
    )
