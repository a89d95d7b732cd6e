import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.errors import UsageError
from synth.store.layout import GROWING, LAYOUTS
from synth.store.shards import Place, ShardWriter, digest_of

TEXTS = [
    json.dumps({"number": number, "text": "x" * (7 * number % 50)}, separators=(",", ":")).encode()
    for number in range(40)
]


def small(form):
    layout = LAYOUTS[form]
    return replace(layout, shard_bytes=min(layout.shard_bytes, 200))


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def write(folder, layout, texts, place=None, *, finish=True):
    aside = folder / "aside"
    aside.mkdir(parents=True, exist_ok=True)
    with ShardWriter(folder, aside, layout, place or Place()) as writer:
        for text in texts:
            writer.write(text)
        if finish:
            writer.finish()
        return writer.flush()


@pytest.mark.parametrize("form", GROWING)
def test_what_is_written_is_what_is_read(tmp_path, form):
    layout = small(form)
    place, finished = write(tmp_path, layout, TEXTS)
    assert place.records == place.offset == 0
    assert [shard.name for shard in finished] == [layout.name(number) for number in range(len(finished))]
    read = [text for shard in finished for text in layout.records((tmp_path / shard.name).read_bytes())]
    assert read == TEXTS
    assert sum(shard.records for shard in finished) == len(TEXTS)
    for shard in finished:
        assert shard.bytes == (tmp_path / shard.name).stat().st_size
        assert shard.sha256 == digest_of(tmp_path / shard.name).hexdigest()
    assert list((tmp_path / "aside").iterdir()) == []


@pytest.mark.parametrize("form", GROWING)
@pytest.mark.parametrize("cut", [0, 1, 7, 20, 39, 40])
def test_writing_can_stop_and_go_on_anywhere(tmp_path, form, cut):
    layout = small(form)
    write(tmp_path / "whole", layout, TEXTS)
    place, _ = write(tmp_path / "parts", layout, TEXTS[:cut], finish=False)
    write(tmp_path / "parts", layout, TEXTS[cut:], place)
    assert files(tmp_path / "parts") == files(tmp_path / "whole")


@pytest.mark.parametrize("form", GROWING)
def test_a_file_that_grows_is_those_of_its_records_put_together(form):
    enclose = LAYOUTS[form].enclose
    assert enclose(TEXTS) == b"".join(enclose([text]) for text in TEXTS)


def test_a_run_writes_no_file_that_does_not_grow(tmp_path):
    with pytest.raises(AssertionError, match="written as a whole"):
        ShardWriter(tmp_path, tmp_path, LAYOUTS["parquet"], Place())


def test_what_is_compressed_is_the_same_again_and_smaller():
    pytest.importorskip("zstandard")
    layout = LAYOUTS["jsonl.zst"]
    content = layout.enclose(TEXTS)
    assert list(layout.records(content)) == TEXTS
    assert content == layout.enclose(TEXTS)
    assert len(content) < sum(map(len, TEXTS)) / 2


@pytest.mark.parametrize("form", ["jsonl.zst", "json", "parquet"])
@pytest.mark.parametrize("content", [b"", b"half", b"\x28\xb5\x2f\xfd", b"PAR1PAR1", b"\xff" * 100])
def test_a_file_of_something_else_is_told_in_one_line(tmp_path, form, content):
    pytest.importorskip({"jsonl.zst": "zstandard", "json": "json", "parquet": "pyarrow"}[form])
    path = tmp_path / LAYOUTS[form].name(0)
    path.write_bytes(content)
    with pytest.raises(UsageError, match=f"^{path} is damaged: "):
        list(LAYOUTS[form].read(path))


def test_only_the_last_shard_is_small(tmp_path):
    _, finished = write(tmp_path, small("jsonl"), TEXTS)
    assert len(finished) > 3
    assert all(shard.bytes >= 200 for shard in finished[:-1])


def test_going_on_at_a_place_that_is_not_the_end_is_our_mistake(tmp_path):
    place, _ = write(tmp_path, small("jsonl"), TEXTS[:2], finish=False)
    (tmp_path / "aside" / "train-00000.jsonl").write_bytes(b"something else altogether, and longer than what was there")
    with pytest.raises(AssertionError, match=r"train-00000\.jsonl does not end where it should"):
        ShardWriter(tmp_path, tmp_path / "aside", small("jsonl"), place)


@pytest.mark.parametrize("form", list(LAYOUTS))
@given(number=st.integers(0, 10**9))
def test_a_name_gives_back_its_number(form, number):
    assert LAYOUTS[form].number(LAYOUTS[form].name(number)) == number


@pytest.mark.parametrize("form", list(LAYOUTS))
@pytest.mark.parametrize(
    "name",
    ["manifest.json", "train-.jsonl", "train-1.jsonl", "pair_1.json", "train-00001.jsonl.draft", "pair_²²²²²².json"],
)
def test_other_names_have_no_number(form, name):
    assert LAYOUTS[form].number(name) is None
