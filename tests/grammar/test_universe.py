"""The universe of a grammar of a few rows, and what kernels have of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grammar.catalogue import CATALOGUE
from grammar.census import census, forms
from grammar.grammar import Grammar
from grammar.growth import grow
from grammar.holes import Block, Domain, Expr, Fresh, Index, Output, Target
from grammar.known_bugs import excluded
from grammar.production import Effect, call, infix, row, statement
from grammar.profile import CATEGORIES, profile_for
from grammar.term import Apply, Body, Filling, Kernel, Literal, Name, Symbol, parts
from grammar.types import BOOL, FLOAT, INT, Type, TypeVariable
from grammar.universe import Census, overload_key, row_names, sighting, universe_of

T = TypeVariable("T", (FLOAT, INT))
ADD = infix("add", "+", T, T)
ROOT = call("sqrt", FLOAT, x=Expr(FLOAT, Domain.POSITIVE))
IF = statement("if", "if {test}:\n    {then}", test=Expr(BOOL), then=Block())
STEP = statement("step", "{x} += {value}", x=Target(T), value=Expr(T), effect=Effect.ASSIGNS)
LESS = infix("less", "<", T, BOOL)
POSITIVE = call("max", FLOAT, x=FLOAT, y=FLOAT, row_name="positive")
SMALL = Grammar(rows=(ADD, ROOT, IF, STEP, LESS), guards={Domain.POSITIVE: (POSITIVE,)})


def test_the_universe_is_what_the_rows_say() -> None:
    universe = universe_of(SMALL)
    assert universe.rows == {"add", "sqrt", "if", "step", "less", "positive"} == set(row_names(SMALL))
    assert universe.overloads == {
        "add(float, float) -> float",
        "add(int, int) -> int",
        "sqrt(float) -> float",
        "if(bool)",
        "step(float, float)",
        "step(int, int)",
        "less(float, float) -> bool",
        "less(int, int) -> bool",
        "positive(float, float) -> float",
    }
    assert universe.forms == {"if", "local +="}
    assert universe.types == {"float", "int", "bool"}
    assert universe.pairs == {
        "add": {"add", "sqrt"},
        "sqrt": {"add", "sqrt", "positive"},
        "if": {"less", "if", "step"},
        "step": {"add", "sqrt"},
        "less": {"add", "sqrt"},
        "positive": {"add", "sqrt"},
    }
    assert universe.sizes == {"rows": 6, "overloads": 9, "forms": 2, "types": 3, "pairs": 14}


def kernel(*statements: Apply) -> Kernel:
    return Kernel("k", "nested", (), (), (), 1, Body(statements))


def local(name: str, of: Type) -> Symbol:
    return Symbol(name, of, "local")


def step(of: Type, value: Filling) -> Apply:
    return Apply(STEP.at({"T": of}), (local("x", of), value))


def test_a_census_has_what_its_kernels_have_and_nothing_else() -> None:
    x = Name(local("x", INT))
    total = Apply(ADD.at({"T": INT}), (x, Literal(2, INT)))
    test = Apply(LESS.at({"T": INT}), (total, x))
    strange = Apply(call("call", FLOAT, x=FLOAT).at({}), (Literal(1.5, FLOAT),))
    seen = Census(universe_of(SMALL))
    seen.add(sighting(kernel(Apply(IF.at({}), (test, Body((step(INT, total),)))))))
    assert seen.kernels == 1
    assert seen.rows == {"add", "if", "less", "step"}
    assert seen.overloads == {"add(int, int) -> int", "if(bool)", "less(int, int) -> bool", "step(int, int)"}
    assert seen.forms == {"if", "local +="}
    assert seen.types == {"int", "bool"}
    assert seen.pairs == {("if", "less"), ("if", "step"), ("less", "add"), ("step", "add")}
    assert seen.missing("rows") == ["positive", "sqrt"]
    assert seen.missing("types") == ["float"]
    seen.add(sighting(kernel(step(FLOAT, strange))))
    assert (seen.kernels, seen.missing("types")) == (2, [])
    assert seen.sizes == {"rows": 4, "overloads": 5, "forms": 2, "types": 3, "pairs": 4}


def test_adding_a_kernel_again_changes_nothing_but_the_number_of_kernels() -> None:
    seen = Census(universe_of(SMALL))
    one = sighting(kernel(step(INT, Literal(2, INT))))
    seen.add(one)
    before = replace(seen, rows=set(seen.rows), overloads=set(seen.overloads), pairs=set(seen.pairs))
    seen.add(one)
    assert seen == replace(before, kernels=2)


def test_every_overload_of_the_catalogue_has_a_key_of_its_own() -> None:
    guards = [guard for guards in CATALOGUE.guards.values() for guard in guards]
    keys = [overload_key(overload) for each in (*CATALOGUE.rows, *guards) for overload in each.expand()]
    assert len(set(keys)) == len(keys)


def test_overloads_that_always_meet_a_bug_are_not_in_the_universe() -> None:
    barred = {overload_key(o) for each in CATALOGUE.rows for o in each.expand() if excluded(o)}
    assert barred
    assert not barred & universe_of(CATALOGUE).overloads


class Lots:
    """Choices from a fixed sequence that goes through all remainders."""

    def __init__(self, start: int) -> None:
        self.state = start

    def below(self, count: int) -> int:
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % count


# What growth makes for one kernel: its struct's fields and elements, its functions' calls.
OWN = {"call", "field", "load1_struct", "load2_struct", "load3_struct", "load4_struct"}


@pytest.mark.parametrize("profile", ["default", "explore"])
def test_kernels_stay_within_the_universe(profile: str) -> None:
    universe = universe_of(CATALOGUE)
    for index in range(4 * len(CATEGORIES)):
        grown = grow(CATALOGUE, profile_for(profile, CATEGORIES[index % len(CATEGORIES)]), Lots(index))
        seen = sighting(grown)
        assert seen.rows == tuple(census(grown))
        assert set(seen.rows) <= universe.rows | OWN
        assert set(seen.forms) <= universe.forms
        ours = {
            overload_key(part.overload)
            for part in parts(grown)
            if isinstance(part, Apply) and part.row not in OWN and not _of_struct(part)
        }
        assert ours <= universe.overloads
        for parent, child in seen.pairs:
            assert {parent, child} & OWN or child in universe.pairs[parent], (parent, child)


def _of_struct(part: Apply) -> bool:
    """Whether a row stands at a struct of this kernel, as `let` does."""
    patterns = [getattr(hole, "pattern", None) for _, hole in part.overload.holes]
    return any(type(pattern).__name__ == "Struct" for pattern in patterns)


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("{x} = {a}", ("name =",)),
        ("{x}, {y} = {a}", ("name, name =",)),
        ("{x}[{i}] = {a}", ("name[i] =",)),
        ("{out}[{i}, {y}] = {a}", ("array[i, i] =",)),
        ("{out}[{i}].x[1] -= {a}", ("array[i].field[i] -=",)),
        ("{t}[1:3] = {a}", ("local[:] =",)),
        ("{t}.x @= {a}", ("local.field @=",)),
        ("{x} = {y} = {a}", ("name = name =",)),
        ("for {x} in range({a}, {i}):\n    {then}", ("for in range(n, n)",)),
        ("for {x} in reversed(range(3)):\n    {then}\n    {t} *= 2", ("for in reversed(range(n))", "local *=")),
        ("if {a}:\n    {then}\nelif {x}:\n    pass\nelse:\n    return", ("if elif", "if else", "pass", "return")),
        ("while {a}:\n    break", ("while", "break")),
        ("return {a}, {x}", ("return 2 values",)),
        ("return {a}", ("return value",)),
        ("wp.printf('%d', {a})\n{a}\nassert {x}", ("call", "expression", "assert")),
        ('"""What it does."""\ncontinue', ("text", "continue")),
    ],
)
def test_forms_are_read_from_the_template(template: str, found: tuple[str, ...]) -> None:
    holes = {
        "x": Fresh(INT),
        "y": Fresh(INT),
        "a": Expr(INT),
        "i": Index("out", 0),
        "out": Output(INT, 1, "write"),
        "t": Target(INT),
        "then": Block(),
    }
    used = {name: hole for name, hole in holes.items() if f"{{{name}}}" in template}
    assert forms(statement("some", template, more=used)) == found


def test_an_expression_has_no_form() -> None:
    assert forms(row("one", "{a}", INT, a=INT)) == ()
