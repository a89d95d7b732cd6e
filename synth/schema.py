"""The JSON Schema of a record, generated from its type and the docstrings beside it."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import inspect

from .described import description, descriptions
from .record import Record

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def record_schema() -> dict[str, Any]:
    """Return the schema, with a description at everything that a record holds."""
    _, definitions = msgspec.json.schema_components([Record], ref_template="#/$defs/{name}")
    for struct in set(_structs(inspect.type_info(Record))):
        definition = definitions[struct.__name__]
        definition["description"] = description(struct)
        for name, said in descriptions(struct).items():
            definition["properties"][name]["description"] = said
    whole = definitions.pop(Record.__name__)
    return {"$schema": DIALECT, **whole, "$defs": definitions}


def encode_schema() -> bytes:
    """Return the schema as JSON text, one value a line."""
    return msgspec.json.format(msgspec.json.encode(record_schema()), indent=2) + b"\n"


def _structs(found: inspect.Type) -> Iterator[Any]:
    """Yield the structs and dataclasses that a type is put together from."""
    match found:
        case inspect.StructType(cls=struct, fields=fields) | inspect.DataclassType(cls=struct, fields=fields):
            yield struct
            for field in fields:
                yield from _structs(field.type)
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            yield from _structs(item)
        case inspect.DictType(value_type=value):
            yield from _structs(value)
        case inspect.UnionType(types=types) | inspect.TupleType(item_types=types):
            for one in types:
                yield from _structs(one)
        case _:
            return
