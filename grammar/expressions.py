"""Growth of expressions: a lookup by type and a pick, with leaves that read what the scope and the signature offer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import assert_never

from grammar import names
from grammar.choices import Table
from grammar.grammar import Grammar
from grammar.holes import (
    EVERY,
    FREE,
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
from grammar.known_bugs import stepped_round, unsliced
from grammar.leaves import Want, binding_for, source_of
from grammar.likelihood import Place
from grammar.names import family
from grammar.production import Overload, Production, named_again, row
from grammar.scope import Scope
from grammar.signature import HOST, LOOKUP, OFFSETS, READ, VALUE
from grammar.sizes import Sizes
from grammar.term import CONSTANT, DEFINITION, Apply, Expression, Filling, Function, Literal, Name, Symbol, walk
from grammar.types import BOOL, FLOAT, INT, Opaque, Pattern, Scalar, Type, is_float, is_integer, is_storable, spell

# Literals by domain, with their odds; in arithmetic 0 and 1 would be idle.
LITERALS: dict[Domain, tuple[Table[float], Table[float]]] = {
    domain: (Table.of(floats), Table.of(integers))
    for domain, floats, integers in (
        (
            Domain.ANY,
            (
                (2.0, 10),
                (0.5, 18),
                (3.0, 2),
                (4.0, 2),
                (0.25, 2),
                (1.5, 1),
                (0.1, 2),
                (6.0, 1),
                (10.0, 1),
                (0.01, 1),
                (1e-3, 1),
            ),
            ((2, 60), (3, 18), (4, 8), (5, 2), (6, 2), (7, 1), (8, 4), (10, 1), (16, 3)),
        ),
        (
            Domain.COMPARED,
            ((0.0, 40), (1.0, 8), (0.5, 4), (2.0, 2), (1e-6, 4), (0.1, 2), (10.0, 1)),
            ((0, 40), (1, 14), (-1, 10), (2, 8), (3, 4), (4, 2), (8, 1)),
        ),
        (
            Domain.TERM,
            ((1.0, 20), (0.5, 6), (2.0, 3), (1e-6, 3), (0.25, 2), (0.1, 1)),
            ((1, 40), (2, 6), (3, 3), (4, 2), (7, 1), (16, 1)),
        ),
        (
            Domain.NONZERO,
            ((2.0, 8), (4.0, 2), (3.0, 2), (8.0, 1), (0.5, 2), (10.0, 1)),
            ((2, 12), (3, 5), (4, 5), (8, 3), (5, 1), (16, 2)),
        ),
        (Domain.POSITIVE, ((2.0, 4), (0.5, 4), (4.0, 1), (0.1, 1), (10.0, 1)), ((2, 3), (3, 1), (4, 1))),
        (Domain.UNIT, ((0.5, 4), (0.25, 1), (0.75, 1), (0.1, 1)), ((0, 1), (1, 1))),
        (Domain.SHIFT, ((1.0, 1),), ((1, 6), (2, 3), (3, 2), (4, 3), (5, 1), (7, 1))),
        (Domain.MODERATE, ((2.0, 4), (0.5, 4), (3.0, 1), (1.5, 1)), ((2, 3), (3, 1), (4, 1))),
        (Domain.FINITE, ((2.0, 2), (0.5, 2), (3.0, 1), (1.5, 1)), ((2, 3), (3, 1), (4, 1))),
    )
}
CONSTANTS_OF = frozenset({FLOAT, INT})  # a bare number is one of these
CALLED = 3  # how deep in blocks a function may be called
NODES = 6  # operators and calls in the expressions of one statement


@lru_cache(maxsize=4096)
def call_overload(arguments: tuple[Type, ...], result: Type, keywords: tuple[str, ...] = ()) -> Overload:
    """The row that calls a function of this signature, the last arguments by keyword."""
    holes: dict[str, Hole | Pattern] = {
        "function": Named(),
        **{f"a{place}": Expr(of) for place, of in enumerate(arguments)},
    }
    before = len(arguments) - len(keywords)
    given = [f"{{a{place}}}" for place in range(before)]
    given += [f"{keyword}={{a{before + place}}}" for place, keyword in enumerate(keywords)]
    template = "{function}(" + ", ".join(given) + ")"
    return row("call", template, result, tags="function", noun="value", more=holes).at({})


@dataclass(slots=True)
class Expressions(Sizes):
    """Grows expressions, and fills every kind of hole but blocks."""

    # --- expressions ---

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
        """An expression of a type.

        A `varying` one depends on what the kernel is given; `avoid` are values it must not be; `deep` is how many
        operators and calls its first operands must be nested in; only a `plain` one may be the bare name of a local;
        only where it may be `neutral` does a zero or an identity say something.
        """
        if not varying and isinstance(of, Scalar) and of != BOOL and self.chance(self.profile.literal):
            literal = self.literal(of, domain)
            if literal not in avoid:
                return literal
        if domain not in FREE:
            guarded = self.guarded(of, scope, fuel, domain, avoid, deep=deep, varying=varying)
            if guarded is not None:
                return guarded
        if neutral and not varying and not isinstance(of, Scalar) and self.chance(250):
            constants = self.likelihood.constants(of)
            if constants:
                return self.apply(constants.pick(self.choices), scope, 0)
        if deep > 0 or (fuel > 0 and self.nodes > 0 and self.chance(self.profile.nested)):
            if scope.depth < CALLED and deep == 0 and scope.returns is None and self.calls(of):
                return self.call(of, scope)
            table = self.table(of, scope, "operands" if deep > 0 else "")
            if table:
                return self.apply(table.pick(self.choices), scope, fuel, deep=deep, avoid=avoid if of == BOOL else ())
        return self.leaf(of, scope, avoid, plain=plain)

    def table(self, of: Type, scope: Scope, tag: str = "") -> Table[Overload]:
        """The overloads that give a type here, at their odds."""
        return self.likelihood.expressions(of, place_in(scope), tag)

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
        """An overload with its holes filled; no operand is one of `avoid`, or equal to another.

        `given` is an operand that is there already, with the position of its hole.
        """
        apart = "apart" in overload.production.tags
        fillings: list[Filling] = []
        filled: dict[str, Filling] = {}
        counted = "component" not in overload.production.tags  # reading a component is no step of a deep expression
        place, value = given or (-1, None)
        varied = value is not None and not (isinstance(value, Name) and value.symbol.role == CONSTANT)
        avoid = avoid if value is None else (*avoid, value)
        self.nodes -= 1
        repeated = named_again(overload.production.template)
        for position, (name, hole) in enumerate(overload.holes):
            if position == place and value is not None:
                filling: Filling = unsliced(overload.production.template, name, value)
            elif isinstance(hole, Expr):
                # The sides of `and` compare different things, so that they neither repeat nor contradict each other;
                # `a + b - b` and `a * b / b` say nothing.
                beside = atoms(fillings) if apart else (*fillings, *_operands(fillings))
                filling = self.expression(
                    _type(hole.pattern),
                    scope,
                    0 if name in repeated else max(fuel - 1, 0),
                    domain=_domain(hole, fillings) if name not in repeated else _plain_domain(hole),
                    varying=hole.varying or not varied,
                    avoid=(*avoid, *beside),
                    deep=0 if varied else max(deep - counted, 0),
                    neutral="choice" in overload.production.tags,
                )
                varied = True
                if filling in fillings:  # x - x, min(x, x): said with something else
                    filling = self.leaf(_type(hole.pattern), scope, (*avoid, *fillings))
                filling = unsliced(overload.production.template, name, filling)
            else:
                filling, scope = self.fill(hole, overload, filled, scope)
            fillings.append(filling)
            filled[name] = filling
        return stepped_round(Apply(overload, tuple(fillings)))

    def guarded(
        self,
        of: Type,
        scope: Scope,
        fuel: int,
        domain: Domain,
        avoid: tuple[Filling, ...],
        *,
        deep: int,
        varying: bool,
    ) -> Expression | None:
        """An expression brought into a domain; none where the profile leaves a floating-point operand unguarded."""
        overloads = self.grammar.guards_by_type.get((domain, of), ())
        if deep > 0:  # an atom is written twice: a short one
            overloads = tuple(o for o in overloads if "atom" not in o.production.tags)
        if not overloads:
            return None
        spent = self.nodes <= 0 and deep == 0
        if is_integer(of) and isinstance(of, Scalar) and not varying and (spent or self.chance(700)):
            return self.literal(of, domain)
        always = is_integer(of) or domain is Domain.FINITE
        if not always and (spent or not self.chance(self.profile.guard)):
            return None
        overload = overloads[self.choices.below(len(overloads))]
        if "unsigned" in overload.production.tags and not _is_unsigned(of):
            overload = overloads[0]
        fuel = 0 if "atom" in overload.production.tags else max(fuel, 1) if self.chance(400) else 1
        return self.apply(overload, scope, fuel, deep=deep, avoid=avoid)

    def literal(self, of: Scalar, domain: Domain) -> Literal | Name:
        """A literal that suits a domain; some have a name of their own."""
        floats, integers = LITERALS[domain]
        table = floats if is_float(of) else integers
        own = self.signature.names is self.module_names  # else in a function, which sees nothing of a closure
        if (
            of in CONSTANTS_OF
            and domain is Domain.ANY
            and (own or not self.closure)
            and self.chance(self.profile.constant)
        ):
            return self.constant(of, table)
        value = table.pick(self.choices)
        return Literal(abs(value) if _is_unsigned(of) else value, of)

    def constant(self, of: Scalar, table: Table[float]) -> Name:
        """A number with a name, above the kernel or handed to what makes the kernel."""
        known = [symbol for symbol in self.constants if symbol.type == of]
        if known and self.chance(400 if len(self.constants) < 3 else 1000):
            return Name(known[self.choices.below(len(known))] if len(known) > 1 else known[0])
        words = names.CONSTANTS[family(of)]
        name = self.module_names.fresh(words.lower() if self.closure else words, self.choices)
        number = table.pick(self.choices)
        text = repr(float(number)) if is_float(of) else str(int(number))
        symbol = Symbol(name, of, CONSTANT, text=text)
        self.constants.append(symbol)
        return Name(symbol)

    # --- holes ---

    def fill(self, hole: Hole, overload: Overload, filled: dict[str, Filling], scope: Scope) -> tuple[Filling, Scope]:
        """What fills a hole that holds no expression and no statements, and the scope after it."""
        match hole:
            case Const(pattern, values):
                return Literal(
                    values[self.choices.below(len(values))] if len(values) > 1 else values[0], _type(pattern)
                ), scope
            case Zero(pattern):
                return Literal(0, _type(pattern), start=True), scope
            case Fresh(pattern, noun, mutable, inner):
                other = 0 if inner else 50 if noun else 300  # what only the row sees is called what the row says
                return self.fresh(_type(pattern), noun or _noun(filled), scope, mutable=mutable, other=other)
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
                symbol = Symbol(
                    self.signature.names.fresh(words, self.choices), INT, "counter", index_of=self.counted(limit)
                )
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
                    value = self.leaf(_type(pattern), scope, taken)
                if self.owes(overload.production, scope):
                    value = self.counted_value(_type(pattern), scope, value)
                return unsliced(overload.production.template, name, value), scope
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
        for known, symbol in self.definitions:
            if known == hole and self.chance(800):
                return symbol
        name = self.module_names.fresh(hole.noun, self.choices)
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
        return Table.of(self.profile.fuel).pick(self.choices)

    def fresh(self, of: Type, noun: str, scope: Scope, *, mutable: bool, other: int = 300) -> tuple[Symbol, Scope]:
        """A new local, called by its noun or, `other` per mille of the time, as any of its type."""
        words = (noun,) if noun and not self.chance(other) else tuple(names.LOCALS[family(of)].split())
        symbol = Symbol(self.signature.names.fresh(words, self.choices), of, "local")
        self.unused[symbol.name] = symbol
        if self.forcing:
            self.must.append(symbol)
        return symbol, scope.changing(symbol) if mutable else scope.seeing(symbol)

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

    # --- functions ---

    def calls(self, of: Type) -> bool:
        """Whether a value comes from a function of the kernel's own."""
        return is_storable(of) and self.chance(self.profile.call)

    def call(self, of: Type, scope: Scope) -> Apply:
        """A call of a function that gives a type: one that exists, or a new one."""
        existing = [(f, s) for f, s in self.functions if s.type == of]
        if existing and (len(self.functions) > 2 or self.chance(500)):
            function, symbol = existing[self.choices.below(len(existing))] if len(existing) > 1 else existing[0]
        else:
            function, symbol = self.function(of)
            self.functions.append((function, symbol))
        return self.called(function, symbol, scope)

    def called(self, function: Function, symbol: Symbol, scope: Scope) -> Apply:
        """A call of a function."""
        arguments: list[Filling] = []
        self.nodes -= 1 + len(function.parameters)
        for parameter in function.parameters:
            arguments.append(self.expression(parameter.type, scope, 1, varying=not arguments, avoid=tuple(arguments)))
        keywords: tuple[str, ...] = ()
        # Warp finds no generic function by keywords (corpus: generic_keyword).
        if len(function.parameters) > 1 and not function.generic and self.chance(self.profile.keywords):
            last = 1 + self.choices.below(len(function.parameters) - 1)
            keywords = tuple(parameter.name for parameter in function.parameters[-last:])
        overload = call_overload(tuple(p.type for p in function.parameters), symbol.type, keywords)
        return Apply(overload, (symbol, *arguments))

    @abstractmethod
    def function(self, of: Type) -> tuple[Function, Symbol]:
        """A new function that gives a type."""


