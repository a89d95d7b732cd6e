"""Reduction: every candidate is a kernel, and smaller; what shows something ends up in a few lines."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from reading import Reading, statements, unbound
from sampled import sampled

from grammar.census import census
from grammar.inputs import SHAPES, make_inputs
from grammar.printer import print_source
from grammar.profile import CATEGORIES
from grammar.reduce import BATCH, reduced, reductions, tidied
from grammar.reference.errors import OutOfBoundsError, UndefinedError, UnreferencedError
from grammar.reference.run import Reference
from grammar.strategies import kernels
from grammar.term import Apply, Kernel, Literal, Name, parts

QUICK = settings(
    max_examples=12,
    phases=[Phase.generate],
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
FEW = 12  # statements, those of the functions too that the row stands in
EVERY = 12  # of a kernel's candidates, of which there are hundreds, one in so many is looked at


def measure(kernel: Kernel) -> tuple[int, int]:
    """What there is less of in a smaller kernel: terms and parameters, then words about the whole."""
    terms = sum(isinstance(part, Apply | Name | Literal) for part in parts(kernel))
    words = [*kernel.options, *kernel.features, *kernel.generic, *(f for f in kernel.functions if f.generic)]
    return terms + len(kernel.parameters), len(words) + kernel.closure + kernel.explicit


def undefined_locals(kernel: Kernel, original: Kernel) -> set[str]:
    """What has no value where it is read, but for what a row means so: the counter that a loop leaves behind."""
    names = [{node.id for node in unbound(ast.parse(print_source(each)))} for each in (kernel, original)]
    return names[0] - names[1]


def from_around(kernel: Kernel) -> set[str]:
    """The parameters of a kernel that has functions, see `test_functions_read_their_own_parameters`."""
    return {symbol.name for symbol in kernel.parameters} if kernel.functions else set()


def length(kernel: Kernel) -> int:
    """How many statements a kernel's functions have together, at any depth."""
    return sum(1 for made in Reading(ast.parse(print_source(kernel))).definitions for _ in statements(made))


def faults(kernel: Kernel, candidates: Iterator[Kernel]) -> Iterator[str]:
    for candidate in candidates:
        source = print_source(candidate)
        if measure(candidate) >= measure(kernel):
            yield f"not smaller: {measure(candidate)}\n{source}"
        tree = ast.parse(source)
        missing = undefined_locals(candidate, kernel) - from_around(kernel)
        if missing:
            yield f"{missing} have no value\n{source}"
        reading = Reading(tree)
        if [*reading.annotations] != [symbol.name for symbol in candidate.parameters]:
            yield f"its parameters are not those of its text\n{source}"
        if reading.kernel.name != kernel.name:
            yield f"it has another name\n{source}"


@QUICK
@given(kernels(), st.integers(0, EVERY - 1))
def test_candidates_are_smaller_kernels(kernel: Kernel, start: int) -> None:
    assert next(faults(kernel, itertools.islice(reductions(kernel), start, 150, EVERY)), None) is None


@pytest.mark.slow
@pytest.mark.parametrize("category", CATEGORIES)
def test_candidates_of_every_category(category: str) -> None:
    """As a run draws them, which are larger than Hypothesis's."""
    kernel = sampled(CATEGORIES.index(category), "reduced").kernel
    found = list(faults(kernel, itertools.islice(reductions(kernel), 0, 240, EVERY)))
    assert not found, f"{len(found)} candidates, among them one that is\n{found[0]}"


LARGE = next(
    kernel
    for kernel in (sampled(index, "reduced").kernel for index in range(40))
    if 10 <= length(kernel) <= 16 and len(list(itertools.islice(reductions(kernel), 51))) > 50
)


def test_functions_read_their_own_parameters() -> None:
    kernel = sampled(CATEGORIES.index("multi_cond"), "reduced").kernel
    assert kernel.functions
    for candidate in itertools.islice(reductions(kernel), 400):
        assert not undefined_locals(candidate, kernel), print_source(candidate)


def test_there_are_candidates() -> None:
    for index in range(len(CATEGORIES)):
        assert next(reductions(sampled(index).kernel), None) is not None


def test_no_candidate_comes_twice() -> None:
    sources = [str(candidate) for candidate in itertools.islice(reductions(LARGE), 100)]
    assert len(sources) == len(set(sources)) > 20


