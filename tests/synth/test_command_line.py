"""The command line: what it refuses, and with what words."""

import subprocess
import sys
from pathlib import Path

import pytest
import stand_in

from ir import errors
from synth import VERSION, cli

ONE_LINE = "warpsmith: error: "


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(capsys, *arguments):
    code = cli.main(arguments, stand_in.TOOLS)
    said = capsys.readouterr()
    assert code == 2
    assert said.out == ""
    assert said.err.startswith(ONE_LINE)
    assert len(said.err.splitlines()) == 1
    return said.err.removeprefix(ONE_LINE)


@pytest.mark.parametrize(
    ("arguments", "value", "right"),
    [
        (["--device", "gpu"], "'gpu'", "cpu, cuda"),
        (["--device", "CUDA"], "'CUDA'", "did you mean cuda?"),
        (["--device", ""], "''", "cpu, cuda"),
        (["--categories", "vectors"], "'vectors'", "did you mean vector?"),
        (["--categories", "vector,metrix"], "'metrix'", "did you mean matrix?"),
        (["--categories", "vector", "qwxz"], "'qwxz'", "known are arithmetic,"),
        (["--categories", ","], "','", "known are arithmetic,"),
        (["--profile", "defualt"], "'defualt'", "did you mean default?"),
        (["--format", "parquet"], "jsonl, json, not in 'parquet'", "`python -m synth export DIR --format parquet`"),
        (["--format", "jsonlz"], "'jsonlz'", "did you mean jsonl?"),
        (["--dedup", "none"], "'none'", "structure, ir"),
        (["--budget-mb", "0"], "'0'", "more than 0 MB"),
        (["--budget-mb", "-3"], "'-3'", "more than 0 MB"),
        (["--budget-mb=-0.0"], "'-0.0'", "more than 0 MB"),
        (["--budget-mb", "nan"], "'nan'", "a number of MB, such as 200"),
        (["--budget-mb", "inf"], "'inf'", "a number of MB"),
        (["--budget-mb", "ten"], "'ten'", "a number of MB"),
        (["--budget-mb", ""], "''", "a number of MB"),
        (["--budget-mb", "1e99"], "'1e99'", "10,000,000 MB"),
        (["--budget-mb", "9999999"], "9999999 MB", "MB are free"),
        (["--count", "0"], "'0'", "from 1"),
        (["--count", "1.5"], "'1.5'", "a whole number"),
        (["--count", "many"], "'many'", "a whole number"),
        (["--workers", "0"], "'0'", "from 1 to 1,024"),
        (["--workers", "100000"], "'100000'", "from 1 to 1,024"),
        (["--seed", "-1"], "'-1'", "from 0"),
        (["--seed", "lucky"], "'lucky'", "a whole number"),
        (["--seed", str(2**64)], f"'{2**64}'", "from 0"),
        (["--arch", "90"], "'90'", "goes with --device cuda only"),
        (["--device", "cuda", "--arch", "hopper"], "'hopper'", "a whole number"),
        (["--device", "cuda", "--arch", "7"], "'7'", "from 50"),
        (["--device", "cuda", "--arch", "53"], "53", "90, 100"),
        (["--bugdet-mb", "3"], "--bugdet-mb", "--help"),
        (["--count"], "--count", "expected one argument"),
        (["generate", "extra"], "extra", "--help"),
        (["verfy", "x"], "'verfy'", "did you mean verify?"),
        (["x"], "'x'", "generate, merge, replay, verify"),
        (["verify"], "DIR", "required"),
        (["verify", "/dev/null"], "/dev/null", "not a folder"),
        (["replay"], "say which record", "replay DIR INDEX|ID"),
        (["replay", "."], "say which record", "replay DIR INDEX|ID"),
        (["replay", ".", "1", "--index", "1"], "say which record", "replay DIR INDEX|ID"),
        (["replay", "--index", "x"], "'x'", "a whole number"),
        (["replay", "/nowhere/at/all", "1"], "/nowhere/at/all", "holds no dataset"),
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_refused_in_one_line_that_names_it_and_what_would_be_right(
    capsys, nowhere, arguments, value, right
):
    said = refused(capsys, *arguments)
    assert value in said
    assert right in said
    assert list(nowhere.iterdir()) == []


@pytest.mark.parametrize("problem", [errors.WarpMissingError, errors.NoCudaCompilerError, errors.BadTargetError])
def test_a_toolchain_that_will_not_do_is_refused_in_its_own_words(capsys, tmp_path, monkeypatch, problem):
    def unavailable(_target):
        raise problem("this Warp will not do")

    monkeypatch.setattr("synth.request.check_available", unavailable)
    monkeypatch.setattr("synth.apart.apart", lambda question, *given: question(*given))
    monkeypatch.chdir(tmp_path)
    assert refused(capsys, "--count", "1") == "this Warp will not do\n"
    assert list(tmp_path.iterdir()) == []


def test_a_warp_that_is_missing_is_refused(capsys, monkeypatch):
    def missing():
        raise errors.WarpMissingError("Warp is not installed")

    monkeypatch.setattr("synth.request.warp_version", missing)
    assert refused(capsys, "--count", "1") == "Warp is not installed\n"


def test_a_folder_that_cannot_be_made_is_refused(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    said = refused(capsys, "--count", "1", "--out", str(tmp_path / "file" / "out"))
    assert str(tmp_path / "file" / "out") in said


def test_a_folder_that_is_not_ours_is_refused(capsys, tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    assert "letter.txt" in refused(capsys, "--count", "1", "--out", str(tmp_path))


def test_a_dataset_is_made_said_verified_and_found_complete(capsys, tmp_path):
    arguments = ["--count", "9", "--categories", "vector", "struct", "--workers", "2", "--out", str(tmp_path / "out")]
    assert cli.main(arguments, stand_in.TOOLS) == 0
    said = capsys.readouterr().out
    assert "complete in" in said
    assert "9 records of" in said
    assert cli.main(arguments, stand_in.TOOLS) == 0
    assert "is complete already" in capsys.readouterr().out
    assert cli.main(["verify", str(tmp_path / "out")]) == 0
    capsys.readouterr()
    assert "seed is 0 there and 4 here" in refused(capsys, *arguments, "--seed", "4")


def test_quiet_says_nothing(capsys, tmp_path):
    assert cli.main(["--count", "2", "--quiet", "--out", str(tmp_path / "out")], stand_in.TOOLS) == 0
    assert capsys.readouterr() == ("", "")


def test_the_order_of_categories_and_workers_are_not_configuration(capsys, tmp_path):
    out = ["--count", "3", "--out", str(tmp_path / "out")]
    assert cli.main([*out, "--categories", "vector", "struct", "--workers", "1"], stand_in.TOOLS) == 0
    assert cli.main([*out, "--categories", "struct,vector", "--workers", "2"], stand_in.TOOLS) == 0
    assert "is complete already" in capsys.readouterr().out


def test_output_goes_to_the_device_folder_unless_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for device in ("cpu", "cuda"):
        assert cli.main(["--device", device, "--count", "1", "--quiet"], stand_in.TOOLS) == 0
        assert Path("data", device, "manifest.json").is_file()


def test_the_command_in_the_state_is_the_one_that_goes_on(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments = [
        "--budget-mb",
        "0.0123",
        "--count",
        "7",
        "--seed",
        "5",
        "--dedup",
        "ir",
        "--format",
        "json",
        "--no-backward",
        "--no-io",
    ]
    arguments += ["--device", "cuda", "--arch", "sm_80", "--categories", "vector,struct", "--out", "a folder"]
    assert cli.main(arguments, stand_in.TOOLS) == 0
    import shlex

    (command,) = [
        line for line in Path("a folder/PRODUCTION_STATE.md").read_text().splitlines() if line.startswith("    ")
    ]
    words = shlex.split(command)
    assert words[:3] == ["python", "-m", "synth"]
    capsys.readouterr()
    assert cli.main(words[3:], stand_in.TOOLS) == 0
    assert "is complete already" in capsys.readouterr().out


def synth(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "synth", *arguments],
        env=stand_in.ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def test_help_and_version_come_from_the_module_too():
    assert "generate" in synth("--help").stdout
    assert synth("--version").stdout == f"warpsmith {VERSION}\n"
    refusal = synth("--device", "tpu")
    assert (refusal.returncode, refusal.stdout) == (2, "")
    assert refusal.stderr.startswith(ONE_LINE)
    assert "Traceback" not in refusal.stderr


def test_output_that_nobody_reads_is_no_failure(tmp_path):
    command = f"{sys.executable} -m synth verify {tmp_path}; echo $? >&2"
    stand_in.generate(stand_in.configuration(), tmp_path / "out", stand_in.setting())
    command = f"{sys.executable} -m synth verify {tmp_path / 'out'} | true; echo ${{PIPESTATUS[0]}} >&2"
    done = subprocess.run(
        ["bash", "-c", command], env=stand_in.ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.stderr == "0\n"


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_from_the_start_are_no_failure(tmp_path, closed):
    out = tmp_path / "out"
    command = f"{sys.executable} -m synth --count 1 --categories vector --out {out} {closed}"
    assert subprocess.run(["bash", "-c", command], env=stand_in.ENVIRONMENT, check=False).returncode == 0
    assert (out / "manifest.json").is_file()


def test_the_version_is_the_distributions():
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert project.get("version", VERSION) == VERSION
