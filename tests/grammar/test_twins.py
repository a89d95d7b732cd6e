"""Twins: the same kernel in other words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from reading import Reading, assigned, unbound
from sampled import Sampled, sampled

from grammar.census import census
from grammar.inputs import SHAPES, make_inputs
from grammar.printer import print_source
from grammar.reference.errors import UndefinedError, UnreferencedError
from grammar.reference.run import Reference
from grammar.term import Kernel
from grammar.twins import REWRITINGS

COUNT = 104


def twins(name: str) -> Iterator[tuple[Sampled, Kernel]]:
    for index in range(COUNT):
        sample = sampled(index, "twins")
        twin = REWRITINGS[name](sample.kernel)
        if twin is not None:
            yield sample, twin


def least(name: str) -> float:
    """How many kernels have a twin at least; of loops, most are in other loops or in idioms."""
    return COUNT / (16 if name == "peeled" else 4)


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif value is not None:
        yield value


@pytest.mark.slow
@pytest.mark.parametrize("name", REWRITINGS)
def test_twins_are_kernels_of_another_text(name: str) -> None:
    found = list(twins(name))
    assert len(found) > least(name)
    for sample, twin in found:
        source = print_source(twin)
        assert source != sample.source
        missing = {node.id.removesuffix("_other") for node in unbound(ast.parse(source))}
        assert missing == {node.id for node in unbound(sample.tree)}, source
        assert (twin.name, twin.parameters) == (sample.kernel.name, sample.kernel.parameters)


@pytest.mark.slow
def test_renamed_locals_are_all_renamed() -> None:
    for sample, twin in twins("renamed"):
        before, after = sample.reading, Reading(ast.parse(print_source(twin)))
        own = assigned(before.kernel)
        assert own
        assert assigned(after.kernel) == {f"{name}_other" for name in own}
        assert census(twin) == census(sample.kernel)


@pytest.mark.slow
def test_guarded_statements_stand_under_one_test() -> None:
    for sample, twin in twins("guarded"):
        plain, (first, *rest) = sample.reading.kernel, Reading(ast.parse(print_source(twin))).kernel.body
        assert ast.unparse(first) == ast.unparse(plain.body[0])
        (guard,) = rest
        assert isinstance(guard, ast.If)
        assert not guard.orelse
        assert isinstance(guard.test, ast.Compare)
        assert ast.unparse(guard.test).endswith(">= 0")
        assert [ast.unparse(s) for s in guard.body] == [ast.unparse(s) for s in plain.body[1:]]


@pytest.mark.slow
@pytest.mark.parametrize("name", REWRITINGS)
def test_twins_mean_the_same(name: str) -> None:
    """To the reference, in every bit."""
    compared = 0
    for sample, twin in twins(name):
        inputs = make_inputs(sample.kernel, SHAPES[1], sample.index)
        try:
            one = Reference(sample.kernel, sample.source).run(inputs)
        except (UnreferencedError, UndefinedError):
            continue
        other = Reference(twin, print_source(twin)).run(inputs)
        assert one.keys() == other.keys()
        for a, b in zip(leaves(one), leaves(other), strict=True):
            assert np.asarray(a).tobytes() == np.asarray(b).tobytes(), sample.source
        compared += 1
    assert compared > least(name) * 0.8


def test_a_kernel_without_a_thread_has_no_guarded_twin() -> None:
    kernel = sampled(0).kernel
    bare = type(kernel.body)(kernel.body.statements[1:])
    assert REWRITINGS["guarded"](type(kernel)(kernel.name, "bare", (), (), kernel.parameters, 1, bare)) is None
