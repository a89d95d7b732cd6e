"""The report and the card: that their figures are the measures', their sentences true, and their files whole."""

import importlib.util
import json
import re
import shutil
import sys
import xml.etree.ElementTree as ET
from importlib.metadata import version

import handmade
import msgspec
import pytest
import stand_in
import yaml

from synth import VERSION
from synth.account import background
from synth.account.card import MARK, size_category
from synth.account.example import cut_code
from synth.account.measuring import measure
from synth.account.realism import reference
from synth.account.tables import all_tables
from synth.account.wording import megabytes
from synth.annotations import Annotations
from synth.dataset import open_datasets
from synth.described import descriptions
from synth.folder import RELEASE
from synth.generate import generate
from synth.io import Io
from synth.levels import TEXTS
from synth.record import Metadata, Record
from synth.release import Release

PLOTS = {
    *("annotations", "builtins", "categories", "clusters", "constructs", "duplicates", "realism", "sizes", "time"),
    *("tokens", "verdicts"),
}


@pytest.fixture(autouse=True, scope="module")
def known_warp(tmp_path_factory):
    with handmade.known_warp(tmp_path_factory.mktemp("warp")):
        yield


def dataset(root, first=0, number=7, device="cpu", **changes):
    """Records of many kinds, one a near-duplicate of another, with figures that depend on first index and number."""
    records = [
        handmade.record(
            first + n,
            device=device,
            lines=n % 5 + first // 100 + 1,
            reference=["agrees", "agrees", "known bug: one"][n % 3],
            gradient=["agrees", "it is not finite"][n % 2],
            category=["vector", "matrix"][n % 4 == 1],
            cluster_id=f"{device}-{first + n - (n == 3):04}",
            split=["train", "train", "test"][n % 3] if n != 3 else "test",
        )
        for n in range(number)
    ]
    options = {"duplicates": 3, "rejects": {"codegen": 2}, "device": device, **changes}
    return handmade.write(root, records, **options)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Two datasets in a folder, and their report there."""
    out = tmp_path_factory.mktemp("told")
    roots = [dataset(out / "cpu"), dataset(out / "cuda", first=5, number=9, device="cuda")]
    assert handmade.run("report", *roots, "--out", out) == 0
    return out


def tables_in(text):
    """The tables of a Markdown text, as lists of rows."""
    text = re.sub(r"^(`{3,})\w*\n.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    for block in re.findall(r"(?:^\|.*\|\n)+", text, flags=re.MULTILINE):
        rows = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in block.splitlines()]
        yield [tuple(cell.strip("| ") for cell in row) for number, row in enumerate(rows) if number != 1]


def prose_of(text):
    """A Markdown text without code, tables, headings, names and pictures."""
    text = re.sub(r"^---\n.*?^---$", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^(`{3,})\w*\n.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^[|#!].*$", "", text, flags=re.MULTILINE)
    return re.sub(r"`[^`]*`|<!--.*?-->|https?://\S+|\(plots/\S+\)", "", text)


def figures_in(text):
    return set(re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text))


def test_every_table_of_the_measures_is_in_the_report_to_the_digit(told):
    many = [measure(each).measures for each in open_datasets([told / "cpu", told / "cuda"])]
    # The dozen most frequent rows are in the plots, by name and share.
    wanted = [each for each in all_tables(many) if "records that have them" not in each.title]
    found = list(tables_in((told / "REPORT.md").read_text()))
    assert len(wanted) > 10
    for table in wanted:
        rows = [tuple(cell.strip() for cell in row) for row in (table.header, *table.rows)]
        assert rows in found, table.title


def test_the_figures_of_the_tables_are_those_that_the_records_have(told):
    found = {row[0]: row[1:] for table in tables_in((told / "REPORT.md").read_text()) for row in table}
    assert found["records"] == ("7", "9")
    assert found["pairs of Python and a text made of it"] == ("14", "18")
    assert found["compiled"] == ("83.33 % (10 of 12)", "85.71 % (12 of 14)")
    assert found["distinct before duplicates were dropped"] == ("70.00 % (7 of 10)", "75.00 % (9 of 12)")
    assert found["outputs compared with CPython"] == ("71.43 % (5 of 7)", "66.67 % (6 of 9)")
    assert found["known bug: one"] == ("2", "3")
    assert found["it is not finite"] == ("3", "4")
    assert found["codegen"] == ("2", "2")
    assert found["processor time: native compile"] == ("20.2 s", "20.2 s")
    assert found["different rows of the catalogue"] == ("3 of 4", "3 of 4")
    assert "compiled for" in found
    assert found["records with a near-duplicate"] == ("28.57 % (2 of 7)", "22.22 % (2 of 9)")
    assert found["clusters in more than one split"] == ("0", "0")
    assert [found[name][::3] for name in ("train", "test")] == [("4", "5"), ("3", "4")]
    assert found["at least 0.7"] == ("0 % (0 of 7)", "0 % (0 of 3)", "0 % (0 of 9)", "0 % (0 of 4)")
    assert {"moved_bytes", "flops_per_byte", "static.flops"} <= found.keys()
    assert "static.loops" not in found  # no kernel has any


def test_the_summary_says_what_the_tables_say(told):
    summary = (told / "REPORT.md").read_text().partition("## Summary")[2].partition("## Why")[0]
    assert "**cpu**: 7 kernels in" in summary
    assert "of 2 categories, each as Python, C++ forward and C++ adjoint, with its runs." in summary
    assert "each as Python, CUDA C++ forward and CUDA C++ adjoint" in summary
    assert "Of 12 kernels tried 83.33 % compiled; of those that were not refused 70.00 % were distinct" in summary
    assert "The outputs of 71.43 % are known" in summary
    assert "the gradients of 57.14 % to be the derivatives" in summary
    assert "28.57 % have a near-duplicate among the others; no cluster of these is in more than one split." in summary
    assert "0 % are near-duplicates of a kernel of Warp's own." in summary


def test_sources_that_are_in_two_datasets_are_counted(told, tmp_path):
    # Indices 5 and 6 are in both.
    text = (told / "REPORT.md").read_text()
    assert "2 Python texts are both in cpu and in cuda, 1 of them in another split: hold out of both what" in text
    roots = [dataset(tmp_path / "one"), dataset(tmp_path / "other", first=70), dataset(tmp_path / "third", first=15)]
    handmade.run("report", roots[0], roots[1], "--out", tmp_path)
    assert "No Python text is in two of the datasets." in (tmp_path / "REPORT.md").read_text()
    shutil.copytree(roots[2], tmp_path / "fourth")
    handmade.run("report", roots[2], tmp_path / "fourth", "--out", tmp_path)
    text = (tmp_path / "REPORT.md").read_text()
    assert "7 Python texts are both in third and in fourth, each in the same split in both." in text


def test_no_figure_is_typed_in(tmp_path):
    """Of two datasets that have no figure in common, the reports have none in common but the definitions'."""
    common = []
    for name, first, number, changes in (
        ("one", 200, 11, {"duplicates": 13, "rejects": {"codegen": 17}, "warpsmith": f"{handmade.SERIES}19"}),
        (
            "other",
            2900,
            37,
            {"duplicates": 61, "rejects": {"codegen": 43, "reference": 47}, "warpsmith": f"{handmade.SERIES}53"},
        ),
    ):
        root = dataset(tmp_path / name, first=first, number=number, **changes)
        manifest = json.loads((root / "manifest.json").read_text())
        manifest["configuration"] |= {"seed": first, "versions": {"warp": f"{first}.{number}"}}
        manifest["rows"] = {f"row{n}": [] for n in range(number * 2)}
        (root / "manifest.json").write_text(json.dumps(manifest))
        handmade.run("report", root)
        common.append([figures_in(prose_of((root / file).read_text())) for file in ("REPORT.md", "README.md")])
    real = {f"{reference().kernels:,}", "0.141", *figures_in(version("warp-lang"))}  # how far apart real projects are
    near = {"0.7", "6", "3", "126"}  # what near-duplicates are
    definitions = {"95", "2.0", "64", *figures_in(VERSION)} | real | near  # Wilson at 95 %, Apache-2.0, Base64
    handmade_alike = {"2", "3", "0", "1", "100"}  # categories, built-ins, and shares of all or nothing
    for one, other in zip(*common, strict=True):
        assert len(one - other) > 10
        assert one & other <= definitions | handmade_alike


