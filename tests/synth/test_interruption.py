"""A run may be stopped at any moment, in any way, and the same command ends with the same bytes."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import stand_in

from benchmarks.faults.scene import is_at_work, workers_of
from ir.errors import ToolchainError
from synth.crew import Crew
from synth.errors import StoppedError, UsageError
from synth.folder import CONFIGURATIONS, Folder
from synth.generate import generate
from synth.ledger import read_journal
from synth.near.entries import read_entry
from synth.watch import Stopwatch

DRIVER = Path(stand_in.__file__)


def start(out, profile="big", count=110, form="jsonl", workers=2, **options):
    command = [sys.executable, str(DRIVER), str(out), profile, str(count), form, str(workers)]
    return subprocess.Popen(command, env=stand_in.ENVIRONMENT, stderr=subprocess.PIPE, text=True, **options)


def finish(out, **given):
    with start(out, **given) as process:
        said = process.stderr.read()
    assert process.returncode == 0, said


def children_of(process):
    return [int(number) for number in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def is_alive(number):
    try:
        return "State:\tZ" not in Path(f"/proc/{number}/status").read_text()
    except OSError:
        return False


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """What runs that nobody interrupts leave behind, by format."""
    found = {}
    for form in ("jsonl", "json"):
        out = tmp_path_factory.mktemp(form) / "out"
        finish(out, form=form)
        found[form] = stand_in.contents(out)
    return found


@pytest.mark.parametrize("form", ["jsonl", "json"])
@pytest.mark.parametrize("attempt", range(2))
def test_after_kills_at_random_moments_the_bytes_are_the_same(tmp_path, quiet, form, attempt):
    chance = random.Random(f"{form}{attempt}")
    kills = 0
    while True:
        process = start(tmp_path / "out", form=form, workers=chance.choice([1, 2, 3]))
        if kills < 10:
            _await_a_moment(process, Folder(tmp_path / "out").journal, chance)
            process.kill()
        said = process.stderr.read()
        process.stderr.close()
        if process.wait() != -signal.SIGKILL:
            assert process.returncode == 0, said
            break
        kills += 1
    assert kills >= 3
    assert stand_in.contents(tmp_path / "out") == quiet[form]


def _await_a_moment(process, journal, chance):
    """Wait for some moment of a start, or for one soon after a batch has been committed."""
    if chance.random() < 0.2:
        time.sleep(chance.uniform(0, 0.5))
        return
    began = journal.stat().st_size if journal.exists() else 0
    while process.poll() is None and not (journal.exists() and journal.stat().st_size > began):
        time.sleep(0.001)
    time.sleep(chance.uniform(0, 0.05))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_a_run_cleanly_and_says_how_to_go_on(tmp_path, quiet, number):
    out = tmp_path / "out"
    # To the whole group, as a terminal does.
    with start(out, start_new_session=True) as process:
        while not (out / "train-00000.jsonl").exists():
            time.sleep(0.01)
        children = children_of(process)
        os.killpg(process.pid, number)
        said = process.stderr.read()
    assert process.returncode == 128 + number
    assert len(said.splitlines()) == 1
    assert f"stopped by {number.name}" in said
    assert f"records are kept in {out}; to go on: python -m synth generate --device cpu" in said
    assert children
    assert are_gone(children)
    finish(out)
    assert stand_in.contents(out) == quiet["jsonl"]


def test_no_worker_can_be_reached_by_the_keyboard_from_its_first_instruction(tmp_path):
    def blocked(number):
        status = Path(f"/proc/{number}/status").read_text()
        mask = next(line for line in status.splitlines() if line.startswith("SigBlk:")).split()[1]
        return bool(int(mask, 16) >> (signal.SIGINT - 1) & 1)

    with start(tmp_path / "out", profile="hanging", count=10**6) as process:
        workers = []
        while len(workers) < 2:
            time.sleep(0.01)
            lines = {number: Path(f"/proc/{number}/cmdline").read_text() for number in children_of(process)}
            workers = [number for number, line in lines.items() if "spawn_main" in line]
        held = [blocked(number) for number in workers]
        process.kill()
        process.stderr.read()
    assert held == [True, True]


def test_workers_end_with_the_run_even_when_one_hangs(tmp_path):
    with start(tmp_path / "out", profile="hanging", count=10**6) as process:
        children = at_work(tmp_path / "out", process)
        process.kill()
        process.stderr.read()
    assert are_gone(children)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing ends a process that is stopped")
def test_workers_end_with_the_run_even_when_they_are_stopped(tmp_path):
    with start(tmp_path / "out", profile="hanging", count=10**6) as process:
        children = at_work(tmp_path / "out", process)
        for child in children:
            os.kill(child, signal.SIGSTOP)
        process.kill()
    assert are_gone(children)


def at_work(out, process):
    """The two workers of a run, once both of them are at work."""
    while len(workers := list(filter(is_at_work, workers_of(process.pid)))) < 2 or not list(
        out.glob(".unfinished/scratch-*/module.o")
    ):
        time.sleep(0.01)
    return workers


def are_gone(children):
    deadline = time.monotonic() + 5
    while any(map(is_alive, children)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(map(is_alive, children))


def test_a_full_disk_stops_a_run_in_one_line_and_loses_nothing(tmp_path, quiet):
    # A limit on the size of a file makes every write beyond it fail, as a full disk does.
    import resource

    out = tmp_path / "out"
    limit = 9_000_000

    def limit_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    with start(out, preexec_fn=limit_files) as process:
        said = process.stderr.read()
    assert process.returncode == 1
    assert len(said.splitlines()) == 1
    assert said.startswith("warpsmith: error: File too large; ")
    assert f"records are kept in {out}; to go on: " in said
    assert list(read_journal(Folder(out).journal))
    finish(out)
    assert stand_in.contents(out) == quiet["jsonl"]


# The rest interrupts in this process, where every moment can be reached.


class StopError(Exception):
    pass


def interrupted(out, moment, monkeypatch, *, form="jsonl"):
    """Make a dataset up to its `moment`-th batch, which is committed."""
    run = Crew.run

    def stopping(crew, numbered):
        for done, batch in enumerate(run(crew, numbered)):
            if done == moment:
                raise StopError
            yield batch

    with monkeypatch.context() as patch:
        patch.setattr(Crew, "run", stopping)
        patch.setattr("synth.production.STATE_SECONDS", 0.0)
        with pytest.raises(StopError):
            generate(job(form), out, stand_in.setting(2))


def job(form="jsonl"):
    return stand_in.configuration(profile="big", count=110, format=form)


def resume(out, form="jsonl"):
    generate(job(form), out, stand_in.setting(2))
    return stand_in.contents(out)


@pytest.mark.parametrize("form", ["jsonl", "json"])
@pytest.mark.parametrize("moment", [0, 1, 9, 14])
def test_a_run_stopped_between_batches_goes_on_to_the_same_bytes(tmp_path, quiet, monkeypatch, form, moment):
    interrupted(tmp_path / "out", moment, monkeypatch, form=form)
    assert "unfinished" in (tmp_path / "out" / "PRODUCTION_STATE.md").read_text()
    assert resume(tmp_path / "out", form) == quiet[form]


def test_a_journal_cut_anywhere_is_gone_on_with(tmp_path, quiet, monkeypatch):
    out = tmp_path / "out"
    interrupted(out, 13, monkeypatch)
    size = Folder(out).journal.stat().st_size
    chance = random.Random(0)
    for cut in [0, 1, size - 1, *chance.sample(range(size), 2)]:
        copy = tmp_path / f"cut-{cut}"
        shutil.copytree(out, copy)
        os.truncate(Folder(copy).journal, cut)
        assert resume(copy) == quiet["jsonl"]


def test_an_unfinished_shard_that_lost_its_end_is_gone_on_with(tmp_path, quiet, monkeypatch):
    out = tmp_path / "out"
    interrupted(out, 13, monkeypatch)
    (shard,) = Folder(out).aside.glob("train-*")
    whole = shard.stat().st_size
    for size in (0, 1, whole // 2, whole - 1):
        copy = tmp_path / f"size-{size}"
        shutil.copytree(out, copy)
        os.truncate(Folder(copy).aside / shard.name, size)
        assert resume(copy) == quiet["jsonl"]


def test_an_unfinished_shard_that_is_damaged_or_gone_is_made_again(tmp_path, quiet, monkeypatch):
    out = tmp_path / "out"
    interrupted(out, 13, monkeypatch)
    (shard,) = Folder(out).aside.glob("train-*")
    shutil.copytree(out, tmp_path / "gone")
    (Folder(tmp_path / "gone").aside / shard.name).unlink()
    assert resume(tmp_path / "gone") == quiet["jsonl"]
    with shard.open("r+b") as file:
        file.seek(shard.stat().st_size // 3)
        file.write(b"\0\0\0\0")
    assert resume(out) == quiet["jsonl"]


@pytest.mark.parametrize("damage", ["none", "gone", "cut", "flip", "all"])
def test_what_is_known_of_near_duplicates_is_kept_or_made_again(tmp_path, quiet, monkeypatch, damage):
    out = tmp_path / "out"
    interrupted(out, 13, monkeypatch)
    (path,) = Folder(out).clusters.iterdir()
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 4
    {
        "none": lambda: path.write_bytes(path.read_bytes() + b"the start of a row"),
        "gone": path.unlink,
        "cut": lambda: os.truncate(path, len(content) // 2),
        "flip": lambda: path.write_bytes(content),
        "all": lambda: shutil.rmtree(path.parent),
    }[damage]()
    signed = []
    monkeypatch.setattr("synth.recovery.read_entry", lambda text: signed.append(text) or read_entry(text))
    *_, last = read_journal(Folder(out).journal)
    assert resume(out) == quiet["jsonl"]
    assert len(signed) == (0 if damage == "none" else last.entry.tally.total.written)


def test_a_shard_renamed_just_before_the_end_is_found(tmp_path, quiet, monkeypatch):
    out = tmp_path / "out"
    interrupted(out, 13, monkeypatch)
    (shard,) = Folder(out).aside.glob("train-*")
    with shard.open("ab") as file:
        file.write(b"records of a batch that was not committed\n")
    shard.rename(out / shard.name)
    (Folder(out).aside / "train-00099.jsonl").write_bytes(b"and the start of a later one")
    assert resume(out) == quiet["jsonl"]


def test_of_two_files_of_one_shard_the_one_that_is_whole_is_gone_on_with(tmp_path, quiet, monkeypatch):
    """As when a run began here, went on with Ray, and what that wrote was damaged."""
    out = tmp_path / "out"
    interrupted(out, 13, monkeypatch)
    (shard,) = Folder(out).aside.glob("train-*")
    (out / shard.name).write_bytes(b"damaged " + shard.read_bytes())
    assert resume(out) == quiet["jsonl"]


def test_rejects_of_a_batch_that_was_not_committed_are_forgotten(tmp_path, quiet, monkeypatch):
    out = tmp_path / "out"
    interrupted(out, 5, monkeypatch)
    (out / "rejects").mkdir()
    (out / "rejects" / "44.json").write_text("{}")
    found = resume(out)
    assert found == quiet["jsonl"]


def harmed(path, how):
    """Harm a file: take it away, turn a bit in its middle, or cut it short."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    {
        "unlink": path.unlink,
        "flip": lambda: path.write_bytes(content),
        "cut": lambda: os.truncate(path, len(content) // 3),
    }[how]()


