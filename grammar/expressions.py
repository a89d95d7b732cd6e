"""Growth of expressions: a lookup by type and a pick, with leaves that read what the scope and the signature offer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from grammar.choices import Table
from grammar.filling import Filled, _plain_domain, _type, atoms
from grammar.holes import (
    FREE,
    Domain,
    Expr,
    Hole,
    Named,
)
from grammar.known_bugs import stepped_round, unsliced
from grammar.likelihood import Place
from grammar.literals import is_unsigned
from grammar.production import Overload, named_again, row
from grammar.scope import Scope
from grammar.term import CONSTANT, Apply, Expression, Filling, Function, Name, Symbol
from grammar.types import BOOL, Pattern, Scalar, Type, is_integer, is_storable

CALLED = 3  # how deep in blocks a function may be called


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
class Expressions(Filled):
    """Grows expressions."""

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
                    filling = self.other(_type(hole.pattern), scope, hole.domain, (*avoid, *fillings))
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
        if not must_be_guarded(of, domain) and (spent or not self.chance(self.profile.guard)):
            return None
        overload = overloads[self.choices.below(len(overloads))]
        if "unsigned" in overload.production.tags and not is_unsigned(of):
            overload = overloads[0]
        fuel = 0 if "atom" in overload.production.tags else max(fuel, 1) if self.chance(400) else 1
        return self.apply(overload, scope, fuel, deep=deep, avoid=avoid)

    def other(self, of: Type, scope: Scope, domain: Domain, avoid: tuple[Filling, ...]) -> Expression:
        """A short expression that is none of these; in its domain, where growth never leaves that out."""
        guarded = None
        if must_be_guarded(of, domain):
            guarded = self.guarded(of, scope, 0, domain, avoid, deep=0, varying=True)
        return self.leaf(of, scope, avoid) if guarded is None else guarded

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


def must_be_guarded(of: Type, domain: Domain) -> bool:
    """Whether no profile may leave a value of a type unguarded: a process dies of a division by the integer zero."""
    return domain not in FREE and (is_integer(of) or domain is Domain.FINITE)


def place_in(scope: Scope) -> Place:
    """What a scope is to an expression."""
    return Place(scope.returns is not None, scope.margin, len(scope.threads), scope.uniform)


def _operands(terms: Sequence[Filling]) -> tuple[Filling, ...]:
    """What the terms are immediately made of."""
    return tuple(operand for term in terms if isinstance(term, Apply) for operand in term.fillings)


def _domain(hole: Expr, fillings: Sequence[Filling]) -> Domain:
    """What an operand must satisfy; nobody asks whether an index or an unsigned number is at least 0."""
    first = fillings[0] if fillings else None
    countable = isinstance(first, Name) and (first.symbol.index_of is not None or is_unsigned(first.type))
    return Domain.ANY if countable and hole.domain is Domain.COMPARED else hole.domain
