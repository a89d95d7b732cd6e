import fcntl
import json
import os

import pytest
import stand_in

from synth import VERSION
from synth.errors import StoppedError, UsageError
from synth.folder import Folder
from synth.generate import batches, generate
from synth.record import decode_record
from synth.verify import verify


def made(tmp_path, name="out", /, *, workers=1, batch=8, **changes):
    job = stand_in.configuration(**changes)
    result = generate(job, tmp_path / name, stand_in.setting(workers, batch))
    return tmp_path / name, result


def records(folder):
    return [decode_record(line) for path in sorted(folder.glob("train-*")) for line in path.read_bytes().splitlines()]


@pytest.mark.parametrize("form", ["jsonl", "json"])
def test_the_bytes_do_not_depend_on_workers_or_batches(tmp_path, form):
    first, _ = made(tmp_path, "a", format=form)
    for workers, batch in [(2, 8), (3, 8), (2, 5), (1, 64)]:
        other, _ = made(tmp_path, f"{workers}-{batch}", workers=workers, batch=batch, format=form)
        assert stand_in.contents(other) == stand_in.contents(first)


def test_another_seed_gives_other_records(tmp_path):
    one, _ = made(tmp_path, "a", seed=1)
    other, _ = made(tmp_path, "b", seed=2)
    assert not {r.python_source for r in records(one)} & {r.python_source for r in records(other)}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    return made(tmp_path_factory.mktemp("faulty"), workers=2, profile="faults")


def test_every_index_is_counted_once(faulty):
    out, result = faulty
    manifest = result.manifest
    assert manifest.counts.rejects == {"crash": 2, "draw": 1, "error": 2, "hang": 1, "native": 1}
    assert manifest.attempts == manifest.counts.attempts == records(out)[-1].metadata.index + 1
    assert manifest.counts.duplicates > 0
    missing = set(range(manifest.attempts)) - {record.metadata.index for record in records(out)}
    assert len(missing) == manifest.counts.duplicates + 7
    assert verify(Folder(out)) == manifest


def test_a_fault_costs_one_kernel_and_is_kept_with_its_source_and_message(faulty):
    kept = {int(path.stem): json.loads(path.read_bytes()) for path in (faulty[0] / "rejects").iterdir()}
    stages = {index: reject["stage"] for index, reject in kept.items()}
    assert stages == {3: "crash", 10: "crash", 17: "hang", 21: "error", 26: "error", 30: "native", 35: "draw"}
    for index, reject in kept.items():
        assert reject["source"].startswith(f"# {stand_in.FAULTS[index]}\n" if index != 35 else "")
    assert kept[3]["message"] == "the worker was killed by SIGSEGV\nfatal: this kernel is too much"
    assert kept[10]["message"] == "the worker ended with exit code 7"
    assert kept[21]["message"] == "RuntimeError: our own mistake"
    assert "MemoryError: Unable to allocate" in kept[26]["message"]
    assert kept[30]["message"] == "error: no such thing"
    assert kept[35] == {
        "index": 35,
        "category": "struct",
        "stage": "draw",
        "message": "ValueError: too few bytes",
        "source": "",
        "rows": [],
        "ir_digest": "",
        "structure_digest": "",
    }


def test_the_bytes_do_not_depend_on_workers_or_batches_when_some_workers_die(faulty, tmp_path):
    other, _ = made(tmp_path, "b", workers=3, batch=32, profile="faults")
    assert stand_in.contents(other) == stand_in.contents(faulty[0])


def test_the_record_that_reaches_the_budget_is_the_last(tmp_path):
    out, result = made(tmp_path, count=None, budget_bytes=30_000)
    sizes = [len(line) for line in (out / "train-00000.jsonl").read_bytes().splitlines(keepends=True)]
    assert sum(sizes) == result.manifest.text_bytes >= 30_000 > sum(sizes[:-1])


def test_the_budget_counts_the_same_text_in_every_format(tmp_path):
    _, lines = made(tmp_path, "a", count=None, budget_bytes=30_000)
    out, pages = made(tmp_path, "b", count=None, budget_bytes=30_000, format="json")
    assert (lines.manifest.text_bytes, lines.manifest.records) == (pages.manifest.text_bytes, pages.manifest.records)
    texts = [decode_record(path.read_bytes()) for path in sorted(out.glob("pair_*.json"))]
    assert texts == records(tmp_path / "a")


def test_count_and_budget_end_a_run_whichever_comes_first(tmp_path):
    _, by_count = made(tmp_path, "a", count=5, budget_bytes=10**6)
    _, by_size = made(tmp_path, "b", count=10**6, budget_bytes=3_000)
    assert by_count.manifest.records == 5
    assert by_size.manifest.records < 5


def test_ir_dedup_keeps_what_differs_in_constants(tmp_path):
    out, structure = made(tmp_path, "a", dedup="structure", count=100)
    _, ir = made(tmp_path, "b", dedup="ir", count=100)
    assert structure.manifest.counts.duplicates > 0
    assert ir.manifest.counts.duplicates == 0
    digests = [record.metadata.structure_digest for record in records(out)]
    assert len(set(digests)) == len(digests)


def test_a_complete_folder_holds_nothing_temporary(tmp_path):
    out, _ = made(tmp_path, workers=2)
    assert sorted(path.name for path in out.iterdir()) == ["PRODUCTION_STATE.md", "manifest.json", "train-00000.jsonl"]
    assert "complete" in (out / "PRODUCTION_STATE.md").read_text()


