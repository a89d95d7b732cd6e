"""Twins: a kernel rewritten without change of meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from grammar.catalogue.operators import COMPARISONS
from grammar.catalogue.statements import FOR, IF
from grammar.expressions import call_overload
from grammar.holes import Block, Expr, Fresh
from grammar.places import put
from grammar.production import Effect, Overload, row
from grammar.term import Apply, Body, Expression, Filling, Function, Kernel, Literal, Name, Symbol, parts, walk
from grammar.types import BOOL, INT, Scalar, Struct, is_storable, match

LOCALS = frozenset({"local", "counter", "pointer", "thread"})
Part = TypeVar("Part", bound=Filling)
LET = row("let_part", "{name} = {value}", None, more={"name": Fresh(INT), "value": Expr(INT)})
STATIC = row("static_number", "wp.static({value})", None, value=Expr(INT))
FIRST, OTHERS = (
    row(f"for_{name}", template, None, more=dict(FOR.holes))
    for name, template in (
        ("first", "for {k} in range(wp.min({n}, 1)):\n    {body}"),
        ("others", "for {k} in range(1, {n}):\n    {body}"),
    )
)
UNPLAIN = frozenset({"random", "query", "conditional", "logic", "slice", "view", "function"})


def renamed(kernel: Kernel) -> Kernel | None:
    """Every local has another name; none where a definition's text, which may name locals, is part of the kernel."""
    symbols = [part for part in parts(kernel) if isinstance(part, Symbol)]
    taken = {symbol.name for symbol in symbols}
    new = {symbol.name: f"{symbol.name}_other" for symbol in symbols if symbol.role in LOCALS}
    if kernel.definitions or kernel.functions or not new or taken & {*new.values()}:
        return None
    return replace(kernel, body=_renamed(kernel.body, new))


def _renamed(term: Part, new: Mapping[str, str]) -> Part:
    match term:
        case Symbol():
            owner = None if term.owner is None else _renamed(term.owner, new)
            return replace(term, name=new.get(term.name, term.name) if term.role in LOCALS else term.name, owner=owner)
        case Name(symbol):
            return replace(term, symbol=_renamed(symbol, new))
        case Apply(_, fillings):
            return replace(term, fillings=tuple(_renamed(filling, new) for filling in fillings))
        case Body(statements):
            return replace(term, statements=tuple(_renamed(statement, new) for statement in statements))
        case _:
            return term


def guarded(kernel: Kernel) -> Kernel | None:
    """All but the first statement stands under a guard that always holds: the thread's index is not negative."""
    first, *rest = kernel.body.statements
    thread = first.fillings[0] if first.row.startswith("tid") and first.fillings else None
    if not isinstance(thread, Symbol) or not rest:
        return None
    test = Apply(_at_least(), (Name(thread), Literal(0, INT)))
    return replace(kernel, body=Body((first, Apply(IF.at({}), (test, Body(tuple(rest)))))))


def _at_least() -> Overload:
    """`a >= b` of whole numbers."""
    for each in COMPARISONS:
        hole = each.holes[0][1]
        if (
            each.template == "{a} >= {b}"
            and isinstance(hole, Expr)
            and (binding := match(hole.pattern, INT)) is not None
        ):
            return each.at(binding)
    message = "the catalogue compares whole numbers"
    raise ValueError(message)


def split(kernel: Kernel) -> Kernel | None:
    """An operand in each statement that has a plain one is computed before, into a local."""
    statements: list[Apply] = []
    for number, statement in enumerate(kernel.body.statements):
        found = _operand(statement)
        if found is None:
            statements.append(statement)
            continue
        path, operand = found
        local = Symbol(f"part_{number}", operand.type, "local")
        statements += [let(local, operand), put(statement, path, Name(local))]
    return None if len(statements) == len(kernel.body.statements) else replace(kernel, body=Body(tuple(statements)))


def let(local: Symbol, value: Expression) -> Apply:
    """A statement that makes a local of a value."""
    return Apply(Overload(LET, (("name", Fresh(local.type)), ("value", Expr(local.type))), None), (local, value))


