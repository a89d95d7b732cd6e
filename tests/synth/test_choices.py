import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.choices import pack_choices, unpack_choices


@given(st.lists(st.integers(0, 2**70)))
def test_unpacking_undoes_packing(choices):
    assert unpack_choices(pack_choices(choices)) == tuple(choices)


@given(st.lists(st.integers(0, 127), max_size=300))
def test_small_choices_take_a_byte_each(choices):
    assert len(pack_choices(choices)) == (len(choices) + 2) // 3 * 4


@pytest.mark.parametrize("text", ["gA==", "***", "a", "é"])
def test_what_is_no_sequence_is_refused(text):
    with pytest.raises(ValueError, match=r"base64|cut short|ASCII"):
        unpack_choices(text)


def test_a_negative_choice_is_our_mistake():
    with pytest.raises(ValueError, match="-1"):
        pack_choices([3, -1])