def test_reductions_are_pure() -> None:
    first, again = (list(itertools.islice(reductions(LARGE), 60)) for _ in range(2))
    assert first == again


def test_boldest_first() -> None:
    """The first candidates that leave out statements leave out more than the last ones."""
    kernel = LARGE
    found = [measure(candidate)[0] for candidate in itertools.islice(reductions(kernel), 200)]
    assert min(found[1:6]) < min(found[-5:])
    assert len(found) > 50


@pytest.mark.slow
def test_a_drawn_kernel_is_tidy() -> None:
    """Nothing is to be tidied up in a kernel as it is drawn: what growth leaves is used, and in order."""
    untidy = []
    for index in range(104):
        kernel = sampled(index).kernel
        tidy = tidied(kernel)
        if tidy is None or print_source(tidy) != print_source(kernel):
            untidy.append(print_source(kernel))
    assert not untidy, f"{len(untidy)}\n{min(untidy, key=len)}"


def kernel_with(row: str, salt: str = "reduced") -> Kernel | None:
    """The first kernel of a sample that has a row and is not small."""
    for index in range(26 * 6):
        kernel = sampled(index, salt).kernel
        if row in census(kernel) and length(kernel) > 8:
            return kernel
    return None


def common_rows() -> list[str]:
    """Rows that two or three kernels of a small sample have: nothing that every kernel has, nothing that none has."""
    seen: dict[str, list[int]] = {}
    for index in range(52):
        kernel = sampled(index, "reduced").kernel
        if length(kernel) > 8:
            for name in census(kernel):
                seen.setdefault(name, []).append(index)
    return [name for name, places in seen.items() if len(places) in {2, 3}]


def first(shows: Callable[[Kernel], bool]) -> Callable[[Sequence[Kernel]], int | None]:
    return lambda kernels: next((i for i, kernel in enumerate(kernels) if shows(kernel)), None)


@pytest.mark.slow
@pytest.mark.parametrize("place", range(6))
def test_what_has_a_row_is_reduced_to_a_few_lines(place: int) -> None:
    rows = common_rows()
    assert len(rows) > 12
    row = rows[place * len(rows) // 6]
    kernel = kernel_with(row)
    assert kernel is not None
    small = reduced(kernel, first(lambda candidate: row in census(candidate)))
    assert row in census(small)
    assert measure(small) < measure(kernel)
    assert not undefined_locals(small, kernel) - from_around(kernel)
    assert length(small) <= FEW, f"{row}\n{print_source(small)}"


def test_what_shows_nothing_stays() -> None:
    kernel = sampled(2).kernel
    assert reduced(kernel, first(lambda _: False)) is kernel


def test_patience() -> None:
    """A few are asked of at once, and never more than may be."""
    asked: list[Kernel] = []

    def third(kernels: Sequence[Kernel]) -> int | None:
        asked.extend(kernels)
        return 2 if len(asked) == BATCH else None

    small = reduced(LARGE, third, patience=BATCH + 3)
    assert len(asked) == BATCH + 3
    assert small == asked[2]


def test_a_reduction_ends() -> None:
    """With everything allowed, in a kernel that no candidate is smaller than."""
    small = reduced(LARGE, lambda _: 0, patience=10_000)
    assert next(reductions(small), None) is None
    assert length(small) <= 3


def test_words_about_the_whole_go_first() -> None:
    kernel = replace(sampled(1).kernel, explicit=True)
    assert not next(reductions(kernel)).explicit


@pytest.mark.slow
def test_candidates_run() -> None:
    """What is left of a kernel is a kernel: the reference runs it, or says why not."""
    ran = 0
    for index in range(13):
        kernel = sampled(index, "reduced").kernel
        for candidate in itertools.islice(reductions(kernel), 0, 120, 15):
            if undefined_locals(candidate, kernel):  # as above
                continue
            try:
                after = Reference(candidate, print_source(candidate)).run(make_inputs(candidate, SHAPES[0], 0))
            except (UnreferencedError, UndefinedError, OutOfBoundsError):
                continue
            ran += 1
            assert after.keys() == {symbol.name for symbol in candidate.parameters}
    assert ran > 20
