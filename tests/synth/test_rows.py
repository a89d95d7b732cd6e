"""The ledger of the catalogue's rows: counted from every index, whatever became of it, and in the manifest."""

import json

import msgspec
import pytest
import stand_in

from synth.folder import Folder
from synth.generate import generate
from synth.ledger import read_journal
from synth.manifest import decode_manifest, encode_manifest
from synth.outcome import Duplicate, Made, Rejected
from synth.record import decode_record
from synth.rows import RowCount, enter, enter_all, with_all
from synth.watch import Stopwatch


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    out = tmp_path_factory.mktemp("faulty") / "out"
    return out, generate(stand_in.configuration(profile="faults"), out, stand_in.setting(workers=2)).manifest


def test_a_kernel_counts_once_for_each_of_its_rows_however_it_ends():
    rows = {}
    enter(rows, Made(0, "vector", "cpu-0", b"", "", "", ("add", "tid")))
    enter(rows, Duplicate(1, "vector", ("tid",)))
    enter(rows, Rejected(2, "vector", "native", "no", "", ("sub", "tid")))
    enter(rows, Rejected(3, "vector", "draw", "no", "", ()))
    assert rows == {"add": RowCount(1, 1), "tid": RowCount(3, 1), "sub": RowCount(1, 0)}


def test_parts_of_a_ledger_add_up():
    rows = {"add": RowCount(3, 2, 1, 1)}
    enter_all(rows, {"add": RowCount(1, 1, 1, 0), "sub": RowCount(2, 1)})
    assert rows == {"add": RowCount(4, 3, 2, 1), "sub": RowCount(2, 1)}


def test_a_row_that_no_kernel_has_is_in_the_ledger_too():
    assert with_all(("b", "a"), {"c": RowCount(1)}) == {"a": RowCount(), "b": RowCount(), "c": RowCount(1)}


def test_the_ledger_counts_every_index_once(faulty):
    _, manifest = faulty
    expected = {name: RowCount() for name in stand_in.rows()}
    kept = set()
    for index in range(manifest.attempts):
        fault = stand_in.FAULTS.get(index)
        if fault == "undrawn":
            continue
        sample = stand_in.draw(stand_in.configuration(profile="faults"), index, Stopwatch())
        structure = sample.source.splitlines()[1]
        is_kept = fault is None and structure not in kept
        kept.update([structure] * is_kept)
        for row in sample.constructs:
            expected[row].generated += 1
            expected[row].compiled += is_kept
    assert manifest.counts.duplicates > 0
    assert manifest.rows == expected
    assert manifest.rows["tid"].generated == manifest.attempts - 1
    assert manifest.rows["never"] == RowCount()


def test_what_is_not_executed_yet_is_said_to_be_nothing(faulty):
    assert all((count.executed, count.agreed) == (0, 0) for count in faulty[1].rows.values())


def test_a_reject_is_kept_with_its_rows(faulty):
    rejects = {int(path.stem): json.loads(path.read_bytes()) for path in (faulty[0] / "rejects").iterdir()}
    for index, reject in rejects.items():
        assert ("tid" in reject["rows"]) == (stand_in.FAULTS[index] != "undrawn")


def test_the_ledger_survives_the_manifest(faulty):
    manifest = faulty[1]
    assert decode_manifest(encode_manifest(manifest)).rows == manifest.rows
    assert msgspec.to_builtins(manifest)["rows"]["never"] == [0, 0, 0, 0]


def test_the_journal_holds_what_was_counted_since_the_line_before(tmp_path, monkeypatch):
    job = stand_in.configuration(profile="big", count=60)
    monkeypatch.setattr(Folder, "clear_aside", lambda _folder: None)
    manifest = generate(job, tmp_path / "out", stand_in.setting()).manifest
    total = {}
    lines = list(read_journal(Folder(tmp_path / "out").journal))
    for line in lines:
        assert 0 < line.entry.rows["tid"].generated <= 8
        enter_all(total, line.entry.rows)
    assert len(lines) > 5
    assert with_all(stand_in.rows(), total) == manifest.rows


def test_records_say_which_features_their_kernels_drew(faulty):
    records = [decode_record(line) for line in (faulty[0] / "train-00000.jsonl").read_bytes().splitlines()]
    assert {record.metadata.features for record in records} == {(), ("odd",)}
    for record in records:
        assert record.metadata.features == tuple(row for row in record.metadata.constructs if row == "odd")
