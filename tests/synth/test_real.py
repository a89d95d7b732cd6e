"""The pipeline with the real grammar and the real compiler, on small budgets."""

import ast
import importlib.util
import json
import re
import shutil
import subprocess
import sys

import pytest
import stand_in
import warp as wp

from grammar.catalogue import CATALOGUE
from grammar.profile import CATEGORIES
from ir.normalise import drop_comments
from synth import cli
from synth.choices import unpack_choices
from synth.configuration import decode_configuration
from synth.draw import draw_sample, replay_sample
from synth.folder import Folder
from synth.io import decode_array
from synth.levels import TEXTS
from synth.reading import configuration_of, stored_records
from synth.request import installed_versions
from synth.verify import verify
from synth.watch import STAGES, Stopwatch

COUNT = len(CATEGORIES)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The same dataset for each device, made when first asked for."""
    found = {}

    def make(device):
        if device not in found:
            found[device] = _make(device, tmp_path_factory.mktemp(device) / "out")
        return found[device]

    return make


@pytest.fixture(params=["cpu", "cuda"])
def dataset(request, made):
    return made(request.param)


@pytest.fixture
def cpu(made):
    return made("cpu")


def _make(device, out):
    assert cli.main(["--device", device, "--count", str(COUNT), "--workers", "1", "--quiet", "--out", str(out)]) == 0
    return out


@pytest.fixture
def job():
    return stand_in.configuration(
        profile="default",
        categories=CATEGORIES,
        catalogue_digest=CATALOGUE.digest,
        versions=installed_versions(("cpp",)),
    )


def records(out):
    folder = Folder(out)
    return [stored.record for stored in stored_records(folder, configuration_of(folder))]


def test_a_small_dataset_is_right(dataset):
    manifest = verify(Folder(dataset))
    assert manifest.records == COUNT
    assert manifest.counts.rejects == {}
    assert set(manifest.run.seconds) == {*STAGES}
    assert {stage for stage, spent in manifest.run.seconds.items() if not spent} == {"lower"}


@pytest.fixture(scope="module")
def levelled(tmp_path_factory):
    """A dataset for both devices with every level."""
    out = tmp_path_factory.mktemp("levels") / "out"
    asked = ["--device", "cuda,cpu", "--levels", "all", "--time", "--count", "4", "--workers", "1", "--quiet"]
    assert cli.main([*asked, "--out", str(out)]) == 0
    return out


def test_one_row_has_every_level_of_a_kernel(levelled):
    manifest = verify(Folder(levelled))
    assert manifest.configuration.device == "cpu,cuda"
    assert set(manifest.configuration.versions.tools) == {"capstone", "pyelftools", "ptxas", "nvdisasm"}
    assert manifest.run.seconds["lower"] > 0
    for record in records(levelled):
        name = record.metadata.kernel_name
        for text in TEXTS:
            assert name in getattr(record, text.key), text.key
        assert set(record.line_map) == {"cpp_forward", "cpp_backward", "cuda_forward", "cuda_backward"}
        assert record.annotations.resources["forward"].registers > 0
        assert record.annotations.time.ns_per_thread > 0
        assert record.annotations.time.threads >= 128


def test_lines_come_from_the_line_that_they_repeat(levelled):
    for record in records(levelled):
        source = record.python_source.split("\n")
        for key, spans in record.line_map.items():
            lines = getattr(record, key).split("\n")
            owner = {place: python for first, last, python in spans for place in range(first, last + 1)}
            echoes = {
                place: match
                for place, line in enumerate(lines, start=1)
                if (match := re.fullmatch(r"\s*// (?:adj: )?(.*?)\s*<L \d+>", line))
            }
            assert echoes
            for place, match in echoes.items():  # functions that Warp copies count lines from their own first
                assert source[owner[place] - 1].strip() == match[1]


def test_a_record_with_every_level_is_made_again(levelled, capsys):
    index = records(levelled)[2].metadata.index
    assert cli.main(["replay", str(levelled), str(index), "--field", "ptx"]) == 0
    assert capsys.readouterr().out.startswith(".version ")


def test_without_comments_the_code_is_the_same(cpu, tmp_path):
    out = tmp_path / "out"
    asked = ["--device", "cpu", "--strip-comments", "--count", "6", "--workers", "1", "--quiet"]
    assert cli.main([*asked, "--out", str(out)]) == 0
    verify(Folder(out))
    for bare, whole in zip(records(out), records(cpu), strict=False):
        assert bare.metadata.ir_digest == whole.metadata.ir_digest
        assert (bare.metadata.cluster_id, bare.metadata.split) == (whole.metadata.cluster_id, whole.metadata.split)
        for key in ("cpp_forward", "cpp_backward"):
            assert "//" not in getattr(bare, key)
            code = [line.strip() for line in drop_comments(getattr(whole, key)).split("\n") if line.strip()]
            assert [line.strip() for line in getattr(bare, key).split("\n") if line.strip()] == code
            assert {python for *_, python in bare.line_map[key]} <= {python for *_, python in whole.line_map[key]}
            assert bare.line_map[key]


def test_the_same_kernel_has_the_same_name_and_split_on_both_devices(made):
    cpu, cuda = (records(made(device)) for device in ("cpu", "cuda"))
    for one, other in zip(cpu, cuda, strict=True):
        assert one.metadata.id.removeprefix("cpu-") == other.metadata.id.removeprefix("cuda-")
        if one.metadata.cluster_id == one.metadata.id and other.metadata.cluster_id == other.metadata.id:
            assert "none" in {one.metadata.split, other.metadata.split} or one.metadata.split == other.metadata.split


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_kernels_may_be_compiled_in_every_way(device, tmp_path):
    """Forward only, with line directives, in a module of its own, for clusters."""
    profile, out = tmp_path / "own.toml", tmp_path / "out"
    profile.write_text(
        "[options]\noption_forward_only = 500\noption_unique = 500\noption_cluster = 500\nsetting_line_info = 500\n"
    )
    asked = ["--device", device, "--profile", str(profile), "--count", "26", "--quiet", "--out", str(out)]
    assert cli.main(asked) == 0
    manifest = verify(Folder(out))
    assert manifest.counts.rejects == {}
    for name in ("option_forward_only", "option_unique", "option_cluster", "setting_line_info"):
        assert 26 > manifest.rows[name].compiled == manifest.rows[name].generated > 0
    without = [record for record in records(out) if not record.cpp_backward]
    assert len(without) == manifest.rows["option_forward_only"].compiled


def test_a_record_is_what_it_says(dataset):
    for record in records(dataset):
        metadata = record.metadata
        tree = ast.parse(record.python_source)
        kernels = [  # made by a function around it, if it is a closure
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.name == metadata.kernel_name and node.decorator_list
        ]
        assert [argument.arg for argument in kernels[0].args.args] == [each.name for each in metadata.arguments]
        assert "import warp as wp\n" in record.python_source
        assert metadata.kernel_name in record.cpp_forward
        assert metadata.kernel_name in record.cpp_backward
        assert metadata.description.endswith(".")
        assert metadata.constructs == dict(sorted(metadata.constructs.items()))
        assert metadata.features == tuple(sorted(metadata.features))


def test_wp_launch_gives_the_outputs_of_a_record(dataset, tmp_path, monkeypatch):
    """Through Warp's public interface alone, from what a user reads in the file."""
    monkeypatch.setattr(wp.config, "kernel_cache_dir", str(tmp_path))
    monkeypatch.setattr(wp.config, "log_level", wp.LOG_ERROR)
    compared = 0
    for number, record in enumerate(records(dataset)):
        io = record.io
        if io is None or not io.exact or "struct" in record.python_source or "host" in str(record.metadata.constructs):
            continue
        launch = io.launches[0]
        if any("bits" not in value for value in launch.inputs.values()):
            continue
        path = tmp_path / f"exact_{number}.py"
        path.write_text(record.python_source)
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        kernel = getattr(module, record.metadata.kernel_name)
        held = {}
        for argument in record.metadata.arguments:
            array = decode_array(launch.inputs[argument.name])
            of = next(each.type for each in kernel.adj.args if each.label == argument.name)
            if argument.dimensions:
                held[argument.name] = wp.array(array, dtype=of.dtype, device="cpu")
            else:
                held[argument.name] = array.item() if array.ndim == 0 else of(*array.ravel().tolist())
        wp.launch(kernel, dim=launch.dim, inputs=list(held.values()), device="cpu")
        for name, expected in launch.outputs.items():
            found = held[name].numpy()
            assert found.tobytes() == decode_array(expected).tobytes(), (record.metadata.index, name)
            compared += 1
        if compared >= 8:
            return
    assert compared, "no record of the dataset is exact"


