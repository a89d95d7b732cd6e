"""The law of completeness: what Warp offers to a kernel is a row of the catalogue, or omitted for a reason."""

from __future__ import annotations

import ast
import random
from functools import cache

import pytest

from grammar.catalogue import CATALOGUE
from grammar.catalogue.omitted import OMITTED, omission
from grammar.choices import Recorded
from grammar.growth import exhibit
from grammar.printer import print_source
from grammar.production import Overload, Production
from grammar.profile import profile_for
from ir import Target, Unit
from ir.generation import generate
from ir.recording import recording
from ir.registry import syntax, visible_overloads

PLAIN = profile_for("default", "arithmetic")
APART = {"first", "thread", "load", "size", "pass"}  # growth places these by itself: exhibits of other rows have them
EACH = 14  # overloads of a row: their types differ in kind, not only in width


def of_each(row: Production) -> list[Overload]:
    """A few overloads of a row, those that a known bug bars too: code generation takes most of them."""
    overloads = row.expand()
    return random.Random(row.name).sample(overloads, min(EACH, len(overloads)))


@cache
def shown() -> tuple[tuple[str, str, str], ...]:
    """Each row's name with a kernel around each of a few overloads: the kernel's name and text."""
    found = []
    for row in CATALOGUE.rows:
        if row.tags & APART or row.needs & {"function", "loop", "nested"}:
            continue
        for overload in of_each(row):
            drawn = random.Random(f"{row.name} {overload.result}")
            choices = Recorded([drawn.randrange(1_000) for _ in range(200)])
            kernel = exhibit(CATALOGUE, PLAIN, [overload], choices)
            found.append((row.name, kernel.name, print_source(kernel)))
    return tuple(found)


@cache
def reached() -> frozenset[str]:
    """The overloads of Warp's built-ins that the code generation of these kernels resolves."""
    with recording() as keys:
        for _, name, source in shown():
            try:
                generate(Unit(name, source), Target("cpu"))
            except Exception:  # noqa: BLE001  # test_compiles says which are refused; here only what is reached counts
                continue
    return frozenset(keys)


@pytest.mark.slow
def test_every_overload_is_a_row_or_omitted() -> None:
    missing = [o.key for o in visible_overloads() if o.key not in reached() and omission(o.key) is None]
    assert not missing, f"{len(missing)} overloads of Warp are neither a row nor omitted:\n" + "\n".join(missing)


@pytest.mark.slow
def test_an_omission_is_no_row() -> None:
    """An omitted overload that a row reaches after all, or a pattern of nothing, is a stale omission."""
    stale = sorted(key for key in reached() if omission(key) is not None)
    assert not stale
    assert all(len(reason.split()) > 5 for reason in OMITTED.values())
    assert len(OMITTED) < 25
    used = {omission(o.key) for o in visible_overloads()}
    assert used >= set(OMITTED.values())


@pytest.mark.slow
def test_every_form_of_syntax_is_used() -> None:
    """The node kinds and operators that Warp's code generator visits, in the definitions that it is given."""
    nodes: set[str] = set()
    for _, _, source in shown():
        for definition in ast.walk(ast.parse(source)):
            if isinstance(definition, ast.FunctionDef):
                nodes |= {type(node).__name__ for node in ast.walk(definition)}
    kinds, operators = syntax()
    assert not operators - nodes, f"operators that no row uses: {sorted(operators - nodes)}"
    assert not kinds - nodes - set(UNUSED), f"nodes that no row uses: {sorted(kinds - nodes)}"


# Visitors of Warp's that no valid kernel reaches.
UNUSED: dict[str, str] = {
    "Index": "Python 3.9 and later have no such node",
    "Num": "Python 3.8 and later parse numbers as Constant",
    "Str": "Python 3.8 and later parse texts as Constant",
    "NameConstant": "Python 3.8 and later parse True as Constant",
    "Ellipsis": "Python 3.8 and later parse it as Constant",
}
