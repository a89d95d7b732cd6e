"""Profiles: the project's own hold together, and a user's is read or refused with a reason."""

from __future__ import annotations

import dataclasses

import pytest

from grammar.catalogue import CATALOGUE
from grammar.catalogue.options import OPTIONS
from grammar.plan import compound
from grammar.profile import CATEGORIES, PROFILES, WHOLE, Profile, ProfileError, parse_profile, profile_for
from grammar.types import FLOAT

TAGS = {tag for row in CATALOGUE.rows for tag in row.tags}
ROWS = set(CATALOGUE.by_name)
# Demands that growth meets by itself.
PLANNED = {"nest", "multi", "function", "struct", "scalar_param", "tree", "generic", "constant", "narrow"}

EVERY = [profile_for(name, category) for name in WHOLE for category in CATEGORIES]


@pytest.mark.parametrize("profile", EVERY, ids=repr)
def test_names_exist(profile: Profile) -> None:
    """A weight, boost, feature or demand of nothing would be a slip of the pen."""
    assert set(profile.weights) - {"other"} <= ROWS
    assert {word for word, _ in profile.boosts} <= ROWS | TAGS
    assert {word for word, _ in profile.features} <= TAGS
    assert {name for name, _ in profile.options} <= {row.name for row in OPTIONS}
    assert {word for demand in profile.demands for word in demand.split()} <= TAGS | PLANNED
    for name, _ in profile.compounds:
        compound(name, FLOAT)


@pytest.mark.parametrize("profile", EVERY, ids=repr)
def test_tables_are_whole(profile: Profile) -> None:
    assert {field.name for field in dataclasses.fields(Profile)} == set(Profile.__slots__)
    rates = [rate for rate, _ in profile.quantiles]
    sizes = [size for _, size in profile.quantiles]
    assert rates == sorted(rates)
    assert sizes == sorted(sizes)
    assert rates[-1] == 1000
    for table in (profile.fuel, profile.room, profile.ranks, profile.floats, profile.integers):
        assert sum(weight for _, weight in table) > 0


def test_a_category_is_a_profile() -> None:
    assert set(PROFILES) == {*WHOLE, *CATEGORIES}
    assert profile_for("atomic", "atomic").boosts == profile_for("default", "atomic").boosts
    with pytest.raises(KeyError):
        profile_for("nothing", "atomic")
    with pytest.raises(KeyError):
        profile_for("default", "nothing")


def test_a_users_profile_is_laid_over_all() -> None:
    source = 'extends = "explore"\nnested = 7\n[weights]\nmul = 3\n[floats]\nfloat64 = 1\n'
    mine, base = profile_for("few", "stencil", source), profile_for("explore", "stencil")
    assert (mine.name, mine.nested, mine.floats, mine.uniform) == ("few", 7, (("float64", 1),), base.uniform)
    assert mine.weight("mul") == 3
    assert mine.weight("add") == base.weight("add")
    assert mine.demands == base.demands == ("stencil",)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nested = ", "no TOML"),
        ("nestled = 3", "unknown key 'nestled': a profile has "),
        ("nested = -1", "nested = -1: expected a whole number from 0"),
        ("nested = true", "nested = True: expected a whole number from 0"),
        ('nested = "much"', "nested = 'much': expected a whole number from 0"),
        ("core = 3", "core = 3: expected a text"),
        ("demands = [3]", "demands = .3.: expected a list of texts"),
        ("quantiles = [[1, 2, 3]]", "expected a list of pairs of whole numbers"),
        ("weights = 3", "weights = 3: expected a table of whole numbers from 0"),
        ("[weights]\nmul = 0.5", "expected a table of whole numbers from 0"),
        ('extends = "nothing"', "extends = 'nothing': a profile extends one of default, explore"),
    ],
)
def test_nonsense_is_refused(source: str, message: str) -> None:
    with pytest.raises(ProfileError, match=message):
        parse_profile(source)
