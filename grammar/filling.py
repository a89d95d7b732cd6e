"""Filling of holes: every kind but blocks, which statements fill."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import assert_never

from grammar import names
from grammar.choices import pick
from grammar.grammar import Grammar
from grammar.holes import (
    EVERY,
    Block,
    Bound,
    Const,
    Counter,
    Define,
    Domain,
    Expr,
    Fresh,
    Given,
    Hole,
    Host,
    Index,
    Input,
    Items,
    Length,
    Lookup,
    Named,
    Output,
    Pointer,
    Result,
    SizeOf,
    Spelled,
    Target,
    Thread,
    Zero,
)
from grammar.known_bugs import unsliced
from grammar.leaves import Want, binding_for, source_of
from grammar.literals import Literals
from grammar.names import Names, family
from grammar.production import Overload, Production, named_again
from grammar.scope import Scope
from grammar.signature import HOST, LOOKUP, OFFSETS, READ, VALUE
from grammar.term import DEFINITION, Apply, Expression, Filling, Literal, Name, Symbol, walk
from grammar.types import BOOL, INT, Opaque, Scalar, Type, is_float, spell

NODES = 6  # operators and calls in the expressions of one statement


@dataclass(slots=True)
class Filled(Literals):
    """Fills holes."""

    @abstractmethod
    def expression(
        self,
        of: Type,
        scope: Scope,
        fuel: int,
        *,
        domain: Domain = Domain.ANY,
        varying: bool = True,
        avoid: tuple[Filling, ...] = (),
        deep: int = 0,
        plain: bool = True,
        neutral: bool = False,
    ) -> Expression:
        """An expression of a type."""

    @abstractmethod
    def other(self, of: Type, scope: Scope, domain: Domain, avoid: tuple[Filling, ...]) -> Expression:
        """A short expression that is none of these."""

    def fill(self, hole: Hole, overload: Overload, filled: dict[str, Filling], scope: Scope) -> tuple[Filling, Scope]:
        """What fills a hole that holds no expression and no statements, and the scope after it."""
        match hole:
            case Expr(pattern, domain):
                let = "let" in overload.production.tags
                taken = (*self.beside, *(Name(f) if isinstance(f, Symbol) else f for f in filled.values()))
                deep = int(let and scope.returns is not None)
                name, _ = overload.holes[len(filled)]
                fuel = 0 if name in named_again(overload.production.template) else self.fuel()
                domain = _plain_domain(hole) if name in named_again(overload.production.template) else domain
                value = self.expression(
                    _type(pattern), scope, fuel, domain=domain, avoid=taken, deep=deep, plain=not let
                )
                if value in filled.values():  # a chain of branches does not ask one thing twice
                    value = self.expression(_type(pattern), scope, fuel, domain=domain, avoid=atoms(taken))
                if "part" in overload.production.tags and set(taken) & set(atoms((value,))):  # v.x = v.x
                    value = self.other(_type(pattern), scope, domain, taken)
                if self.owes(overload.production, scope):
                    value = self.counted_value(_type(pattern), scope, value)
                return unsliced(overload.production.template, name, value), scope
            case Const(pattern, values):
                return Literal(
                    values[self.choices.below(len(values))] if len(values) > 1 else values[0], _type(pattern)
                ), scope
            case Zero(pattern):
                return Literal(0, _type(pattern), start=True), scope
            case Fresh(pattern, noun, mutable, inner):
                other = 0 if inner else 50 if noun else 300  # what only the row sees is called what the row says
                noun = noun or _noun(filled)
                return self.fresh(_type(pattern), noun, scope, mutable=mutable, other=other, inner=inner)
            case Target(pattern):
                return self.target(_type(pattern), overload.production, scope), scope
            case Input(pattern, rank, axes):
                if axes:
                    return self.shared_out(_type(pattern), READ, axes, scope), scope
                return self.input(_type(pattern), rank, overload, scope), scope
            case Output(pattern, rank, access, axes):
                if axes:
                    return self.shared_out(_type(pattern), access, axes, scope), scope
                return self.output(_type(pattern), rank, access, scope), scope
            case Index(array, axis, own):
                symbol = filled[array]
                assert isinstance(symbol, Symbol)
                if not own:
                    return self.index(symbol.extents[axis], scope), scope
                places = scope.own if symbol.role == "write" else scope.threads
                return Name(places[axis]), scope
            case Bound(kind):
                return self.bound(kind, scope), scope
            case Counter(bound, noun):
                limit = filled[bound]
                words = noun or names.COUNTERS
                symbol = Symbol(self.counter_name(words), INT, "counter", index_of=self.counted(limit))
                mine = {bound, *(name for name, other in overload.holes if other is hole)}
                if not any(isinstance(items, Items) and mine & {*items.host.split()} for _, items in overload.holes):
                    self.owed.append(symbol)  # else the row itself reads what it visits
                # What a thread's offsets enclose no other thread's do; within another loop, trips would share elements.
                alone = isinstance(limit, Symbol) and limit.role == OFFSETS
                alone = alone and scope.own == scope.threads and len(scope.threads) == 1
                return symbol, scope.counting(symbol, alone=alone)
            case Lookup(rank):
                extent = self.signature.extent()
                return self.signature.array(INT, self.signature.axes(scope, rank), LOOKUP, extent), scope
            case Pointer(lookup, noun):
                array_symbol = filled[lookup]
                assert isinstance(array_symbol, Symbol)
                name = self.signature.names.fresh(noun or names.POINTERS, self.choices)
                symbol = Symbol(name, INT, "pointer", index_of=array_symbol.index_of)
                self.unused[name] = symbol
                if self.forcing:
                    self.must.append(symbol)
                return symbol, scope.seeing(symbol)
            case Thread(axis):
                return self.thread_number(scope) if axis == EVERY else Name(scope.threads[axis]), scope
            case SizeOf(index):
                return self.size(self.extent_of(filled[index])), scope
            case Result():
                assert scope.returns is not None
                return self.expression(scope.returns, scope, 2), scope
            case Host():
                return self.host(hole, scope), scope
            case Items():
                return self.items(hole, filled), scope
            case Given(pattern, noun):
                return self.given(_type(pattern), noun), scope
            case Spelled(pattern):
                return Symbol(spell(_type(pattern)), _type(pattern), "type"), scope
            case Length(size):
                assert isinstance(size, int)
                return Literal(size, INT), scope
            case Define():
                return self.define(hole), scope
            case Block() | Named():
                message = f"row {overload.production.name!r}: no expression fills {hole}"
                raise ValueError(message)
            case _:
                assert_never(hole)

    def thread_number(self, scope: Scope) -> Expression:
        """The thread's number among all, such as `i * n + j`."""
        number: Expression = Name(scope.threads[0])
        for thread in scope.threads[1:]:
            assert thread.index_of is not None
            row_start = Apply(_integer(self.grammar, "mul"), (number, self.size(thread.index_of)))
            number = Apply(_integer(self.grammar, "add"), (row_start, Name(thread)))
        return number

    def host(self, hole: Host, scope: Scope) -> Symbol:
        """A parameter that the host makes: one of the kind that is there, or a new one."""
        annotation = hole.annotation
        if hole.pattern is not None:
            annotation = annotation.replace("{T}", spell(_type(hole.pattern)))
        role = HOST + hole.kind
        of = Opaque(hole.kind) if hole.pattern is None else _type(hole.pattern)
        threads = scope.threads[0].index_of
        for symbol in self.signature.of_role(role):
            same = (symbol.type, symbol.text) == (of, annotation) and (not hole.own or symbol.index_of == threads)
            if same and self.chance(800):
                return symbol
        extent = threads if hole.own else self.signature.extent()
        name = self.signature.names.fresh(hole.noun, self.choices)
        return self.signature.add(Symbol(name, of, role, index_of=extent, text=annotation))

    def items(self, hole: Items, filled: dict[str, Filling]) -> Symbol:
        """An array with an element for each item: one of that name that is there, or a new one."""
        of, words = _type(hole.pattern), hole.noun.split()
        taken = {source_of(filling) for filling in filled.values()}
        extents = tuple(self.axis(word, filled) for word in hole.host.split())
        into = None if hole.into in {"", "new"} else self.axis(hole.into, filled)
        role = LOOKUP if hole.into else hole.access
        same = [
            s
            for s in self.signature.of_role(role)
            if (s.type, s.extents) == (of, extents) and s not in filled.values() and s.name not in taken
            if into is None or s.index_of == into
            if not words or s.name.rstrip("0123456789") in words
        ]
        shared = role in {READ, LOOKUP} or role.startswith("atomic")  # else each has its own
        if same and shared and self.chance(900 if words else 700):
            return same[self.choices.below(len(same))] if len(same) > 1 else same[0]
        into = self.signature.extent() if hole.into == "new" else into
        return self.signature.array(of, extents, role, into, hole.noun)

    def given(self, of: Type, noun: str) -> Symbol:
        """A parameter of one of some names: the one that is there, or a new one."""
        known = [s for s in self.signature.of_role(VALUE) if s.type == of and s.name in noun.split()]
        return (
            known[0] if known else self.signature.add(Symbol(self.signature.names.fresh(noun, self.choices), of, VALUE))
        )

    def define(self, hole: Define) -> Symbol:
        """A definition above the kernel: one from the same row that is there, or a new one."""
        above, here = self.module_names, self.signature.names
        for known, symbol in self.definitions:
            if known == hole and here.may_refer(symbol.name) and self.chance(800):
                here.refer(symbol.name)
                return symbol
        name = Names(above.taken | here.taken).fresh(hole.noun, self.choices)
        above.refer(name)
        here.refer(name)
        text = hole.text
        for word, texts in hole.options:  # first: one may hold the name, or a type
            text = text.replace("{" + word + "}", texts[self.choices.below(len(texts))] if len(texts) > 1 else texts[0])
        text = text.replace("{name}", name).replace("{Name}", name.title().replace("_", ""))
        for word, pattern in hole.types:
            text = text.replace("{" + word + "}", spell(_type(pattern)))
        symbol = Symbol(name, Opaque(DEFINITION), DEFINITION, text=text)
        self.definitions.append((hole, symbol))
        return symbol

    def owes(self, production: Production, scope: Scope) -> bool:
        """Whether this is the last chance of a loop to use its counter."""
        closes = self.closing or any(isinstance(hole, Counter) for _, hole in production.holes)
        return closes and bool(scope.own) and scope.own[-1] in self.owed

    def counted_value(self, of: Type, scope: Scope, value: Expression) -> Expression:
        """A value that depends on the innermost counter, in the place of one that does not."""
        if of == BOOL:
            comparison = self.compare(Want(BOOL, scope, (), True, frozenset(), ()))
            return value if self.owed and scope.own[-1] in self.owed else comparison
        if scope.returns is not None:  # a function has no arrays to read
            return self.counter(scope.own[-1], of) if isinstance(of, Scalar) else value
        extent = scope.own[-1].index_of
        assert extent is not None
        fitting = [
            s for s in self.signature.of_role(READ) if s.type == of and extent in s.extents and self.reachable(s, scope)
        ]
        axes = self.signature.axes(scope, None, extent)
        return self.load(fitting[-1] if fitting else self.signature.array(of, axes, READ), scope)

    def fuel(self) -> int:
        """How deep the expression of a statement may go; it may have a few operators and calls in all."""
        self.nodes = NODES
        return pick(self.profile.fuel, self.choices)

    def fresh(
        self, of: Type, noun: str, scope: Scope, *, mutable: bool, other: int = 300, inner: bool = False
    ) -> tuple[Symbol, Scope]:
        """A new local, called by its noun or, `other` per mille of the time, as any of its type.

        An `inner` one, which only its row sees, may have the name of a counter of a loop that is over.
        """
        words = (noun,) if noun and not self.chance(other) else tuple(names.LOCALS[family(of)].split())
        counts = inner and of == INT
        name = self.counter_name(words) if counts else self.signature.names.fresh(words, self.choices)
        symbol = Symbol(name, of, "local")
        self.unused[symbol.name] = symbol
        if self.forcing:
            self.must.append(symbol)
        return symbol, scope.changing(symbol) if mutable else scope.seeing(symbol)

    def counter_name(self, words: str | tuple[str, ...]) -> str:
        """What a counter is called: as one of a loop that is over, if the profile likes that, or afresh."""
        here = self.signature.names
        known = here.again(words) if self.profile.reuse and self.chance(self.profile.reuse) else None
        return known or here.fresh(words, self.choices)

    def targets(self, production: Production, scope: Scope) -> tuple[Symbol, ...]:
        """The locals that a row may change; by a new value, only those of outer blocks that nothing demands."""
        if "nested" in production.needs:
            return tuple(symbol for symbol in scope.nested if symbol not in self.must)
        return scope.mutable

    def target(self, of: Type, production: Production, scope: Scope) -> Symbol:
        """A local that may be changed; it has to be read again for that to matter."""
        options = [symbol for symbol in self.targets(production, scope) if symbol.type == of]
        symbol = options[len(options) - 1 - self.choices.below(len(options))] if len(options) > 1 else options[0]
        self.unused[symbol.name] = symbol
        self.unset.discard(symbol.name)
        if self.forcing and symbol not in self.must:
            self.must.append(symbol)
        return symbol


