"""The command itself, and its results; the one in `results` here is tiny, and stands for the form."""

import platform
from pathlib import Path

import msgspec
import pytest

from benchmarks import results
from benchmarks.__main__ import PARTS, main
from benchmarks.machine import this_machine
from benchmarks.memory import LEAST
from benchmarks.scale import FULL, QUICK, Scale
from synth import VERSION
from synth.generate import BATCH

HERE = Path(__file__).parent
TINY = Scale(
    name="tiny",
    floor_first=1,
    floor_kernels=2,
    floor_repetitions=1,
    module_sizes=(2,),
    template_samples=(11, 22),
    drawn_samples=24,
    scaling_kernels=(1, 2),
    scaling_repetitions=1,
    workers=(1, 2),
    memory_kernels=512,
    memory_devices=("cpu",),
    memory_backward=False,
    dedup_digests=(10_000,),
    dedup_records=(1_000,),
)


def test_a_run_is_printed_and_kept(tmp_path, capfd):
    for number in (1, 2):
        assert main(["--only", "baseline", "--out", str(tmp_path)], full=TINY) == 0
        assert len(list(tmp_path.glob("*.json"))) == number
    said = capfd.readouterr().out
    result, _ = results.kept(tmp_path)
    assert (result.warpsmith, result.scale["template_samples"]) == (VERSION, (11, 22))
    assert list(result.figures) == ["baseline"]
    for figure in result.figures["baseline"]:
        assert figure.row in said
    unique = {(each.row, each.column): each.median for each in result.figures["baseline"]}
    assert unique["unique by structure, of 22", "eleven templates"] == 11
    assert unique["ours / templates, unique by structure, 22 samples", "ours, whole command"] > 0


def test_the_history_has_the_main_figures_of_each_result(capsys):
    assert main(["--history", "--out", str(HERE / "results")]) == 0
    said = capsys.readouterr().out
    (result,) = results.kept(HERE / "results")
    assert list(result.figures) == list(PARTS)
    main_figures = [each for part in result.figures.values() for each in part if each.main]
    assert {part for part, some in result.figures.items() if any(each.main for each in some)} == {*PARTS}
    assert result.label in said.splitlines()[0]
    for figure in main_figures:
        assert figure.name in said
    assert said.count("\n") == len(main_figures) + 1


def test_too_few_kernels_are_refused(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["--only", "memory", "--kernels", "511", "--out", str(tmp_path)])
    assert "512 are the least" in capsys.readouterr().err


def test_a_history_of_nothing_says_so(tmp_path, capsys):
    assert main(["--history", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"no results in {tmp_path}\n"


def test_a_result_that_is_another_thing_is_refused():
    text = next((HERE / "results").glob("*.json")).read_bytes()
    for other in (text.replace(b'"warpsmith"', b'"wrapsmith"'), text.replace(b'"cores"', b'"scores"'), b"{}"):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(other, type=results.Result)


def test_a_result_does_not_name_the_machine():
    assert platform.node()
    assert platform.node().encode() not in msgspec.json.encode(this_machine())


@pytest.mark.parametrize("scale", [FULL, QUICK])
def test_a_scale_fits_what_it_is_for(scale):
    assert max(scale.module_sizes) == scale.floor_kernels
    assert scale.drawn_samples >= 8
    assert scale.memory_kernels >= LEAST
    assert scale.workers[0] == 1
    few, many = scale.scaling_kernels
    for batch in BATCH.values():
        assert few % batch == scale.floor_first % batch == 0
        assert (many - few) % (batch * 2) == 0
