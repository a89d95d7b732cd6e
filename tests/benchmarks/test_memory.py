import os
import signal

import pytest

from benchmarks import memory
from benchmarks.memory import Reading
from benchmarks.subjects import Asked


def test_a_worker_is_read_after_each_batch_until_it_is_lost(capsys):
    found = []
    for reading in memory.readings(Asked("cpu", io=False), 6, 2):
        found.append(reading)
        if len(found) == 2:
            (worker,) = memory_workers()
            os.kill(worker, signal.SIGKILL)
    assert [each.kernels for each in found] == [2, 4]
    assert all(10**8 < each.resident <= each.peak for each in found)
    assert "it died" in capsys.readouterr().err


def memory_workers():
    import multiprocessing

    return [process.pid for process in multiprocessing.active_children()]


def test_too_few_readings_end_in_one_line(monkeypatch):
    monkeypatch.setattr(memory, "readings", lambda *_: [Reading(64, 1, 1)] * 7)
    with pytest.raises(SystemExit, match="7 readings are too few"):
        memory.measure(512, ("cpu",), backward=True)


def test_the_slope_leaves_the_first_quarter_out():
    """What fills up in the first quarter and then grows by 3 bytes a kernel."""
    found = [Reading(n, resident=(n * 1000 if n < 300 else 300_000) + 3 * n, peak=10**6) for n in range(10, 1210, 10)]
    figures = {each.row: each for each in memory.figures_of("cpu", found)}
    assert figures["slope, bytes a kernel, of each quarter but the first"].values == pytest.approx((3.0,) * 3)
    assert figures["peak / peak after a quarter"].values == (1.0,)
    assert figures["kernels"].values == (1200,)
    resident = figures["resident MB, every 20 kernels"]
    assert len(resident.values) == 60
    assert resident.values[0] == pytest.approx(0.01003)