def place_in(scope: Scope) -> Place:
    """What a scope is to an expression."""
    return Place(scope.returns is not None, scope.margin, len(scope.threads), scope.uniform)


def _type(pattern: object) -> Type:
    assert isinstance(pattern, Type), pattern
    return pattern


def atoms(terms: Sequence[Filling]) -> tuple[Filling, ...]:
    """The names, literals and elements that some terms are made of."""
    return tuple(
        part
        for term in terms
        for part in walk(term)
        if isinstance(part, Name | Literal)
        or (isinstance(part, Apply) and {"load", "struct"} & part.overload.production.tags)
    )


@lru_cache(maxsize=64)
def _integer(grammar: Grammar, name: str) -> Overload:
    """A row at int32."""
    production = grammar.by_name[name]
    return production.at(binding_for(production, INT))


def _operands(terms: Sequence[Filling]) -> tuple[Filling, ...]:
    """What the terms are immediately made of."""
    return tuple(operand for term in terms if isinstance(term, Apply) for operand in term.fillings)


def _domain(hole: Expr, fillings: Sequence[Filling]) -> Domain:
    """What an operand must satisfy; nobody asks whether an index or an unsigned number is at least 0."""
    first = fillings[0] if fillings else None
    countable = isinstance(first, Name) and (first.symbol.index_of is not None or _is_unsigned(first.type))
    return Domain.ANY if countable and hole.domain is Domain.COMPARED else hole.domain


