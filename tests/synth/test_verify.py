import json
import os
import shutil

import msgspec
import pytest
import stand_in

from synth import cli
from synth.errors import UsageError
from synth.export import export
from synth.folder import Folder
from synth.generate import generate
from synth.manifest import decode_manifest, encode_manifest, manifest_digest
from synth.record import decode_record, encode_record
from synth.store.layout import GROWING, LAYOUTS
from synth.store.shards import digest_of
from synth.verify import DatasetError, verify


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    found = {}
    for form in LAYOUTS:
        found[form] = tmp_path_factory.mktemp(form) / "out"
        if form in GROWING:
            generate(stand_in.configuration(format=form), found[form], stand_in.setting())
        else:
            export(Folder(found["jsonl"]), found[form], form)
    return found


@pytest.fixture(params=list(LAYOUTS))
def out(request, whole, tmp_path):
    return shutil.copytree(whole[request.param], tmp_path / "out")


@pytest.fixture
def lines(whole, tmp_path):
    return shutil.copytree(whole["jsonl"], tmp_path / "out")


def test_what_was_made_is_right(out):
    assert verify(Folder(out)).records == 40


def shards(out):
    return sorted([*out.glob("train-*"), *out.glob("pair_*")])


@pytest.mark.parametrize("number", [0, -1])
@pytest.mark.parametrize("share", [0.0, 0.31, 0.77, 1.0])
def test_a_changed_byte_anywhere_is_found(out, number, share):
    path = shards(out)[number]
    content = bytearray(path.read_bytes())
    content[round(share * (len(content) - 1))] ^= 2
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=f"^{path.name}: its SHA-256 is"):
        verify(Folder(out))


def test_a_file_that_is_missing_short_or_strange_is_found(out):
    path = shards(out)[0]
    content = path.read_bytes()
    path.unlink()
    with pytest.raises(DatasetError, match=f"^{path.name}: it is missing"):
        verify(Folder(out))
    path.write_bytes(content[:-1])
    with pytest.raises(DatasetError, match=f"^{path.name}: it has .* bytes, the manifest says"):
        verify(Folder(out))
    path.write_bytes(content)
    Folder(out).aside.mkdir()
    with pytest.raises(DatasetError, match=r"^\.unfinished: the run was stopped before it took this away"):
        verify(Folder(out))
    Folder(out).aside.rmdir()
    (out / "train-00099.jsonl").write_bytes(b"")
    with pytest.raises(DatasetError, match=r"^train-00099.jsonl: it is not in the manifest"):
        verify(Folder(out))


def test_any_change_of_the_manifest_is_found(lines):
    path = lines / "manifest.json"
    manifest = msgspec.json.decode(path.read_bytes())
    before = path.read_bytes()
    for key, value in manifest.items():
        if key == "run":
            continue
        for changed in _changed(value):
            path.write_bytes(msgspec.json.encode({**manifest, key: changed}))
            with pytest.raises((DatasetError, UsageError), match=r"manifest"):
                verify(Folder(lines))
    path.write_bytes(before)
    verify(Folder(lines))


def _changed(value):
    """The value with one leaf changed, for each leaf."""
    match value:
        case dict():
            for key, part in value.items():
                yield from ({**value, key: changed} for changed in _changed(part))
        case list():
            for number, part in enumerate(value):
                yield from ([*value[:number], changed, *value[number + 1 :]] for changed in _changed(part))
        case bool():
            yield not value
        case int():
            yield value + 1
        case str():
            yield value[:-1] + ("0" if value[-1:] != "0" else "1")
        case None:
            yield 5


# A forger may also write the digests anew; what the records and the counts say must still agree.


