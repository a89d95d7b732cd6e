"""The play of a run on many machines: its laws, and that what it is made of can be measured."""

import pytest

from benchmarks import cluster, stations
from benchmarks.cluster import Driver, Given, figures_of, play
from benchmarks.stations import GIVEN, SIZE, Line, Steps, through

GIVENS = Given(cores=16, kernel_ms=100.0, folder_gb=10.0, place_ns=0.65, partitions=0)
STEPS = Steps(
    place_us=1000.0,
    decide_us=100.0,
    spread_us=Line(20.0, 10.0),
    unpickle_us=300.0,
    journal_us=50.0,
    journal_bytes=12_000.0,
    partition_us=2.0,
    partition_bytes=Line(5e6, 11.0),
    log_bytes=35.0,
    answer_bytes=1400.0,
    question_bytes=36.0,
    record_bytes=45_000.0,
)


def costs(take):
    return Driver(take, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("processors", [1, 16, 160])
def test_what_is_slowest_sets_the_pace(processors):
    workers = play(costs(1e-6), processors, 0.1, 1e-6)
    assert workers.rate == pytest.approx(10 * processors, rel=0.05)
    assert workers.busy < 0.01
    driver = play(costs(64.0), processors, 0.1, 1e-6)
    assert driver.rate == pytest.approx(1.0, rel=0.05)
    assert driver.busy > 0.95
    assert play(costs(1e-6), processors, 0.1, 32.0).rate == pytest.approx(2.0, rel=0.05)


def test_the_window_is_the_engines():
    pytest.importorskip("ray")
    from synth.scale import cluster as engine

    assert (cluster.AHEAD, cluster.WINDOW) == (engine.AHEAD, engine.WINDOW)


def test_the_driver_is_the_sum_of_what_it_does():
    figures = {
        (each.table, each.row, each.column): each.median for each in figures_of(STEPS, GIVEN, GIVENS, [1, 2], 1e6)
    }
    for nodes in ("1 node", "2 nodes"):
        table = {row: value for (title, row, column), value in figures.items() if column == nodes and "start" in title}
        parts = [value for row, value in table.items() if row.startswith("- ")]
        assert sum(parts) == pytest.approx(table["use of the driver, %"], rel=0.05)
        assert table["kernels/s"] <= 1.05 * table["kernels/s that the workers could make"]
    assert figures["the whole run, 1e+06 kernels", "records, TB", "1 node"] == pytest.approx(0.045)
    assert figures["the whole run, 1e+06 kernels", "digests, GB a partition", "2 nodes"] == pytest.approx(0.0105)


def test_a_line_goes_through_its_points():
    line = through((1, 12.0), (100, 210.0))
    assert (line.at(1), line.at(100), line.at(0)) == pytest.approx((12.0, 210.0, 10.0))


def test_the_steps_are_those_of_the_real_code(tmp_path, monkeypatch):
    monkeypatch.setattr(stations, "BATCHES", 8)
    monkeypatch.setattr(stations, "PLACED", 1_000)
    monkeypatch.setattr(stations, "DIGESTS", (10_000, 100_000))
    steps = stations.measure_steps(tmp_path)
    assert steps.place_us > steps.decide_us > 0
    assert 0 < steps.partition_us < 100
    assert steps.spread_us.each > 0
    assert steps.journal_bytes > 100
    assert 33 < steps.question_bytes < 60
    assert 33 < steps.log_bytes < 60
    assert 1000 < steps.answer_bytes < 3000
    assert 8 < steps.partition_bytes.each < 30
    (batch,) = stations.batches(1)
    assert len(batch.outcomes) == SIZE


@pytest.mark.slow
def test_messages_are_measured_where_ray_is():
    pytest.importorskip("ray")
    said = stations.measure_messages()
    assert said is not None
    assert min(said.submit_us, said.wait_us.fixed, said.resources_us, said.call_us) > 1
