"""Structs that hold arrays, and arrays behind an index or in Fabric: the arrays that describe one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from grammar.inputs import HostObject, Maker
    from grammar.term import Symbol


def _struct(maker: Maker, symbol: Symbol) -> HostObject:
    """A struct: its fields by name, each array with an element for each item."""
    return maker.host_object(symbol, maker.value(symbol.type, (), constant=False, items=_count(maker, symbol)))


def _struct_rows(maker: Maker, symbol: Symbol) -> HostObject:
    """As many structs as items: fields by name, their first axis is the structs'."""
    count = _count(maker, symbol)
    return maker.host_object(symbol, maker.value(symbol.type, (count,), constant=False, items=count))


def _indexed(maker: Maker, symbol: Symbol) -> HostObject:
    """`values`, and `indices` into them: one for each item, some of them again."""
    count = _count(maker, symbol)
    size = 1 + maker.below(count + 3)
    indices = np.array([maker.below(size) for _ in range(count)], np.int32)
    return maker.host_object(symbol, {"values": _values(maker, symbol, size), "indices": indices})


def _fabric(maker: Maker, symbol: Symbol) -> HostObject:
    """`values` one after the other, and how many of them each of the `buckets` holds."""
    count = _count(maker, symbol)
    return maker.host_object(symbol, {"values": _values(maker, symbol, count), "buckets": _buckets(maker, count)})


def _fabric_arrays(maker: Maker, symbol: Symbol) -> HostObject:
    """The same of arrays: `values` are those of all arrays, of so many `lengths`."""
    return maker.host_object(symbol, _jagged(maker, symbol, _count(maker, symbol)))


def _indexed_fabric(maker: Maker, symbol: Symbol) -> HostObject:
    """The same as `fabric` with more values than items, and `indices` for the items, each once."""
    size, indices = _chosen(maker, _count(maker, symbol))
    values = {"values": _values(maker, symbol, size), "buckets": _buckets(maker, size)}
    return maker.host_object(symbol, values | {"indices": indices})


def _indexed_fabric_arrays(maker: Maker, symbol: Symbol) -> HostObject:
    """The same as `fabric arrays` with more arrays than items, and `indices` for the items, each once."""
    size, indices = _chosen(maker, _count(maker, symbol))
    return maker.host_object(symbol, _jagged(maker, symbol, size) | {"indices": indices})


def _count(maker: Maker, symbol: Symbol) -> int:
    assert symbol.index_of is not None, symbol.name
    return maker.size(symbol.index_of)


def _values(maker: Maker, symbol: Symbol, size: int) -> Any:
    return maker.value(symbol.type, (size,), constant=False)


def _jagged(maker: Maker, symbol: Symbol, count: int) -> dict[str, Any]:
    lengths = np.array([1 + maker.below(3) for _ in range(count)], np.uint64)
    values = _values(maker, symbol, int(lengths.sum()))
    return {"values": values, "lengths": lengths, "buckets": _buckets(maker, count)}


def _buckets(maker: Maker, count: int) -> Any:
    """How many items each bucket holds: at least one."""
    found: list[int] = []
    while sum(found) < count:
        found.append(1 + maker.below(count - sum(found)))
    return np.array(found, np.uint64)


def _chosen(maker: Maker, count: int) -> tuple[int, Any]:
    """How many there are to choose from, and `count` different ones in any order."""
    size = count + maker.below(3)
    left = list(range(size))
    return size, np.array([left.pop(maker.below(len(left))) for _ in range(count)], np.int32)


# By the kind of a host's object: what makes the arrays that it is made of.
MADE: dict[str, Callable[[Maker, Symbol], HostObject]] = {
    "struct": _struct,
    "target struct": _struct,
    "struct rows": _struct_rows,
    "indexed": _indexed,
    "fabric": _fabric,
    "fabric arrays": _fabric_arrays,
    "indexed fabric": _indexed_fabric,
    "indexed fabric arrays": _indexed_fabric_arrays,
}
# By the kind: how many items one may have, where not any number.
SIZES: dict[str, tuple[int, ...]] = {}
