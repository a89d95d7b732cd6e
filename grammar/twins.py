"""Twins: a kernel rewritten without change of meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from grammar.catalogue.operators import COMPARISONS
from grammar.catalogue.statements import IF
from grammar.holes import Expr
from grammar.production import Overload
from grammar.term import Apply, Body, Filling, Kernel, Literal, Name, Symbol, parts
from grammar.types import INT, match

LOCALS = frozenset({"local", "counter", "pointer", "thread"})
Part = TypeVar("Part", bound=Filling)


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


REWRITINGS: Mapping[str, Callable[[Kernel], Kernel | None]] = {"renamed": renamed, "guarded": guarded}