def test_most_kernels_are_run_and_agree(dataset):
    said = [record.io.reference for record in records(dataset) if record.io is not None]
    assert len(said) == COUNT
    assert said.count("agrees") >= 0.9 * COUNT


def test_gradients_are_recorded_where_they_are_right(cpu):
    agreeing = [record.io for record in records(cpu) if record.io.gradient == "agrees"]
    assert len(agreeing) >= 4
    for io in agreeing:
        (launch,) = [launch for launch in io.launches if launch.gradients]
        assert launch.shape in {"smooth", "positive"}
        assert launch.cotangents.keys() <= launch.outputs.keys()


def test_the_ledger_is_of_the_whole_catalogue(dataset):
    rows = verify(Folder(dataset)).rows
    assert {row.name for row in CATALOGUE.rows} <= set(rows)
    assert rows["tid1"].generated > COUNT // 2
    assert any(not count.generated for count in rows.values())


def test_nothing_of_this_machine_is_in_a_dataset(dataset, tmp_path):
    for path in dataset.rglob("*"):
        if path.is_file() and path.name != "PRODUCTION_STATE.md":
            text = path.read_text()
            for private in (str(dataset), str(tmp_path.parent), sys.prefix, str(Folder(dataset).aside)):
                assert private not in text


def test_more_workers_and_another_hash_seed_change_nothing(dataset, tmp_path):
    device = configuration_of(Folder(dataset)).device
    command = [sys.executable, "-m", "synth", "--device", device, "--count", str(COUNT), "--workers", "2", "--quiet"]
    subprocess.run(
        [*command, "--out", str(tmp_path / "out")], env=stand_in.ENVIRONMENT | {"PYTHONHASHSEED": "77"}, check=True
    )
    assert stand_in.contents(tmp_path / "out") == stand_in.contents(dataset)