@pytest.mark.parametrize("how", ["unlink", "flip", "cut"])
@pytest.mark.parametrize("form", ["jsonl", "json"])
def test_a_finished_shard_that_is_damaged_is_made_again_and_named(tmp_path, quiet, monkeypatch, form, how):
    out = tmp_path / "out"
    interrupted(out, 13, monkeypatch, form=form)
    name = {"jsonl": "train-00000.jsonl", "json": "pair_000070.json"}[form]
    harmed(out / name, how)
    said = []
    generate(job(form), out, stand_in.setting(2), warn=said.append)
    (line,) = said
    assert f"{name} is damaged or gone: the kernels from index " in line
    assert stand_in.contents(out) == quiet[form]


FAULTY = stand_in.configuration(profile="faults", count=24)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """What a quiet run with rejects leaves behind, and the folder of one that was stopped."""
    quiet, out = (tmp_path_factory.mktemp("faulty") / name for name in ("quiet", "out"))
    generate(FAULTY, quiet, stand_in.setting(2))
    with pytest.raises(StoppedError, match="the compiler is gone"):
        generate(FAULTY, out, stand_in.setting(2, tools=replace(stand_in.TOOLS, open_builder=ends_at_24)))
    return stand_in.contents(quiet), out


@pytest.mark.parametrize("how", ["unlink", "flip", "cut"])
def test_a_reject_that_is_damaged_is_made_again(tmp_path, faulty, how):
    quiet, stopped = faulty
    out = shutil.copytree(stopped, tmp_path / "out")
    harmed(out / "rejects" / "10.json", how)
    said = []
    generate(FAULTY, out, stand_in.setting(2), warn=said.append)
    assert "rejects/10.json is damaged or gone: the kernels from index 8 on are made again" in said[0]
    assert stand_in.contents(out) == quiet


