"""What the README shows is what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from synth import cli

README = Path(__file__).parent.parent / "README.md"


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
