"""Shrinking through Hypothesis: a smaller drawing that still fails, and that its own choices give again."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from sampled import seed

from grammar.catalogue import CATALOGUE
from grammar.census import census
from grammar.printer import print_source
from grammar.profile import Profile, profile_for
from grammar.strategies import Drawing, draw_kernel, replay_kernel, shrink_drawing
from grammar.term import Apply, Kernel, parts

SECONDS = 4.0


def size(kernel: Kernel) -> int:
    return sum(isinstance(part, Apply) for part in parts(kernel))


def having(row: str) -> Callable[[Kernel], bool]:
    return lambda kernel: row in census(kernel)


def failing(profile: Profile, fails: Callable[[Kernel], bool]) -> tuple[bytes, Drawing]:
    """The first bytes whose kernel fails and is neither small already nor large."""
    for index in range(400):
        drawing = draw_kernel(CATALOGUE, profile, seed(index, "shrinking"))
        if fails(drawing.kernel) and 20 <= size(drawing.kernel) <= 40:
            return seed(index, "shrinking"), drawing
    raise AssertionError


ROWS = [("math", "sqrt"), ("vector", "dot")]


@pytest.mark.slow
@pytest.mark.parametrize(("category", "row"), ROWS)
def test_a_smaller_drawing_still_fails(category: str, row: str) -> None:
    profile, fails = profile_for("default", category), having(row)
    given, before = failing(profile, fails)
    found = shrink_drawing(CATALOGUE, profile, given, fails, SECONDS)
    assert found is not None
    assert fails(found.kernel)
    assert len(found.choices) < len(before.choices)
    assert size(found.kernel) < size(before.kernel), print_source(found.kernel)
    assert replay_kernel(CATALOGUE, profile, found.choices) == found.kernel


def test_what_does_not_fail_has_no_drawing() -> None:
    profile = profile_for("default", "math")
    asked: list[Kernel] = []

    def fails(kernel: Kernel) -> bool:
        asked.append(kernel)
        return False

    assert shrink_drawing(CATALOGUE, profile, seed(0), fails, SECONDS) is None
    assert asked == [draw_kernel(CATALOGUE, profile, seed(0)).kernel]


def test_time_that_is_up_leaves_the_smallest_so_far() -> None:
    """A kernel that takes a second to judge: the time is up after the second one, and the drawing stays as it is."""
    profile = profile_for("default", "math")
    asked = 0

    def slow(_: Kernel) -> bool:
        nonlocal asked
        asked += 1
        time.sleep(0.4)
        return True

    start = time.monotonic()
    found = shrink_drawing(CATALOGUE, profile, seed(1), slow, seconds=0.5)
    assert found is not None
    assert asked <= 2
    assert time.monotonic() - start < 30.0
    assert replay_kernel(CATALOGUE, profile, found.choices) == found.kernel


def test_time_that_is_up_at_once_finds_nothing() -> None:
    assert shrink_drawing(CATALOGUE, profile_for("default", "math"), seed(1), lambda _: True, seconds=0.0) is None


@pytest.mark.slow
def test_a_failure_that_comes_and_goes_is_no_error() -> None:
    """Hypothesis calls such a test flaky; what failed is returned all the same."""
    profile = profile_for("default", "math")
    asked: list[bool] = []

    def sometimes(_: Kernel) -> bool:
        asked.append(len(asked) % 3 == 0)
        return asked[-1]

    found = shrink_drawing(CATALOGUE, profile, seed(2), sometimes, SECONDS)
    assert found is not None
    assert len(asked) > 1
    assert replay_kernel(CATALOGUE, profile, found.choices) == found.kernel
