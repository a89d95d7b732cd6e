"""The JSON Schema of a record: it is committed as the code generates it, and records are what it says."""

import json
from pathlib import Path

import msgspec
import pytest
import shaped

from synth import cli
from synth.described import descriptions
from synth.folder import Folder
from synth.reading import configuration_of, stored_records
from synth.record import encode_record
from synth.schema import encode_schema, record_schema

jsonschema = pytest.importorskip("jsonschema")
COMMITTED = Path(__file__).parent.parent.parent / "data" / "record.schema.json"
SAMPLES = COMMITTED.parent / "samples"


def test_the_committed_schema_is_what_the_code_generates():
    assert COMMITTED.read_bytes() == encode_schema(), "python -m synth schema > data/record.schema.json"


def test_the_command_prints_it(capsys):
    assert cli.main(["schema"]) == 0
    assert capsys.readouterr().out.encode() == encode_schema()


def test_it_is_a_schema_with_a_description_at_everything():
    schema = record_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for name, struct in [("Record", schema), *schema["$defs"].items()]:
        assert struct["description"]
        for key, field in struct["properties"].items():
            assert field["description"], f"{name}.{key}"


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    folder = Folder(shaped.make(tmp_path_factory.mktemp("data") / "out"))
    made = [encode_record(stored.record) for stored in stored_records(folder, configuration_of(folder))]
    samples = [line for path in sorted(SAMPLES.rglob("*.jsonl")) for line in path.read_bytes().splitlines()]
    return [json.loads(line) for line in [*made, *samples]]


def test_records_are_what_it_says(records):
    validator = jsonschema.Draft202012Validator(record_schema())
    assert len(records) >= 60
    for record in records:
        validator.validate(record)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda record: record.pop("python_source"),
        lambda record: record.update(extra=1),
        lambda record: record["metadata"].update(seed=-1),
        lambda record: record["metadata"].pop("id"),
        lambda record: record["metadata"]["arguments"].append({"name": "x"}),
        lambda record: record.update(io={"reference": "agrees"}),
    ],
)
def test_what_is_no_record_is_told_apart(records, spoil):
    record = json.loads(json.dumps(records[0]))
    spoil(record)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(record_schema()).validate(record)


class Undescribed(msgspec.Struct):
    """A struct with a field that nothing is said of."""

    said: int
    """What it is."""
    unsaid: int


def test_a_field_without_docstring_is_our_mistake():
    with pytest.raises(ValueError, match=r"Undescribed\.unsaid has no docstring"):
        descriptions(Undescribed)
