import base64
import json
import re
import shlex
import zlib
from dataclasses import replace

import msgspec
import pytest
import stand_in
from browse_records import ABOUT, ANNOTATIONS, FORWARD, LEVELLED, RECORDS, TEXTS, lines, mapped, record, write

from grammar.profile import CATEGORIES
from synth import VERSION, cli
from synth.annotations import Annotations
from synth.browse.entry import read_entry
from synth.browse.page import CHUNK_BYTES, chunked, encode_chunk, write_page
from synth.browse.source import described
from synth.calls import called_builtins, parse_source
from synth.dataset import Request, open_datasets
from synth.errors import UsageError
from synth.export import export
from synth.folder import Folder
from synth.generate import generate
from synth.levels import TEXTS as ALL_TEXTS
from synth.levels import texts_of
from synth.request import requested_configuration
from synth.seal import sealed
from synth.store.layout import GROWING, LAYOUTS


def packed(page, name):
    found = re.search(rf'<script type="text/plain" id="{name}">([^<]*)</script>', page)
    return zlib.decompress(base64.b64decode(found[1])).decode()


def chunks(page):
    count = len(re.findall(r'id="chunk-\d+"', page))
    return [json.loads(packed(page, f"chunk-{number}")) for number in range(count)]


def browse(*arguments):
    return cli.main(["browse", *map(str, arguments)])


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    out = tmp_path_factory.mktemp("page") / "browse.html"
    written = write(out)
    assert (written.records, written.bytes) == (600, out.stat().st_size)
    return out


def test_the_page_needs_nothing_but_itself(page):
    text = page.read_text()
    assert "http://" not in text
    assert "https://" not in text
    assert not re.search(r"""\b(?:src|href)\s*=\s*["'](?!#)|@import|url\(|\bfetch\(|XMLHttpRequest|\bimport\(""", text)
    assert "default-src 'none'" in text
    assert text.count("</script>") == text.count("<script")
    assert "<title>a &lt;b&gt; &amp; c</title>" in text
    assert not re.search(r"\{\{\w+\}\}", text)


def test_what_the_chunks_hold_are_the_records_in_order(page):
    held = [whole for chunk in chunks(page.read_text()) for whole in chunk]
    assert held == RECORDS


def test_the_list_has_every_record(page):
    text = page.read_text()
    index = json.loads(packed(text, "index"))
    columns, names = index["records"], index["names"]
    assert columns["index"] == list(range(600))
    assert columns["id"] == [record(index)["metadata"]["id"] for index in range(600)]
    assert {len(column) for column in columns.values()} == {600}
    category = names["category"]
    assert [category["names"][number] for number in columns["category"][:3]] == ["math", "vector", "math"]
    assert category["counts"] == [300, 300]
    assert names["builtin"]["names"] == ["dot", "tid", "vec3"]
    assert dict(zip(*names["construct"].values(), strict=True)) == {"tid1": 600, "seventh": 86, "other": 514}
    assert columns["verdicts"][:4] == [1, 3, 3, 1]
    starts = [0]
    for chunk in chunks(text):
        starts.append(starts[-1] + len(chunk))
    assert index["chunks"] == starts[:-1]
    assert packed(text, "sources").split("\0")[:-1] == [record(index)["python_source"] for index in range(600)]


def test_the_line_maps_are_the_records_own():
    assert record(0)["line_map"]["cpp_forward"] == mapped(record(0))["line_map"]["cpp_forward"]
    odd = record(0, line_map={"cpp_forward": [[1, 1, 9]]})
    (chunk,) = chunked(lines([odd]))
    assert json.loads(encode_chunk(chunk))[0]["line_map"] == odd["line_map"]


@pytest.mark.parametrize("device", ["cpu", "cuda", "cpu,cuda"])
def test_the_page_knows_the_levels_that_its_records_can_have(tmp_path, device):
    write_page(tmp_path / "page.html", replace(ABOUT, texts=texts_of(device)), lines([LEVELLED]))
    levels = json.loads(packed((tmp_path / "page.html").read_text(), "index"))["levels"]
    assert [level["key"] for level in levels] == [text.key for text in ALL_TEXTS if not text.is_source]
    assert levels[0]["short"] == ("CUDA" if device == "cuda" else "C++")
    assert all(level["short"] and level["meaning"] and level["language"] for level in levels)


