"""Older versions of Warp: rows that they do not know are left out, and every category still grows."""

from __future__ import annotations

import random

import pytest

from grammar.catalogue import CATALOGUE, catalogue_for, left_out
from grammar.catalogue.since import SINCE
from grammar.census import census
from grammar.choices import Recorded
from grammar.growth import grow
from grammar.profile import CATEGORIES, WHOLE, profile_for
from ir.versions import TESTED_VERSIONS

ROWS = {row.name for row in CATALOGUE.every}


def test_rows_exist_once() -> None:
    named = [name for names in SINCE.values() for name in names]
    assert set(named) <= ROWS
    assert len(named) == len(set(named))
    assert all(f"1.{minor}" in TESTED_VERSIONS for minor in SINCE)


def test_the_newest_version_knows_all() -> None:
    assert not left_out("1.19.0")
    assert catalogue_for("1.19.0") is CATALOGUE


def test_an_older_version_knows_less() -> None:
    counts = [len(left_out(f"{version}.0")) for version in TESTED_VERSIONS]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


@pytest.mark.parametrize("version", TESTED_VERSIONS[:-1])
def test_every_category_grows_without_them(version: str) -> None:
    grammar, gone = catalogue_for(f"{version}.0"), left_out(f"{version}.0")
    for name in WHOLE:
        for category in CATEGORIES:
            lots = random.Random(f"{version} {category}")
            kernel = grow(grammar, profile_for(name, category), Recorded([lots.randrange(1000) for _ in range(400)]))
            assert not gone & census(kernel).keys()