def outlined(kernel: Kernel) -> Kernel | None:
    """A plain operand of locals and numbers, of the first statement that has one, is what a new function returns."""
    for number, statement in enumerate(kernel.body.statements):
        found = _operand(statement, atoms=True)
        if found is None:
            continue
        path, operand = found
        symbols = tuple({part.symbol: None for part in walk(operand) if isinstance(part, Name)})
        parameters = tuple(Symbol(symbol.name, symbol.type, "value") for symbol in symbols)
        function = Function("part_of_it", parameters, Body(()), operand)
        overload = call_overload(tuple(symbol.type for symbol in symbols), operand.type)
        call = Apply(overload, (Symbol(function.name, operand.type, "function"), *map(Name, symbols)))
        changed = (*kernel.body.statements[:number], put(statement, path, call), *kernel.body.statements[number + 1 :])
        return replace(kernel, functions=(*kernel.functions, function), body=Body(changed))
    return None


def _operand(statement: Apply, *, atoms: bool = False) -> tuple[tuple[int, ...], Apply] | None:
    """A plain operator or call that is an operand of a statement's expression, and the way to it.

    With `atoms` one whose own operands are locals, parameters and numbers, at least one of which has a name.
    """
    if any(isinstance(hole, Block) for _, hole in statement.overload.holes):
        return None
    own = {filling for filling in statement.fillings if isinstance(filling, Symbol)}
    for place, ((_, hole), value) in enumerate(zip(statement.overload.holes, statement.fillings, strict=True)):
        if not isinstance(hole, Expr) or not isinstance(value, Apply) or not _is_plain(value):
            continue
        for inner, ((_, within), operand) in enumerate(zip(value.overload.holes, value.fillings, strict=True)):
            if not isinstance(within, Expr) or not isinstance(operand, Apply) or not _is_plain(operand):
                continue
            if own & {part.symbol for part in walk(operand) if isinstance(part, Name)}:
                continue  # of a local that only the statement itself has
            if atoms and not (
                all(isinstance(each, Name | Literal) for each in operand.fillings)
                and any(isinstance(each, Name) for each in operand.fillings)
            ):
                continue
            return (place, inner), operand
    return None


def _is_plain(term: Apply) -> bool:
    """Whether it does not matter when a term is computed, and all of it always is."""
    if not is_storable(term.type) or isinstance(term.type, Struct) or term.type == BOOL:
        return False
    return all(
        part.overload.production.effect is Effect.PURE and not part.overload.production.tags & UNPLAIN
        for part in walk(term)
        if isinstance(part, Apply)
    )


def static(kernel: Kernel) -> Kernel | None:
    """The numbers in expressions are computed before the kernel is compiled: `wp.static(2.0)`."""
    body = _with_static(kernel.body)
    return None if body == kernel.body else replace(kernel, body=body)


def _with_static(term: Part) -> Part:
    if isinstance(term, Body):
        return replace(term, statements=tuple(map(_with_static, term.statements)))
    if not isinstance(term, Apply):
        return term
    fillings = tuple(
        _static(filling) if isinstance(hole, Expr) and isinstance(filling, Literal) else _with_static(filling)
        for (_, hole), filling in zip(term.overload.holes, term.fillings, strict=True)
    )
    return replace(term, fillings=fillings)


def _static(number: Literal) -> Filling:
    if number.start or not isinstance(number.type, Scalar):
        return number
    return Apply(Overload(STATIC, (("value", Expr(number.type)),), number.type), (number,))


def peeled(kernel: Kernel) -> Kernel | None:
    """The first trip of the first loop over a range that has no other way out is made by a loop of its own."""
    for number, statement in enumerate(kernel.body.statements):
        if statement.row not in {"for", "for_fixed"} or any(
            isinstance(part, Apply) and part.overload.production.effect is Effect.JUMPS for part in walk(statement)
        ):
            continue
        holes, fillings, statements = statement.overload.holes, statement.fillings, kernel.body.statements
        others = Apply(Overload(OTHERS, holes, None), fillings)
        if isinstance(fillings[0], Literal):  # stays a loop that is unrolled
            first = replace(statement, fillings=(replace(fillings[0], value=1), *fillings[1:]))
        else:
            first = Apply(Overload(FIRST, holes, None), fillings)
        return replace(kernel, body=Body((*statements[:number], first, others, *statements[number + 1 :])))
    return None


REWRITINGS: Mapping[str, Callable[[Kernel], Kernel | None]] = {
    "renamed": renamed,
    "guarded": guarded,
    "split": split,
    "outlined": outlined,
    "static": static,
    "peeled": peeled,
}