def _plain_domain(hole: Expr) -> Domain:
    """What an operand that is written several times must satisfy: a guard, twice, is too long where it may be none."""
    pattern = _type(hole.pattern)
    return Domain.ANY if is_float(pattern) and hole.domain is not Domain.FINITE else hole.domain


def _is_unsigned(of: Type) -> bool:
    return isinstance(of, Scalar) and of.name.startswith("u")


SINGULAR = {
    "radii": "radius",
    "indices": "index",
    "vertices": "vertex",
    "axes": "axis",
    "bases": "basis",
    "masses": "mass",
    "losses": "loss",
    "boxes": "box",
    "stresses": "stress",
    "stiffnesses": "stiffness",
    "thicknesses": "thickness",
}


def singular(name: str) -> str:
    """What one element of an array of this name is called."""
    name = name.rpartition(".")[2]
    head, _, tail = name.rpartition("_")
    one = SINGULAR.get(tail) or (
        tail[:-3] + "y" if tail.endswith("ies") else tail[:-1] if tail.endswith("s") and not tail.endswith("ss") else ""
    )
    return (f"{head}_{one}" if head else one) if one else f"{name}_value"


def _noun(filled: dict[str, Filling]) -> str:
    """What a local that holds a value is called: after the row that made it, or the array it was read from."""
    value = filled.get("value")
    if isinstance(value, Apply):
        first = value.fillings[0] if value.fillings else None
        if "load" in value.overload.production.tags and isinstance(first, Symbol):
            return singular(first.name)
        return value.overload.production.noun
    return ""
