"""Mistakes: a kernel gets one, the same of the same seed, of every kind, and is still printed."""

from __future__ import annotations

import ast
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
from grammar.strategies import wild_expression
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
    """Values, statements, calls and Hypothesmith's expressions."""
    templates = {template for kernel in made for template in mistakes(kernel)}
    assert templates & {*ALONE, *AROUND}
    assert templates & {*STATEMENTS}
    assert any(template.startswith("wp.") and template not in {*ALONE, *AROUND} for template in templates)
    assert any(template.startswith("wild = ") for template in templates)


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


def test_bytes_that_make_no_expression() -> None:
    assert wild_expression(b"") is None