def test_the_page_knows_what_every_figure_means(page):
    known = json.loads(packed(page.read_text(), "index"))["meanings"]
    assert known["flops"].startswith("Additions, subtractions")
    figures = {**ANNOTATIONS, **ANNOTATIONS["static"], **ANNOTATIONS["resources"]["forward"], **ANNOTATIONS["time"]}
    assert figures.keys() <= known.keys()
    assert set(Annotations.__struct_fields__) == ANNOTATIONS.keys() <= known.keys()


def test_a_chunk_is_as_small_as_it_can_be():
    long = [record(index, cpp_forward="x" * 70_000) for index in range(20)]
    sizes = [[len(text) for text, _ in chunk] for chunk in chunked(lines(long))]
    assert sum(map(len, sizes)) == 20
    assert all(sum(chunk[:-1]) < CHUNK_BYTES <= sum(chunk) for chunk in sizes[:-1])


def test_the_same_records_give_the_same_page(page, tmp_path):
    write(tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == page.read_bytes()


def test_built_ins_are_what_is_called():
    source = """
@wp.func_replay(f)
def g(a: wp.array2d(dtype=float), b: wp.indexedarray(dtype=int)):
    c = wp.static(2) + wp.constant(3)
    return wp.atomic_add(a, 0, wp.vec3h(1.0)) + wp.PI + x.wp.sin(2)
"""
    assert set(called_builtins(parse_source(source, "here"))) == {"atomic_add", "vec3h"}


def test_empty_levels_are_left_out():
    assert read_entry(json.dumps(record(0)).encode()).levels == ("cpp_forward",)
    assert read_entry(json.dumps(LEVELLED).encode()).levels == ("cpp_forward", *TEXTS)
    assert {"python_source", "cpp_forward", *TEXTS} == {text.key for text in ALL_TEXTS}
    assert read_entry(json.dumps(LEVELLED).encode()).generated_bytes == len(FORWARD) + sum(map(len, TEXTS.values()))


def stored_in(out):
    """The records of a dataset, in order."""
    layout = LAYOUTS[json.loads((out / "manifest.json").read_bytes())["configuration"]["format"]]
    paths = [path for path in sorted(out.iterdir()) if layout.number(path.name) is not None]
    return [json.loads(text) for path in paths for text in layout.read(path)]


@pytest.mark.parametrize("form", LAYOUTS)
def test_the_command_shows_a_dataset_as_it_lies(tmp_path, capsys, form):
    out = tmp_path / "out"
    generate(stand_in.configuration(format=form if form in GROWING else GROWING[0]), out, stand_in.setting())
    if form not in GROWING:
        export(Folder(out), tmp_path / form, form)
        out = tmp_path / form
    assert browse(out) == 0
    assert re.fullmatch(rf"{out}/browse\.html: 40 kernels in 0\.\d MB; open it .*\n", capsys.readouterr().out)
    stored = stored_in(out)
    assert len(stored) == 40
    assert [whole for chunk in chunks((out / "browse.html").read_text()) for whole in chunk] == stored
    again = tmp_path / "other.html"
    assert browse(out, "--out", again) == 0
    assert again.read_bytes() == (out / "browse.html").read_bytes()


def damaged(path):
    path.write_bytes(path.read_bytes()[:-50])


def foreign(path):
    path.write_bytes(b'{"text": 5}\n' + path.read_bytes().split(b"\n", 1)[1])


def unfinished(path):
    out = path.parent
    (out / ".unfinished").mkdir()
    configuration = json.loads((out / "manifest.json").read_bytes())["configuration"]
    (out / ".unfinished" / "configuration.json").write_bytes(sealed(json.dumps(configuration).encode()))
    (out / "manifest.json").unlink()


def cut(path):
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def rewritten(path):
    (path.parent / "manifest.json").write_text("{}")


def of_another_format(path):
    manifest = path.parent / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"format": "jsonl"', '"format": "xml"'))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (damaged, r"train-00000\.jsonl is damaged at record 40: this is not a record of warpsmith: "),
        (foreign, r"train-00000\.jsonl is damaged at record 1: this is not a record of warpsmith: .*python_source"),
        (cut, r"train-00000\.jsonl has 39 records, its manifest says 40: it is not whole"),
        (lambda path: path.unlink(), r"train-00000\.jsonl, which the manifest names, is not there"),
        (unfinished, r"is not complete yet: `python -m synth .*--out .*` goes on with it"),
        (rewritten, r"manifest\.json is not a manifest that this version can read"),
        (of_another_format, r"its format 'xml' is not among those read here: jsonl, "),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(tmp_path, capsys, spoil, said):
    out = tmp_path / "out"
    generate(stand_in.configuration(), out, stand_in.setting())
    spoil(out / "train-00000.jsonl")
    before = sorted(out.iterdir())
    assert browse(out) == UsageError.exit_code
    written = capsys.readouterr()
    assert written.out == ""
    assert re.fullmatch(rf"warpsmith: error: .*{said}.*\n", written.err)
    assert sorted(out.iterdir()) == before


def test_what_is_no_dataset_and_what_is_no_page_are_refused(tmp_path, capsys):
    assert browse(tmp_path / "nothing") == UsageError.exit_code
    assert "holds no dataset: make one with" in capsys.readouterr().err
    generate(stand_in.configuration(), tmp_path / "out", stand_in.setting())
    for name in ("train-00000.jsonl", "manifest"):
        assert browse(tmp_path / "out", "--out", tmp_path / "out" / name) == UsageError.exit_code
        assert "must be a file whose name ends in .html" in capsys.readouterr().err
    with pytest.raises(UsageError, match="there is no record to show"):
        write_page(tmp_path / "empty.html", ABOUT, [])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
    assert not list((tmp_path / "out").glob("*.html"))


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 2**40, "io": True},
        {"device": "cuda", "arch": 90, "backward": False},
        {"profile": "explore", "categories": CATEGORIES},
        {"profile": "vector", "categories": ("vector",)},
        {"device": "cpu,cuda", "arch": 75, "levels": ("cpp", "cuda")},
        {"device": "cpu,cuda", "arch": 90, "levels": ("cpp", "cuda", "ptx")},
        {"device": "cpu,cuda", "arch": 90, "levels": ("cpp", "ptx")},
        {"device": "cuda", "arch": 90, "levels": ("cpp", "ptx")},
    ],
)
def test_the_replay_command_asks_for_the_same_configuration(tmp_path, changes):
    out = tmp_path / "my data"
    generate(stand_in.configuration(), out, stand_in.setting())
    configuration = stand_in.configuration(**{"profile": "default", **changes})
    (dataset,) = open_datasets([out])
    request = msgspec.convert(msgspec.to_builtins(configuration), Request)
    about = described(replace(dataset, about=msgspec.structs.replace(dataset.about, configuration=request)))
    assert about.texts == texts_of(configuration.device)
    asked = cli._parser().parse_args(shlex.split(about.replay_alone.replace("{index}", "7"))[3:])
    assert asked.index == "7"
    asked.budget_mb, asked.count, asked.dedup, asked.format = None, "1", "structure", "jsonl"
    there = requested_configuration(asked)
    for name in ("device", "arch", "levels", "backward", "io", "seed", "profile", "categories"):
        assert getattr(there, name) == getattr(configuration, name)
    kept = cli._parser().parse_args(shlex.split(about.replay.replace("{index}", "7"))[3:])
    assert (kept.folder, kept.record) == (out, "7")


def test_what_is_said_of_a_dataset_is_in_its_manifest(tmp_path):
    generate(stand_in.configuration(seed=7), tmp_path / "mine", stand_in.setting())
    (dataset,) = open_datasets([tmp_path / "mine"])
    about = described(dataset)
    assert about.title == "mine"
    assert about.facts == (
        *("40 kernels", f"{dataset.about.text_bytes / 1e6:.1f} MB", "cpu", "Warp 1.19.0"),
        *(f"Warpsmith {VERSION}", "seed 7"),
    )
    own = msgspec.structs.replace(dataset.about.configuration, profile_source="least = 1")
    alone = described(replace(dataset, about=msgspec.structs.replace(dataset.about, configuration=own)))
    assert alone.replay_alone == ""  # only the folder has that profile