def test_the_background_has_no_figure():
    for text in (background.JUST_IN_TIME, background.BRIDGE, background.WARP):
        assert not figures_in(text)


def test_the_example_is_a_record_of_the_data(told):
    text = (told / "REPORT.md").read_text()
    found = re.search(r"Record `(cpu-\d+)`, index (\d+)", text)
    records = [json.loads(line) for line in (told / "cpu" / "train-00000.jsonl").read_text().splitlines()]
    record = next(each for each in records if each["metadata"]["id"] == found[1])
    assert record["io"]["reference"] == record["io"]["gradient"] == "agrees"
    assert record["python_source"].strip() in text
    assert record["cpp_forward"].strip() in text
    # All of its lines become two; the last is shown.
    first, last, line = record["line_map"]["cpp_forward"][-1]
    assert f"Line {line} of the source, `{record['python_source'].splitlines()[-1].strip()}`, has " in text
    assert f"has [{first}, {last}, {line}] of `line_map.cpp_forward` and [{first}, {last}, {line}] of" in text
    traced = "\n".join(record["cpp_forward"].splitlines()[first - 1 : last])
    assert text.count(f"```cpp\n{traced}\n```") == 2
    shown = re.findall(r"#### `(\w+)`\n\n```json\n(.*?)```", text, flags=re.DOTALL)
    assert {name: json.loads(value) for name, value in shown} == {
        name: record[name] for name in ("annotations", "metadata")
    }


