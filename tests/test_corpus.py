"""Known bugs of Warp: each file in `corpus/` shows one, and says in which releases it is present."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from grammar.catalogue import CATALOGUE
from grammar.known_bugs import KNOWN_BUGS, NO_ROW
from grammar.known_refusals import UNCLEAN_REFUSALS, unclean_refusal
from grammar.wrong_results import WRONG_RESULTS

CORPUS = Path(__file__).parent / "corpus"
FILES = sorted(CORPUS.glob("*.py"))


def header(path: Path) -> dict[str, str]:
    """The `# key: value` lines that a file begins with."""
    lines = path.read_text(encoding="utf-8").splitlines()
    head = lines[: next(i for i, line in enumerate([*lines, ""]) if not line.startswith("#"))]
    return {key: value for line in head for key, colon, value in [line.removeprefix("# ").partition(": ")] if colon}


def test_known_bugs_and_corpus_agree() -> None:
    assert {bug.name for bug in (*KNOWN_BUGS, *WRONG_RESULTS, *UNCLEAN_REFUSALS)} == {path.stem for path in FILES}


@pytest.mark.parametrize(
    ("how", "name"),
    [
        (
            "codegen: AttributeError: Error while parsing\n    v = x()\n;'Var' object has no attribute 'is_builtin'",
            "value_called",
        ),
        ("codegen: KeyError: 'Error while parsing\\n   v = i in x\\n;<class \\'ast.In\\'>'", "operator_in"),
        ("native: k.cpp:3:4: error: invalid operands to binary expression ('wp::tuple_t<int>' (aka", "tuple_compared"),
        (
            "native: k.cpp:1:2: error: invalid operands to binary expression ('float' and 'wp::range_t')",
            "tuple_compared",
        ),
        ("native: k.cpp:1:2: error: comparison between pointer and integer ('wp::str' (aka", "while_condition"),
        ("codegen: AttributeError: x ;module 'warp' has no attribute 'label'", "class_as_value"),
        ("codegen: AttributeError: 'tuple' object has no attribute '__name__'", "bytes_literal"),
        ("codegen: AttributeError: v = x ;'fixedarray' object has no attribute 'device'", "local_array_reassigned"),
        (
            "native: In file included\narray.h:295:19: error: static assertion failed: Expected Size > 0",
            "local_array_empty",
        ),
        (
            "native: k.cpp:81:22: error: use of overloaded operator '==' is ambiguous (with types 'wp::float16'",
            "while_condition",
        ),
        ("codegen: KeyError: 'Error while parsing\\n    result[tid] = ()\\n;args'", "tuple_empty"),
        ("codegen: AttributeError: 'NoneType' object has no attribute 'type'", None),
    ],
)
def test_unclean_refusals_are_told_by_what_is_said(how: str, name: str | None) -> None:
    found = unclean_refusal(how)
    assert (found.name if found else None) == name


def test_known_bugs_name_rows() -> None:
    assert {bug.row for bug in KNOWN_BUGS} <= {*CATALOGUE.by_name, NO_ROW}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_known_bug(path: Path) -> None:
    head = header(path)
    assert head["bug"] == path.stem
    present = version("warp-lang") in head["present"].split(", ")
    run = subprocess.run(
        [sys.executable, "-W", "error", path], capture_output=True, text=True, timeout=120, check=False
    )
    expected = f"{path.name} says that Warp {version('warp-lang')} {'has' if present else 'has not'} this bug"
    assert run.returncode == int(present), f"{expected}\n{run.stdout}{run.stderr}"
    # Native code reports a missing CUDA driver where no setting reaches it; the banner says what was initialized.
    assert "initialized" not in run.stdout + run.stderr
    assert "Traceback" not in run.stderr