def test_every_record_is_drawn_again_from_its_seed_and_from_its_choices(dataset):
    configuration = configuration_of(Folder(dataset))
    for record in records(dataset):
        metadata = record.metadata
        drawn = draw_sample(configuration, metadata.index, Stopwatch())
        replayed = replay_sample(configuration, metadata.index, unpack_choices(metadata.choices), Stopwatch())
        assert drawn == replayed
        assert drawn.source == record.python_source


def test_a_sample_depends_on_seed_profile_and_index_only(job):
    one = [draw_sample(job, index, Stopwatch()).source for index in range(COUNT)]
    again = [
        draw_sample(decode_configuration(cli_text(job)), index, Stopwatch()).source for index in reversed(range(COUNT))
    ]
    assert one == again[::-1]
    other = stand_in.replace(job, seed=1)
    assert not set(one) & {draw_sample(other, index, Stopwatch()).source for index in range(COUNT)}


def cli_text(job):
    from synth.configuration import encode_configuration

    return encode_configuration(job)


def test_replay_finds_a_record_by_index_and_by_id(dataset, capsys):
    record = records(dataset)[5]
    for wanted in (str(record.metadata.index), record.metadata.id):
        assert cli.main(["replay", str(dataset), wanted, "--field", "python_source"]) == 0
        assert capsys.readouterr().out == record.python_source
    assert cli.main(["replay", str(dataset), record.metadata.id]) == 0
    assert json.loads(capsys.readouterr().out)["metadata"]["id"] == record.metadata.id


MINE = """\
extends = "explore"
least = 4
[boosts]
arithmetic = 5
"""