class ends_at_24(stand_in.Builder):  # noqa: N801  (it stands where a function stands)
    def _result(self, unit):
        if unit.source == stand_in.draw(stand_in.configuration(profile="faults"), 24, Stopwatch()).source:
            raise ToolchainError("the compiler is gone")
        return super()._result(unit)


@pytest.mark.parametrize("name", ["journal.jsonl", "configuration.json", "configuration.copy.json"])
@pytest.mark.parametrize("how", ["unlink", "flip", "cut"])
def test_a_folder_that_lost_a_part_of_its_memory_is_gone_on_with(tmp_path, quiet, monkeypatch, name, how):
    out = tmp_path / "out"
    interrupted(out, 3, monkeypatch)
    harmed(Folder(out).aside / name, how)
    said = []
    generate(job(), out, stand_in.setting(2), warn=said.append)
    # A journal cut within a line is what a run leaves that was killed while it wrote it.
    assert [f"{name} is " in line for line in said] == [True] * (name == "journal.jsonl" and how != "cut")
    assert stand_in.contents(out) == quiet["jsonl"]


@pytest.mark.parametrize("how", ["unlink", "flip"])
def test_a_folder_without_its_memory_is_refused_by_name(tmp_path, monkeypatch, how):
    out = tmp_path / "out"
    interrupted(out, 3, monkeypatch)
    for name in CONFIGURATIONS:
        harmed(Folder(out).aside / name, how)
    before = stand_in.contents(out)
    with pytest.raises(UsageError, match=r"PRODUCTION_STATE\.md|configuration\.copy\.json is damaged"):
        resume(out)
    assert stand_in.contents(out) == before


