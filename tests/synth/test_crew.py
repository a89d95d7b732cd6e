import multiprocessing
import os
import signal
import time
from dataclasses import replace

import pytest
import stand_in

from synth.crew import Crew, Limits
from synth.dedup import Seen, decide
from synth.errors import StoppedError
from synth.generate import batches
from synth.outcome import Made, Rejected


def outcomes(
    tmp_path, *, workers=1, ranges=((0, 8), (8, 16), (16, 24)), tools=stand_in.TOOLS, limits=stand_in.HASTY, **changes
):
    job = stand_in.configuration(**changes)
    seen = Seen(job.dedup)  # workers need not know what others have made: what is decided counts
    with Crew(job, tools, workers, tmp_path, limits=limits) as crew:
        return [tuple(decide(batch.outcomes, seen)) for batch in crew.run(tuple(range(*each)) for each in ranges)]


def test_batches_come_back_whole_and_in_order_for_any_number_of_workers(tmp_path):
    expected = outcomes(tmp_path)
    assert [[outcome.index for outcome in batch] for batch in expected] == [
        list(range(8)),
        list(range(8, 16)),
        list(range(16, 24)),
    ]
    assert outcomes(tmp_path, workers=2) == outcomes(tmp_path, workers=5) == expected


def test_a_guilty_kernel_is_isolated_from_the_innocent_ones_around_it(tmp_path):
    (batch,) = outcomes(tmp_path, ranges=[(0, 12)], profile="faults")
    guilty = {outcome.index: outcome.stage for outcome in batch if not isinstance(outcome, Made)}
    assert guilty == {3: "crash", 10: "crash"}
    (innocent,) = outcomes(tmp_path, ranges=[(0, 12)])
    assert [each.index for each in batch] == [each.index for each in innocent]


def test_a_worker_killed_from_outside_costs_nothing(tmp_path):
    job = stand_in.configuration()
    with Crew(job, stand_in.TOOLS, 2, tmp_path, limits=stand_in.HASTY) as crew:
        run = crew.run(batches(0, 8))
        made = []
        for _ in range(6):
            made += next(run).outcomes
            for process in multiprocessing.active_children():
                os.kill(process.pid, signal.SIGKILL)
    assert not any(isinstance(outcome, Rejected) for outcome in made)
    assert [outcome.index for outcome in made] == list(range(48))


def test_a_kernel_is_not_guilty_when_its_workers_ended_in_different_ways(tmp_path):
    tools = replace(stand_in.TOOLS, open_builder=stand_in.Unlucky)
    ((outcome,),) = outcomes(tmp_path, ranges=[(3, 4)], tools=tools)
    assert isinstance(outcome, Made)


@pytest.mark.parametrize("builder", [stand_in.Struck, stand_in.Stopped])
def test_a_kernel_is_not_guilty_of_what_comes_from_outside(tmp_path, builder):
    tools = replace(stand_in.TOOLS, open_builder=builder)
    ((outcome,),) = outcomes(tmp_path, ranges=[(3, 4)], tools=tools)
    assert isinstance(outcome, Made)


def test_a_kernel_that_was_late_once_has_its_source_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("SLUGGISH", str(tmp_path / "times"))
    tools = replace(stand_in.TOOLS, draw=stand_in.draw_sluggishly)
    with Crew(stand_in.configuration(profile="faults"), tools, 1, tmp_path, limits=stand_in.HASTY) as crew:
        (batch,) = crew.run([tuple(range(16, 24))])
    (late,) = [outcome for outcome in batch.outcomes if outcome.index == 17]
    assert (tmp_path / "times").stat().st_size == 6
    assert late.stage == "hang"
    assert late.source.startswith("# hang")


def test_a_worker_is_not_late_because_nobody_listened(tmp_path, monkeypatch):
    hired = []
    hire = Crew._hire
    monkeypatch.setattr(Crew, "_hire", lambda crew: hired.append(1) or hire(crew))
    limits = replace(stand_in.HASTY, batch_seconds=3.0)
    with Crew(stand_in.configuration(), stand_in.TOOLS, 1, tmp_path, limits=limits) as crew:
        for _ in crew.run([(0,), (1,), (2,)]):
            time.sleep(3.5)
    assert hired == [1]


