"""What Warp's built-ins on arrays mean, and arrays and structs that the host makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from grammar.reference.compounds import Compound
from grammar.reference.errors import OutOfBoundsError, UnreferencedError
from grammar.reference.machine import Machine, Meaning
from grammar.reference.values import Arr, StructType, own

if TYPE_CHECKING:
    from grammar.inputs import HostObject
    from grammar.reference.run import Binder
    from grammar.term import Symbol
    from grammar.types import Struct as GrammarStruct

# --- atomics: they return what was there ----------------------------------------------------------------------------


def _atomic(update: Callable[..., Any], values: int = 1) -> Meaning:
    """A built-in that updates an element, by components; `values` arguments come after the indices."""

    def called(array: Any, *arguments: Any) -> Any:
        place, given = arguments[:-values], arguments[-values:]
        old = own(array[place])
        new = update(_data(old), *map(_data, given))
        array[place] = type(old)(new) if isinstance(old, Compound) else new
        return old

    return Meaning(called)


def _extreme(update: Callable[..., Any]) -> Meaning:
    """An atomic minimum or maximum; in double precision, for a derivative, only of values that are not the same.

    Warp's adjoint gives the whole of the gradient to each thread whose value is the extreme.
    """
    atomic = _atomic(update).function

    def called(machine: Machine, array: Any, *arguments: Any) -> Any:
        old = atomic(array, *arguments)
        if machine.double and np.any(_data(old) == _data(arguments[-1])) and _data(old).dtype.kind == "f":
            raise UnreferencedError("the derivative of an atomic extreme that is tied")
        return old

    return Meaning(called, machine=True)


def _swap(old: Any, expected: Any, value: Any) -> Any:
    return value if old == expected else old


def _smaller(a: Any, b: Any) -> Any:
    return np.fmin(a, b).astype(a.dtype)


def _larger(a: Any, b: Any) -> Any:
    return np.fmax(a, b).astype(a.dtype)


def _data(value: Any) -> Any:
    return value.data if isinstance(value, Compound) else value


# --- searches and memory --------------------------------------------------------------------------------------------


def _lower_bound(array: Any, *bounds_and_value: Any) -> Any:
    """The first element that is not less, in an array that is sorted; the last one if all are less."""
    *bounds, value = bounds_and_value
    low, high = map(int, bounds or (0, len(array)))
    high -= 1
    while low < high:
        middle = low + (high - low) // 2
        if array[middle] < value:
            low = middle + 1
        else:
            high = middle
    return np.int32(low)


def _zeros(machine: Machine, shape: Any = None, dtype: Any = None, **_named: Any) -> Any:
    """An array of a thread's own, or of the module's."""
    if dtype is None or shape is None:
        raise UnreferencedError("wp.zeros of no shape or type")
    element = machine.type({float: "float32", int: "int32"}[dtype]) if dtype in {float, int} else dtype
    sizes = tuple(map(int, shape)) if isinstance(shape, tuple) else (int(shape),)
    if isinstance(element, StructType):
        made = np.empty(sizes, object)
        for place in np.ndindex(*sizes):
            made[place] = element()
        return Arr(made, element)
    scalar = getattr(element, "scalar", element)
    return Arr(np.zeros((*sizes, *element.shape), scalar.dtype), element)


def of_elements(elements: Any, element: Any) -> Arr:
    """`wp.array([…], dtype=…)`: an array of the module's, of copies."""
    if isinstance(element, StructType):
        made = np.empty(len(elements), object)
        made[:] = [own(each) for each in elements]
        return Arr(made, element)
    scalar = getattr(element, "scalar", element)
    return Arr(np.array([_data(each) for each in elements]).astype(scalar.dtype), element)


def over_memory(source: Any, dtype: Any, shape: Any) -> Arr:
    """`wp.array(ptr=a.ptr, shape=…, dtype=…)`: a view of an array, which is not strided, in another shape.

    Raises `UnreferencedError` for memory of anything else.
    """
    sizes = tuple(map(int, shape)) if isinstance(shape, tuple) else (int(shape),)
    is_plain = isinstance(source, Arr) and source.data.flags.c_contiguous and source.data.dtype != object
    if not is_plain or dtype is None or getattr(dtype, "scalar", dtype).dtype != source.data.dtype.type:
        raise UnreferencedError("an array over the memory of something else")
    if dtype.shape != source.element.shape:
        raise UnreferencedError("an array over elements of another type")
    elements = source.data.reshape(-1, *dtype.shape)
    count = int(np.prod(sizes))
    if count > len(elements):
        raise OutOfBoundsError(f"an array of {count} over {len(elements)} elements")
    return Arr(elements[:count].reshape(*sizes, *dtype.shape), dtype)


# --- what the host makes --------------------------------------------------------------------------------------------


