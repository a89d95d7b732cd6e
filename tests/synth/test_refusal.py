"""The refusal oracle: what is a clean refusal, that Warp is really asked, and the script of a finding."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sampled import sampled

from grammar.inputs import SHAPES, make_inputs
from grammar.mistakes import MISTAKE, UNDEFINED, is_mistaken, mistaken
from grammar.printer import print_source
from grammar.production import Effect, row
from grammar.term import Apply, Body, Kernel
from ir.records import Built, Listing, Refused, Target
from synth.judging import Case, Judge
from synth.oracles.refusal import judge_refusal
from synth.oracles.verdict import Agrees, Disagrees, Skipped, Verdict
from synth.repro import repro
from synth.shrink import reduce_further

BUILT = Built(Listing("", ""), "", "")


def with_mistake(template: str) -> Kernel:
    """A kernel with one more statement."""
    kernel = sampled(0).kernel
    mistake = Apply(row(f"{MISTAKE}_statement", template, None, effect=Effect.WRITES).at({}), ())
    first, *rest = kernel.body.statements
    return replace(kernel, body=Body((first, mistake, *rest)))


PASSED, OPEN = with_mistake("pass"), with_mistake(UNDEFINED)


@pytest.mark.parametrize(
    ("kernel", "outcome", "verdict"),
    [
        (PASSED, BUILT, Agrees),
        (OPEN, BUILT, Disagrees),
        (PASSED, Refused("codegen", "WarpCodegenError: Error while parsing …"), Agrees),
        (PASSED, Refused("codegen", "TypeError: no such overload"), Agrees),
        (PASSED, Refused("codegen", "AttributeError: 'Var' object has no attribute 'id'"), Disagrees),
        (PASSED, Refused("native", "k.cpp:1:2: error: no viable conversion"), Disagrees),
        (PASSED, Refused("import", "KeyError: 'x'"), Disagrees),
        (PASSED, Refused("codegen", "IndexError: x\n;tile_extract: incorrect number of indices (1)"), Agrees),
        (PASSED, Refused("codegen", "IndexError: Error while parsing\n;list index out of range"), Disagrees),
        (PASSED, Refused("import", "SyntaxError: cannot delete literal"), Skipped),
    ],
)
def test_what_a_clean_refusal_is(kernel: Kernel, outcome: Built | Refused, verdict: type[Verdict]) -> None:
    assert isinstance(judge_refusal(kernel, "", outcome), verdict)


def test_warp_is_asked(tmp_path: Path) -> None:
    """A kernel is judged with its mistake; one that has a mistake already is judged by that alone."""
    judge = Judge(Target("cpu"), tmp_path, ("compile", "refusal"))
    kernel = sampled(0).kernel
    seed = next(seed for seed in range(200) if mistaken(kernel, seed) is not None)
    assert judge.judge([Case(kernel, seed)])[0].keys() == {"compile", "refusal"}
    said = judge.judge([Case(PASSED, 0), Case(OPEN, 0), Case(with_mistake("unknown_array[0] = 1"), 0)])
    assert [each.keys() for each in said] == [{"refusal"}] * 3
    assert all(isinstance(each["refusal"], Agrees) for each in said)


class AlwaysLost:
    """A bench on which every kernel is refused uncleanly, with or without its mistake."""

    judged = 0

    def judge_all(self, cases: Sequence[Case], _only: object = None) -> list[Mapping[str, Verdict]]:
        return [{"refusal": Disagrees("codegen: KeyError: 'args'")} for _ in cases]


def test_a_reduction_keeps_the_mistake() -> None:
    """What has none would be given another."""
    reduced = reduce_further(AlwaysLost(), sampled(0).kernel, "refusal", "codegen: KeyError: 'args'", 3, 400)  # type: ignore[arg-type]
    assert is_mistaken(reduced)
    assert len(reduced.body.statements) <= 3


@pytest.mark.parametrize(
    ("kernel", "how", "code"),
    [
        (OPEN, "codegen: WarpCodegenKeyError: Referencing undefined symbol", 1),
        (OPEN, "codegen: AttributeError: Error while parsing", 0),
        (OPEN, "a name that is not defined is accepted", 0),
        (PASSED, "a name that is not defined is accepted", 1),
    ],
)
def test_the_script_tells_what_warp_does(kernel: Kernel, how: str, code: int, tmp_path: Path) -> None:
    inputs = make_inputs(kernel, SHAPES[0], 0)
    script = tmp_path / "repro.py"
    text = repro("refusal", kernel, print_source(kernel), Disagrees(how), inputs, how)
    script.write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == code, done.stderr + done.stdout