@pytest.mark.parametrize("limits", [replace(stand_in.HASTY, kernels=8), replace(stand_in.HASTY, resident_bytes=1)])
def test_workers_are_replaced_in_time_and_that_changes_nothing(tmp_path, limits, monkeypatch):
    hired = []
    hire = Crew._hire
    monkeypatch.setattr(Crew, "_hire", lambda crew: hired.append(1) or hire(crew))
    assert outcomes(tmp_path, limits=limits) == outcomes(tmp_path)
    assert len(hired) == 3 + 1


def test_no_worker_and_no_file_is_left_behind(tmp_path):
    outcomes(tmp_path, workers=3)
    assert multiprocessing.active_children() == []
    assert list(tmp_path.iterdir()) == []


def test_workers_that_may_leave_by_themselves_put_away_what_they_have(tmp_path):
    tools = replace(stand_in.TOOLS, open_builder=stand_in.Tidy)
    for name in "ab":
        (tmp_path / name).mkdir()
    with Crew(stand_in.configuration(), tools, 2, tmp_path / "a", limits=stand_in.HASTY) as crew:
        run = crew.run(batches(0, 8))
        for _ in range(3):
            next(run)
        crew.retire()
    assert len(list((tmp_path / "a").glob("*.tidy"))) == 2
    with Crew(stand_in.configuration(), tools, 1, tmp_path / "b", limits=stand_in.HASTY) as crew:
        next(crew.run(batches(0, 8)))
    assert list((tmp_path / "b").glob("*.tidy")) == []


def test_one_that_hangs_is_not_waited_for_longer_than_its_time(tmp_path):
    limits = replace(stand_in.HASTY, leave_seconds=0.5)
    tools = replace(stand_in.TOOLS, open_builder=stand_in.never_opens)
    with Crew(stand_in.configuration(), tools, 1, tmp_path, limits=limits) as crew:
        crew._hands.append(crew._hire())
        began = time.monotonic()
        crew.retire()
    assert time.monotonic() - began < 20
    assert multiprocessing.active_children() == []


def test_work_under_way_is_bounded(tmp_path):
    given = []

    def endless():
        for batch in batches(0, 4):
            given.append(batch)
            yield batch

    with Crew(stand_in.configuration(), stand_in.TOOLS, 2, tmp_path, limits=stand_in.HASTY) as crew:
        run = crew.run(endless())
        for taken in range(1, 5):
            next(run)
            assert len(given) <= taken + 4 * 2 + 1


def test_the_memory_of_workers_is_known(tmp_path):
    with Crew(stand_in.configuration(), stand_in.TOOLS, 1, tmp_path) as crew:
        next(crew.run(batches(0, 8)))
        assert 5_000_000 < crew.peak_bytes < 2_000_000_000


@pytest.mark.parametrize(
    ("opening", "profile", "said"),
    [
        (stand_in.no_toolchain, "plain", "^no compiler here$"),
        (
            stand_in.dies_at_once,
            "plain",
            "workers do not start: the worker ended with exit code 3: cannot load the lib",
        ),
        (stand_in.Builder, "broken", "^the compiler is broken$"),
    ],
)
def test_what_no_other_worker_would_change_stops_the_run(tmp_path, opening, profile, said):
    with pytest.raises(StoppedError, match=said):
        outcomes(tmp_path, tools=replace(stand_in.TOOLS, open_builder=opening), profile=profile)


def test_a_worker_that_never_starts_is_given_up(tmp_path):
    limits = Limits(start_seconds=0.3, failed_starts=2)
    tools = replace(stand_in.TOOLS, open_builder=stand_in.never_opens)
    with pytest.raises(StoppedError, match="workers do not start: it did not finish within the time limit"):
        outcomes(tmp_path, limits=limits, tools=tools)


@pytest.mark.parametrize("profile", ["plain", "faults", "refusing"])
def test_on_a_full_disk_no_kernel_is_blamed(tmp_path, monkeypatch, profile):
    # A disk is full for this process and its workers alike when the least room they ask for is more than any disk has.
    tools = replace(stand_in.TOOLS, open_builder=stand_in.opens_on_a_full_disk)
    monkeypatch.setattr("synth.worker.SPARE_BYTES", 10**18)
    if profile == "plain":
        assert all(isinstance(outcome, Made) for outcome in outcomes(tmp_path, tools=tools)[0])
        return
    with pytest.raises(StoppedError, match="the disk is full"):
        outcomes(tmp_path, tools=tools, profile=profile)
