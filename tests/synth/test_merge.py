"""Shares of a run, made one by one and merged: the bytes of the run that one machine makes."""

import json
import shutil

import pytest
import stand_in

from synth.cli import main
from synth.errors import UsageError
from synth.folder import Folder
from synth.generate import generate
from synth.scale.merge import merge, parts_in
from synth.share import STRIPE, Share, batches
from synth.verify import DatasetError, verify


def shares_of(home, of, **changes):
    folders = [home / f"share-{number}" for number in range(1, of + 1)]
    for number, folder in enumerate(folders, start=1):
        job = stand_in.configuration(share=Share(number, of), **changes)
        generate(job, folder, stand_in.setting(workers=1 + number % 2))
    return folders


@pytest.mark.parametrize(
    ("of", "changes"),
    [
        (1, {"count": 40}),
        (2, {"count": 300}),
        (3, {"count": 500, "profile": "faults"}),
        (3, {"count": None, "budget_bytes": 900_000}),
        (2, {"count": 60, "profile": "big"}),
        (2, {"count": 150, "format": "json", "dedup": "ir"}),
    ],
)
def test_merged_shares_are_the_run_of_one_machine(tmp_path, of, changes):
    whole = tmp_path / "whole"
    generate(stand_in.configuration(**changes), whole, stand_in.setting())
    folders = [*shares_of(tmp_path, of, **changes)]
    for folder in folders:
        verify(Folder(folder))
    if of == 1:  # a share that is all of a run is a run
        assert stand_in.contents(folders[0]) == stand_in.contents(whole)
        return
    merge(parts_in(folders[::-1]), tmp_path / "merged", stand_in.setting(workers=2))
    assert stand_in.contents(tmp_path / "merged") == stand_in.contents(whole)


def test_shares_take_every_index_once():
    taken = {}
    for number in range(1, 4):
        share = Share(number, 3)
        numbers = batches(0, 16, share)
        for place, index in enumerate(i for _ in range(8) for i in next(numbers)):
            assert share.has(index)
            assert share.below(index) == place
            assert share.at(place) == index
            assert taken.setdefault(index, number) == number
    assert sorted(taken) == list(range(6 * STRIPE))


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    home = tmp_path_factory.mktemp("two")
    return home, shares_of(home, 2, count=200)


def test_a_merge_that_was_interrupted_goes_on(two, tmp_path, monkeypatch):
    _, folders = two
    merge(parts_in(folders), tmp_path / "quiet", stand_in.setting())

    class EnoughError(Exception):
        pass

    def stops(self, decided, peak):
        take(self, decided, peak)
        if self.next_index > 100:
            raise EnoughError

    from synth.production import Production

    take = Production.take
    monkeypatch.setattr(Production, "take", stops)
    with pytest.raises(EnoughError):
        merge(parts_in(folders), tmp_path / "merged", stand_in.setting())
    command = f"python -m synth merge {folders[0]} {folders[1]} --out {tmp_path / 'merged'}"
    assert command in (tmp_path / "merged" / "PRODUCTION_STATE.md").read_text()
    monkeypatch.setattr(Production, "take", take)
    result, _ = merge(parts_in(folders), tmp_path / "merged", stand_in.setting())
    assert result.manifest.run.sessions == 2
    assert stand_in.contents(tmp_path / "merged") == stand_in.contents(tmp_path / "quiet")


def test_most_of_a_merge_comes_from_the_shares(two, tmp_path):
    _, folders = two
    result, made = merge(parts_in(folders), tmp_path / "merged", stand_in.setting())
    assert made <= STRIPE < result.manifest.attempts


