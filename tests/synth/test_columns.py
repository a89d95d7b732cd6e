"""The columns of Parquet files: any record comes back from them to the byte, and they are those of its type."""

import json
from dataclasses import fields
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ir.counting import StaticCounts
from ir.cuda_tools import Resources
from synth.annotations import Annotations, Timing
from synth.io import Io, Launch
from synth.record import Argument, Metadata, Record, encode_record

pa = pytest.importorskip("pyarrow")
from synth.store import columns, parquet  # noqa: E402  (they import pyarrow)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FREE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
OBJECT = st.dictionaries(TEXT, FREE, max_size=3)


def built(struct, **known):
    """A struct of any texts and numbers, but for these fields."""
    kinds = {str: TEXT, int: st.integers(-(2**63), 2**63 - 1), bool: st.booleans()}
    types = struct.__annotations__
    kinds_of = {name: known[name] if name in known else kinds[types[name]] for name in struct.__struct_fields__}
    return st.builds(struct, **kinds_of)


LAUNCH = built(
    Launch,
    dim=st.lists(st.integers(0, 9), max_size=4).map(tuple),
    **dict.fromkeys(("inputs", "outputs", "cotangents", "gradients"), OBJECT),
)
METADATA = built(
    Metadata,
    seed=st.integers(0, 2**64 - 1),
    arguments=st.lists(built(Argument), max_size=2).map(tuple),
    constructs=st.dictionaries(TEXT, st.integers(0, 9), max_size=3),
    features=st.lists(TEXT, max_size=2).map(tuple),
    compile=OBJECT,
)
COUNT = st.integers(0, 2**40)
COUNTS = st.builds(StaticCounts, **dict.fromkeys((field.name for field in fields(StaticCounts)), COUNT))
SPANS = st.lists(st.tuples(COUNT, COUNT, COUNT), max_size=3)
TEXTS = ("cuda_forward", "cuda_backward", "ptx", "sass", "llvm_ir", "assembly")
RESOURCES = st.builds(Resources, COUNT, COUNT, COUNT, COUNT, COUNT)
TIMING = st.builds(Timing, st.floats(0, 1e9), st.floats(0, 9), COUNT, COUNT)
LEVELLED = {
    "instructions": st.dictionaries(TEXT, st.dictionaries(TEXT, COUNT, max_size=2), max_size=2),
    "resources": st.dictionaries(TEXT, RESOURCES, max_size=2),
    "code_bytes": COUNT,
    "time": st.none() | TIMING,
}


def of(texts, figures):
    """A record of any dataset that has these texts and figures."""
    return built(
        Record,
        **{key: TEXT if key in texts else st.just(msgspec.UNSET) for key in TEXTS},
        line_map=st.dictionaries(TEXT, SPANS, max_size=2),
        io=st.none() | built(Io, launches=st.lists(LAUNCH, max_size=2).map(tuple)),
        annotations=st.builds(
            Annotations,
            static=COUNTS,
            **{key: kind if key in figures else st.just(msgspec.UNSET) for key, kind in LEVELLED.items()},
        ),
        metadata=METADATA,
    )


RECORDS = st.tuples(st.sets(st.sampled_from(TEXTS)), st.sets(st.sampled_from(sorted(LEVELLED)))).flatmap(
    lambda keys: st.lists(of(*keys).map(encode_record), min_size=1, max_size=9)
)


@settings(deadline=None)  # the first call imports half of pyarrow
@given(RECORDS)
def test_any_records_come_back_from_columns_to_the_byte(texts):
    assert list(parquet.records(parquet.enclose(texts))) == texts


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    """Something within."""

    number: Annotated[int, msgspec.Meta(ge=0)]
    """Never negative."""
    label: str | msgspec.UnsetType = msgspec.UNSET
    """Not always there."""


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    """Something."""

    inner: Inner
    """What is within."""
    maybe: None | float  # noqa: RUF036  (the order must not matter)
    """A number or none."""
    listing: str | msgspec.UnsetType = msgspec.UNSET
    """A level."""
    line_map: dict[str, list[tuple[int, int, int]]] | msgspec.UnsetType = msgspec.UNSET
    """Lines."""
    annotations: dict[str, int | float | dict[str, Any]] = {}
    """Numbers."""


def arrow_types(rows):
    schema = columns.schema_of(Outer, rows)
    return {field.name: str(field.type) for field in schema}, schema


def test_a_key_that_no_record_has_is_no_column():
    plain = {"inner": {"number": 1}, "maybe": None, "annotations": {}}
    types, schema = arrow_types([plain])
    assert types == {"inner": "struct<number: uint64>", "maybe": "double", "annotations": "extension<arrow.json>"}
    assert schema.metadata == {b"description": b"Something."}
    assert schema.field("inner").type.field("number").metadata == {b"description": b"Never negative."}
    levelled = plain | {"inner": {"number": 1, "label": "x"}, "listing": "ret", "line_map": {"ptx": [[1, 2, 3]]}}
    types, schema = arrow_types([levelled, levelled])
    assert types == {
        "inner": "struct<number: uint64, label: string>",
        "maybe": "double",
        "listing": "string",
        "line_map": "extension<arrow.json>",
        "annotations": "extension<arrow.json>",
    }
    array = columns.array_of([levelled], pa.struct(list(schema)))
    assert json.loads(msgspec.json.encode(columns.value_of(array.to_pylist()[0], array.type))) == levelled


def test_texts_that_are_no_records_become_no_columns():
    for text in (b"", b"[]", b"{}", b'{"python_source": 5}'):
        with pytest.raises(ValueError, match=r"truncated|Expected|missing"):
            parquet.enclose([text])
