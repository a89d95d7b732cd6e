from types import SimpleNamespace

import pytest

from benchmarks import scaling
from benchmarks.command import Cost
from benchmarks.subjects import Asked


def test_starting_is_told_apart(monkeypatch):
    """A command that takes 3 s to start and then 0.5 s a kernel, shared by its workers."""

    def make_dataset(_asked, kernels, workers):
        seconds = 3.0 + 0.5 * kernels / workers
        return Cost(seconds, 2 * seconds, 0), SimpleNamespace(records=kernels, text_bytes=10**6 * kernels)

    monkeypatch.setattr(scaling, "make_dataset", make_dataset)
    figures = scaling.measure_one(Asked("cpu"), 4, 12, 2, (1, 2))
    found = {(each.row, each.column): each.values for each in figures}
    assert found["kernels/s, verified, unique", "1 worker"] == pytest.approx((2.0, 2.0))
    assert found["kernels/s, verified, unique", "2 workers"] == pytest.approx((4.0, 4.0))
    assert found["MB/s, verified, unique", "2 workers"] == pytest.approx((4.0, 4.0))
    assert found["s to start", "2 workers"] == pytest.approx((3.0, 3.0))
    assert found["kernels/s against 1 worker", "2 workers"] == pytest.approx((2.0, 2.0))
    assert ("kernels/s against 1 worker", "1 worker") not in found
