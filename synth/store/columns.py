"""The columns of records: Arrow's types for the type of a record, and values there and back.

Texts, numbers and truth values are columns of their own kinds, a struct is one of columns, a list one of items. What
has keys that vary among records, or values of several kinds, is a column of JSON text, of Arrow's extension type for
it: DuckDB reads that as JSON, `datasets` as objects, and what is in it comes back to the byte. A map would do for
DuckDB, but `datasets` (5.2) refuses every map.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import NODEFAULT, inspect

from synth.described import description, descriptions

SCALARS: dict[type[inspect.Type], pa.DataType] = {
    inspect.StrType: pa.string(),
    inspect.FloatType: pa.float64(),
    inspect.BoolType: pa.bool_(),
}
JSON = pa.json_(pa.string())

Row = Mapping[str, Any]


def schema_of(struct: type[msgspec.Struct], rows: Sequence[Row]) -> pa.Schema:
    """Return the columns of these rows, each with its description; a key that none of the rows has is left out."""
    return pa.schema(_fields(inspect.type_info(struct), rows), metadata={"description": description(struct)})


def _fields(found: inspect.Type, rows: Sequence[Row]) -> list[pa.Field]:
    assert isinstance(found, inspect.StructType | inspect.DataclassType)
    said = descriptions(found.cls)
    return [
        pa.field(
            field.encode_name,
            _type(field.type, [row.get(field.encode_name) for row in rows]),
            metadata={"description": said[field.name]},
        )
        for field in found.fields
        if not _may_be_absent(field) or any(field.encode_name in row for row in rows)
    ]


def _may_be_absent(field: inspect.Field) -> bool:
    """Whether a record can be without the key: msgspec shows a field that can be UNSET as optional, without default."""
    return not field.required and field.default is NODEFAULT and field.default_factory is NODEFAULT


def _type(found: inspect.Type, values: Sequence[Any]) -> pa.DataType:
    match found:
        case inspect.StructType() | inspect.DataclassType():
            return pa.struct(_fields(found, [value for value in values if value is not None]))
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return pa.list_(_type(item, [each for value in values for each in value or ()]))
        case inspect.UnionType(types=(one, inspect.NoneType()) | (inspect.NoneType(), one)):
            return _type(one, values)
        case inspect.IntType(ge=least):
            return pa.int64() if least is None or least < 0 else pa.uint64()
        case _:
            return SCALARS.get(type(found), JSON)


def array_of(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Return values as JSON has them as an array of this type; `OverflowError` for numbers beyond it."""
    match kind:
        case pa.JsonType():
            texts = [None if value is None else msgspec.json.encode(value).decode() for value in values]
            return pa.ExtensionArray.from_storage(kind, pa.array(texts, pa.string()))
        case pa.StructType():
            rows: Sequence[Row] = [{} if value is None else value for value in values]
            columns = [array_of([row.get(field.name) for row in rows], field.type) for field in kind]
            return pa.StructArray.from_arrays(columns, fields=list(kind), mask=_missing(values))
        case pa.ListType():
            lengths = pa.array([0, *(len(value or ()) for value in values)], pa.int32())
            items = array_of([each for value in values for each in value or ()], kind.value_type)
            return pa.ListArray.from_arrays(pc.cumulative_sum(lengths), items, type=kind, mask=_missing(values))
        case _:
            return pa.array(values, kind)


def _missing(values: Sequence[Any]) -> pa.Array:
    return pa.array([value is None for value in values], pa.bool_())


def value_of(found: Any, kind: pa.DataType) -> Any:
    """Return a value of an array as JSON has it, ready to be encoded."""
    match kind:
        case _ if found is None:
            return None
        case pa.JsonType():
            return msgspec.Raw(found.encode())
        case pa.StructType():
            return {field.name: value_of(found[field.name], field.type) for field in kind}
        case pa.ListType():
            return [value_of(each, kind.value_type) for each in found]
        case _:
            return found
