"""The formats: the same records to the byte in each, read by all that reads, and by what others read them with."""

import errno
import itertools
import json
import os
import shutil
import signal
import sys

import msgspec
import pytest
import shaped
import stand_in
from test_command_line import refused

import synth.store
from synth import cli
from synth.account.measuring import measure
from synth.dataset import lines_of, open_datasets
from synth.errors import Interrupted, UsageError
from synth.export import export
from synth.folder import Folder
from synth.manifest import decode_manifest, encode_manifest, manifest_digest
from synth.reading import configuration_of, find_record, stored_records
from synth.record import Record, encode_record
from synth.store.layout import LAYOUTS
from synth.store.shards import digest_of
from synth.verify import verify

pytest.importorskip("zstandard")
pytest.importorskip("pyarrow")


@pytest.fixture(scope="module", autouse=True)
def whole(tmp_path_factory):
    """The same dataset in every format."""
    with shaped.small_shards():
        yield shaped.in_every_format(tmp_path_factory.mktemp("formats"))


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def shards(folder):
    return decode_manifest((folder / "manifest.json").read_bytes()).shards


@pytest.mark.parametrize(("start", "end"), list(itertools.product(LAYOUTS, repeat=2)))
def test_every_format_becomes_every_other(whole, out, start, end):
    export(Folder(whole[start]), out, end)
    assert stand_in.contents(out) == stand_in.contents(whole[end])
    manifest = verify(Folder(out))
    assert (manifest.configuration.format, manifest.records) == (end, 60)
    assert (out / "mine.toml").is_file()
    assert len(list((out / "rejects").iterdir())) > 3


@pytest.mark.parametrize("form", list(LAYOUTS))
def test_a_dataset_comes_back_with_its_whole_manifest(whole, out, form):
    export(Folder(whole[form]), out, "jsonl")
    assert (out / "manifest.json").read_bytes() == (whole["jsonl"] / "manifest.json").read_bytes()
    assert (out / "PRODUCTION_STATE.md").read_bytes() == (whole["jsonl"] / "PRODUCTION_STATE.md").read_bytes()


def test_a_run_in_the_other_format_would_have_made_the_same(whole, tmp_path):
    assert (
        stand_in.contents(shaped.make(tmp_path / "out", format="json")).keys()
        == stand_in.contents(whole["json"]).keys()
    )
    assert verify(Folder(tmp_path / "out")).digest == verify(Folder(whole["json"])).digest


def test_shards_hold_the_same_records_in_each_format(whole):
    counts = {form: [shard.records for shard in shards(folder)] for form, folder in whole.items()}
    assert len(counts["jsonl"]) > 3
    assert counts["jsonl"] == counts["jsonl.zst"] == counts["parquet"]
    assert counts["json"] == [1] * 60


@pytest.mark.parametrize("form", list(LAYOUTS))
def test_all_that_reads_finds_the_same_records(whole, form):
    lines = [
        line for shard in shards(whole["jsonl"]) for line in (whole["jsonl"] / shard.name).read_bytes().splitlines()
    ]
    folder = Folder(whole[form])
    assert [encode_record(stored.record) for stored in stored_records(folder, configuration_of(folder))] == lines
    assert [line.text for line in lines_of(open_datasets([whole[form]])[0])] == lines
    last = msgspec.json.decode(lines[-1], type=Record)
    assert find_record(folder, configuration_of(folder), last.metadata.id) == last


def test_records_of_every_kind_are_among_them(whole):
    records = [
        stored.record for stored in stored_records(Folder(whole["jsonl"]), configuration_of(Folder(whole["jsonl"])))
    ]
    assert {None if record.io is None else len(record.io.launches) for record in records} == {None, 0, 1, 2}
    assert records[0].metadata.seed == 2**64 - 1


# What is asked for and cannot be.


@pytest.fixture
def lines(whole, tmp_path):
    return shutil.copytree(whole["jsonl"], tmp_path / "data")


def _finished(folder, out):
    shutil.copytree(folder, out)


def _foreign(_folder, out):
    out.mkdir()
    (out / "letter.txt").write_text("dear")


def _file(_folder, out):
    out.write_text("")


def _unfinished(folder, _out):
    Folder(folder).begin(stand_in.configuration())
    (folder / "manifest.json").unlink()


def _empty(folder, _out):
    shutil.rmtree(folder)


def _forged(folder, _out):
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"records": 60', b'"records": 61'))


def _without_manifest(folder, _out):
    (folder / "manifest.json").unlink()


def _changed(folder, _out):
    path = folder / "train-00001.jsonl"
    path.write_bytes(path.read_bytes().replace(b"a", b"b", 1))


