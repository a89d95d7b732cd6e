"""The figures of a dataset: that they are those of its records, and what cannot be counted is refused in one line."""

import ast
import json
import re
from collections import Counter
from itertools import pairwise
from unittest.mock import ANY

import handmade
import msgspec
import pytest
import stand_in
from hypothesis import given
from hypothesis import strategies as st

from synth.account.clusters import Members
from synth.account.distribution import PERCENTILES, Gauge, Share
from synth.account.measuring import measure
from synth.account.realism import distance, reference
from synth.account.shape import items_of, kernels_in
from synth.account.tables import all_tables
from synth.account.tokens import count_tokens
from synth.account.wording import interval, percent, quantity
from synth.dataset import open_datasets
from synth.generate import generate
from synth.near.splits import Fractions, kernel_of, split_of
from synth.record import Metadata
from synth.seal import sealed

PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126) | st.sampled_from("\n\té"))


@pytest.fixture(autouse=True, scope="module")
def known_warp(tmp_path_factory):
    with handmade.known_warp(tmp_path_factory.mktemp("warp")):
        yield


@pytest.fixture
def mixed(tmp_path):
    """Seven records of two categories."""
    records = [
        handmade.record(0),
        handmade.record(1, lines=3),
        handmade.record(2, reference="known bug: one", gradient="it is not finite"),
        handmade.record(4, gradient="it is not finite", category="matrix"),
        handmade.record(5, gradient="two step sizes disagree", lines=2),
        handmade.record(7, reference=None),
        handmade.record(9, cpp_backward=""),
    ]
    return handmade.write(tmp_path / "data", records, duplicates=3, rejects={"codegen": 2, "reference": 1})


def measured(root):
    return measure(open_datasets([root])[0]).measures


@given(PRINTABLE)
def test_tokens_are_words_and_other_characters(text):
    assert count_tokens(text.encode()) == len(re.findall(r"\w+|[^\w\s]", text))


@given(st.lists(st.integers(0, 10**9), min_size=1))
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(values):
    gauge = Gauge()
    for value in values:
        gauge.add(value)
    found = gauge.read()
    for percentile in PERCENTILES:
        reached = [
            value for value in values if sum(other <= value for other in values) * 100 >= percentile * len(values)
        ]
        assert found.percentiles[percentile] == min(reached)
    assert (found.total, found.least, found.most) == (sum(values), min(values), max(values))
    assert sum(found.bins.values()) == sum(value > 0 for value in values)
    for place in found.bins:
        assert any(2 ** (place / 4) * 0.999 <= value <= 2 ** ((place + 1) / 4) * 1.001 for value in values)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (0, 10, 0.0, 0.27753),
        (10, 10, 0.72247, 1.0),
        (5, 10, 0.23659, 0.76341),
        (81, 263, 0.2553, 0.3662),
        (0, 0, 0.0, 1.0),
    ],
)
def test_the_interval_is_wilsons(part, whole, low, high):
    # 81 of 263 is the example of R. G. Newcombe, Statistics in Medicine 17 (1998); the others by hand.
    assert Share(part, whole).interval == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_is_within_its_interval_and_never_rounded_to_all_or_none(part, more):
    found = Share(part, part + more)
    low, high = found.interval
    assert 0 <= low <= found.fraction <= high <= 1
    assert (percent(found.fraction) == "0 %") == (part == 0)
    assert percent(found.fraction) != "100 %"
    shown_low, shown_high = map(float, interval(found).removesuffix(" %").split("–"))
    assert shown_low <= 100 * low <= 100 * high <= shown_high


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0"), (12345, "12,345"), (1 / 8, "0.125"), (2.345, "2.35"), (123.4, "123"), (2.0, "2")]
)
def test_figures_have_three_digits_where_they_are_no_whole_numbers(number, shown):
    assert quantity(number) == shown