def test_a_complete_dataset_is_left_alone(tmp_path):
    out, first = made(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    again, second = made(tmp_path)
    assert (second.was_complete, second.manifest) == (True, first.manifest)
    assert {path: path.stat().st_mtime_ns for path in again.iterdir()} == before


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"seed": 1}, "seed is 0 there and 1 here"),
        ({"count": 41}, "count is 40 there and 41 here"),
        ({"count": None, "budget_bytes": 5_000_000}, "budget is not set there and 5000000 here"),
        ({"device": "cuda", "arch": 80}, "arch is not set there and 80 here"),
        ({"backward": False}, "backward is on there and off here"),
        ({"io": True}, "io is off there and on here"),
        ({"dedup": "ir"}, "dedup is structure there and ir here"),
        ({"format": "json"}, "format is jsonl there and json here"),
        ({"categories": ("vector",)}, "categories is arithmetic,vector,struct there and vector here"),
        ({"profile": "other"}, "profile is plain there and other here"),
        ({"profile": "other", "profile_source": "least = 2"}, "profile is plain there and other here"),
        ({"profile_source": "least = 2"}, "profile plain is the project's own there and a file's here"),
        ({"catalogue_digest": "d" * 64}, "catalogue digest is cccccccccccc… there and dddddddddddd… here"),
    ],
)
def test_another_configuration_is_refused_by_name(tmp_path, changes, named):
    out, _ = made(tmp_path)
    before = stand_in.contents(out)
    with pytest.raises(UsageError, match="made with another configuration") as caught:
        made(tmp_path, **changes)
    assert named in str(caught.value)
    assert stand_in.contents(out) == before


def test_a_folder_that_is_not_ours_is_refused_untouched(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match=r"thesis\.txt"):
        made(tmp_path)
    assert stand_in.contents(tmp_path / "out") == {"thesis.txt": b"years of work"}


def test_a_dataset_of_another_version_is_refused_and_both_are_named(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "manifest.json").write_text('{"warpsmith": "0.1.0"}')
    with pytest.raises(UsageError, match=rf"out was made by Warpsmith 0\.1\.0, this is {VERSION}"):
        Folder(tmp_path / "out").inspect()


@pytest.mark.parametrize("text", ["{}", "not json", f'{{"warpsmith": "{VERSION}"}}'])
def test_a_manifest_of_something_else_is_refused(tmp_path, text):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "manifest.json").write_text(text)
    with pytest.raises(UsageError, match="not a manifest of warpsmith"):
        made(tmp_path)


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(UsageError, match="is not a folder"):
        made(tmp_path)


def test_a_second_run_on_one_folder_is_refused(tmp_path):
    (tmp_path / "out").mkdir()
    descriptor = os.open(tmp_path / "out", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        with pytest.raises(UsageError, match="another run is at work"):
            made(tmp_path)
    finally:
        os.close(descriptor)
    made(tmp_path)


def test_a_budget_larger_than_the_disk_is_refused_before_anything_is_made(tmp_path):
    with pytest.raises(UsageError, match="does not fit on the disk"):
        made(tmp_path, budget_bytes=10**15)
    assert not (tmp_path / "out").exists()


def test_a_start_that_was_cut_off_is_a_fresh_start(tmp_path):
    (tmp_path / "out" / ".unfinished").mkdir(parents=True)
    (tmp_path / "out" / ".unfinished" / "journal.jsonl").write_bytes(b"")
    (tmp_path / "out" / ".unfinished" / "configuration.json.draft").write_bytes(b'{"device"')
    _, result = made(tmp_path)
    assert result.manifest.records == 40


def test_a_run_that_finds_nothing_new_gives_up_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("synth.production.BARREN_LIMIT", 60)
    job = stand_in.configuration(count=1000)
    tools = stand_in.replace(stand_in.TOOLS, open_builder=one_structure)
    for _ in range(2):
        with pytest.raises(
            StoppedError, match=r"the last 6\d kernels brought nothing new .*1 of 1,000 records are kept in"
        ):
            generate(job, tmp_path / "out", stand_in.setting(tools=tools))


class one_structure(stand_in.Builder):  # noqa: N801  (it stands where a function stands)
    def _result(self, _unit):
        return super()._result(stand_in.Unit("kernel", "#\nstructure = 1\n"))


@pytest.mark.parametrize(
    ("device", "arch", "size", "least"), [("cpu", None, 64, 8), ("cuda", 90, 64, 8), ("cpu,cuda", 90, 16, 4)]
)
def test_a_batch_is_as_large_as_suits_the_device(tmp_path, monkeypatch, device, arch, size, least):
    given = []

    def watched(_crew, numbered):
        given.append(next(numbered))
        raise StoppedError("seen enough")

    monkeypatch.setattr("synth.crew.Crew.run", watched)
    for count in (1000, 5):
        with pytest.raises(StoppedError, match="seen enough"):
            generate(
                stand_in.configuration(device=device, arch=arch, count=count),
                tmp_path / str(count),
                stand_in.setting(batch=None),
            )
    assert list(map(len, given)) == [size, least]


def test_batches_are_aligned_wherever_a_run_goes_on():
    for start in range(40):
        numbers = batches(start, 8)
        taken = [next(numbers) for _ in range(3)]
        assert [i for batch in taken for i in batch] == list(range(start, taken[-1][-1] + 1))
        assert all(batch[-1] % 8 == 7 for batch in taken)
