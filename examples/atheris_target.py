"""A target for Atheris: its bytes become Hypothesis's choices, those a kernel, and the oracles judge it.

Atheris guides by the coverage of Warp's code generator. A failure is kept by Hypothesis: run the test to shrink it.
"""

import hashlib
import sys
import tempfile
from pathlib import Path

import atheris
from hypothesis import HealthCheck, given, settings

with atheris.instrument_imports(include=["warp._src.codegen"]):
    import warp as wp

from grammar.strategies import kernels
from grammar.term import Kernel
from synth.oracles import assert_agrees

LENGTH = 1 << 14


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(kernels())
def test_kernel(kernel: Kernel) -> None:
    """No oracle disagrees."""
    assert_agrees(kernel)


def main() -> None:
    """Fuzz."""
    wp.init()
    with tempfile.TemporaryDirectory() as corpus:
        for seed in range(32):  # a kernel takes some thousand bytes, which libFuzzer would be long in finding
            (Path(corpus) / str(seed)).write_bytes(hashlib.shake_256(bytes([seed])).digest(LENGTH))
        options = [f"-max_len={LENGTH}", "-len_control=0", corpus]
        atheris.Setup([*sys.argv, *options], test_kernel.hypothesis.fuzz_one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