def test_long_texts_are_cut_and_lower_levels_sooner():
    long = "\n".join(map(str, range(100)))
    shown = {text.key: cut_code(long, text) for text in TEXTS}
    assert shown["cpp_forward"].endswith("\n39\n```\n\n… and 60 more lines.\n")
    assert shown["ptx"].endswith("\n19\n```\n\n… and 80 more lines.\n")


def test_sentences_hold_of_data_without_runs_or_echoes(tmp_path):
    records = [handmade.record(n, reference=None, cpp_forward="f();\n", cpp_backward="", line_map={}) for n in range(3)]
    root = handmade.write(tmp_path / "data", records)
    handmade.run("report", root)
    text = (root / "REPORT.md").read_text()
    assert "The records of cpu were not run: there are no inputs and outputs." in text
    assert "Comments give the source away" not in text
    assert "What is known to be right" not in text
    assert "CPython, the gradients" not in text
    assert "C++ adjoint" not in text.partition("## Summary")[2].partition("## Why")[0]
    assert re.search(r"\| not run \| 3 \|", text)
    assert "None has a near-duplicate among the others." in text
    assert "clusters.png" not in text
    assert "One line and what becomes of it" not in text


def test_clusters_and_splits_are_told_of(tmp_path):
    splits = ["train", "train", "test", "test", "none", "validation"]
    records = [
        handmade.record(n, cluster_id=f"cpu-{n // 2 * 2:04}", split=split, **({"lines": 9} if split == "none" else {}))
        for n, split in enumerate(splits)
    ]
    records[3]["python_source"] = handmade.RENAMED
    root = handmade.write(tmp_path / "data", records)
    assert handmade.run("report", root) == 0
    text = (root / "REPORT.md").read_text()
    part = text.partition("### Near-duplicates and splits")[2].partition("\n## ")[0]
    assert "**cpu**: 100 % (6 of 6) of the records have a near-duplicate; one of each cluster would leave 3." in part
    assert "As the records are placed, no cluster is in more than one split." in part
    rows = {row[0]: row[1:] for table in tables_in(part) for row in table}
    sizes = [len(line) for line in (root / "train-00000.jsonl").read_bytes().splitlines(keepends=True)]
    assert list(rows)[list(rows).index("train") :][:4] == ["train", "validation", "test", "none"]
    assert rows["test"] == ("2", "33.33 %", megabytes(sizes[2] + sizes[3]))
    assert "`none` is the split of records that are near to records of two splits" in part
    assert "compared with each of the 1 kernels and functions" in part
    assert rows["at least 0.9"] == ("16.67 % (1 of 6)", "50.00 % (1 of 2)")
    assert rows["1"] == ("cpu-0003", "test", "known, known.py:5")
    assert "Leave `none` out (1 record), which is near to two of them." in text
    card = (root / "README.md").read_text()
    for split in ("train", "validation", "test"):
        assert f'{split} = everything.filter(lambda record: record["metadata"]["split"] == "{split}")' in card
    assert "none = " not in card


def test_a_cluster_that_crosses_is_told_of(tmp_path):
    records = [handmade.record(n, cluster_id="cpu-0000", split=["train", "test"][n]) for n in range(2)]
    root = handmade.write(tmp_path / "data", records)
    assert handmade.run("report", root) == 0
    assert "As the records are placed, 1 cluster is in more than one split." in (root / "REPORT.md").read_text()


