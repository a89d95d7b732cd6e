"""Bugs of Warp that growth steps round, each with the predicate that says where it would occur.

A bug is listed with the file in `tests/corpus/` that shows it: that test fails once a release of Warp mends the bug,
and the entry goes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from grammar.catalogue.operators import AND, COMPARISONS, CONVERSIONS
from grammar.production import Expr, Overload
from grammar.term import Apply, Expression, Filling, Name
from grammar.types import DOUBLE, HALF, INT, bind, match


@dataclass(frozen=True, slots=True)
class KnownBug:
    """One bug of a row: the overloads that always meet it, or the terms that do and what to write instead."""

    name: str  # the corpus file's
    row: str
    summary: str
    excludes: Callable[[Overload], bool] = lambda _: False
    occurs: Callable[[Apply], bool] = lambda _: False
    instead: Callable[[Apply], Expression] = lambda term: term


def _ends_in_reference(chain: Apply) -> bool:
    """The third operand of a chained comparison is read from memory: an element, a field, a component."""
    high = chain.fillings[2]
    return isinstance(high, Apply) and bool({"load", "struct", "stencil", "component"} & high.overload.production.tags)


def _two_comparisons(chain: Apply) -> Expression:
    """`low <= x and x < high` for `low <= x < high`."""
    low, x, high = chain.fillings
    return Apply(AND.at({}), (_compared("{a} <= {b}", chain, low, x), _compared("{a} < {b}", chain, x, high)))


def _compared(template: str, chain: Apply, a: Filling, b: Filling) -> Apply:
    """One of the chain's comparisons by itself."""
    operand = chain.overload.holes[1][1]
    assert isinstance(operand, Expr)
    overload = next(
        row.at(binding)
        for row in COMPARISONS
        if row.template == template
        and isinstance(hole := row.holes[0][1], Expr)
        and (binding := match(hole.pattern, bind(operand.pattern, {}))) is not None
    )
    return Apply(overload, (a, b))


def _of_unrolled_counter(conversion: Apply) -> bool:
    """The operand is the counter of a loop of fixed trips, which unrolling makes a constant."""
    operand = conversion.fillings[0]
    extent = operand.symbol.index_of if isinstance(operand, Name) else None
    return extent is not None and extent.fixed is not None


def _by_way_of_int(conversion: Apply) -> Expression:
    """`wp.float64(int(q))` for `wp.float64(q)`."""
    to_int = next(row for row in CONVERSIONS if row.name == "to_int32")
    return Apply(conversion.overload, (Apply(to_int.at({"From": INT}), conversion.fillings),))


KNOWN_BUGS: tuple[KnownBug, ...] = (
    KnownBug(
        name="chained_comparison_reference",
        row="chain",
        summary="a chained comparison is refused if its last operand is an array element ('float32 < wp.ref[float32]')",
        occurs=_ends_in_reference,
        instead=_two_comparisons,
    ),
    KnownBug(
        name="float64_retypes_constant",
        row="to_float64",
        summary="wp.float64(q) of an unrolled loop's counter retypes the counter: a later index by it is refused",
        occurs=_of_unrolled_counter,
        instead=_by_way_of_int,
    ),
    KnownBug(
        name="norm_l1_float64",
        row="norm_l1",
        summary="wp.norm_l1 of a float64 or float16 vector is refused: its body mixes in a float32 zero",
        excludes=lambda overload: overload.result in {DOUBLE, HALF},
    ),
)
BY_ROW = {bug.row: bug for bug in KNOWN_BUGS}


def excluded(overload: Overload) -> bool:
    """Whether an overload always meets a known bug."""
    bug = BY_ROW.get(overload.production.name)
    return bug is not None and bug.excludes(overload)


def stepped_round(term: Apply) -> Expression:
    """The term, or what says the same without a known bug."""
    bug = BY_ROW.get(term.overload.production.name)
    return bug.instead(term) if bug is not None and bug.occurs(term) else term
