"""Rows: what is refused at import, and what a row expands to."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import replace

import pytest
from sampled import seed

from grammar.catalogue import CATALOGUE
from grammar.census import census
from grammar.grammar import Grammar
from grammar.holes import Const, Expr
from grammar.printer import print_source
from grammar.production import Effect, call, infix, row, statement
from grammar.profile import profile_for
from grammar.strategies import draw_kernel
from grammar.types import FLOAT, INT, Size, TypeVariable, Vector, VectorOf

T = TypeVariable("T", (FLOAT, INT))
N = Size("N", (2, 3))


@pytest.mark.parametrize(
    ("template", "holes"),
    [("{a} + {b}", ("a",)), ("{a}", ("a", "b")), ("wp.tid()", ("a",)), ("{x} + {y}", ("a", "b"))],
)
def test_a_template_names_its_holes(template: str, holes: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="row 'odd_one'"):
        row("odd_one", template, FLOAT, more=dict.fromkeys(holes, FLOAT))


def test_a_row_is_declared_once() -> None:
    add, again = infix("add", "+", T, T), infix("add", "-", T, T)
    with pytest.raises(ValueError, match="row 'add' is declared twice"):
        Grammar(rows=(add, again), guards={})


def test_a_guard_is_declared_once_too() -> None:
    domain, guards = next(iter(CATALOGUE.guards.items()))
    with pytest.raises(ValueError, match=f"row '{guards[0].name}' is declared twice"):
        Grammar(rows=guards[:1], guards={domain: guards})


def test_expansion_covers_the_product() -> None:
    made = call("blend", VectorOf(N, T), a=VectorOf(N, T), t=T)
    expected = {(("a", Vector(n, t)), ("t", t), Vector(n, t)) for n, t in itertools.product(N.over, (FLOAT, INT))}
    found = {
        (*((name, hole.pattern) for name, hole in overload.holes if isinstance(hole, Expr)), overload.result)
        for overload in made.expand()
    }
    assert found == expected
    assert len(made.expand()) == len(expected)


def test_an_overload_is_made_without_the_others() -> None:
    for each in CATALOGUE.every:
        assert tuple(map(each.overload, range(each.count))) == each.expand(), each.name


def test_a_row_without_variables_is_one_overload() -> None:
    (overload,) = call("select", FLOAT, a=FLOAT, b=INT).expand()
    assert (overload.result, overload.holes) == (FLOAT, (("a", Expr(FLOAT)), ("b", Expr(INT))))


def test_calls_name_their_holes_by_position() -> None:
    assert call("clamp", T, x=T, low=T, high=T).template == "wp.clamp({x}, {low}, {high})"
    assert infix("div", "/", T, T).template == "{a} / {b}"


def test_overloads_are_found_by_result() -> None:
    for of, overloads in CATALOGUE.overloads.items():
        assert {overload.result for overload in overloads} == {of}
    every = [overload for row in CATALOGUE.rows if row.result is not None for overload in row.expand()]
    said = {(o.production.template, o.holes, o.result, o.production.needs) for o in every}
    assert sum(map(len, CATALOGUE.overloads.values())) == len(said)


def test_overloads_are_distinct() -> None:
    every = [overload for overloads in CATALOGUE.overloads.values() for overload in overloads]
    assert len(set(every)) == len(every)
    texts = Counter((o.production.template, o.holes, o.result, o.production.needs) for o in every)
    twice = {str(text) for text, count in texts.items() if count > 1}
    assert not twice, "two rows say the same"


def test_guards_give_what_they_are_given() -> None:
    for (_, of), overloads in CATALOGUE.guards_by_type.items():
        for overload in overloads:
            operands = [hole.pattern for _, hole in overload.holes if isinstance(hole, Expr)]
            assert operands == [of], overload.production.name


def test_statements_and_expressions_divide_the_rows() -> None:
    expressions = {row for row in CATALOGUE.rows if row.result is not None}
    assert set(CATALOGUE.statements) | expressions == set(CATALOGUE.rows)
    assert all(row.effect is Effect.PURE for row in expressions)


def test_the_digest_is_of_the_content() -> None:
    again = Grammar(tuple(replace(row) for row in CATALOGUE.rows), dict(CATALOGUE.guards))
    assert again.digest == CATALOGUE.digest


@pytest.mark.parametrize(
    "change",
    [
        {"template": "{a} - {b}"},
        {"holes": (("a", Expr(T)), ("b", Const(T, (1.0,))))},
        {"result": T},
        {"effect": Effect.WRITES},
        {"tags": frozenset({"other"})},
        {"needs": frozenset({"loop"})},
        {"noun": "other"},
        {"name": "other"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_digest_sees_every_part_of_a_row(change: dict[str, object]) -> None:
    first = infix("add", "+", FLOAT, FLOAT)
    assert Grammar((first,), {}).digest != Grammar((replace(first, **change),), {}).digest  # type: ignore[arg-type]


def test_the_digest_sees_the_order_of_rows() -> None:
    """A pick is a place in a table, so the order of rows is part of what a seed means."""
    rows = list(CATALOGUE.rows)
    random.Random(1).shuffle(rows)
    assert Grammar(tuple(rows), CATALOGUE.guards).digest != CATALOGUE.digest


def test_a_kernel_grows_from_three_operators() -> None:
    """Growth asks the grammar it is given for everything but what it applies itself: elements, sizes, stores."""
    plumbing = tuple(
        row
        for row in CATALOGUE.rows
        if row.tags & {"load", "store", "atomic", "thread", "size", "guard"}
        or row.name in {"let", "start", "lt", "lt_real", "where"}
    )
    three = (
        infix("add", "+", T, T, tags="arithmetic"),
        infix("blend", "*", T, T, tags="arithmetic"),
        call("min", T, a=T, b=T, tags="arithmetic", row_name="lower_of"),
    )
    tiny = Grammar((*three, *plumbing), {})
    used: set[str] = set()
    for index in range(160):
        drawing = draw_kernel(tiny, profile_for("default", "arithmetic"), seed(index, "tiny"))
        print_source(drawing.kernel)
        used |= set(census(drawing.kernel))
    assert used <= {*tiny.by_name, "call", "field", "load1_struct"}  # growth makes the latter for one kernel
    assert {"add", "blend", "lower_of"} <= used


def test_statement_rows_give_nothing() -> None:
    assert statement("stop", "return").result is None
