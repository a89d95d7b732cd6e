"""Mistakes: a kernel gets one, the same of the same seed, of every kind, and is still printed."""

from __future__ import annotations

import ast
import random
from contextlib import suppress

import pytest
from sampled import sampled

from grammar.mistakes import (
    ALONE,
    AROUND,
    STATEMENTS,
    UNDEFINED,
    is_mistaken,
    mistaken,
    reads_undefined,
)
from grammar.places import places
from grammar.printer import print_source
from grammar.strategies import WILD, wild_statement
from grammar.term import Apply, Kernel

SEEDS = range(120)


@pytest.fixture(scope="module")
def made() -> list[Kernel]:
    found = [mistaken(sampled(seed % 10).kernel, seed) for seed in SEEDS]
    return [kernel for kernel in found if kernel is not None]


def mistakes(kernel: Kernel) -> list[str]:
    terms = [term for _, term in places(kernel.body, ()) if isinstance(term, Apply)]
    return [term.overload.production.template for term in terms if term.row.startswith("mistake")]


def test_every_kernel_gets_one(made: list[Kernel]) -> None:
    assert len(made) == len(SEEDS)
    assert all(len(mistakes(kernel)) == 1 for kernel in made)
    assert all(is_mistaken(kernel) for kernel in made)
    assert not is_mistaken(sampled(0).kernel)


def test_of_every_kind(made: list[Kernel]) -> None:
    """Values, statements, calls and what Hypothesmith makes."""
    templates = {template for kernel in made for template in mistakes(kernel)}
    assert templates & {*ALONE, *AROUND}
    assert templates & {*STATEMENTS}
    assert any(template.startswith("wp.") and template not in {*ALONE, *AROUND} for template in templates)
    wild = {template for template in templates if template.startswith(("wild = ", "def ", "class ", "while ", "with "))}
    assert wild - {*STATEMENTS}
    assert not all(template.startswith("wild = ") for template in wild)


def test_the_same_of_the_same_seed(made: list[Kernel]) -> None:
    assert [mistaken(sampled(seed % 10).kernel, seed) for seed in SEEDS[:20]] == made[:20]


def test_what_is_printed_differs_by_it(made: list[Kernel]) -> None:
    for seed, kernel in zip(SEEDS, made, strict=True):
        source = print_source(kernel)
        assert source != print_source(sampled(seed % 10).kernel)
        with suppress(SyntaxError):  # what LibCST takes and CPython does not is no kernel: the oracle skips it
            ast.parse(source)


def test_an_undefined_name_is_known_to_be_one(made: list[Kernel]) -> None:
    assert {reads_undefined(kernel) for kernel in made} == {True, False}
    assert all(UNDEFINED in print_source(kernel) for kernel in made if reads_undefined(kernel))


@pytest.mark.parametrize("kind", WILD)
def test_every_kind_of_wild_statement_is_made(kind: str) -> None:
    assert wild_statement(kind, b"") is None
    found = [text for seed in range(40) if (text := wild_statement(kind, random.Random(seed).randbytes(4096)))]
    assert found
    assert all(ast.unparse(ast.parse(text)) == text for text in found)
