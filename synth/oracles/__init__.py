"""Oracles as a library: what says whether Warp computes a kernel rightly, to be asserted in anyone's property tests.

    from hypothesis import given
    from grammar.strategies import kernels
    from synth.oracles import assert_agrees

    @given(kernels())
    def test_warp_computes_what_python_does(kernel):
        assert_agrees(kernel)

A kernel runs in the process that asks: one that crashes it ends the test. `python -m synth fuzz` isolates them.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grammar.term import Kernel
    from synth.judging import Judge, Verdicts

DEFAULT = ("compile", "reference", "gradient")


def verdicts(kernel: Kernel, oracles: tuple[str, ...] = DEFAULT, seed: int = 0) -> Verdicts:
    """Return what oracles say of a kernel, by name: `Agrees`, `Skipped` with why, `Disagrees` with how.

    The kernel is compiled for the CPU and run on the inputs of `seed`. The names are those of `synth.judging.ORACLES`.
    """
    from synth.judging import Case  # noqa: PLC0415  (imports Warp)

    return _judge(oracles).judge([Case(kernel, seed)])[0]


def assert_agrees(kernel: Kernel, oracles: tuple[str, ...] = DEFAULT, seed: int = 0) -> None:
    """Assert that no oracle disagrees; the message has the kernel's source and how it differs."""
    from grammar.printer import print_source  # noqa: PLC0415
    from synth.judging import first_failure  # noqa: PLC0415

    failure = first_failure(verdicts(kernel, oracles, seed))
    if failure is not None:
        message = f"{failure[0]}: {failure[1].how}\n{print_source(kernel)}"
        raise AssertionError(message)


@lru_cache(maxsize=8)
def _judge(oracles: tuple[str, ...]) -> Judge:
    """One compiler for each set of oracles, for as long as the process lives."""
    from ir.records import Target  # noqa: PLC0415
    from synth.judging import Judge  # noqa: PLC0415

    scratch = Path(tempfile.mkdtemp(prefix="warpsmith-"))
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    return Judge(Target("cpu"), scratch, oracles)