def test_a_dataset_of_a_users_profile_verifies_and_replays_by_itself(tmp_path, capsys):
    (tmp_path / "mine.toml").write_text(MINE)
    out = tmp_path / "out"
    options = ["--profile", str(tmp_path / "mine.toml"), "--categories", "arithmetic,vector"]
    assert cli.main([*options, "--count", "4", "--workers", "1", "--quiet", "--out", str(out)]) == 0
    assert cli.main(["verify", str(out)]) == 0
    record = records(out)[2]
    assert record.metadata.profile == "mine"
    capsys.readouterr()
    field = ["--field", "metadata.ir_digest"]
    assert cli.main(["replay", *options, "--index", str(record.metadata.index), *field]) == 0
    assert capsys.readouterr().out == f"{record.metadata.ir_digest}\n"
    (tmp_path / "mine.toml").unlink()
    assert cli.main(["replay", str(out), record.metadata.id, *field]) == 0
    assert capsys.readouterr().out == f"{record.metadata.ir_digest}\n"
    manifest = (out / "manifest.json").read_text()
    (out / "manifest.json").write_text(manifest.replace("arithmetic = 5", "arithmetik = 5"))
    assert cli.main(["replay", str(out), record.metadata.id]) == 2
    assert "the folder's profile: boosts: 'arithmetik' is no row or tag" in capsys.readouterr().err


def test_replay_from_a_seed_needs_no_folder(cpu, capsys):
    record = records(cpu)[3]
    arguments = ["replay", "--seed", "0", "--index", str(record.metadata.index)]
    assert cli.main([*arguments, "--field", "metadata.ir_digest"]) == 0
    assert capsys.readouterr().out == f"{record.metadata.ir_digest}\n"


@pytest.mark.parametrize("part", ["python_source", "cpp_forward", "choices", "structure_digest"])
def test_replay_shows_what_differs(cpu, tmp_path, capsys, part):
    out = shutil.copytree(cpu, tmp_path / "out")
    path = out / "train-00000.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    record = json.loads(lines[2])
    where = record if part in record else record["metadata"]
    where[part] = {"choices": "AAAA", "structure_digest": "0" * 64}.get(part, f"raise SystemExit('run')\n{where[part]}")
    lines[2] = json.dumps(record).encode() + b"\n"
    path.write_bytes(b"".join(lines))
    assert cli.main(["replay", str(out), str(record["metadata"]["index"])]) == 1
    said = capsys.readouterr()
    assert "differs from what is stored" in said.err
    assert "made again)\n@@" in said.err
    expected = {"python_source": "-raise SystemExit('run')", "cpp_forward": "-raise SystemExit('run')"}
    assert expected.get(part, '-  "' + part if part == "structure_digest" else "from the stored choices") in said.err


@pytest.mark.parametrize(
    ("wanted", "said"), [("999999", "999999 is not an index"), ("cpu-0", "cpu-0 is not an id"), ("-1", "-1")]
)
def test_replay_of_what_is_not_there_is_refused(cpu, capsys, wanted, said):
    assert cli.main(["replay", str(cpu), wanted]) == 2
    assert said in capsys.readouterr().err


def test_replay_names_the_fields_there_are(cpu, capsys):
    index = str(records(cpu)[0].metadata.index)
    assert cli.main(["replay", str(cpu), index, "--field", "metadata.colour"]) == 2
    assert "at 'colour' there is id, kernel_name" in capsys.readouterr().err


def test_replay_of_a_dataset_made_elsewhere_says_what_was_different_there(cpu, tmp_path, capsys):
    out = shutil.copytree(cpu, tmp_path / "out")
    index = str(records(out)[0].metadata.index)
    manifest = (out / "manifest.json").read_text()
    (out / "manifest.json").write_text(manifest.replace('"libcst": "', '"libcst": "0.'))
    assert cli.main(["replay", str(out), index, "--field", "metadata.id"]) == 0
    assert "warpsmith: note: libcst is version 0." in capsys.readouterr().err
    (out / "manifest.json").write_text(manifest.replace('"profile": "default"', '"profile": "defoult"'))
    assert cli.main(["replay", str(out), index]) == 2
    assert "the folder's profile: 'defoult' is unknown; did you mean default?" in capsys.readouterr().err
