"""The parts of a run on many machines, each without the engine that drives them."""

import builtins
import hashlib
import json
import os
from dataclasses import replace

import pytest
import stand_in
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.cli import main
from synth.crew import Crew
from synth.dedup import Seen, decide
from synth.folder import Folder
from synth.generate import generate
from synth.outcome import Batch, Duplicate, Made, Rejected
from synth.scale.far import FarProduction, FarWriter
from synth.scale.partition import Asked, Partition, Spread
from synth.scale.parts import decode_reference, put_aside, write_shard
from synth.site import Site

NAMES = [hashlib.sha256(bytes([number])).hexdigest() for number in range(40)]


def spread_over(partitions, dedup="structure"):
    return Spread(dedup, len(partitions), lambda questions: map(Partition.ask, partitions, questions))


def outcome(index, kind, digest):
    match kind:
        case "made":
            return Made(index, "c", "id", b"{}", digest, digest, ())
        case "refused":
            return Rejected(index, "c", "native", "no", "", (), digest, digest)
        case "undrawn":
            return Rejected(index, "c", "draw", "no", "", ())
    return Duplicate(index, "c", ())


FEW = settings(max_examples=30, deadline=None)
outcomes = st.tuples(st.sampled_from(["made", "made", "refused", "undrawn", "duplicate"]), st.sampled_from(NAMES))


@FEW
@given(
    earlier=st.lists(st.sampled_from(NAMES), unique=True),
    batches=st.lists(st.lists(outcomes, max_size=12), max_size=8),
    number=st.integers(1, 4),
    dies=st.sets(st.integers(0, 8)),
)
def test_digests_that_are_spread_decide_as_those_in_one_place(tmp_path_factory, earlier, batches, number, dies):
    home = tmp_path_factory.mktemp("digests")
    logs = [home / str(each) for each in range(number)]
    partitions = [Partition(log) for log in logs]
    spread, seen = spread_over(partitions), Seen("structure")
    for digest in earlier:
        assert spread.is_new(digest, digest) == seen.is_new(digest, digest)
    for place, batch in enumerate(batches):
        made = [outcome(index, kind, digest) for index, (kind, digest) in enumerate(batch)]
        if place in dies:
            partitions[:] = [Partition(log) for log in logs]
        spread.foresee(made)
        assert list(decide(made, spread)) == list(decide(made, seen))
        for digest in [digest for kind, digest in batch if kind in {"made", "refused"}]:
            assert spread.holds(digest, digest) == seen.holds(digest, digest)


@FEW
@given(
    asked=st.lists(st.lists(st.sampled_from(NAMES), max_size=5), min_size=1, max_size=6),
    cut=st.integers(0, 10_000),
)
def test_a_partition_that_died_anywhere_in_its_log_answers_as_if_it_had_not(tmp_path_factory, asked, cut):
    home = tmp_path_factory.mktemp("log")
    questions = [Asked(number, tuple(made), tuple(NAMES)) for number, made in enumerate(asked, start=1)]
    quiet = Partition(home / "quiet")
    answers = [quiet.ask(question) for question in questions]
    # What was answered stands in the log; the question under way when it died may be there, in part, or not.
    dying = Partition(home / "dying")
    assert [dying.ask(question) for question in questions[:-1]] == answers[:-1]
    kept = (home / "dying").stat().st_size
    dying.ask(questions[-1])
    os.truncate(home / "dying", kept + cut % ((home / "dying").stat().st_size - kept + 1))
    again = Partition(home / "dying")
    assert again.ask(questions[-1]) == answers[-1]
    assert again.ask(questions[-1]) == answers[-1], "a question may be repeated"
    assert (home / "dying").read_bytes() == (home / "quiet").read_bytes()


