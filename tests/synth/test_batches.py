"""Towards the end of a run no batch is larger than what is left for each worker; together they are all indices."""

from collections import deque
from itertools import islice

import pytest
import stand_in
from hypothesis import given
from hypothesis import strategies as st

from synth.batches import LEAST, RECORD_BYTES, guided, kernels_left
from synth.outcome import Duplicate, Made
from synth.share import WHOLE, Share
from synth.tally import Tally


def made(index, *, is_new=True):
    kept = Made(index, "vector", f"cpu-{index}", b"", "", "", (), "compiled", b"")
    return kept if is_new else Duplicate(index, "vector", ())


@given(
    count=st.integers(1, 700),
    width=st.integers(1, 5),
    size=st.sampled_from([16, 64]),
    share=st.sampled_from([WHOLE, Share(2, 3)]),
    every=st.integers(2, 9),
)
def test_a_run_is_cut_into_batches_of_which_none_is_more_than_its_part(count, width, size, share, every):
    """Played with workers of one speed, of whose kernels one in `every` is a duplicate."""
    job = stand_in.configuration(count=count * share.of, share=share)
    tally, under_way, taken = Tally(), deque(), []
    start = share.at(0)
    handed = guided(job, start, size, tally, lambda: width)
    while tally.total.written < count:
        while len(under_way) < width:
            left = kernels_left(job, tally) - sum(map(len, under_way))
            batch = next(handed)
            assert len(batch) <= max(left // width, 1) or len(batch) <= max(size // LEAST, 1)
            under_way.append(batch)
        for index in under_way.popleft():
            taken.append(index)
            tally.add(made(index, is_new=index % every != 0), 1)
    assert taken == [share.at(place) for place in range(len(taken))]
    assert tally.total.attempts + sum(map(len, under_way)) - count <= count // (every - 1) + 2 * width * size


def test_what_is_far_from_its_end_is_made_in_whole_batches():
    job = stand_in.configuration(count=10_000)
    assert {len(batch) for batch in islice(guided(job, 0, 64, Tally(), lambda: 4), 100)} == {64}


@pytest.mark.parametrize(
    ("changes", "records", "duplicates", "left"),
    [
        ({"count": 100}, 0, 0, 100),
        ({"count": 100}, 50, 50, 100),
        ({"count": 100}, 100, 3, 0),
        ({"count": None, "budget_bytes": 20 * RECORD_BYTES}, 0, 0, 20),
        ({"count": None, "budget_bytes": 20_000}, 10, 0, 10),
        ({"count": 12, "budget_bytes": 20_000}, 10, 0, 2),
    ],
)
def test_what_is_left_is_told_by_what_there_is(changes, records, duplicates, left):
    tally = Tally()
    for index in range(records + duplicates):
        tally.add(made(index, is_new=index < records), 1000 if index < records else 0)
    assert kernels_left(stand_in.configuration(**changes), tally) == left