def forge(out, change_records=lambda _records: None, change_manifest=lambda _manifest: None):
    path = out / "train-00000.jsonl"
    records = [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
    change_records(records)
    path.write_bytes(b"".join(msgspec.json.encode(record) + b"\n" for record in records))
    manifest = msgspec.json.decode((out / "manifest.json").read_bytes())
    manifest["shards"][0].update(bytes=path.stat().st_size, sha256=digest_of(path).hexdigest(), records=len(records))
    manifest["text_bytes"], manifest["records"] = path.stat().st_size, len(records)
    manifest["counts"]["written"] = len(records)
    change_manifest(manifest)
    sealed = msgspec.convert(manifest, type(decode_manifest((out / "manifest.json").read_bytes())))
    (out / "manifest.json").write_bytes(
        encode_manifest(msgspec.structs.replace(sealed, digest=manifest_digest(sealed)))
    )


def _swap(records):
    records[3], records[4] = records[4], records[3]


def _set(key, value):
    return lambda records: records[5]["metadata"].update({key: value})


def _with_ptx(records):
    # Keys are written in the record's order.
    old = records[5]
    records[5] = {**{key: old[key] for key in list(old)[:3]}, "ptx": "", **{key: old[key] for key in list(old)[3:]}}


def _repeat_kernel(records):
    old, new = records[2]["metadata"], records[30]["metadata"]
    new["structure_digest"] = old["structure_digest"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda records: records.pop(), "target was not reached"),
        (lambda records: records.append(records[0]), "record 41: index 0 comes after"),
        (lambda records: records.insert(4, records[3]), "record 5: index"),
        (_swap, "record 5: index"),
        (_repeat_kernel, "record 31: the kernel of index .* has been kept before"),
        (_set("seed", 5), "record 6: seed is 5, the manifest makes it 0"),
        (_set("device", "cuda"), "record 6: device is 'cuda', the manifest makes it 'cpu'"),
        (_set("category", "quaternion"), "record 6: category is 'quaternion'"),
        (_set("id", "cpu-0"), "record 6: id is 'cpu-0'"),
        (_set("profile", "x"), "record 6: profile is 'x'"),
        (_set("warp_version", "1.0"), "record 6: warp_version is '1.0'"),
        (_set("catalogue_digest", ""), "record 6: catalogue_digest is ''"),
        (_set("extra", 1), "record 6: Object contains unknown field `extra`"),
        (lambda records: records[5].pop("cpp_forward"), "record 6: Object missing required field `cpp_forward`"),
        (lambda records: records[5].update(cpp_backward=""), "record 6: cpp_backward is empty"),
        (lambda records: records[5].update(python_source="pass"), "record 6: id is 'cpu-"),
        (lambda records: records[5].update(cpp_backward="x"), "record 6: cpp_backward has not the size"),
        (_with_ptx, "record 6: ptx is there, but its level was not asked for"),
        (lambda records: records[5].update(line_map={"cpp_forward": [[1, 2, 3]]}), "record 6: line_map is not that of"),
        (lambda records: records[5]["annotations"]["static"].update(flops=9), "record 6: annotations.static is not"),
        (_set("cluster_id", "cpu-0"), "record 6: it is in cluster cpu-0 and split .*, its texts make it"),
        (_set("split", "none"), "record 6: it is in cluster .* and split none, its texts make it"),
    ],
)
def test_records_that_cannot_be_are_found_even_with_their_digests_made_anew(lines, change, said):
    forge(lines, change)
    with pytest.raises(DatasetError, match=said):
        verify(Folder(lines))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m.update(attempts=m["attempts"] + 1), "attempts; the last record is index"),
        (lambda m: m.update(records=39), "it says 39 records"),
        (lambda m: m["counts"].update(duplicates=99), "the counts add up to"),
        (lambda m: m["categories"]["vector"].update(written=1), "category vector has"),
        (lambda m: m["categories"]["vector"].update(duplicates=99), "do not add up"),
        (lambda m: m["shards"][0].update(records=3), "it has 40 records, the manifest says 3"),
        (lambda m: m["shards"][0].update(name="../../etc/passwd"), "is called ../../etc/passwd"),
        (lambda m: m["rows"].pop("tid"), "there are kernels with row tid, which its ledger does not have"),
        (lambda m: m["rows"].update(tid=[99, 40, 0, 0]), "row tid: 40 of 99 compiled, but 0 rejects have it"),
        (
            lambda m: m["rows"].update(tid=[39, 39, 0, 0]),
            "row tid: 39 compiled, but 40 records and 0 rejects that ran have it",
        ),
        (
            lambda m: m["rows"].update(tid=[99, 99, 0, 0]),
            "row tid: 99 compiled, but 40 records and 0 rejects that ran have it",
        ),
        (lambda m: m["rows"].update(never=[0, 0, 1, 0]), r"row never: \[0, 0, 1, 0\] cannot be"),
        (lambda m: m["rows"].update(never=[-1, -1, -1, -1]), "row never"),
        (lambda m: m["configuration"].update(count=39), "the target was reached before this record"),
        (lambda m: m["configuration"].update(backward=False), "cpp_backward is not empty"),
    ],
)
def test_manifests_that_cannot_be_are_found_even_with_their_digest_made_anew(lines, change, said):
    forge(lines, change_manifest=change)
    with pytest.raises(DatasetError, match=said):
        verify(Folder(lines))