def test_a_question_that_two_have_logged_counts_once(tmp_path):
    """As when one that was taken for dead wrote it too."""
    question = Asked(1, (NAMES[0],))
    line = json.dumps([question.batch, question.made, question.others]).encode() + b"\n"
    (tmp_path / "log").write_bytes(line + line)
    partition = Partition(tmp_path / "log")
    assert partition.ask(question) == []
    assert partition.ask(Asked(2, (NAMES[0], NAMES[1]))) == [NAMES[0]]
    assert len(partition) == 1


def test_many_digests_of_earlier_sessions_are_sent_a_few_at_a_time():
    asked = []

    def ask(questions):
        asked.append(questions)
        return [[]]

    spread = Spread("ir", 1, ask)
    for number in range(10_000):
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        assert spread.is_new(digest, "0" * 64)
    spread.foresee([])
    assert [len(question.made) for [question] in asked] == [4096, 4096, 1808, 0]
    assert [question.batch for [question] in asked] == [1, 2, 3, 4]


def made(index, text):
    return Made(index, "c", f"id-{index}", text, NAMES[index], NAMES[index], ())


def test_a_part_holds_the_records_of_a_batch_and_nothing_else(tmp_path):
    batch = Batch((made(0, b'{"a": 1}'), Duplicate(1, "c", ()), made(2, b'{"b": 22}')), {"draw": 1.0})
    first, second = put_aside(batch, tmp_path), put_aside(batch, tmp_path)
    assert first.seconds == batch.seconds
    assert [each.index for each in first.outcomes] == [0, 1, 2]
    for found in (first, second):
        for before, after in zip(batch.outcomes[::2], found.outcomes[::2], strict=True):
            there = decode_reference(after.record)
            content = (tmp_path / there.part).read_bytes()
            assert content[there.offset : there.offset + there.size] == before.record
            assert replace(after, record=before.record) == before
    assert len(list(tmp_path.iterdir())) == 2, "a batch that is made twice is two parts"
    nothing = Batch((Duplicate(1, "c", ()),), {})
    assert put_aside(nothing, tmp_path) == nothing
    assert len(list(tmp_path.iterdir())) == 2


class Near(Site):
    """A site whose shards are written from parts, by nobody far away, and late."""

    production = FarProduction

    def __init__(self, delay=0):
        self.delay = delay
        self.parts = None
        self.most_parts = 0

    def seen(self, configuration, folder):
        self.parts = folder.aside / "parts"
        self.parts.mkdir(exist_ok=True)
        log = folder.aside / "digests"
        log.unlink(missing_ok=True)
        return spread_over([Partition(log)], configuration.dedup)

    def writer(self, folder, layout, place):
        def order(plan):
            return Slow(lambda: write_shard(plan, self.parts, folder.root), self.delay)

        return FarWriter(folder.aside, layout, place, self.parts, order)

    def engine(self, work, seen):
        return NearCrew(self, work, seen)


class Slow:
    def __init__(self, write, delay):
        self.write, self.delay = write, delay

    def is_done(self):
        self.delay -= 1
        return self.delay < 0

    def shard(self):
        return self.write()


class NearCrew(Crew):
    def __init__(self, site, work, seen):
        super().__init__(work.configuration, work.tools, work.workers, work.aside, limits=work.limits)
        self.site, self.seen = site, seen

    def run(self, batches):
        for batch in super().run(batches):
            there = put_aside(batch, self.site.parts)
            self.seen.foresee(there.outcomes)
            self.site.most_parts = max(self.site.most_parts, len(list(self.site.parts.iterdir())))
            yield there


@pytest.mark.parametrize(
    ("changes", "delay"),
    [
        ({"profile": "crashing", "count": 24}, 0),
        ({"profile": "big", "count": 110}, 0),
        ({"profile": "big", "count": 110, "dedup": "ir"}, 3),
        ({"profile": "big", "count": None, "budget_bytes": 40_000_000}, 100),
    ],
)
def test_a_run_whose_shards_are_written_from_parts_has_the_same_bytes(tmp_path, changes, delay):
    job = stand_in.configuration(**changes)
    generate(job, tmp_path / "here", stand_in.setting())
    site = Near(delay)
    generate(job, tmp_path / "far", stand_in.setting(site=site))
    assert stand_in.contents(tmp_path / "far") == stand_in.contents(tmp_path / "here")
    if changes["profile"] == "big" and not delay:
        assert site.most_parts <= 9, "parts go with the shard that needs their last record"


