"""The fuzzer's commands, and the folders that it writes."""

import subprocess
import sys

import numpy as np
import pytest
import stand_in
from sampled import sampled

from grammar.inputs import SHAPES, make_inputs
from grammar.printer import print_source
from grammar.profile import CATEGORIES
from grammar.reference.run import Reference
from synth import cli
from synth.findings import Bucket, bucket_of, marked, read_findings, write_finding
from synth.fuzz import Campaign, Plan, _known, enter
from synth.fuzzer import Said
from synth.fuzzing import _summarise
from synth.judging import normalised
from synth.oracles.verdict import Disagrees
from synth.outcome import Made, Rejected
from synth.shrink import Shrunk

PLAIN = {"read", "write", "size", "lookup", "value"}
"""The roles of arguments that a script can write down."""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--minutes", "x"], "--minutes: 'x' is not a number of minutes"),
        (["--minutes", "-1"], "--minutes: '-1' is not a number of minutes"),
        (["--oracles", "foo"], "'foo' is unknown; known are compile, reference"),
        (["--list", "--out", "nowhere"], "there are no findings in it"),
        (["--bisect", "nowhere"], "holds no repro.py"),
        (["--profile", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_nonsense_is_refused_in_one_line(capsys, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["fuzz", *arguments]) == 2
    complaint = capsys.readouterr().err
    assert said in complaint
    assert complaint.count("\n") == 1


def test_a_folder_that_is_no_finding_is_refused(capsys, tmp_path):
    assert cli.main(["reduce", str(tmp_path)]) == 2
    assert "is not a finding" in capsys.readouterr().err


def test_a_short_campaign_says_what_the_oracles_said(capsys, tmp_path):
    asked = ["fuzz", "--minutes", "0.02", "--profile", "default", "--categories", "arithmetic", "--workers", "1"]
    assert cli.main([*asked, "--out", str(tmp_path / "findings")]) == 0
    printed = capsys.readouterr()
    assert "seed 0, kernels 0 to 19" in printed.err
    assert "reference" in printed.out
    assert "kernels drawn" in printed.out


def made_up(seed, factor):
    """A kernel, and the verdict that its reference, but for a factor, is expected of Warp."""
    kernels = (sampled(CATEGORIES.index("arithmetic"), f"{seed}/{number}").kernel for number in range(40))
    kernel = next(each for each in kernels if all(symbol.role in PLAIN for symbol in each.parameters))
    source = print_source(kernel)
    inputs = make_inputs(kernel, SHAPES[0], 0)
    after = Reference(kernel, source).run(inputs)
    name = next(s.name for s in kernel.parameters if s.role == "write")
    expected = {name: after[name] * factor}
    how = f"{name}[0] is 1, expected 2"
    return kernel, Disagrees(how, {"inputs": inputs, "found": after, "expected": expected, "spread": 1e-3})


@pytest.mark.parametrize(("factor", "code"), [(1, 0), (3, 1)])
def test_a_script_exits_with_one_where_the_bug_is_and_with_zero_where_not(tmp_path, factor, code):
    kernel, verdict = made_up("script", factor)
    assert np.asarray(verdict.details["expected"][verdict.how.partition("[")[0]]).any(), (
        "a factor of zero shows nothing"
    )
    configuration = stand_in.configuration(profile="default", categories=("arithmetic",))
    folder = write_finding(tmp_path, configuration, 0, "reference", Shrunk(kernel, verdict, (1, 2), 3, 4.0), 0)
    assert {path.name for path in folder.iterdir()} >= {
        "kernel.py",
        "finding.json",
        "README.md",
        "values.json",
        "repro.py",
    }
    run = subprocess.run(
        [sys.executable, folder / "repro.py"], capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path
    )
    assert run.returncode == code, run.stdout + run.stderr
    ((path, finding),) = read_findings(tmp_path)
    assert (path, finding.oracle, finding.index) == (folder, "reference", 0)


def test_what_is_said_of_two_kernels_is_the_same_without_names_and_numbers():
    one = normalised('codegen: WarpCodegenError: function "relax_items" at k.py:27')
    other = normalised('codegen: WarpCodegenError: function "move" at k.py:3')
    assert one == other
    assert normalised("out[3] is 1.5, expected 2.5") == normalised("heat[0, 1] is -3.0, expected nan")
    assert normalised("codegen: KeyError: x") != normalised("native: KeyError: x")
    where = 'codegen: WarpCodegenError: Error while parsing function "{}" at k.py:{}:\n    a = b\n;'
    cause = "Couldn't find function overload for 'zeros' that matched inputs with types: [{}]"
    one = normalised(where.format("k", 3) + cause.format("int"))
    assert one == normalised(where.format("other", 9) + cause.format("float"))
    assert one != normalised(where.format("k", 3) + cause.replace("zeros", "sub").format("int"))
    one = normalised("native: k.cpp:3:4: error: no matching function for call to 'adj_exp'\n  3 | wp::")
    assert one == normalised("native: j.cpp:9:1: error: no matching function for call to 'adj_exp'")
    assert one != normalised("native: j.cpp:9:1: error: no matching function for call to 'adj_tanh'")


def test_a_failure_with_all_constructs_of_a_finding_is_counted_with_it():
    campaign = Campaign()
    kernel, verdict = made_up("bucket", 3)
    bucket = bucket_of("reference", kernel, verdict)
    assert bucket.constructs
    campaign.buckets[bucket.digest] = bucket
    assert _known(campaign, "reference", verdict.how, bucket.constructs | {"more"}) == bucket.digest
    assert _known(campaign, "reference", verdict.how, frozenset({"more"})) is None
    assert _known(campaign, "gradient", verdict.how, bucket.constructs) is None


def test_outcomes_are_counted():
    campaign = Campaign()
    assert enter(campaign, Rejected(0, "vector", "codegen", "no", "", ())) == ("compile", "codegen: no")
    assert enter(campaign, Rejected(1, "vector", "crash", "killed", "", ())) == ("crash", "crash: killed")
    record = stand_in.json_of({"reference": Said("agrees"), "gradient": Said("disagrees", "off")})
    assert enter(campaign, Made(2, "vector", "cpu-2", record, "", "", ())) == ("gradient", "off")
    record = stand_in.json_of({"reference": Said("skipped", "why"), "gradient": Said("agrees")})
    assert enter(campaign, Made(3, "vector", "cpu-3", record, "", "", ())) is None
    assert (campaign.drawn, campaign.compiled) == (4, 2)
    assert campaign.reasons == {("reference", "why"): 1}
    assert enter(campaign, Rejected(4, "tile", "draw", "nothing makes a tile", "", ())) is None
    assert campaign.verdicts["error", "disagrees"] == 1


def test_the_failure_that_is_least_like_a_finding_comes_first():
    campaign = Campaign()
    common, rare, both = ("let", "mod"), ("let", "twist"), ("mod", "let", "store")
    for index, rows in enumerate((common, common, rare, both)):
        campaign.suspicion.enter(rows, failed=True)
        campaign.waiting.append((Rejected(index, "vector", "crash", "killed", "", rows), ("crash", "crash: killed")))
    for _ in range(9):
        campaign.suspicion.enter(("let", "store"), failed=False)
    assert campaign.next_failure()[0].index == 0, "three failures of mod, none that passed"
    campaign.buckets["mod"] = Bucket("crash", "crash", frozenset({"mod"}))
    assert [campaign.next_failure()[0].index for _ in range(3)] == [2, 1, 3]


def test_failures_that_were_not_looked_at_are_named(capsys, tmp_path):
    campaign = Campaign()
    campaign.waiting.append((Rejected(17, "vector", "crash", "killed", "", ()), ("crash", "crash: killed")))
    _summarise(campaign, Plan(1.0, ("compile",), 1, tmp_path))
    assert "1 failures were not looked at before the end: kernels 17 (crash)" in capsys.readouterr().out


def test_suspect_lines_are_marked():
    kernel, _ = made_up("marks", 3)
    text = marked("var_1 = wp::mul(var_0, var_0);\nwp::adj_store(x);\n", kernel)
    assert text.count("// <-- suspect") <= 1
    assert text.count("\n") == 2
