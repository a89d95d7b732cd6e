"""The samples that are checked in are what this version makes."""

from pathlib import Path

import pytest

from ir import warp_version
from synth import cli
from synth.folder import Folder
from synth.reading import configuration_of, stored_records
from synth.replay import record_differences
from synth.request import foreign_parts
from synth.verify import verify

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
DEVICES = ("cpu", "cuda")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not warp_version().startswith("1.19."), reason="the samples are of Warp 1.19"),
]


@pytest.mark.parametrize("device", DEVICES)
def test_they_are_a_hundred_records_in_which_all_is_right(device):
    assert verify(Folder(SAMPLES / device)).records == 100


@pytest.mark.parametrize("device", DEVICES)
def test_they_are_made_again(device, tmp_path):
    """Where they are not, `make samples` makes them anew; what a seed means has changed then."""
    there, here = Folder(SAMPLES / device), Folder(tmp_path / "out")
    configuration = configuration_of(there)
    if foreign := [each for each in foreign_parts(configuration) if each.startswith(("hypothesis", "libcst"))]:
        pytest.skip(f"the samples were made with other versions: {'; '.join(foreign)}")
    assert cli.main(["--device", device, "--count", "100", "--quiet", "--out", str(here.root)]) == 0
    assert configuration_of(here) == configuration
    pairs = zip(stored_records(there, configuration), stored_records(here, configuration), strict=True)
    for stored, made in pairs:
        # What a library function gives may differ in the last place on another machine; the rest may not.
        assert record_differences(stored.record, made.record) == [], stored.record.metadata.index