class Picked:
    """An indexed array: its first axis are indices into another."""

    def __init__(self, source: Any, indices: Any) -> None:
        self.source, self.indices = source, indices

    @property
    def shape(self) -> tuple[Any, ...]:
        """The sizes of its axes."""
        return (np.int32(len(self.indices)), *self.source.shape[1:])

    def at(self, key: Any) -> tuple[Any, ...]:
        """The index into the other array."""
        first, *others = key if isinstance(key, tuple) else (key,)
        if not -len(self.indices) <= first < len(self.indices):
            raise OutOfBoundsError(f"index {first} into {len(self.indices)} indices")
        return (self.indices[first], *others)

    def __getitem__(self, key: Any) -> Any:
        return self.source[self.at(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.source[self.at(key)] = value


class Jagged:
    """An array of arrays: `rows`, which share the memory of `flat`."""

    def __init__(self, flat: Arr, lengths: Any) -> None:
        ends = np.cumsum(lengths, dtype=np.int64)
        self.flat = flat
        self.rows = [
            Arr(flat.data[end - int(size) : end], flat.element) for end, size in zip(ends, lengths, strict=True)
        ]

    @property
    def shape(self) -> tuple[Any, ...]:
        """How many arrays."""
        return (np.int32(len(self.rows)),)

    def __getitem__(self, key: Any) -> Any:
        first, *others = key if isinstance(key, tuple) else (key,)
        row = self._row(first)
        return row[tuple(others)] if others else row

    def __setitem__(self, key: tuple[Any, ...], value: Any) -> None:
        first, *others = key
        self._row(first)[tuple(others)] = value

    def _row(self, place: Any) -> Any:
        if not 0 <= place < len(self.rows):
            raise OutOfBoundsError(f"index {place} of {len(self.rows)} arrays")
        return self.rows[place]


def _struct(binder: Binder, symbol: Symbol, given: HostObject) -> Any:
    return binder.struct(cast("GrammarStruct", symbol.type), given.data, ())


def _struct_rows(binder: Binder, symbol: Symbol, given: HostObject) -> Any:
    return Arr(binder.array(symbol.type, given.data, 1), binder.type_of(symbol.type))


def _values(binder: Binder, symbol: Symbol, given: HostObject) -> Arr:
    return Arr(binder.array(symbol.type, given.data["values"], 1), binder.type_of(symbol.type))


def _jagged(binder: Binder, symbol: Symbol, given: HostObject) -> Any:
    return Jagged(_values(binder, symbol, given), given.data["lengths"])


def _picked(
    source: Callable[[Binder, Symbol, HostObject], Any],
) -> Callable[[Binder, Symbol, HostObject], Any]:
    return lambda binder, symbol, given: Picked(source(binder, symbol, given), given.data["indices"])


def _unbound_struct(binder: Binder, symbol: Symbol, value: Any) -> Any:
    return binder.fields(symbol.type, np.array(value, object))


def _unbound_rows(binder: Binder, symbol: Symbol, value: Any) -> Any:
    return binder.fields(symbol.type, value.data)


def _unbound(_binder: Binder, _symbol: Symbol, value: Any) -> Any:
    """All that the kernel could have reached."""
    while isinstance(value, Picked):
        value = value.source
    return value.flat.data if isinstance(value, Jagged) else value.data


MEANINGS: dict[str, Meaning] = {
    "atomic_add": _atomic(lambda old, value: old + value),
    "atomic_sub": _atomic(lambda old, value: old - value),
    "atomic_min": _extreme(_smaller),
    "atomic_max": _extreme(_larger),
    "atomic_and": _atomic(lambda old, value: old & value),
    "atomic_or": _atomic(lambda old, value: old | value),
    "atomic_xor": _atomic(lambda old, value: old ^ value),
    "atomic_exch": _atomic(lambda _old, value: value),
    "atomic_cas": _atomic(_swap, values=2),
    "lower_bound": Meaning(_lower_bound),
    "zeros": Meaning(_zeros, machine=True),
}

# By the kind of a host's object: what the kernel is given of it, and what the object holds after the launch.
BOUND: dict[str, Callable[[Binder, Symbol, HostObject], Any]] = {
    "struct": _struct,
    "target struct": _struct,
    "struct rows": _struct_rows,
    "indexed": _picked(_values),
    "fabric": _values,
    "fabric arrays": _jagged,
    "indexed fabric": _picked(_values),
    "indexed fabric arrays": _picked(_jagged),
}
UNBOUND: dict[str, Callable[[Binder, Symbol, Any], Any]] = {
    "struct": _unbound_struct,
    "target struct": _unbound_struct,
    "struct rows": _unbound_rows,
    **dict.fromkeys(
        ("indexed", "fabric", "fabric arrays", "indexed fabric", "indexed fabric arrays"),
        _unbound,
    ),
}