@pytest.mark.parametrize(
    ("digest", "names"), [("d" * 64, ("train", "test")), ("e" * 64, ("train",))], ids=["its", "others"]
)
def test_a_card_for_splits_in_files_names_these(tmp_path, digest, names):
    root, splits = dataset(tmp_path / "data"), tmp_path / "splits"
    splits.mkdir()
    release = Release(digest, "parquet", {"train": 3, "validation": 0, "test": 3}, {"near to two splits": 1})
    (splits / RELEASE).write_bytes(msgspec.json.encode(release))
    for name in ("train", "test"):
        (splits / f"{name}-00000.parquet").write_bytes(b"")
    assert handmade.run("report", root, "--out", splits) == 0
    text = (splits / "README.md").read_text()
    kind = "parquet" if len(names) > 1 else "jsonl"  # of the splits of another dataset nothing is said
    files = [{"split": name, "path": f"{name}-*.{kind}"} for name in names]
    header = yaml.safe_load(text.split("---\n")[1])
    assert header["configs"] == [{"config_name": "default", "default": True, "data_files": files}]
    held = "hold 3 (train), 0 (validation) and 3 (test) of these records, by split; left out: 1 (near to two splits)."
    assert (held in text) == (len(names) > 1)
    assert [f'{name} = load_dataset("PATH", split="{name}")\n' in text for name in ("train", "test")] == [
        len(names) > 1,
        len(names) > 1,
    ]