@pytest.mark.parametrize("point", ["manifest", "aside"])
def test_an_end_that_was_cut_off_is_ended_again(tmp_path, quiet, monkeypatch, point):
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        if point == "manifest":
            patch.setattr("synth.production.make_manifest", _raise)
        else:
            patch.setattr(Folder, "clear_aside", _raise)
        with pytest.raises(StopError):
            generate(job(), out, stand_in.setting(2))
    assert Folder(out).aside.exists()
    assert resume(out) == quiet["jsonl"]


def _raise(*_arguments):
    raise StopError


def test_what_is_kept_is_what_the_journal_has(tmp_path, monkeypatch):
    out = tmp_path / "out"
    write = stand_in.TOOLS
    taken = []

    def failing(writer, text):
        taken.append(text)
        if len(taken) == 20:
            raise OSError(28, "No space left on device")
        return real(writer, text)

    from synth.store.shards import ShardWriter

    real = ShardWriter.write
    monkeypatch.setattr(ShardWriter, "write", failing)
    with pytest.raises(StoppedError, match=r"^No space left on device; ") as caught:
        generate(job(), out, stand_in.setting(1, tools=write))
    *_, last = read_journal(Folder(out).journal)
    committed = last.entry.tally.total.written
    assert 0 < committed < 19
    assert f" {committed} of 110 records are kept" in str(caught.value)