def _missing(folder, _out):
    (folder / "train-00001.jsonl").unlink()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_finished, "out holds a dataset already: name an empty or new folder with --out"),
        (_foreign, "out holds files that are not a dataset of warpsmith (letter.txt): name an empty or new folder"),
        (_file, "out is not a folder"),
        (_unfinished, "data is not complete yet: `python -m synth generate "),
        (_empty, "data holds no dataset"),
        (_without_manifest, "data holds files that are not a dataset"),
        (_forged, "manifest.json is missing or damaged: `python -m synth verify"),
        (_changed, "train-00001.jsonl is missing or damaged: `python -m synth verify"),
        (_missing, "train-00001.jsonl is missing or damaged: `python -m synth verify"),
    ],
    ids=lambda each: each.__name__ if callable(each) else "",
)
def test_what_cannot_be_is_refused_in_one_line_and_nothing_is_left(capsys, lines, out, spoil, said):
    spoil(lines, out)
    before = sorted(out.parent.rglob("*"))
    assert said in refused(capsys, "export", str(lines), "--format", "jsonl.zst", "--out", str(out))
    assert sorted(out.parent.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--format", "parqet"],
            "--format: 'parqet' is unknown; did you mean parquet? known are jsonl, jsonl.zst, json, parquet",
        ),
        ([], "--format"),
        (["--format", "json", "--out", "{lines}"], "is the folder of the dataset itself, or in it"),
        (["--format", "json", "--out", "{lines}/json"], "is the folder of the dataset itself, or in it"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(capsys, lines, arguments, said):
    before = sorted(lines.parent.rglob("*"))
    assert said in refused(capsys, "export", str(lines), *(argument.format(lines=lines) for argument in arguments))
    assert sorted(lines.parent.rglob("*")) == before


@pytest.mark.parametrize("form", list(LAYOUTS))
@pytest.mark.parametrize("share", [0.0, 0.4, 0.99])
def test_bytes_that_are_no_shard_are_told_in_one_line(whole, tmp_path, out, form, share):
    """Also where the manifest is made to agree with them."""
    folder = shutil.copytree(whole[form], tmp_path / "data")
    manifest = decode_manifest((folder / "manifest.json").read_bytes())
    first, *others = manifest.shards
    path = folder / first.name
    content = path.read_bytes()[: int(share * first.bytes)]
    path.write_bytes(content)
    forged = msgspec.structs.replace(first, bytes=len(content), sha256=digest_of(path).hexdigest())
    manifest = msgspec.structs.replace(manifest, shards=(forged, *others))
    manifest = msgspec.structs.replace(manifest, digest=manifest_digest(manifest))
    (folder / "manifest.json").write_bytes(encode_manifest(manifest))
    for end in ("parquet", "jsonl"):
        with pytest.raises(UsageError, match=r"is missing or damaged|cannot hold its records"):
            export(Folder(folder), out, end)
    with pytest.raises(UsageError, match=r"is damaged|has \d+ records"):
        measure(open_datasets([folder])[0])
    assert not out.exists()


def test_records_that_are_not_written_as_here_are_refused_where_they_would_change(lines, out):
    path = lines / "train-00000.jsonl"
    first, *others = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([json.dumps(json.loads(first)).encode() + b"\n", *others]))
    manifest = decode_manifest((lines / "manifest.json").read_bytes())
    shard = msgspec.structs.replace(manifest.shards[0], bytes=path.stat().st_size, sha256=digest_of(path).hexdigest())
    manifest = msgspec.structs.replace(manifest, shards=(shard, *manifest.shards[1:]))
    manifest = msgspec.structs.replace(manifest, digest=manifest_digest(manifest))
    (lines / "manifest.json").write_bytes(encode_manifest(manifest))
    with pytest.raises(UsageError, match=r"train-00000\.parquet cannot hold its records to the byte"):
        export(Folder(lines), out, "parquet")


@pytest.mark.parametrize("package", ["zstandard", "pyarrow"])
def test_a_package_that_is_missing_is_named_with_what_to_install(capsys, monkeypatch, whole, out, package):
    form, modules, extra = {
        "zstandard": ("jsonl.zst", ("zst",), "zstd"),
        "pyarrow": ("parquet", ("parquet", "columns"), "parquet"),
    }[package]
    monkeypatch.setitem(sys.modules, package, None)
    for module in modules:
        monkeypatch.delitem(sys.modules, f"synth.store.{module}")
        monkeypatch.delattr(synth.store, module)
    said = f"this format needs {package}: pip install 'warpsmith[{extra}]'\n"
    assert refused(capsys, "export", str(whole["jsonl"]), "--format", form, "--out", str(out)) == said
    assert refused(capsys, "export", str(whole[form]), "--format", "jsonl", "--out", str(out)) == said
    assert not out.exists()


def test_what_was_exported_is_not_gone_on_with(capsys, whole):
    said = refused(capsys, "--count", "60", "--out", str(whole["parquet"]))
    assert said.endswith("holds a dataset exported to parquet: name another folder with --out\n")


# What stops it half-way.


@pytest.mark.parametrize("was_there", [False, True])
@pytest.mark.parametrize("moment", ["fsync", "manifest", "end"])
@pytest.mark.parametrize("error", [Interrupted(signal.SIGINT), OSError(errno.ENOSPC, "No space left on device")])
def test_whatever_stops_it_leaves_nothing(monkeypatch, whole, out, was_there, moment, error):
    def fail(*_arguments):
        raise error

    if was_there:
        out.mkdir()
    match moment:
        case "fsync":
            calls = itertools.count()
            monkeypatch.setattr(os, "fsync", lambda _descriptor: fail() if next(calls) == 2 else None)
        case "manifest":
            monkeypatch.setattr("synth.export.encode_manifest", fail)
        case "end":
            replace_ = Folder.replace
            monkeypatch.setattr(Folder, "replace", lambda *arguments: replace_(*arguments) or fail())
    with pytest.raises(type(error)):
        export(Folder(whole["jsonl"]), out, "parquet")
    assert out.exists() == was_there
    assert not was_there or list(out.iterdir()) == []


def test_what_a_killed_export_leaves_is_no_dataset_and_no_obstacle(whole, out):
    """Killed before the end there is only what is aside."""
    (out / ".unfinished").mkdir(parents=True)
    (out / ".unfinished" / "train-00000.parquet").write_bytes(b"half")
    with pytest.raises(UsageError, match="holds no dataset"):
        configuration_of(Folder(out))
    export(Folder(whole["jsonl"]), out, "parquet")
    assert stand_in.contents(out) == stand_in.contents(whole["parquet"])


def test_the_command_says_what_there_is(capsys, lines):
    assert cli.main(["export", str(lines), "--format", "jsonl.zst"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{lines}-jsonl.zst: 60 records in ")
    assert cli.main(["verify", f"{lines}-jsonl.zst"]) == 0
