"""Structs that hold arrays, and arrays behind an index or in Fabric, over memory of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ir import warp_api
from ir.hosts import HostValue, Opened
from ir.packing import PackedStruct, Value, packed, unpacked


class StructRows:
    """An array of structs, each with arrays of its own."""

    def __init__(self, data: Mapping[str, Value], of: Any) -> None:
        count = len(_first(data))
        self._data = data
        self._structs = [PackedStruct(of.dtype, _row(data, place)) for place in range(count)]
        self.value = warp_api.array_of_structs([struct.value for struct in self._structs], of.dtype)
        self.adjoint = warp_api.array_of_structs([struct.adjoint for struct in self._structs], of.dtype)

    def read(self) -> Value:
        """The fields of all structs now; what is not in an array is as it was."""
        return _stacked([struct.read() for struct in self._structs]) if self._structs else self._data


def _first(value: Value) -> Any:
    return _first(next(iter(value.values()))) if isinstance(value, Mapping) else value


def _row(value: Value, place: int) -> Value:
    return {name: _row(part, place) for name, part in value.items()} if isinstance(value, Mapping) else value[place]


def _stacked(rows: list[Value]) -> Value:
    if isinstance(rows[0], Mapping):
        return {name: _stacked([row[name] for row in rows]) for name in rows[0]}
    return np.stack(rows)


class Elements:
    """An array of values that others refer to.

    It has no adjoint: Warp has no gradients for those, and on the CPU its kernels take such an adjoint for a value of
    the argument's own type where `wp.launch` passes one of a plain array, which moves the adjoints behind it.
    """

    adjoint = None

    def __init__(self, values: Value, of: Any) -> None:
        self._of = of.dtype
        self.buffer = packed(of.dtype, values, 1)

    def read(self) -> Value:
        """All values now, also those that nothing refers to."""
        return unpacked(self._of, self.buffer)


class Indexed(Elements):
    """An indexed array."""

    def __init__(self, data: Mapping[str, Value], of: Any) -> None:
        super().__init__(data["values"], of)
        self._indices = np.array(data["indices"])
        source = warp_api.array_over(self.buffer, of.dtype, 1, None)
        self.value = warp_api.indexed_array(source, self._indices)


class Fabric(Elements):
    """An attribute of a Fabric stage whose values lie in buckets, whole or by an index."""

    def __init__(self, data: Mapping[str, Value], of: Any) -> None:
        super().__init__(data["values"], of)
        starts = np.cumsum([0, *data["buckets"]])[:-1]
        pointers = [_address(self.buffer, int(start)) for start in starts]
        self.value = _attribute(data, {"pointers": pointers}, depth=0)


class FabricArrays(Elements):
    """The same of an attribute whose values are arrays."""

    def __init__(self, data: Mapping[str, Value], of: Any) -> None:
        lengths = data["lengths"]
        super().__init__(data["values"], of)
        self._lengths = np.array(lengths, np.uintp)
        ends = np.cumsum(lengths, dtype=np.int64)
        begins = [int(end) - int(length) for end, length in zip(ends, lengths, strict=True)]
        self._pointers = np.array([_address(self.buffer, begin) for begin in begins], np.uintp)
        starts = np.cumsum([0, *data["buckets"]])[:-1]
        where = {
            "pointers": [_address(self._pointers, int(start)) for start in starts],
            "array_lengths": [_address(self._lengths, int(start)) for start in starts],
        }
        self.value = _attribute(data, where, depth=1)


def _address(buffer: Any, item: int) -> int:
    return int(buffer.ctypes.data) + item * int(buffer.strides[0])


def _attribute(data: Mapping[str, Value], where: Mapping[str, list[int]], *, depth: int) -> Any:
    """The array that a launch is given: of values of a shape, in buckets at some addresses."""
    values = data["values"]
    role = {1: "", 2: "vector", 3: "matrix"}[values.ndim]
    described = (True, _code(values.dtype), int(np.prod(values.shape[1:])), depth, role)
    counts = [int(count) for count in data["buckets"]]
    return warp_api.fabric_array({"type": described, "access": 2, "counts": counts, **where}, data.get("indices"))


def _code(dtype: Any) -> str:
    """A scalar type in the words of Fabric, such as `f4`."""
    return "b" if dtype.kind == "b" else f"{dtype.kind}{dtype.itemsize}"


# By the kind of a host's object: what makes it, for an argument of a type of Warp's.
OPENERS: dict[str, Callable[[HostValue, Any], Opened]] = {
    "struct": lambda value, of: PackedStruct(of, value.data),
    "target struct": lambda value, of: PackedStruct(of, value.data),
    "struct rows": lambda value, of: StructRows(value.data, of),
    "indexed": lambda value, of: Indexed(value.data, of),
    "fabric": lambda value, of: Fabric(value.data, of),
    "fabric arrays": lambda value, of: FabricArrays(value.data, of),
    "indexed fabric": lambda value, of: Fabric(value.data, of),
    "indexed fabric arrays": lambda value, of: FabricArrays(value.data, of),
}