def test_every_plot_is_there_whole_twice_and_in_the_text(told):
    text = (told / "REPORT.md").read_text()
    assert {path.stem for path in (told / "plots").iterdir()} == PLOTS
    assert text.count("](plots/") == 2 * len(PLOTS)
    for name in PLOTS:
        assert f"](plots/{name}.png)" in text
        assert (told / "plots" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert ET.parse(told / "plots" / f"{name}.svg").getroot().tag.endswith("svg")


def test_the_same_data_gives_the_same_files(told, tmp_path):
    handmade.run("report", told / "cpu", told / "cuda", "--out", tmp_path)
    for path in [told / "REPORT.md", *(told / "plots").iterdir()]:
        assert (tmp_path / path.relative_to(told)).read_bytes() == path.read_bytes(), path.name


def test_the_cards_header_is_what_the_hub_reads(told):
    text = (told / "README.md").read_text()
    header = yaml.safe_load(text.split("---\n")[1])
    assert header["license"] == "apache-2.0"
    assert header["task_categories"] == ["text-generation"]
    assert header["size_categories"] == ["n<1K"]
    assert header["configs"] == [
        {"config_name": "cpu", "default": True, "data_files": [{"split": "train", "path": "cpu/train-*.jsonl"}]},
        {"config_name": "cuda", "data_files": [{"split": "train", "path": "cuda/train-*.jsonl"}]},
    ]
    assert "cuda" in header["tags"]


def test_files_of_splits_are_theirs_in_the_card(tmp_path):
    root = dataset(tmp_path / "data")
    manifest = json.loads((root / "manifest.json").read_text())
    manifest["shards"] = [{"name": f"{split}-00000.jsonl", "records": 1} for split in ("test", "train", "validation")]
    (root / "manifest.json").write_text(json.dumps(manifest))
    assert open_datasets([root])[0].patterns == {
        "train": "train-*.jsonl",
        "validation": "validation-*.jsonl",
        "test": "test-*.jsonl",
    }


@pytest.mark.parametrize(
    ("records", "name"),
    [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (9_999, "1K<n<10K"), (10**6, "1M<n<10M"), (10**9, "n>1B")],
)
def test_sizes_have_the_hubs_names(records, name):
    assert size_category(records) == name


@pytest.mark.skipif(importlib.util.find_spec("datasets") is None, reason="needs the extra hf")
@pytest.mark.filterwarnings("ignore")
def test_datasets_loads_a_folder_with_its_card(told, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import load_dataset

    for config, number in (("cpu", 7), ("cuda", 9)):
        loaded = load_dataset(str(told), config, split="train", cache_dir=str(tmp_path))
        lines = (told / config / "train-00000.jsonl").read_text().splitlines()
        assert [each["python_source"] for each in loaded] == [json.loads(line)["python_source"] for line in lines]
        assert len(loaded) == number


@pytest.mark.skipif(importlib.util.find_spec("datasets") is None, reason="needs the extra hf")
@pytest.mark.filterwarnings("ignore")
def test_the_card_has_the_types_so_that_the_first_records_do_not_decide(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import Features, load_dataset

    out = tmp_path / "out"
    generate(stand_in.configuration(), out, stand_in.setting())
    lines = (out / "train-00000.jsonl").read_text().splitlines(keepends=True)
    # The first file has one record, so that its constructs look like a structure of just these.
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["shards"] = [{"name": f"train-0000{n}.jsonl", "records": (1, 39)[n]} for n in range(2)]
    (out / "manifest.json").write_text(json.dumps(manifest))
    for name, part in (("train-00000.jsonl", lines[:1]), ("train-00001.jsonl", lines[1:])):
        (out / name).write_text("".join(part))
    handmade.run("report", out)
    loaded = load_dataset(str(out), split="train", cache_dir=str(tmp_path / "cache"))
    assert [each["metadata"]["constructs"] for each in loaded] == [
        json.loads(line)["metadata"]["constructs"] for line in lines
    ]
    header = yaml.safe_load((out / "README.md").read_text().split("---\n")[1])
    assert (
        Features.from_dict(Features._from_yaml_list(header["dataset_info"][0]["features"]).to_dict()) == loaded.features
    )


def test_the_cards_features_and_fields_are_those_that_the_dataset_has(tmp_path):
    timed = handmade.annotations(time=None, instructions={"ptx": {"forward": 3}})
    told = {
        "plain": handmade.write(tmp_path / "plain", [handmade.record(0)]),
        "more": handmade.write(tmp_path / "more", [handmade.record(0, ptx="ret;", annotations=timed)]),
    }
    for name, root in told.items():
        assert handmade.run("report", root) == 0
        text = (root / "README.md").read_text()
        record = json.loads((root / "train-00000.jsonl").read_text())
        header = yaml.safe_load(text.split("---\n")[1])
        features = {each["name"]: each for each in header["dataset_info"][0]["features"]}
        assert features.keys() == record.keys()
        assert {each["name"] for each in features["annotations"]["struct"]} == record["annotations"].keys()
        static = {each["name"]: each["dtype"] for each in features["annotations"]["struct"][0]["struct"]}
        assert static == dict.fromkeys(record["annotations"]["static"], "int64")
        rows = {row[0].strip("`"): row[1] for table in tables_in(text) for row in table}
        for prefix, struct, there in (
            ("", Record, record),
            ("io.", Io, record["io"]),
            ("annotations.", Annotations, record["annotations"]),
            ("metadata.", Metadata, record["metadata"]),
        ):
            for key, said in descriptions(struct).items():
                assert (f"{prefix}{key}" in rows) == (key in there), (name, key)
                assert rows.get(f"{prefix}{key}", said) == said


def test_the_card_says_how_many_records_have_a_text_that_not_all_have(tmp_path):
    root = handmade.write(tmp_path / "data", [handmade.record(0), handmade.record(1, cpp_backward="")])
    handmade.run("report", root)
    assert "In 1 of 2 records. |" in (root / "README.md").read_text()


def test_a_file_for_each_record_is_told_of_without_promises(tmp_path):
    root = handmade.write(tmp_path / "data", [handmade.record(n) for n in range(3)], form="json")
    handmade.run("report", root)
    for name in ("REPORT.md", "README.md"):
        text = (root / name).read_text()
        assert "`python -m synth export` makes JSON Lines or Parquet of them" in text
        assert "load_dataset" not in text
    assert "configs" not in yaml.safe_load((root / "README.md").read_text().split("---\n")[1])


def test_several_datasets_need_a_place(told, capsys):
    said = handmade.refusal(capsys, "report", told / "cpu", told / "cuda")
    assert "with several datasets, say where to: --out DIR" in said
    assert "a folder is named twice" in handmade.refusal(capsys, "report", told / "cpu", told / "cpu", "--out", told)


def test_a_foreign_readme_is_not_written_over(tmp_path, capsys):
    root = dataset(tmp_path / "data")
    (root / "README.md").write_text("# Mine\n")
    said = handmade.refusal(capsys, "report", root)
    assert "is not a card that `report` wrote: name another folder with --out" in said
    assert (root / "README.md").read_text() == "# Mine\n"
    (root / "README.md").write_text(f"{MARK}\n")
    assert handmade.run("report", root) == 0


def test_the_extra_is_named_where_matplotlib_is_missing(tmp_path, monkeypatch, capsys):
    root = dataset(tmp_path / "data")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert "pip install 'warpsmith[report]'" in handmade.refusal(capsys, "report", root)
    assert sorted(path.name for path in root.iterdir()) == ["manifest.json", "train-00000.jsonl"]
    assert handmade.run("stats", root) == 0  # the terminal needs none
    capsys.readouterr()
