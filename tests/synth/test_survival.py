"""Faults at random moments cost no byte and no record: a small campaign of `python -m benchmarks.faults`."""

import random
import sys
from pathlib import Path

import pytest
import stand_in

from benchmarks.faults.campaign import Command, campaign, table
from benchmarks.faults.comparison import Difference, contents, difference
from benchmarks.faults.rows import BLOWS, DAMAGES, HARMS, SURROUNDINGS
from benchmarks.faults.scene import Launch, Scene

DRIVER = Path(stand_in.__file__)


def command(profile, count, form):
    words = [sys.executable, str(DRIVER)]
    return Command(
        f"{profile}, {form}",
        lambda out, workers: [*words, str(out), profile, str(count), form, str(workers)],
    )


@pytest.fixture(autouse=True)
def _importable(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", stand_in.ENVIRONMENT["PYTHONPATH"])


def test_a_run_under_faults_ends_with_the_bytes_of_a_quiet_one():
    found = campaign([command("big", 110, "jsonl"), command("crashing", 40, "json")], 14, seed=0, faults_a_round=7)
    assert found.is_clean, table(found, is_disk=True)
    assert found.struck >= 14
    assert found.rounds >= 2


def test_a_command_that_does_not_survive_is_found_out():
    """One that begins with what happens to be there, and says that all is well."""
    script = "import sys, pathlib, time; out = pathlib.Path(sys.argv[1]); out.mkdir(exist_ok=True); time.sleep(0.5)\n"
    script += "(out / 'manifest.json').write_text('{\"run\": 0}')\n"
    script += '(out / f\'pair_{len(list(out.iterdir()))}.json\').write_text(\'{"metadata": {"id": "x"}}\')\n'
    script += "sys.exit(0 if sys.stdout and sys.argv[2] == '2' else 5)"
    careless = Command("careless", lambda out, workers: [sys.executable, "-c", script, str(out), str(workers)])
    found = campaign([careless], 12, seed=1)
    assert not found.is_clean
    assert "exit code 5" in table(found, is_disk=True)


def test_what_differs_is_counted():
    record = b'{"metadata": {"id": "%s"}}'
    expected = {"train-0.jsonl": b"\n".join([record % b"a", record % b"b"]), "manifest.json": b"{}", "gone": b""}
    assert difference(expected, dict(expected)) == Difference(0, 0, ())
    found = {"train-0.jsonl": record % b"a" + b"\n", "manifest.json": b"[]", "more": b"1234"}
    missing = len(record % b"b")
    there = difference(expected, found)
    assert (there.bytes, there.records) == (missing + 2 + 4, 1)
    assert [place.partition(",")[0] for place in there.places] == ["gone", "more", "manifest.json", "train-0.jsonl"]
    assert there.places[1:3] == (
        "more, byte 0: b'1234' instead of b''",
        "manifest.json, byte 0: b'[]' instead of b'{}'",
    )


@pytest.mark.parametrize("harm", HARMS)
def test_every_harm_is_one(tmp_path, harm):
    path = tmp_path / "file"
    path.write_bytes(b"something of some length" * 300)
    before = path.read_bytes()
    HARMS[harm](path, random.Random(0))
    assert not path.exists() or path.read_bytes() != before


def test_faults_have_names_of_their_own():
    names = [row.name for row in (*SURROUNDINGS, *BLOWS, *DAMAGES)]
    assert len(set(names)) == len(names)


def test_the_clock_of_a_run_can_be_wrong(tmp_path):
    launch = Launch(
        [sys.executable, "-c", "import time; print(time.time())"], Scene(tmp_path, is_disk=False).environment()
    )
    clock = next(row for row in SURROUNDINGS if row.name.startswith("clock"))
    clock.set_up(launch, random.Random(0))
    import time

    assert launch.start(tmp_path / "log").wait() == 0
    assert abs(float((tmp_path / "log").read_text()) - time.time()) > 300 * 86400


def test_what_is_compared_leaves_out_only_what_may_differ(tmp_path):
    (tmp_path / "manifest.json").write_text('{"records": 1, "run": {"seconds": 3}}')
    (tmp_path / "PRODUCTION_STATE.md").write_text("done\n python --out here")
    (tmp_path / "rejects").mkdir()
    (tmp_path / "rejects" / "1.json").write_text("{}")
    assert contents(tmp_path) == {
        "manifest.json": b'{"records": 1}',
        "PRODUCTION_STATE.md": b"done\n python ",
        "rejects/1.json": b"{}",
    }