def test_forging_nothing_is_right(lines):
    forge(lines)
    verify(Folder(lines))


def test_other_json_for_the_same_record_is_found(lines):
    path = lines / "train-00000.jsonl"
    record = decode_record(path.read_bytes().splitlines()[0])
    spaced = json.dumps(msgspec.to_builtins(record)).encode()
    assert decode_record(spaced) == record
    assert encode_record(record) != spaced
    content = path.read_bytes().split(b"\n", 1)
    path.write_bytes(spaced + b"\n" + content[1])
    manifest = decode_manifest((lines / "manifest.json").read_bytes())
    shard = msgspec.structs.replace(manifest.shards[0], bytes=path.stat().st_size, sha256=digest_of(path).hexdigest())
    changed = msgspec.structs.replace(manifest, shards=(shard,))
    (lines / "manifest.json").write_bytes(
        encode_manifest(msgspec.structs.replace(changed, digest=manifest_digest(changed)))
    )
    with pytest.raises(DatasetError, match="record 1: its JSON is not written as this version writes it"):
        verify(Folder(lines))


def test_the_count_of_rejects_is_checked(lines):
    (lines / "rejects").mkdir()
    (lines / "rejects" / "3.json").write_text("{}")
    with pytest.raises(DatasetError, match="rejects: 1 files, but 0 rejects in the manifest"):
        verify(Folder(lines))


def test_a_reject_that_is_damaged_or_has_other_rows_is_found(tmp_path):
    generate(stand_in.configuration(profile="faults"), tmp_path / "out", stand_in.setting())
    path = tmp_path / "out" / "rejects" / "30.json"
    content = path.read_text()
    path.write_text(content.replace('"tid"', '"tid2"'))
    with pytest.raises(DatasetError, match="there are kernels with row tid2"):
        verify(Folder(tmp_path / "out"))
    path.write_text(content[:-5])
    with pytest.raises(DatasetError, match=r"rejects/30\.json: "):
        verify(Folder(tmp_path / "out"))


@pytest.mark.parametrize("text", [None, "least = 2"])
def test_the_profile_in_the_folder_is_the_one_in_the_manifest(tmp_path, text):
    out = tmp_path / "out"
    generate(stand_in.configuration(profile="mine", profile_source="least = 1"), out, stand_in.setting())
    verify(Folder(out))
    (out / "mine.toml").unlink() if text is None else (out / "mine.toml").write_text(text)
    with pytest.raises(DatasetError, match=r"mine\.toml: it is missing, or not the profile that the manifest holds"):
        verify(Folder(out))


def test_the_command_says_what_is_right_and_what_is_wrong(lines, capsys):
    assert cli.main(["verify", str(lines)]) == 0
    assert "all is right: 40 records" in capsys.readouterr().out
    os.truncate(lines / "train-00000.jsonl", 10)
    assert cli.main(["verify", str(lines)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("warpsmith: error: train-00000.jsonl: it has 10 bytes")


def test_a_folder_that_is_not_complete_is_not_right(tmp_path):
    with pytest.raises(DatasetError, match=r"not a complete dataset: it has no manifest\.json"):
        verify(Folder(tmp_path))