@pytest.mark.parametrize("begins", ["here", "far"])
@pytest.mark.parametrize("goes_on", ["here", "far"])
def test_a_run_goes_on_wherever_it_began(tmp_path, monkeypatch, begins, goes_on):
    class EnoughError(Exception):
        pass

    def stops(self, decided, peak):
        take(self, decided, peak)
        if self.next_index > 80:
            raise EnoughError

    job = stand_in.configuration(profile="big", count=110)
    generate(job, tmp_path / "quiet", stand_in.setting())
    sites = {"here": Site(), "far": Near()}
    from synth.production import Production

    take = Production.take
    monkeypatch.setattr(Production, "take", stops)
    with pytest.raises(EnoughError):
        generate(job, tmp_path / "out", stand_in.setting(site=sites[begins]))
    assert list((tmp_path / "out").glob("train-*.jsonl")), "some shard was committed"
    monkeypatch.setattr(Production, "take", take)
    result = generate(job, tmp_path / "out", stand_in.setting(site=sites[goes_on]))
    assert result.manifest.run.sessions == 2
    assert stand_in.contents(tmp_path / "out") == stand_in.contents(tmp_path / "quiet")


def test_a_worker_that_is_sent_back_forgets_what_it_made_later(tmp_path):
    """Else the first kernel of its kind would be a duplicate of the second."""
    job = stand_in.configuration(count=400)
    with Crew(job, stand_in.TOOLS, 1, tmp_path, limits=stand_in.PATIENT) as crew:
        forth = [outcome for batch in crew.run([tuple(range(64, 128))]) for outcome in batch.outcomes]
        back = [outcome for batch in crew.run([tuple(range(64))]) for outcome in batch.outcomes]
    with Crew(job, stand_in.TOOLS, 1, tmp_path, limits=stand_in.PATIENT) as crew:
        fresh = [outcome for batch in crew.run([tuple(range(64))]) for outcome in batch.outcomes]
    assert {o.structure_digest for o in forth if isinstance(o, Made)} & {
        o.structure_digest for o in fresh if isinstance(o, Made)
    }, "these batches share a structure"
    assert back == fresh


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--engine", "rax"], "--engine"),
        (["--ray-address", "127.0.0.1:6379"], "--ray-address goes with --engine ray"),
        (["--engine", "ray", "--format", "json"], "--engine ray writes jsonl"),
        (["--engine", "ray", "--ray-address", "a:1", "--workers", "2"], "--workers: there are as many as the cluster"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(tmp_path, capsys, words, said):
    assert main([*words, "--count", "1", "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_where_ray_is_not_installed_one_line_says_what_to_install(tmp_path, capsys, monkeypatch):
    def importing(name, *rest):
        if name.partition(".")[0] == "ray":
            raise ModuleNotFoundError("No module named 'ray'", name="ray")
        return real(name, *rest)

    real = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", importing)
    monkeypatch.delitem(__import__("sys").modules, "synth.scale.cluster", raising=False)
    assert main(["--engine", "ray", "--count", "1", "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == "warpsmith: error: --engine ray needs ray: pip install 'warpsmith[ray]'\n"


def test_a_folder_of_another_kind_is_left_alone(tmp_path):
    """A site does not begin before the folder is known to be ours."""
    (tmp_path / "mine.txt").write_text("keep me")
    from synth.errors import UsageError

    with pytest.raises(UsageError, match="not a dataset"):
        generate(stand_in.configuration(), tmp_path, stand_in.setting(site=Near()))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert Folder(tmp_path).aside.exists() is False