def test_folders_that_are_not_the_shares_of_one_run_are_refused_in_one_line(two, tmp_path):
    _, (first, second) = two
    other = shares_of(tmp_path, 2, count=200, seed=7)
    whole, packed = tmp_path / "whole", tmp_path / "packed"
    generate(stand_in.configuration(), whole, stand_in.setting())
    assert main(["export", str(second), "--format", "jsonl.zst", "--out", str(packed)]) == 0
    verify(Folder(packed))
    for folders, said in [
        ([first], "of the shares of this run, 2/2 is not there"),
        ([first, first], "are both share 1/2"),
        ([first, other[1]], "are not of one run: seed is 0 there and 7 here"),
        ([first, whole], "is a whole dataset"),
        ([first, tmp_path / "nothing"], "holds no dataset"),
        ([first, packed], "exported to jsonl.zst: name the share itself"),
    ]:
        with pytest.raises(UsageError, match=said):
            merge(parts_in(folders), tmp_path / "out", stand_in.setting())
    assert not (tmp_path / "out").exists()
    assert second.exists()


@pytest.mark.parametrize("how", ["gone", "flipped"])
def test_a_damaged_share_is_refused_by_the_name_of_its_file(two, tmp_path, how):
    folders = [shutil.copytree(folder, tmp_path / folder.name) for folder in two[1]]
    victim = folders[1] / "train-00000.jsonl"
    content = bytearray(victim.read_bytes())
    content[1000] ^= 1
    victim.write_bytes(content)
    if how == "gone":
        victim.unlink()
    with pytest.raises(UsageError, match=r"share-2/train-00000.jsonl is missing or damaged"):
        merge(parts_in(folders), tmp_path / "out", stand_in.setting())


def test_every_file_of_a_share_is_looked_at_before_it_is_read(tmp_path):
    folders = shares_of(tmp_path, 2, count=120, profile="big")
    *_, victim = sorted(folders[1].glob("train-*"))
    assert victim.name != "train-00000.jsonl"
    victim.write_bytes(victim.read_bytes()[:-1000])
    with pytest.raises(UsageError, match=rf"{victim.name} is missing or damaged"):
        merge(parts_in(folders), tmp_path / "out", stand_in.setting())


def test_a_share_of_a_budget_has_to_fit_on_the_disk_not_all_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: type("Usage", (), {"free": 10**6}))
    with pytest.raises(UsageError, match=r"a budget of 2 MB does not fit on the disk: 1 MB are free"):
        generate(stand_in.configuration(count=None, budget_bytes=2 * 10**6), tmp_path / "all", stand_in.setting())
    share = stand_in.configuration(count=None, budget_bytes=10**6, share=Share(1, 20))
    assert generate(share, tmp_path / "share", stand_in.setting()).manifest.text_bytes >= 50_000


def test_what_a_share_holds_is_verified(two, tmp_path):
    folder = shutil.copytree(two[1][0], tmp_path / "share")
    path = next((folder / "duplicates").iterdir())
    path.unlink()
    with pytest.raises(DatasetError, match="duplicates: "):
        verify(Folder(folder))


@pytest.mark.parametrize("text", ["0/2", "3/2", "2", "1/0", "a/b", "1/2/3"])
def test_a_share_that_cannot_be_is_refused(text, capsys):
    assert main(["--shard", text, "--count", "1"]) == 2
    assert "is not a share K/N" in capsys.readouterr().err


def test_the_real_command_makes_shares_and_merges_them(tmp_path, capsys):
    folders = [str(tmp_path / f"part-{number}") for number in (1, 2)]
    common = ["--no-io", "--no-backward", "--count", "12", "--workers", "1", "--quiet"]
    for number, folder in enumerate(folders, start=1):
        assert main([*common, "--shard", f"{number}/2", "--out", folder]) == 0
    assert main([*common, "--out", str(tmp_path / "whole")]) == 0
    assert main(["merge", *folders, "--out", str(tmp_path / "merged")]) == 0
    assert "12 records of" in capsys.readouterr().out
    assert json.loads((tmp_path / "merged/manifest.json").read_bytes())["configuration"]["count"] == 12
    assert stand_in.contents(tmp_path / "merged") == stand_in.contents(tmp_path / "whole")
