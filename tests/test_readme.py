"""What the README shows is what there is."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from synth import cli

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


def test_the_kernel_is_that_of_its_seed(capsys: pytest.CaptureFixture[str]) -> None:
    text = README.read_text(encoding="utf-8")
    shown = re.search(r"```python\n(@wp\.kernel.*?)```", text, re.DOTALL)
    command = re.search(r"`python -m synth (replay --seed \d+ --index \d+) --field", text)
    assert shown is not None
    assert command is not None
    assert cli.main([*command[1].split(), "--field", "python_source"]) == 0
    assert capsys.readouterr().out == f"import warp as wp\n\n\n{shown[1]}"
    assert cli.main([*command[1].split(), "--field", "metadata.description"]) == 0
    assert capsys.readouterr().out.strip() in re.sub(r"\s+", " ", text)


def test_the_queries_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for package in ("duckdb", "datasets"):
        pytest.importorskip(package)
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path))
    (code,) = re.findall(r"```python\n(import duckdb\n.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "@wp.kernel" in done.stdout
    assert "arithmetic" in done.stdout
    assert done.stdout.count("count_star()") == 2


@pytest.mark.slow
def test_the_path_from_nothing_to_splits(tmp_path: Path) -> None:
    pytest.importorskip("datasets")
    text = README.read_text(encoding="utf-8")
    _, section = text.split("## From nothing to a dataset to train on\n\n")
    lines = [line.strip() for line in section.partition("\n\n")[0].splitlines()]
    assert len(lines) == 5
    assert lines[0] == "pip install '.[hf]'"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_CACHE": str(tmp_path / "cache"),
    }
    said = ""
    for line in lines[1:]:
        words = [sys.executable if word == "python" else word for word in shlex.split(line.replace("-mb 20", "-mb 1"))]
        said = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout
    assert "DatasetDict" in said
    assert "python_source" in said
