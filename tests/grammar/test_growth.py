"""Growth: a pure function of grammar, profile and choices."""

from __future__ import annotations

import ast
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import Sampled, profile_of, sampled

from grammar.catalogue import CATALOGUE
from grammar.choices import Recorded, Recording
from grammar.grammar import Grammar
from grammar.growth import grow
from grammar.printer import EXPLICIT, EXPLICITLY, print_source
from grammar.profile import CATEGORIES, PROFILES, profile_for
from grammar.strategies import draw_kernel, replay_kernel
from grammar.term import Kernel

SOURCES = """
import sys
from sampled import sampled
sys.stdout.write("\\0".join(sampled(index, "hashing").source for index in range(32)))
"""


def test_profiles_are_there() -> None:
    assert len(CATEGORIES) == len(set(CATEGORIES)) == 26
    for profile in PROFILES:
        for category in CATEGORIES:
            assert hash(profile_for(profile, category)) == hash(profile_for(profile, category))
    for names in (("default", "nothing"), ("nothing", "atomic")):
        with pytest.raises(KeyError):
            profile_for(*names)


def test_stored_choices_give_the_same_kernel(samples: tuple[Sampled, ...]) -> None:
    for sample in samples[:520]:
        replayed = replay_kernel(CATALOGUE, profile_of(sample.index), sample.choices)
        assert replayed == sample.kernel
        assert print_source(replayed) == sample.source


def test_drawing_is_pure(samples: tuple[Sampled, ...]) -> None:
    """In another order, after other draws, the same."""
    for sample in reversed(samples[:160]):
        again = sampled(sample.index)
        assert (again.choices, again.source) == (sample.choices, sample.source)


def test_an_equal_grammar_grows_equal_kernels(samples: tuple[Sampled, ...]) -> None:
    """Nothing is remembered by the identity of a grammar or a profile."""
    again = Grammar(CATALOGUE.rows, dict(reversed(CATALOGUE.guards.items())))
    for sample in samples[:32]:
        assert replay_kernel(again, profile_of(sample.index), sample.choices) == sample.kernel


def test_sources_do_not_depend_on_the_hash_seed() -> None:
    found = set()
    for hash_seed in ("1", "2"):
        path = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": path}
        run = subprocess.run([sys.executable, "-c", SOURCES], env=environment, capture_output=True, check=True)
        found.add(run.stdout)
    here = "\0".join(sampled(index, "hashing").source for index in range(32))
    assert found == {here.encode()}


def test_a_recording_replays_itself() -> None:
    digest = hashlib.shake_256(b"choices").digest(4_000)
    recording = Recording(Recorded(list(digest)))
    kernel = grow(CATALOGUE, profile_for("default", "combined"), recording)
    assert grow(CATALOGUE, profile_for("default", "combined"), Recorded(recording.taken)) == kernel


def test_too_few_bytes_are_an_error() -> None:
    with pytest.raises(ValueError, match="too few for a kernel of category 'atomic'"):
        draw_kernel(CATALOGUE, profile_for("default", "atomic"), b"few")


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_simplest_kernel_is_small(category: str) -> None:
    kernel = replay_kernel(CATALOGUE, profile_for("default", category), ())
    assert len(print_source(kernel).splitlines()) <= 40


@pytest.mark.parametrize("category", CATEGORIES)
@settings(max_examples=12, deadline=None, database=None)
@given(choices=st.lists(st.integers(0, 2_000), max_size=400))
def test_any_choices_give_a_kernel(category: str, choices: list[int]) -> None:
    """Choices stored by another version, or damaged, may mean another kernel, but always mean one."""
    kernel = replay_kernel(CATALOGUE, profile_for("default", category), choices)
    assert isinstance(kernel, Kernel)
    compile(print_source(kernel), "any", "exec")


def test_kernels_are_of_their_category(samples: tuple[Sampled, ...]) -> None:
    assert all(sample.kernel.category == sample.category for sample in samples)
    assert [sample.category for sample in samples[: len(CATEGORIES)]] == list(CATEGORIES)


def test_arguments_are_as_printed(samples: tuple[Sampled, ...]) -> None:
    """What a launch is given is what the text declares, or leaves open for the overload to say."""
    for sample in samples:
        kernel, reading = sample.kernel, sample.reading
        assert kernel.name == reading.kernel.name
        assert [argument.name for argument in kernel.arguments] == [*reading.annotations]
        overloaded = ast.unparse(sample.tree.body[-1]) if kernel.generic else ""
        for argument in kernel.arguments:
            plain = argument.type_name
            arrays = {0: plain, 1: f"wp.array(dtype={plain})"}
            text = arrays.get(argument.ndim, f"wp.array{argument.ndim}d(dtype={plain})")
            if kernel.explicit:
                text = EXPLICIT.sub(lambda found: EXPLICITLY[found[0]], text)
            text = ast.unparse(ast.parse(text))
            annotation = reading.annotations[argument.name]
            if "Any" in annotation:
                assert argument.symbol.type in kernel.generic
                assert f"'{argument.name}': {text}" in overloaded, sample.source
            else:
                assert annotation == text, sample.source
