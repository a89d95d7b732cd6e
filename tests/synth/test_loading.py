"""What others read a dataset with: DuckDB and `datasets` take a folder as it is, in each format that they know."""

import re
import shutil
from collections import Counter

import msgspec
import pytest
import shaped

from synth.folder import Folder
from synth.reading import configuration_of, stored_records
from synth.store.layout import LAYOUTS

pytest.importorskip("zstandard")
pytest.importorskip("pyarrow")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    with shaped.small_shards():
        yield shaped.in_every_format(tmp_path_factory.mktemp("formats"))


@pytest.mark.parametrize("form", list(LAYOUTS))
def test_duckdb_reads_every_format_with_the_same_words(whole, form):
    duckdb = pytest.importorskip("duckdb")
    files = whole[form] / re.sub(r"{.*}", "*", LAYOUTS[form].pattern)
    folder = Folder(whole["jsonl"])
    records = [stored.record.metadata for stored in stored_records(folder, configuration_of(folder))]
    found = duckdb.sql(f"SELECT metadata.category, count(*) FROM '{files}' GROUP BY ALL").fetchall()
    assert dict(found) == Counter(metadata.category for metadata in records)
    found = duckdb.sql(f"SELECT metadata.index FROM '{files}' WHERE (metadata.constructs->>'even')::INT > 0").fetchall()
    assert sorted(index for (index,) in found) == [each.index for each in records if "even" in each.constructs]
    found = duckdb.sql(f"SELECT DISTINCT metadata.seed, metadata.arguments[1].name FROM '{files}'").fetchall()
    assert found == [(2**64 - 1, "x")]


@pytest.mark.parametrize("form", ["jsonl", "jsonl.zst", "parquet"])
@pytest.mark.parametrize("beside", [False, True])
def test_datasets_loads_the_folder_as_it_is(monkeypatch, whole, tmp_path, form, beside):
    """Also with a schema beside the records; the manifest and the rejects are there anyway."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    datasets = pytest.importorskip("datasets")
    folder = shutil.copytree(whole[form], tmp_path / "data")
    if beside:
        (folder / "record.schema.json").write_text('{"type": "object"}')
    loaded = datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    assert {split: len(rows) for split, rows in loaded.items()} == {"train": 60}
    stored = [stored.record for stored in stored_records(Folder(folder), configuration_of(Folder(folder)))]
    for row, record in zip(loaded["train"], stored, strict=True):
        assert row["python_source"] == record.python_source
        assert row["metadata"]["constructs"] == record.metadata.constructs
        assert row["metadata"]["arguments"] == list(map(msgspec.to_builtins, record.metadata.arguments))
        runs = [] if record.io is None else record.io.launches
        assert [each["inputs"] for each in (row["io"] or {"launches": []})["launches"]] == [run.inputs for run in runs]
