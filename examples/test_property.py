"""Kernels in a property test of your own: Hypothesis draws them, shrinks what fails, and prints the smallest."""

from hypothesis import HealthCheck, given, settings

from grammar.profile import profile_for
from grammar.strategies import kernels
from grammar.term import Kernel
from synth.oracles import assert_agrees

SETTINGS = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


@SETTINGS
@given(kernels(profile_for("default", "vector")))
def test_warp_computes_what_python_does(kernel: Kernel) -> None:
    """To the bit, or to what library functions may be off by."""
    assert_agrees(kernel, oracles=("compile", "reference"))


@SETTINGS
@given(kernels(profile_for("default", "arithmetic")))
def test_adjoints_are_derivatives(kernel: Kernel) -> None:
    """Along a random direction."""
    assert_agrees(kernel, oracles=("compile", "gradient"))
