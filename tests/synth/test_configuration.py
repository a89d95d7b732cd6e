import dataclasses

import msgspec
import pytest
import stand_in
from hypothesis import given
from hypothesis import strategies as st

from synth.configuration import (
    Configuration,
    Versions,
    decode_configuration,
    differences,
    encode_configuration,
    megabytes,
)
from synth.record import record_id
from synth.sample import seed_bytes
from synth.share import Share

OTHER = {
    "device": "cuda",
    "arch": 90,
    "levels": ("cpp", "ptx"),
    "strip_comments": True,
    "time": True,
    "backward": False,
    "io": True,
    "seed": 7,
    "profile": "other",
    "profile_source": "least = 2\n",
    "categories": ("vector",),
    "dedup": "ir",
    "format": "json",
    "budget_bytes": 9,
    "count": 9,
    "catalogue_digest": "d" * 64,
    "share": Share(1, 2),
}


def test_a_configuration_survives_its_text():
    for job in (stand_in.configuration(), stand_in.configuration(**OTHER)):
        assert decode_configuration(encode_configuration(job)) == job


@pytest.mark.parametrize(
    "name",
    [f.name for f in dataclasses.fields(Configuration) if f.name not in {"versions", "device", "profile_source"}],
)
def test_a_difference_in_any_field_is_named(name):
    here = stand_in.configuration(device="cuda", arch=80)
    (said,) = differences(here, dataclasses.replace(here, **{name: OTHER[name]}))
    assert said.startswith(f"{name.removesuffix('_bytes').replace('_', ' ')} is ")


@pytest.mark.parametrize(
    ("there", "here", "said"),
    [
        (None, "", "profile plain is the project's own there and a file's here"),
        ("least = 1", None, "profile plain is a file's there and the project's own here"),
        (
            "least = 1\nstruct = 9\n",
            "least = 1\nstruct = 8",
            "line 2 of profile plain is 'struct = 9' there and 'struct = 8' here",
        ),
        ("least = 1", "least = 1\n\ncall = 3", "line 3 of profile plain is '' there and 'call = 3' here"),
        ("least = 1\n", "least = 1\r\n", "the text of profile plain differs in its line ends"),
    ],
)
def test_where_two_profiles_of_one_name_part_is_said(there, here, said):
    assert differences(stand_in.configuration(profile_source=there), stand_in.configuration(profile_source=here)) == [
        said
    ]


def test_profiles_of_one_name_and_different_text_give_different_samples_and_ids():
    one, other = (stand_in.configuration(profile="mine", profile_source=text) for text in ("least = 1", "least = 2"))
    assert len({one.profile_key, other.profile_key, "mine"}) == 3
    assert seed_bytes(one, 3) != seed_bytes(other, 3)
    assert record_id(one, 3, "d") != record_id(other, 3, "d")


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Versions) if field.name != "tools"])
def test_a_difference_in_any_version_is_named(name):
    here = stand_in.configuration()
    there = dataclasses.replace(here, versions=dataclasses.replace(here.versions, **{name: "0.0.1"}))
    assert differences(there, here) == [f"{name} is version 0.0.1 there and {getattr(here.versions, name)} here"]


def test_a_tool_that_differs_or_is_not_there_is_named():
    here, there = (
        stand_in.configuration(versions=dataclasses.replace(stand_in.configuration().versions, tools=tools))
        for tools in ({"ptxas": "13.5"}, {"ptxas": "13.4", "capstone": "5.0"})
    )
    assert differences(there, here) == [
        "ptxas is version 13.4 there and 13.5 here",
        "capstone is version 5.0 there and none here",
    ]


def test_the_same_kernel_has_the_same_id_but_for_the_device():
    ids = [record_id(stand_in.configuration(**each), 3, "d") for each in ({}, {"device": "cuda", "arch": 90})]
    assert [each.partition("-")[0] for each in ids] == ["cpu", "cuda"]
    assert len({each.rpartition("-")[2] for each in ids}) == 1


def test_equal_configurations_do_not_differ():
    assert differences(stand_in.configuration(), stand_in.configuration()) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"arch": 90},
        {"levels": ()},
        {"levels": ("cpp", "ptx")},
        {"device": "cuda", "arch": 90, "levels": ("cpp", "assembly")},
        {"device": "cuda"},
        {"categories": ()},
        {"categories": ("vector", "vector")},
        {"count": None},
        {"count": 0},
        {"budget_bytes": -1},
        {"profile": "../mine", "profile_source": "least = 1"},
    ],
)
def test_a_configuration_that_makes_no_sense_is_our_mistake_and_not_read_either(changes):
    with pytest.raises(ValueError, match=r"."):
        stand_in.configuration(**changes)
    values = msgspec.to_builtins(stand_in.configuration()) | changes
    with pytest.raises(ValueError, match=r"."):
        decode_configuration(msgspec.json.encode(values))


def test_shares_of_the_categories_are_uniform():
    job = stand_in.configuration(categories=("a", "b", "c"))
    assert [job.category_of(index) for index in range(7)] == ["a", "b", "c", "a", "b", "c", "a"]


@given(st.integers(1, 10**13))
def test_megabytes_are_exact(size):
    whole, _, rest = megabytes(size).partition(".")
    assert int(whole) * 10**6 + int(rest.ljust(6, "0") or 0) == size
