"""Values as the text of expressions that make them with Warp."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from grammar.types import Array, Struct, Type, is_float, spell


class UnreproducibleError(Exception):
    """There is no standalone script for a finding; the message says why."""


LISTED = frozenset({"bool", "int8", "int16", "int32", "uint8", "uint16", "uint32", "float16", "float32", "float64"})
"""What `wp.array` makes of lists of Python's numbers, without loss."""


def numbers(array: Any) -> str:
    """A number, or nested lists of them: floats of NumPy's own types in as few digits as say them."""
    if array.dtype.kind in "fV":
        flat = [_shortest(each) for each in array.ravel()]
        listed = np.array(flat, object).reshape(array.shape).tolist()
    else:
        listed = array.tolist()
    return re.sub(r"\b(inf|nan)\b", r"np.\1", repr(listed))


def _shortest(value: Any) -> float:
    if value.dtype.kind == "V" or not np.isfinite(value):  # a script compares bfloat16 as float32
        return float(value)
    short = float(str(value))
    if value.dtype == np.float64:
        return short
    single = np.array([short], np.float32)  # which Warp makes float16 of
    same = all(given.astype(value.dtype)[0] == value for given in (np.array([short]), single))
    return short if same else float(value)


def numpy_array(array: Any) -> str:
    """A NumPy array; of bfloat16, which NumPy has not, as float32."""
    name = {"bool": "bool_", "bfloat16": "float32"}.get(array.dtype.name, array.dtype.name)
    return f"np.array({numbers(array)}, dtype=np.{name})"


def plain_array(array: Any, dtype: str) -> str:
    """A Warp array."""
    values = numbers(array) if array.dtype.name in LISTED else numpy_array(array)
    return f"wp.array({values}, dtype={dtype})"


def array_of(of: Type, value: Any, rank: int, *, grads: bool = False) -> str:
    """A Warp array of a type, which holds its gradient if it can have one and `grads` are asked for."""
    shape = np.shape(_first(value))[:rank]
    wanted = ", requires_grad=True" if grads and has_floats(of) else ""
    if 0 in shape:
        return f"wp.empty(shape={shape}, dtype={spell(of)}{wanted})"
    if not isinstance(of, Struct):
        return plain_array(value, spell(of)).removesuffix(")") + f"{wanted})"
    reshaped = f".reshape({shape})" if rank > 1 else ""
    return f"wp.array({rows(of, _flat(value, rank), grads=grads)}, dtype={spell(of)}{wanted}){reshaped}"


def rows(of: Type, value: Any, *, grads: bool = False) -> str:
    """A list of structs, of fields whose first axis is the list's."""
    made = (value_of(of, _row(value, place), grads=grads) for place in range(len(_first(value))))
    return f"[{', '.join(made)}]"


def value_of(of: Type, value: Any, *, grads: bool = False) -> str:
    """A number, compound or struct; or an array, which is a struct's field."""
    match of:
        case Struct(name, fields):
            made = "".join(f", {field}={value_of(held, value[field], grads=grads)}" for field, held in fields)
            return f"new({name}{made})"
        case Array(element, rank):
            return array_of(element, value, rank, grads=grads)
        case _:
            array = np.asarray(value)
            return f"{spell(of)}({numbers(array.ravel())[1:-1]})" if array.ndim else numbers(array)


def has_floats(of: Type) -> bool:
    """Whether there is a float in a type."""
    return any(has_floats(field) for _, field in of.fields) if isinstance(of, Struct) else is_float(of)


def _first(value: Any) -> Any:
    return _first(next(iter(value.values()))) if isinstance(value, Mapping) else value


def _flat(value: Any, rank: int) -> Any:
    """An array of structs, its axes made one."""
    if isinstance(value, Mapping):
        return {name: _flat(part, rank) for name, part in value.items()}
    return value.reshape(-1, *value.shape[rank:])


def _row(value: Any, place: int) -> Any:
    return {name: _row(part, place) for name, part in value.items()} if isinstance(value, Mapping) else value[place]
