"""The types of a record's keys as the `datasets` package names them, derived from the record's own type.

Without them `datasets` takes the types from the first records that it sees: objects whose keys happen to be the same
there become structures of just these keys, and the first record with others ends the loading.
"""

from typing import Any

import msgspec
from msgspec import inspect

from synth.record import Record

SCALARS: dict[type[inspect.Type], str] = {
    inspect.StrType: "string",
    inspect.IntType: "int64",
    inspect.FloatType: "float64",
    inspect.BoolType: "bool",
}
WIDER = {"seed": "uint64"}
"""Numbers that do not fit into what their type becomes."""

Feature = dict[str, Any]


def features_of(record: Record) -> list[Feature]:
    """Return the features of records like this one: keys that it leaves out are left out in all of its dataset."""
    return _fields(inspect.type_info(Record), record)


def _fields(found: inspect.Type, value: object = None) -> list[Feature]:
    assert isinstance(found, inspect.StructType | inspect.DataclassType)
    parts = {field.name: getattr(value, field.name, None) for field in found.fields}
    return [
        {
            "name": field.encode_name,
            **({"dtype": WIDER[field.name]} if field.name in WIDER else _feature(field.type, parts[field.name])),
        }
        for field in found.fields
        if parts[field.name] is not msgspec.UNSET
    ]


def _feature(found: inspect.Type, value: object = None) -> Feature:
    match found:
        case inspect.StructType() | inspect.DataclassType():
            return {"struct": _fields(found, value)}
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return {"list": _item(item)}
        case inspect.TupleType(item_types=items) if len({type(item) for item in items}) == 1:
            return {"list": _item(items[0])}
        case inspect.UnionType(types=types):
            rest = [one for one in types if not isinstance(one, inspect.NoneType)]
            return _feature(rest[0], value) if len(rest) == 1 else {"dtype": "json"}
        case _:
            return {"dtype": SCALARS.get(type(found), "json")}  # objects whose keys vary among them


def _item(found: inspect.Type) -> Any:
    feature = _feature(found)
    return feature.get("dtype") or feature.get("struct") or feature
