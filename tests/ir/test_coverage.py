"""What runs of Warp's code generator, as coverage.py counts it."""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import ir
from ir import warp_version
from ir.errors import CoverageMissingError, ToolchainError

pytest.importorskip("coverage")

from ir.coverage import CodegenCoverage, Share, reference

ROOT = Path(ir.__file__).resolve().parents[1]
HEAD = "import warp as wp\n\n\n@wp.kernel\ndef k(xs: wp.array(dtype=float)):\n"
PLAIN = HEAD + "    xs[0] = wp.sin(xs[1])\n"
LOOP = HEAD + "    while xs[0] < 1.0:\n        xs[0] = xs[0] + 1.0\n"
PROBE = """
import dataclasses, json, sys
from pathlib import Path
from ir.coverage import CodegenCoverage

is_early, kernel, saved, *others = sys.argv[1:]
if is_early == "True":
    import warp
with CodegenCoverage() as measured:
    if kernel:
        from ir import Target, Unit
        from ir.generation import generate
        from ir.warp_api import start
        start()
        generate(Unit("k", kernel), Target("cpu"))
for other in others:
    measured.add(Path(other))
measured.save(Path(saved))
print(json.dumps(dataclasses.asdict(measured.report())))
"""


def measure(saved: Path, kernel: str = "", *others: Path, early: bool = False) -> dict[str, Any]:
    """In a process of its own: this one may count what runs already, and has imported Warp."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROBE, str(early), kernel, saved, *others],
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    report: dict[str, Any] = json.loads(run.stdout)
    return report


def share(report: dict[str, Any], what: str) -> float:
    return Share(**report[what]).percent


def test_importing_counts_whenever_it_happened(tmp_path: Path) -> None:
    late, early = measure(tmp_path / "late", PLAIN), measure(tmp_path / "early", PLAIN, early=True)
    assert late == early
    assert 20.0 < share(late, "lines") < 90.0
    assert 5.0 < share(late, "branches") < share(late, "lines")


def test_importing_alone_is_the_reference(tmp_path: Path) -> None:
    alone = measure(tmp_path / "saved", early=True)
    known = reference()
    if known.version == importlib.metadata.version("warp-lang"):
        assert share(alone, "lines") == pytest.approx(known.import_line_percent, abs=0.1)
        assert share(alone, "branches") == pytest.approx(known.import_branch_percent, abs=0.1)
    missing = {each["name"]: each for each in alone["functions"]}
    assert missing["Adjoint.emit_While"]["lines"]["covered"] == 0
    assert len(missing["Adjoint.emit_While"]["missing_lines"]) == missing["Adjoint.emit_While"]["lines"]["total"]


def test_functions_add_up(tmp_path: Path) -> None:
    report = measure(tmp_path / "saved", PLAIN)
    for what in ("lines", "branches"):
        for count in ("covered", "total"):
            assert sum(each[what][count] for each in report["functions"]) == report[what][count]
    for each in report["functions"]:
        assert len(each["missing_lines"]) == each["lines"]["total"] - each["lines"]["covered"]
        assert len(each["missing_branches"]) == each["branches"]["total"] - each["branches"]["covered"]


def test_what_another_process_saved_is_added(tmp_path: Path) -> None:
    loop, plain = measure(tmp_path / "loop", LOOP), measure(tmp_path / "plain", PLAIN)
    both = measure(tmp_path / "both", PLAIN, tmp_path / "loop")
    assert both["lines"]["covered"] > plain["lines"]["covered"]
    assert both["branches"]["covered"] > plain["branches"]["covered"]
    assert both["lines"]["covered"] >= loop["lines"]["covered"]


def test_coverage_py_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "coverage", None)
    with pytest.raises(CoverageMissingError, match=r"^coverage\.py is not installed.*pip install"):
        CodegenCoverage()
    assert issubclass(CoverageMissingError, ToolchainError)


def test_the_reference_is_of_a_tested_version() -> None:
    known = reference()
    assert known.version.startswith("1.")
    assert warp_version()
    assert known.import_line_percent < known.line_percent < 100
    assert known.import_branch_percent < known.branch_percent < 100
