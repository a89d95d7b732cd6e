import gc

import pytest

from benchmarks import floor
from benchmarks.command import Cost
from benchmarks.floor import Lap
from benchmarks.subjects import Asked


def laps(native, plain):
    ways = {
        "generation": Lap(0.2, 0.3),
        "joined 2": Lap(5.0, 5.0),
        "joined 4": Lap(native, 1.0),
        "plain 4": Lap(plain, 1.0),
    }
    for io in ("", " --no-io"):
        ways[f"worker{io}"] = Lap(1.5, 1.6, {"draw": 0.4, "native_compile": 1.0, "place": 0.0})
        ways[f"command{io}"] = Lap(2.0, 4.0)
    return ways


@pytest.mark.parametrize(("native", "plain", "expected"), [(0.8, 1.2, 1.0), (0.8, 0.75, 0.75)])
def test_the_floor_is_the_cheapest_way(native, plain, expected):
    figures = floor.figures_of("cpu", [laps(native, plain)] * 2, 4, [2, 4])
    found = {(each.row, each.column): each for each in figures}
    assert found["CPU ms a kernel", "floor"].values == pytest.approx((1e3 * expected / 4,) * 2)
    assert found["CPU / CPU of the floor", "worker"].values == pytest.approx((1.5 / expected,) * 2)
    assert found["CPU / CPU of the floor", "command --no-io"].values == pytest.approx((2.0 / expected,) * 2)
    assert found["wall ms a kernel", "command"].median == pytest.approx(1000.0)
    assert found["CPU ms a kernel: draw", "worker"].median == pytest.approx(100.0)
    assert (("CPU ms a kernel: native compile", "floor") in found) == (expected != plain)
    assert not any("place" in row for row, _ in found)
    main = {column for (row, column), each in found.items() if each.main}
    assert main == {"worker", "worker --no-io", "command", "command --no-io"}


def test_what_a_command_takes_beyond_another_is_that_of_the_kernels_that_it_makes_more():
    assert floor.beyond(Lap(5.0, 6.0), 64, Lap(9.0, 16.0), 192, 64) == Lap(2.0, 5.0)


@pytest.fixture
def own_collector():
    """What a measurement sets lasts as long as its process, which this one is not."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("own_collector")
def test_kernels_are_measured_on_every_way(monkeypatch):
    monkeypatch.setattr(floor, "command", lambda _asked, records: (Lap(1.0 + records, 1.0 + records), records))
    figures = floor.measure_one(Asked("cpu"), 3, 2, 1, (1, 2))
    found = {(each.row, each.column): each.median for each in figures}
    ways = {key for key in found if "a module" in key[0]}
    assert ways == {(f"CPU ms a kernel, {size} a module", "texts joined") for size in (1, 2)} | {
        ("CPU ms a kernel, 2 a module", "one Warp module")
    }
    assert min(found[way] for way in ways) > 1
    stages = ("draw", "print", "code generation", "native compile", "digest", "sign", "write")
    for column, some in (("worker", (*stages, "execute")), ("worker --no-io", stages)):
        assert (
            0.8
            < sum(found[f"CPU ms a kernel: {stage}", column] for stage in some) / found["CPU ms a kernel", column]
            <= 1
        )
    assert found["CPU ms a kernel", "command"] == pytest.approx(1e3)
    assert gc.get_freeze_count() > 10**5, "it looks for cycles as seldom as a worker"


@pytest.mark.parametrize("backward", [True, False])
def test_the_command_is_measured_with_adjoints_only(monkeypatch, backward):
    monkeypatch.setattr(floor.Bench, "_work", lambda *_: Lap(1.5, 1.6))
    monkeypatch.setattr(floor, "command", lambda _asked, records: (Lap(records, records), records))
    bench = object.__new__(floor.Bench)
    bench._asked = Asked("cpu", backward=backward)
    found = bench._pipeline(bench._asked, 3, 4)
    assert found == {"worker": Lap(1.5, 1.6)} | ({"command": Lap(4.0, 4.0)} if backward else {})
    columns = {each.column for each in floor.figures_of("cpu", [laps(0.8, 1.2)] * 2, 4, [2, 4])}
    assert columns == {"floor", "worker", "worker --no-io", "command", "command --no-io", *floor.COLUMNS.values()}


def test_what_a_command_compiles_are_whole_batches(monkeypatch):
    manifest = type("Manifest", (), {"attempts": 193})
    monkeypatch.setattr(floor, "make_dataset", lambda *_args, **_named: (Cost(2.0, 1.0, 0), manifest))
    assert floor.command(Asked("cpu"), 192) == (Lap(1.0, 2.0), 200)
