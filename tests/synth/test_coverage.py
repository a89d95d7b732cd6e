"""The command `coverage`: what it says of datasets and of kernels drawn for it, and what it refuses."""

import json
import signal

import pytest
import stand_in

from grammar.catalogue import CATALOGUE
from grammar.known_bugs import KNOWN_BUGS
from grammar.universe import row_names
from ir.coverage import reference
from synth import cli
from synth.crew import Crew
from synth.errors import Interrupted
from synth.generate import generate
from synth.report import Part
from synth.tables import _percent

FEW = ["coverage", "--categories", "arithmetic,vector", "--kernels", "24", "--workers", "1"]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    out = tmp_path_factory.mktemp("dataset") / "out"
    generate(stand_in.configuration(profile="faults"), out, stand_in.setting())
    return out


@pytest.fixture
def report(tmp_path, capsys):
    """What the command says, as it prints it and as JSON."""

    def run(*arguments, code=0):
        path = tmp_path / "report.json"
        assert cli.main([*arguments, "--json", str(path)]) == code
        return capsys.readouterr(), json.loads(path.read_bytes())

    return run


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--kernels", "0"], "--kernels: '0' is not a whole number from 1"),
        (["--kernels", "many"], "--kernels: 'many'"),
        (["--compile", "all"], "--compile: 'all' is unknown; known are none, codegen, native"),
        (["--compile", "none", "--warp"], "--warp measures code generation: it goes with --compile codegen or native"),
        (["--profile", "defualt"], "did you mean default?"),
        (["--categories", "vectors"], "did you mean vector?"),
        (["--workers", "0"], "from 1 to 1,024"),
        (["--device", "gpu"], "'gpu'"),
        (["--arch", "90"], "goes with --device cuda only"),
        (["--json", "/nowhere/at/all.json"], "/nowhere/at/all.json"),
        (["/nowhere/at/all"], "/nowhere/at/all is not a complete dataset"),
        (["DIR", "--kernels", "7"], "--kernels says how to draw kernels, but those of DIR are drawn"),
        (["DIR", "--no-backward"], "--no-backward says how to draw"),
        (["DIR", "--warp"], "--warp says how to draw"),
        (["DIR", "--profile", "explore"], "--profile says how to draw"),
        (["DIR", "extra"], "extra"),
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_refused_in_one_line(capsys, dataset, arguments, said):
    words = [str(dataset) if word == "DIR" else word for word in arguments]
    assert cli.main(["coverage", *words]) == 2
    refusal = capsys.readouterr()
    assert refusal.out == ""
    assert len(refusal.err.splitlines()) == 1
    assert said.replace("DIR", str(dataset)) in refusal.err


def test_warp_cannot_be_measured_without_coverage_py(capsys, monkeypatch):
    from ir.errors import CoverageMissingError

    def missing():
        raise CoverageMissingError("coverage.py is not installed")

    monkeypatch.setattr("synth.coverage.CodegenCoverage", missing)
    assert cli.main(["coverage", "--warp"]) == 2
    assert capsys.readouterr().err == "warpsmith: error: --warp: coverage.py is not installed\n"


def test_of_a_dataset_it_says_the_ledger(dataset, report):
    said, found = report("coverage", str(dataset))
    manifest = json.loads((dataset / "manifest.json").read_bytes())
    assert found["rows"] == manifest["rows"]
    assert found["kernels"] == manifest["attempts"]
    assert found["covered"] == {"rows": {"seen": 3, "total": 4}}
    assert found["missing"] == {"rows": ["never"]}
    failing = {each["row"]: each for each in found["failing"]}
    assert {"tid"} < set(failing) <= {"even", "odd", "tid"}
    assert failing["tid"]["error"] == "kernel 3, crash: the worker was killed by SIGSEGV fatal: this kernel is too much"
    assert "others, rows at zero (1): never" in said.out
    assert f"rows with kernels that were refused ({len(failing)}), by their first error" in said.out
    assert found["undrawn"] == {"ValueError: too few bytes": 1}
    assert "1 × ValueError: too few bytes" in said.out
    assert found["builtins"] is found["codegen"] is None


def test_of_a_dataset_with_duplicates_and_no_rejects_no_row_fails(tmp_path, report):
    generate(stand_in.configuration(), tmp_path / "out", stand_in.setting())
    said, found = report("coverage", str(tmp_path / "out"))
    assert found["rows"]["tid"][0] > found["rows"]["tid"][1]
    assert found["failing"] == []
    assert "no kernel of any row was refused" in said.out


