"""Kernels in anyone's `@given`: they are drawn, and they shrink."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from reading import Reading, builtins, statements

from grammar.catalogue import CATALOGUE
from grammar.printer import print_source
from grammar.profile import CATEGORIES, profile_for
from grammar.strategies import Drawing, draw_kernel, drawings, kernels, replay_kernel
from grammar.term import Kernel

QUICK = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SEARCH = settings(
    max_examples=300, deadline=None, database=None, derandomize=True, phases=[Phase.generate, Phase.shrink]
)


@QUICK
@given(kernels())
def test_kernels_of_every_category(kernel: Kernel) -> None:
    assert kernel.category in CATEGORIES
    compile(print_source(kernel), "drawn", "exec")


@QUICK
@given(kernels(profile_for("default", "stencil")))
def test_kernels_of_a_profile(kernel: Kernel) -> None:
    assert kernel.category == "stencil"


@QUICK
@given(st.sampled_from(CATEGORIES).flatmap(lambda category: drawings(profile_for("default", category))))
def test_drawings_carry_their_choices(drawing: Drawing) -> None:
    profile = profile_for("default", drawing.kernel.category)
    assert replay_kernel(CATALOGUE, profile, drawing.choices) == drawing.kernel


def read(kernel: Kernel) -> Reading:
    return Reading(ast.parse(print_source(kernel)))


def has_loop(kernel: Kernel) -> bool:
    return any(isinstance(node, ast.For | ast.While) for node in ast.walk(read(kernel).kernel))


TARGETS: dict[str, tuple[str, Callable[[Kernel], bool]]] = {
    "an atomic": ("atomic", lambda kernel: any(name.startswith("atomic_") for name in builtins(read(kernel).tree))),
    "a loop": ("control_flow", has_loop),
    "a function": ("function", lambda kernel: bool(read(kernel).functions)),
    "a struct": ("struct", lambda kernel: bool(read(kernel).structs)),
    "a square root": ("math", lambda kernel: "sqrt" in builtins(read(kernel).tree)),
    "two dimensions": ("vector", lambda kernel: kernel.rank == 2),
}


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
def test_shrinks_to_a_small_kernel(target: str) -> None:
    category, wanted = TARGETS[target]
    kernel = find(kernels(profile_for("default", category)), wanted, settings=SEARCH)
    reading = read(kernel)
    size = sum(1 for definition in reading.definitions for _ in statements(definition))
    assert size <= 8, print_source(kernel)


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_seed_gives_what_hypothesis_draws_from_the_same_bytes(category: str) -> None:
    profile = profile_for("default", category)
    found: list[Drawing] = []

    @settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(drawings(profile))
    def catch(drawing: Drawing) -> None:
        found.append(drawing)

    for seed in range(6):
        content = hashlib.shake_256(f"{category} {seed}".encode()).digest(64 * 1024)
        catch.hypothesis.fuzz_one_input(content)  # type: ignore[attr-defined]  # Hypothesis adds the attribute
        assert draw_kernel(CATALOGUE, profile, content) == found.pop()


def test_bytes_that_run_out_are_said_to_be_too_few() -> None:
    with pytest.raises(ValueError, match="9 bytes are too few for a kernel of category 'vector'"):
        draw_kernel(CATALOGUE, profile_for("default", "vector"), bytes(range(100, 109)))