def test_what_is_counted_is_what_is_there(mixed):
    found = measured(mixed)
    text = (mixed / "train-00000.jsonl").read_bytes()
    records = [json.loads(line) for line in text.splitlines()]
    assert (found.records, found.text_bytes) == (7, len(text))
    assert {name: each.records for name, each in found.categories.items()} == {"vector": 6, "matrix": 1}
    assert found.categories["vector"].duplicates == 3
    assert sum(found.parts.values()) < len(text)
    assert found.parts["python_source"] == sum(len(json.dumps(each["python_source"])) for each in records)
    sources = found.texts["python_source"]
    assert sources.lines.total == sum(each["python_source"].count("\n") for each in records) == 7 * 6 + 10
    assert sources.bytes.most == max(len(each["python_source"]) for each in records)
    assert found.texts["cpp_backward"].bytes.count == 6
    assert found.pairs == 7 + 6
    forward = "".join(each["cpp_forward"] for each in records)
    echoes = "".join(line for line in forward.splitlines(keepends=True) if "<L" in line)
    assert found.texts["cpp_forward"].echo_bytes == len(echoes)
    assert found.constructs.kernels == {"sin": 7, "store1": 7, "tid1": 7}
    assert found.constructs.occurrences == {"sin": 10, "store1": 10, "tid1": 7}
    assert found.builtins.kernels == {"sin": 7, "tid": 7}
    assert found.builtins.occurrences == {"sin": 10, "tid": 7}
    assert found.argument_types.kernels == {"array of float": 7}
    assert found.compilers == {"a compiler": 7}
    assert found.launches == 6


def test_verdicts_and_shares(mixed):
    found = measured(mixed)
    assert (found.outputs.agree, found.outputs.skipped, found.outputs.not_run) == (5, {"known bug: one": 1}, 1)
    assert found.gradients.skipped == {"it is not finite": 2, "two step sizes disagree": 1}
    assert found.outputs.right == Share(5, 6)  # the manifest has one that was refused by the reference
    assert found.gradients.right == Share(3, 3)
    assert found.exact == Share(3, 6)
    assert found.unique == Share(7, 10)
    assert found.compiled == Share(11, 13)  # what a judge refused had compiled


def test_levels_splits_and_line_maps_are_counted(tmp_path):
    records = [
        handmade.record(
            0, ptx="add.f32 %f1;\n", cluster_id="a", compile={"compiler": "one", "cuda": {"compiler": "two"}}
        ),
        handmade.record(1, cluster_id="a", split="test", line_map={"cpp_forward": []}),
        handmade.record(2, cluster_id="b"),
        handmade.record(3, cluster_id="b", split="none"),
    ]
    root = handmade.write(tmp_path / "data", records)
    found = measured(root)
    sizes = [len(line) for line in (root / "train-00000.jsonl").read_bytes().splitlines(keepends=True)]
    assert found.texts["ptx"].tokens.total == count_tokens(b"add.f32 %f1;")
    assert {name: (each.records, each.bytes) for name, each in found.splits.items()} == {
        "train": (2, sizes[0] + sizes[2]),
        "test": (1, sizes[1]),
        "none": (1, sizes[3]),
    }
    assert (found.clusters.sizes, found.clusters.crossing) == ({2: 2}, 1)  # a cluster with bridges crosses nothing
    assert found.aligned == Share(3, 4)
    assert found.compilers == {"a compiler": 3, "one": 1, "two": 1}
    assert found.versions == {"warp": "1.19.0", "an assembler": "2.5"}


@given(st.lists(st.integers(0, 12), min_size=1, max_size=40))
def test_clusters_leak_what_a_split_by_record_would_have_put_apart(clusters):
    records = [handmade.record(index, cluster_id=f"c{cluster}") for index, cluster in enumerate(clusters)]
    members = Members()
    for each in records:
        members.add(msgspec.convert(each["metadata"], Metadata))
    found = members.read()
    alone = [split_of(kernel_of(each["metadata"]["id"]), Fractions()) for each in records]
    trained = {cluster for cluster, split in zip(clusters, alone, strict=True) if split == "train"}
    held_out = [cluster for cluster, split in zip(clusters, alone, strict=True) if split != "train"]
    assert found.leaked_by_record == Share(sum(cluster in trained for cluster in held_out), len(held_out))
    sizes = Counter(clusters).values()
    assert found.sizes == Counter(sizes)
    assert found.near_duplicates == Share(sum(size for size in sizes if size > 1), len(records))
    assert (found.count, found.largest) == (len(sizes), max(sizes))


def test_records_that_resemble_a_kernel_of_warp_are_found(tmp_path):
    records = [
        handmade.record(0, python_source=handmade.RENAMED, split="test"),
        handmade.record(1, python_source=handmade.RENAMED.replace("i * j", "i + j + i")),
        *(handmade.record(index) for index in range(2, 9)),
    ]
    found = measured(handmade.write(tmp_path / "data", records)).resemblance
    assert (found.everything.records, found.everything.near) == (9, {0.5: 2, 0.7: 1, 0.9: 1})
    assert (found.test.records, found.test.near) == (1, {0.5: 1, 0.7: 1, 0.9: 1})
    nearest = found.everything.nearest
    assert [(each.id, each.name, each.file, each.line) for each in nearest[:2]] == [
        ("cpu-0000", "known", "known.py", 5),
        ("cpu-0001", "known", "known.py", 5),
    ]
    assert all(one.likeness >= other.likeness for one, other in pairwise(nearest))
    assert [found.splits[each.id] for each in nearest] == ["test", *["train"] * 4]