def test_of_kernels_drawn_it_says_what_they_have_of_the_catalogue(report):
    said, found = report(*FEW, "--compile", "none")
    assert (found["kernels"], found["compiled"], found["rejects"]) == (24, 24, {})
    assert set(row_names(CATALOGUE)) <= set(found["rows"])
    seen = {row for row, count in found["rows"].items() if count[0]}
    assert seen.isdisjoint(found["missing"]["rows"])
    covered = found["covered"]
    assert list(covered) == ["rows", "overloads", "forms", "types", "pairs"]
    assert all(0 < part["seen"] < part["total"] for part in covered.values())
    assert covered["rows"]["seen"] == len(seen & set(row_names(CATALOGUE)))
    known = [group for group in found["groups"] if group["name"] != "others"]
    assert {"operators", "statements", "guards"} <= {group["name"] for group in known}
    assert sum(group["overloads"]["seen"] for group in known) == covered["overloads"]["seen"]
    assert found["builtins"] is None
    for words in (
        "profile default, 2 categories, seed 0, cpu, drawn only: 24 of 24",
        "statement forms",
        "rows at zero",
    ):
        assert words in said.out


def test_more_workers_find_the_same(report, monkeypatch):
    monkeypatch.setattr("synth.survey.BATCH", {"cpu": 8})
    _, one = report(*FEW, "--compile", "none", "--seed", "7")
    _, two = report(*FEW, "--compile", "none", "--seed", "7", "--workers", "2")
    assert one == two
    _, other = report(*FEW, "--compile", "none", "--seed", "8")
    assert other["rows"] != one["rows"]


def test_of_code_generation_it_says_which_built_ins_it_resolved_and_what_ran_of_warp(report):
    said, found = report(*FEW, "--warp", "--workers", "2")
    builtins, codegen = found["builtins"], found["codegen"]
    assert found["compiled"] == 23
    assert found["near_misses"] == {"seen": 1, "total": 1}
    assert found["surprises"] == {}
    assert 20 < builtins["seen"]["seen"] < builtins["seen"]["total"]
    omitted = [key for keys in builtins["omitted"].values() for key in keys]
    assert builtins["seen"]["total"] - builtins["seen"]["seen"] == len(builtins["missing"]) + len(omitted)
    assert any(key.startswith("select(") for key in omitted)
    assert any(key.startswith("tile_") for key in builtins["missing"])
    assert not any(key.startswith("add(a: Float") for key in builtins["missing"])
    lines = 100 * codegen["lines"]["covered"] / codegen["lines"]["total"]
    assert reference().import_line_percent + 10 < lines < 100
    assert f"{reference().branch_percent}" in said.out


def test_what_the_compiler_refuses_is_counted_with_its_rows(report, monkeypatch):
    run = Crew.run

    def refusing(crew, numbered):
        from synth.outcome import Batch, Rejected

        for batch in run(crew, numbered):
            first, *rest = batch.outcomes
            bad = Rejected(first.index, first.category, "codegen", "no\nsuch thing", "", ("add", "tid1"))
            yield Batch((bad, *rest), batch.seconds)

    monkeypatch.setattr(Crew, "run", refusing)
    said, found = report(*FEW, "--compile", "none")
    assert (found["compiled"], found["rejects"]) == (23, {"codegen": 1})
    failing = {each["row"]: each for each in found["failing"]}
    assert set(failing) == {"add", "tid1"}
    assert failing["add"]["error"] == "kernel 0, codegen: no such thing"
    assert failing["add"]["count"][0] == failing["add"]["count"][1] + 1
    assert failing["add"]["refused"] == 1
    assert "kernel 0, codegen: no such thing" in said.out


def test_interrupted_it_says_what_there_is(report, monkeypatch):
    run = Crew.run

    def stopping(crew, numbered):
        yield next(run(crew, numbered))
        raise Interrupted(signal.SIGINT)

    monkeypatch.setattr(Crew, "run", stopping)
    monkeypatch.setattr("synth.survey.BATCH", {"cpu": 8})
    said, found = report(*FEW, "--warp", code=130)
    assert found["kernels"] == found["compiled"] + sum(found["rejects"].values()) == 8
    assert found["codegen"]["lines"]["covered"] > 500
    assert "of 8 kernels" in said.out
    assert said.err.splitlines()[-1] == "warpsmith: stopped by SIGINT"


@pytest.mark.parametrize("profile", ["default", "explore"])
def test_every_row_that_is_generated_compiles(report, profile):
    _refuse_failing(report("coverage", "--kernels", "200", "--profile", profile)[1], 200)


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["default", "explore"])
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_every_row_that_is_generated_compiles_to_native_code(report, profile, device):
    arguments = ["--kernels", "208", "--profile", profile, "--device", device, "--compile", "native", "--seed", "1"]
    _refuse_failing(report("coverage", *arguments)[1], 208)


def _refuse_failing(found, kernels):
    """A row with a kernel that was refused is one that a known bug is listed for, with its minimal kernel."""
    known = {bug.row for bug in KNOWN_BUGS}
    assert found["kernels"] == kernels
    assert {each["row"]: each["error"] for each in found["failing"] if each["row"] not in known} == {}
    assert "draw" not in found["rejects"]
    assert found["covered"]["rows"]["seen"] > 200


def test_a_hundred_percent_is_said_of_all_only():
    assert _percent(Part(9_999, 10_000)) == "99.9"
    assert _percent(Part(10_000, 10_000)) == _percent(Part(0, 0)) == "100.0"
    assert _percent(Part(1, 3)) == "33.3"
