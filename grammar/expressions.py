"""Growth of expressions: a lookup by type and a pick, with leaves that read what the scope and the signature offer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import assert_never

from grammar import likelihood, names
from grammar.choices import Table
from grammar.known_bugs import stepped_round
from grammar.leaves import Want
from grammar.names import family
from grammar.production import (
    Block,
    Bound,
    Const,
    Counter,
    Domain,
    Expr,
    Fresh,
    Hole,
    Index,
    Input,
    Lookup,
    Named,
    Output,
    Overload,
    Pointer,
    Production,
    Result,
    SizeOf,
    Target,
    Thread,
    Zero,
    row,
)
from grammar.scope import Scope
from grammar.signature import LOOKUP, READ
from grammar.sizes import Sizes
from grammar.term import Apply, Expression, Filling, Function, Literal, Name, Symbol, walk
from grammar.types import BOOL, INT, Pattern, Scalar, Type, is_float, is_integer

# Literals by domain; in arithmetic 0 and 1 would be idle.
FLOATS = (2.0, 0.5, 3.0, 4.0, 0.25, 1.5, 0.1, 8.0, 0.75, 10.0, 0.01, 6.0, 1e-3)
INTS = (2, 3, 4, 5, 7, 8, 16, 6, 10)
LITERALS = {
    Domain.ANY: (FLOATS, INTS),
    Domain.COMPARED: ((0.0, 1.0, 0.5, 2.0, 1e-6, 0.1, 10.0), (0, 1, 2, 3, 4, 8)),
    Domain.NONZERO: ((2.0, 4.0, 3.0, 8.0, 0.5, 10.0), (2, 3, 4, 8, 5, 16)),
    Domain.POSITIVE: ((2.0, 0.5, 4.0, 0.1, 10.0), (2, 3, 4)),
    Domain.UNIT: ((0.5, 0.25, 0.75, 0.1), (0, 1)),
    Domain.SHIFT: ((1.0,), (1, 2, 3, 4, 5, 7)),
    Domain.MODERATE: ((2.0, 0.5, 3.0, 1.5), (2, 3, 4)),
    Domain.FINITE: ((2.0, 0.5, 3.0, 1.5), (2, 3, 4)),
}
NODES = 6  # operators and calls in the expressions of one statement


@lru_cache(maxsize=4096)
def call_overload(arguments: tuple[Type, ...], result: Type) -> Overload:
    """The row that calls a function of this signature."""
    holes: dict[str, Hole | Pattern] = {
        "function": Named(),
        **{f"a{place}": Expr(of) for place, of in enumerate(arguments)},
    }
    template = "{function}(" + ", ".join(f"{{a{place}}}" for place in range(len(arguments))) + ")"
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
    ) -> Expression:
        """An expression of a type.

        A `varying` one depends on what the kernel is given; `avoid` are values it must not be; `deep` is how many
        operators and calls its first operands must be nested in; only a `plain` one may be the bare name of a local.
        """
        if not varying and isinstance(of, Scalar) and of != BOOL and self.chance(self.profile.literal):
            literal = self.literal(of, domain)
            if literal not in avoid:
                return literal
        if domain not in {Domain.ANY, Domain.COMPARED}:
            guarded = self.guarded(of, scope, fuel, domain, avoid, deep=deep, varying=varying)
            if guarded is not None:
                return guarded
        if not varying and not isinstance(of, Scalar) and self.chance(60):
            constants = likelihood.constants(self.grammar, self.profile, of)
            if constants:
                return self.apply(constants.pick(self.choices), scope, 0)
        if deep > 0 or (fuel > 0 and self.nodes > 0 and self.chance(self.profile.nested)):
            if not scope.depth and deep == 0 and scope.returns is None and self.chance(self.profile.call):
                return self.call(of, scope)
            table = self.table(of, scope, "operands" if deep > 0 else "")
            if table:
                return self.apply(table.pick(self.choices), scope, fuel, deep=deep, avoid=avoid if of == BOOL else ())
        return self.leaf(of, scope, avoid, plain=plain)

    def table(self, of: Type, scope: Scope, tag: str = "") -> Table[Overload]:
        """The overloads that give a type here, at their odds."""
        place = likelihood.Place(scope.returns is not None, scope.margin, len(scope.threads))
        return likelihood.expressions(self.grammar, self.profile, self.palette, of, place, tag)

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
        varied = value is not None
        avoid = avoid if value is None else (*avoid, value)
        self.nodes -= 1
        for position, (name, hole) in enumerate(overload.holes):
            if position == place and value is not None:
                filling: Filling = value
            elif isinstance(hole, Expr):
                # The sides of `and` compare different things, so that they neither repeat nor contradict each other;
                # `a + b - b` and `a * b / b` say nothing.
                beside = atoms(fillings) if apart else tuple(fillings)
                filling = self.expression(
                    _type(hole.pattern),
                    scope,
                    max(fuel - 1, 0),
                    domain=_domain(hole, fillings),
                    varying=hole.varying or not varied,
                    avoid=(*avoid, *beside),
                    deep=0 if varied else max(deep - counted, 0),
                )
                varied = True
                if filling in fillings:  # x - x, min(x, x): said with something else
                    filling = self.leaf(_type(hole.pattern), scope, (*avoid, *fillings))
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

    def literal(self, of: Scalar, domain: Domain) -> Literal:
        """A literal that suits a domain."""
        floats, integers = LITERALS[domain]
        values: tuple[float, ...] = floats if is_float(of) else integers
        return Literal(values[self.choices.below(len(values))], of)

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
            case Fresh(pattern, noun, mutable):
                return self.fresh(_type(pattern), noun or _noun(filled), scope, mutable=mutable)
            case Target(pattern):
                return self.target(_type(pattern), overload.production, scope), scope
            case Input(pattern, rank):
                return self.input(_type(pattern), rank, overload, scope), scope
            case Output(pattern, rank, access):
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
            case Counter(bound):
                extent = self.counted(filled[bound])
                symbol = Symbol(
                    self.signature.names.fresh(names.COUNTERS, self.choices), INT, "counter", index_of=extent
                )
                self.owed.append(symbol)
                return symbol, scope.counting(symbol, alone=isinstance(filled[bound], Symbol))
            case Lookup(rank):
                extent = self.signature.extent()
                return self.signature.array(INT, self.signature.axes(scope, rank), LOOKUP, extent), scope
            case Pointer(lookup):
                array_symbol = filled[lookup]
                assert isinstance(array_symbol, Symbol)
                name = self.signature.names.fresh(names.POINTERS, self.choices)
                symbol = Symbol(name, INT, "pointer", index_of=array_symbol.index_of)
                self.unused[name] = symbol
                return symbol, scope.seeing(symbol)
            case Thread(axis):
                return Name(scope.threads[axis]), scope
            case SizeOf(index):
                return self.size(self.extent_of(filled[index])), scope
            case Result():
                assert scope.returns is not None
                return self.expression(scope.returns, scope, 2), scope
            case Expr(pattern, domain):
                let = "let" in overload.production.tags
                taken = (*self.beside, *(Name(f) if isinstance(f, Symbol) else f for f in filled.values()))
                deep = int(let and scope.returns is not None)
                fuel = self.fuel()
                value = self.expression(
                    _type(pattern), scope, fuel, domain=domain, avoid=taken, deep=deep, plain=not let
                )
                if value in filled.values():  # a chain of branches does not ask one thing twice
                    value = self.expression(_type(pattern), scope, fuel, domain=domain, avoid=atoms(taken))
                if "part" in overload.production.tags and set(taken) & set(atoms((value,))):  # v.x = v.x
                    value = self.leaf(_type(pattern), scope, taken)
                if self.owes(overload.production, scope):
                    value = self.counted_value(_type(pattern), scope, value)
                return value, scope
            case Block() | Named():
                message = f"row {overload.production.name!r}: no expression fills {hole}"
                raise ValueError(message)
            case _:
                assert_never(hole)

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

    def fresh(self, of: Type, noun: str, scope: Scope, *, mutable: bool) -> tuple[Symbol, Scope]:
        """A new local."""
        words = (noun,) if noun and self.chance(700) else tuple(names.LOCALS[family(of)].split())
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

    def call(self, of: Type, scope: Scope) -> Apply:
        """A call of a function that gives a type: one that exists, or a new one."""
        existing = [(f, s) for f, s in self.functions if s.type == of]
        if existing and (len(self.functions) > 2 or self.chance(500)):
            function, symbol = existing[self.choices.below(len(existing))] if len(existing) > 1 else existing[0]
        else:
            function, symbol = self.function(of)
            self.functions.append((function, symbol))
        arguments: list[Filling] = []
        self.nodes -= 1 + len(function.parameters)
        for parameter in function.parameters:
            arguments.append(self.expression(parameter.type, scope, 1, varying=not arguments, avoid=tuple(arguments)))
        return Apply(call_overload(tuple(p.type for p in function.parameters), of), (symbol, *arguments))

    @abstractmethod
    def function(self, of: Type) -> tuple[Function, Symbol]:
        """A new function that gives a type."""


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


def _domain(hole: Expr, fillings: Sequence[Filling]) -> Domain:
    """What an operand must satisfy; nobody asks whether an index or an unsigned number is at least 0."""
    first = fillings[0] if fillings else None
    countable = isinstance(first, Name) and (first.symbol.index_of is not None or _is_unsigned(first.type))
    return Domain.ANY if countable and hole.domain is Domain.COMPARED else hole.domain


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