def test_annotations_are_counted_by_their_path_and_what_follows_from_them_too(tmp_path):
    needs = {"registers": 8, "stack_bytes": 0, "spill_store_bytes": 4, "spill_load_bytes": 4, "shared_bytes": 0}
    records = [
        handmade.record(0, lines=3),
        handmade.record(1, annotations=handmade.annotations(1, static={"uncounted": 2})),
        handmade.record(2, annotations=handmade.annotations(1, resources={"forward": needs}, code_bytes=77)),
        handmade.record(3, annotations={"static": {"flops": 9}, "time": None}),
        handmade.record(
            4, annotations={"static": {}, "time": {"ns_per_thread": 2.5, "spread": 0.1, "threads": 64, "runs": 15}}
        ),
    ]
    found = measured(handmade.write(tmp_path / "data", records)).annotations
    assert (found["static.flops"].total, found["static.flops"].count, found["static.flops"].zeros) == (
        14,
        5,
        Share(1, 5),
    )
    assert (found["moved_bytes"].total, found["moved_bytes"].most) == (8 * 5, 8 * 3)
    # Not of the second, which is counted in part, nor of the last two, which move nothing.
    assert (found["flops_per_byte"].count, found["flops_per_byte"].total) == (2, 1 / 8 + 1 / 8)
    assert found["resources.forward.registers"].total == 8
    assert found["code_bytes"].total == 77
    assert found["time.ns_per_thread"].total == 2.5
    assert not {"time.threads", "time.runs"} & found.keys()


def test_both_layouts_give_the_same_figures(tmp_path):
    records = [handmade.record(index) for index in range(3)]
    lines = measured(handmade.write(tmp_path / "lines", records))
    pages = measured(handmade.write(tmp_path / "pages", records, form="json"))
    # What the file's name and the white space are is not told.
    for name in ("records", "text_bytes", "parts", "texts", "constructs", "outputs", "categories"):
        assert getattr(lines, name) == getattr(pages, name)


def test_a_dataset_that_was_really_made_is_told_of(tmp_path):
    generate(stand_in.configuration(), tmp_path / "out", stand_in.setting())
    found = measured(tmp_path / "out")
    assert (found.records, found.text_bytes) == (40, (tmp_path / "out" / "train-00000.jsonl").stat().st_size)
    assert found.distinct_structures == 40
    assert found.run == Share(0, 40)
    assert found.compiled.part == found.compiled.whole == found.unique.whole > found.unique.part == 40


