"""Near misses: Warp refuses each, in whatever kernel it stands, and says what the table says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grammar.catalogue import CATALOGUE
from grammar.catalogue.refused import NEAR_MISSES
from grammar.choices import Recorded
from grammar.growth import grow
from grammar.printer import print_source
from grammar.profile import CATEGORIES, profile_for
from grammar.spoiling import spoiled
from ir import Compiler, Refused, Target, Unit


def test_names_are_different() -> None:
    assert len({miss.name for miss in NEAR_MISSES}) == len(NEAR_MISSES)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_each_is_refused_as_it_should_be(device: str, tmp_path: Path) -> None:
    compiler = Compiler(Target(device), tmp_path)
    wrong: list[str] = []
    for number, miss in enumerate(NEAR_MISSES):
        profile = profile_for("default", CATEGORIES[number % len(CATEGORIES)])
        kernel = grow(CATALOGUE, profile, Recorded([number + step * 37 for step in range(300)]))
        right = compiler.generate(Unit(kernel.name, print_source(kernel)))
        assert not isinstance(right, Refused), right
        source = print_source(spoiled(kernel, miss))
        outcome = compiler.generate(Unit(kernel.name, source))
        if not isinstance(outcome, Refused):
            wrong.append(f"{miss.name}: accepted\n{source}")
        elif not re.search(miss.message, outcome.message):
            wrong.append(f"{miss.name}: {outcome.message}")
    assert not wrong, "\n\n".join(wrong)
