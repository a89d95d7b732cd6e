"""Near misses: Warp refuses each, in whatever kernel it stands, and says what the table says."""

from __future__ import annotations

import re

import pytest

from grammar.catalogue import CATALOGUE
from grammar.catalogue.refused import NEAR_MISSES
from grammar.choices import Recorded
from grammar.growth import grow
from grammar.printer import print_source
from grammar.profile import CATEGORIES, profile_for
from grammar.spoiling import spoiled
from ir import Target, Unit
from ir.generation import GenerationError, generate
from ir.source import SourceError


def test_names_are_different() -> None:
    assert len({miss.name for miss in NEAR_MISSES}) == len(NEAR_MISSES)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_each_is_refused_as_it_should_be(device: str) -> None:
    wrong: list[str] = []
    for number, miss in enumerate(NEAR_MISSES):
        profile = profile_for("default", CATEGORIES[number % len(CATEGORIES)])
        kernel = grow(CATALOGUE, profile, Recorded([number + step * 37 for step in range(300)]))
        generate(Unit(kernel.name, print_source(kernel)), Target(device))  # without the mistake it is right
        source = print_source(spoiled(kernel, miss))
        try:
            generate(Unit(kernel.name, source), Target(device))
        except (GenerationError, SourceError) as error:
            if not re.search(miss.message, str(error)):
                wrong.append(f"{miss.name}: {error}")
        else:
            wrong.append(f"{miss.name}: accepted\n{source}")
    assert not wrong, "\n\n".join(wrong)