def test_the_json_has_all_figures_and_those_that_follow_from_them(mixed, capsys):
    assert handmade.run("stats", mixed, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["records"] == 7
    assert found["compiled"]["fraction"] == 11 / 13
    assert found["compiled"]["interval"] == list(Share(11, 13).interval)
    assert found["texts"]["python_source"]["lines"]["percentiles"]["50"] == 7
    assert found["texts"]["python_source"]["lines"]["mean"] == 52 / 7
    assert found["about"]["configuration"]["seed"] == 5
    assert found["clusters"]["near_duplicates"] == {"part": 0, "whole": 7, "fraction": 0, "interval": ANY}
    assert found["splits"] == {"train": {"records": 7, "bytes": found["text_bytes"]}}
    assert found["resemblance"]["everything"]["near"] == {"0.5": 0, "0.7": 0, "0.9": 0}
    assert found["resemblance"]["everything"]["nearest"][0]["file"] == "known.py"
    assert found["annotations"]["flops_per_byte"]["median"] == 1 / 8


def test_the_terminal_shows_every_table(mixed, capsys):
    assert handmade.run("stats", mixed) == 0
    shown = capsys.readouterr().out
    for table in all_tables([measured(mixed)]):
        assert table.title in shown
        for row in table.rows:
            assert re.search(r"\s+".join(map(re.escape, row)), shown), row


SHAPED = """\
import warp as wp
from warp import kernel


@wp.func
def helper(a: float):
    return -a


@kernel(enable_backward=False)
def shaped(x: wp.array(dtype=wp.vec3), grid: wp.array2d[int], scale: float, untyped):
    "A docstring, which is none of it."
    i, j = wp.tid()
    if i >= len(x):
        return
    total = 0.5
    for k in range(3):
        for n in range(i, j):
            total += helper(total) * float(grid[i, n])
    if total > 2.0 or not total < 1.0:
        x[i] = wp.vec3(total, scale, 7.0)
    else:
        grid[i, j] = 3 if i == 3 else 1
"""


def test_the_shape_of_a_kernel_is_what_can_be_counted_in_it():
    (kernel,) = kernels_in(ast.parse(SHAPED))
    groups = {}
    for group, item in items_of(kernel):
        groups.setdefault(group, Counter())[item] += 1
    assert kernel.name == "shaped"
    assert groups["statement"] == {"Assign": 4, "If": 2, "Return": 1, "For": 2, "AugAssign": 1}
    assert groups["operator"] == {"Mult": 1}
    assert groups["augmented"] == {"Add": 1}
    assert groups["comparison"] == {"GtE": 1, "Gt": 1, "Lt": 1, "Eq": 1}
    assert groups["literal"] == {"float ...": 2, "int 3": 3, "float 2.0": 1, "float 1.0": 1, "int 1": 1}
    calls = {"wp.tid": 1, "len": 1, "range": 2, "<function>": 1, "float": 1, "wp.vec3": 1}
    assert groups["call"] == calls
    assert groups["subscript"] == {"load 2": 1, "store 1": 1, "store 2": 1}
    assert groups["if"] == {"guard": 1, "else": 1}
    assert groups["range"] == {"const 1": 1, "dynamic 2": 1}
    assert groups["argument"] == {"array<vec>": 1, "array<int>": 1, "float": 1, "other": 1}
    assert groups["expression"]["IfExp"] == 1
    counted = {name: set(items) for name, items in groups.items() if name.startswith("n ")}
    assert counted == {
        "n lines": {"8"},  # eleven, as Python writes them
        "n arguments": {"4"},
        "n locals": {"4"},  # i, j, total, k, n: five
        "n branches": {"3"},
        "n loops": {"2"},
        "n calls": {"6"},  # seven
        "n expressions": {"48"},
    }
    assert sum(groups["expression"].values()) in range(48, 64)
    assert groups["nesting"] == {"2": 1}
    assert groups["expression depth"] == {"3": 1}  # … * float(grid[i, n])


SHARES = st.dictionaries(st.sampled_from("abcde"), st.integers(1, 9), min_size=1).map(
    lambda counts: {name: number / sum(counts.values()) for name, number in counts.items()}
)


@given(SHARES, SHARES, SHARES)
def test_the_distance_of_shapes_is_a_metric_from_0_to_1(one, other, third):
    assert distance(one, one) == 0
    assert distance(one, other) == pytest.approx(distance(other, one))
    assert 0 <= distance(one, other) <= 1 + 1e-12
    assert distance(one, third) <= distance(one, other) + distance(other, third) + 1e-9
    assert (distance(one, other) == pytest.approx(1)) == (not one.keys() & other.keys())


def test_the_distance_is_that_of_jensen_and_shannon():
    # Of (1, 0) and (1/2, 1/2), by hand: the root of 3/4 log2(4/3).
    assert distance({"a": 1.0}, {"a": 0.5, "b": 0.5}) == pytest.approx((0.75 * 0.41503749927884) ** 0.5)


def test_real_kernels_are_compared_with_in_every_group_that_is_measured(mixed):
    real = reference()
    (kernel,) = kernels_in(ast.parse(SHAPED))
    assert {group for group, _ in items_of(kernel)} == real.shape.keys() == real.between_projects.keys()
    assert all(sum(shares.values()) == pytest.approx(1, abs=0.02) for shares in real.shape.values())
    found = measured(mixed).realism
    assert (found.kernels, found.real_kernels) == (7, real.kernels)
    assert found.distances.keys() == real.shape.keys()
    # Every statement of the handmade kernels assigns.
    assert found.distances["statement"] == pytest.approx(distance({"Assign": 1.0}, real.shape["statement"]))
    assert found.mean == pytest.approx(sum(found.distances.values()) / len(found.distances))


def test_one_record_is_shown(mixed, capsys):
    assert handmade.run("show", mixed, "4") == 0
    by_index = capsys.readouterr().out
    assert handmade.run("show", mixed, "cpu-0004") == 0
    assert capsys.readouterr().out == by_index
    assert handmade.record(4)["python_source"] in by_index
    assert handmade.record(4)["cpp_forward"] in by_index
    assert re.search(r"inputs: x\s+float32\s+2\s+1\.5, -2\.25", by_index)
    assert "outputs: agrees; gradients: it is not finite; exact: True" in by_index


@pytest.mark.parametrize(("wanted", "said"), [("3", "not the index"), ("99", "not the index"), ("cpu-3", "not the id")])
def test_a_record_that_is_not_there_is_refused(mixed, capsys, wanted, said):
    assert said in handmade.refusal(capsys, "show", mixed, wanted)


def _cut_short(root):
    path = root / "train-00000.jsonl"
    path.write_bytes(path.read_bytes()[:-40])


def _lose_records(root):
    path = root / "train-00000.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def _put(text):
    return lambda root: (root / "train-00000.jsonl").write_text(text * 7)


def _spoil_source(root):
    path = root / "train-00000.jsonl"
    path.write_text(path.read_text().replace("import warp", "import import"))


def _manifest(change):
    def spoil(root):
        path = root / "manifest.json"
        manifest = json.loads(path.read_text())
        change(manifest)
        path.write_text(json.dumps(manifest))

    return spoil


SPOILED = [
    (_cut_short, r"train-00000\.jsonl is damaged at record 7: "),
    (_lose_records, r"train-00000\.jsonl has 6 records, its manifest says 7"),
    (lambda root: (root / "train-00000.jsonl").unlink(), r"train-00000\.jsonl, which the manifest names, is not there"),
    (_put('{"a": 1}\n'), "damaged at record 1: it is no record as this version writes it: Object contains unknown"),
    (_put("{}\n"), "damaged at record 1: it is no record as this version writes it: Object missing required"),
    (_put("[]\n"), "damaged at record 1: it is no record as this version writes it: Expected `object`, got `array`"),
    (_put("not JSON\n"), "damaged at record 1: it is no record"),
    (_spoil_source, "damaged at record 1: its source is no Python"),
    (_manifest(lambda it: it.update(warpsmith="0.1.0")), r"data was made by Warpsmith 0\.1\.0, this is "),
    (lambda root: (root / "manifest.json").write_text("{}"), "is not a manifest that this version can read"),
    (lambda root: (root / "manifest.json").write_text("not JSON"), "is not a manifest that this version can read"),
    (lambda root: (root / "manifest.json").unlink(), "holds files that are not a dataset of warpsmith"),
    (_manifest(lambda it: it["shards"][0].update(name="../data/train-00000.jsonl")), "which the manifest names"),
    (
        _manifest(lambda it: it["configuration"].update(format="stone")),
        "its format 'stone' is not among those read here",
    ),
    (_manifest(lambda it: it.update(shards=[])), "has no record"),
]


@pytest.mark.parametrize(("spoil", "said"), SPOILED)
@pytest.mark.parametrize("command", ["stats", "report"])
def test_what_is_damaged_is_refused_in_one_line(mixed, capsys, command, spoil, said):
    spoil(mixed)
    assert re.search(said, handmade.refusal(capsys, command, mixed))
    assert not (mixed / "REPORT.md").exists()


def test_a_folder_half_written_says_how_to_go_on(tmp_path, capsys):
    out = tmp_path / "out"
    generate(stand_in.configuration(), out, stand_in.setting())
    aside = out / ".unfinished"
    aside.mkdir()
    manifest = json.loads((out / "manifest.json").read_text())
    (aside / "configuration.json").write_bytes(sealed(msgspec.json.encode(manifest["configuration"])))
    (out / "manifest.json").unlink()
    said = handmade.refusal(capsys, "stats", out)
    assert re.search(rf"not complete yet: `python -m synth generate .* --out {out}` goes on with it", said)


@pytest.mark.parametrize("arguments", [["stats"], ["show"], ["report"]])
def test_a_folder_that_is_not_there_is_refused(tmp_path, capsys, arguments):
    record = ["0"] if arguments == ["show"] else []
    said = handmade.refusal(capsys, *arguments, tmp_path / "nowhere", *record)
    assert "nowhere holds no dataset: make one with" in said
    assert not (tmp_path / "nowhere").exists()


def test_a_manifest_of_a_later_version_is_told_of(mixed):
    path = mixed / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["configuration"]["levels"] = ["python", "ptx"]
    manifest["counts"]["unknown"] = 3
    manifest["novelty"] = {"a": 1}
    path.write_text(json.dumps(manifest))
    assert measured(mixed).records == 7
