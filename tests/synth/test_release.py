"""Splits as files: what is in none of them is what must not be."""

import json
from collections import Counter

import msgspec
import pytest
import shaped
import stand_in

from synth import cli, release
from synth.folder import Folder
from synth.generate import generate
from synth.near.real import Match
from synth.record import decode_record
from synth.store.layout import LAYOUTS


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    out = tmp_path_factory.mktemp("data") / "out"
    generate(stand_in.configuration(count=60), out, stand_in.setting())
    return out


def records(folder):
    lines = (line for path in sorted(folder.glob("train-*.jsonl")) for line in path.read_bytes().splitlines())
    return [json.loads(line) for line in lines]


def scattered(monkeypatch):
    """All clusters in other splits than their own: the stand-in's kernels are so alike that they have few."""
    splits = ("train", "validation", "test", "none")
    real = release.decode_record

    def decode(text):
        record = real(text)
        metadata = msgspec.structs.replace(record.metadata, split=splits[record.metadata.index % 4])
        return msgspec.structs.replace(record, metadata=metadata)

    monkeypatch.setattr(release, "decode_record", decode)
    return {index: splits[index % 4] for index in range(1000)}


@pytest.mark.parametrize("form", ["jsonl", "jsonl.zst", "parquet"])
def test_each_split_has_files_of_its_own(dataset, tmp_path, monkeypatch, capsys, form):
    wanted = scattered(monkeypatch)
    out = tmp_path / "splits"
    assert cli.main(["export", str(dataset), "--format", form, "--splits", "--out", str(out)]) == 0
    layout = LAYOUTS[form]
    found = {}
    for path in out.iterdir():
        if path.name != "release.json":
            for text in layout.read(path):
                metadata = decode_record(text).metadata
                assert metadata.id not in found
                found[metadata.id] = path.name.partition("-")[0]
    expected = {each["metadata"]["id"]: wanted[each["metadata"]["index"]] for each in records(dataset)}
    counts = Counter(expected.values())
    assert found == {name: split for name, split in expected.items() if split != "none"}
    assert json.loads((out / "release.json").read_bytes()) == {
        "source_digest": json.loads((dataset / "manifest.json").read_bytes())["digest"],
        "format": form,
        "splits": {split: counts[split] for split in ("train", "validation", "test")},
        "left_out": {"near to two splits": counts["none"]},
    }
    assert f"left out: {counts['none']} near to two splits" in capsys.readouterr().out


def test_kernels_like_real_ones_are_left_out(dataset, tmp_path, monkeypatch):
    seen = []

    class Kernels:
        def __init__(self, real):
            self.real = real

        def nearest(self, name, source):
            seen.append(name)
            likeness = (0.69, 0.7)[len(seen) % 2]
            return Match(name, likeness, "file.py", 1, "k") if source else None

    monkeypatch.setattr(release, "Kernels", Kernels)
    out = tmp_path / "splits"
    arguments = ["export", str(dataset), "--format", "jsonl", "--splits", "--decontaminate", "--out", str(out)]
    assert cli.main(arguments) == 0
    about = json.loads((out / "release.json").read_bytes())
    assert about["left_out"] == {"like a kernel of Warp's own": 30}
    assert sum(about["splits"].values()) == 30


def test_several_files_of_a_split_hold_it_all(tmp_path):
    out = tmp_path / "splits"
    with shaped.small_shards():
        data = shaped.make(tmp_path / "data")
        assert cli.main(["export", str(data), "--format", "jsonl", "--splits", "--out", str(out)]) == 0
        assert len(list(out.glob("*.jsonl"))) > 2
    assert sum(len(path.read_bytes().splitlines()) for path in out.glob("*.jsonl")) == len(records(data))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "json", "--splits"], "'json' has one file a record"),
        (["--format", "jsonl", "--decontaminate"], "--decontaminate goes with --splits"),
        (["--format", "csv", "--splits"], "'csv' is unknown"),
    ],
)
def test_what_makes_no_sense_is_one_line_and_leaves_nothing(dataset, tmp_path, capsys, arguments, said):
    out = tmp_path / "splits"
    assert cli.main(["export", str(dataset), *arguments, "--out", str(out)]) == 2
    complaint = capsys.readouterr().err
    assert said in complaint
    assert complaint.count("\n") == 1
    assert not out.exists()


def test_what_stops_it_leaves_nothing(dataset, tmp_path, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(release, "decode_record", full)
    out = tmp_path / "splits"
    assert cli.main(["export", str(dataset), "--format", "jsonl", "--splits", "--out", str(out)]) == 2
    assert "No space left" in capsys.readouterr().err
    assert not out.exists()


def test_who_reads_datasets_says_what_the_folder_is(dataset, tmp_path, capsys):
    out = tmp_path / "splits"
    release.release(Folder(dataset), out, "jsonl", decontaminate=False)
    assert cli.main(["stats", str(out)]) == 2
    assert "holds the splits of a dataset" in capsys.readouterr().err