@lru_cache(maxsize=64)
def _integer(grammar: Grammar, name: str) -> Overload:
    """A row at int32."""
    production = grammar.by_name[name]
    return production.at(binding_for(production, INT))


def _noun(filled: dict[str, Filling]) -> str:
    """What a local that holds a value is called: after the row that made it, or the array it was read from."""
    value = filled.get("value")
    if isinstance(value, Apply):
        first = value.fillings[0] if value.fillings else None
        if "load" in value.overload.production.tags and isinstance(first, Symbol):
            return names.singular(first.name)
        return value.overload.production.noun
    return ""


def _type(pattern: object) -> Type:
    assert isinstance(pattern, Type), pattern
    return pattern


def _plain_domain(hole: Expr) -> Domain:
    """What an operand that is written several times must satisfy: a guard, twice, is too long where it may be none."""
    pattern = _type(hole.pattern)
    return Domain.ANY if is_float(pattern) and hole.domain is not Domain.FINITE else hole.domain


def atoms(terms: Sequence[Filling]) -> tuple[Filling, ...]:
    """The names, literals and elements that some terms are made of."""
    return tuple(
        part
        for term in terms
        for part in walk(term)
        if isinstance(part, Name | Literal)
        or (isinstance(part, Apply) and {"load", "struct"} & part.overload.production.tags)
    )
