"""A replay in words of its own: what comes of a kernel that does not compile. (The real ones are in `test_real`.)"""

import pytest
import stand_in

from synth.replay import replay


@pytest.mark.parametrize(
    ("index", "refusal"), [(30, "native: error: no such thing"), (3, "crash: the worker was killed")]
)
def test_a_kernel_that_did_not_compile_is_shown_with_what_was_said_of_it(index, refusal):
    replayed = replay(stand_in.configuration(profile="faults"), index, None, stand_in.TOOLS)
    assert replayed.record is None
    assert replayed.refusal.startswith(refusal)
    assert replayed.source.startswith(f"# {stand_in.FAULTS[index]}\nstructure = ")
    assert replayed.differences == ()
