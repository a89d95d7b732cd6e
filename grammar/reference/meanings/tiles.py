"""What Warp's built-ins on tiles mean: how they are made, viewed and shared, with blocks of one thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grammar.reference.compounds import Compound, Mat, Quat, Vec
from grammar.reference.errors import OutOfBoundsError
from grammar.reference.generator import hashed
from grammar.reference.machine import Machine, Meaning
from grammar.reference.meanings.tile_memory import placed
from grammar.reference.scalars import ScalarType, converted
from grammar.reference.tile import Tile, TileStack, TileType, components, element_of, filled, sizes_of
from grammar.reference.values import CompoundType


def _type(machine: Machine, dtype: Any) -> Any:
    """The type of elements that an argument names; `type(x)` gives a class of NumPy's."""
    if dtype is None:
        return machine.type("float32")
    return machine.type(np.dtype(dtype).name) if isinstance(dtype, type) else dtype


# --- from values -----------------------------------------------------------------------------------------------------


def _zeros(machine: Machine, shape: Any, dtype: Any = None) -> Tile:
    return filled(sizes_of(shape), 0, _type(machine, dtype))


def _ones(machine: Machine, shape: Any, dtype: Any = None) -> Tile:
    element = _type(machine, dtype)
    made = filled(sizes_of(shape), 1, element)
    if isinstance(element, CompoundType) and element.value is Quat:
        made.data[..., 1:] = 0
    return made


def _full(machine: Machine, shape: Any, value: Any, dtype: Any = None) -> Tile:
    if isinstance(value, Compound):
        return filled(sizes_of(shape), value, element_of(value))
    element = element_of(value) if dtype is None else _type(machine, dtype)
    return filled(sizes_of(shape), element(value), element)


def _from_thread(shape: Any, value: Any, thread_idx: Any) -> Tile:
    if thread_idx != 0:
        raise OutOfBoundsError(f"thread {thread_idx} of a block of one")
    return filled(sizes_of(shape), value, element_of(value))


def _arange(machine: Machine, *bounds: Any, dtype: Any = None) -> Tile:
    element = _type(machine, dtype)
    start, stop, step = map(element, (0, *bounds, 1) if len(bounds) == 1 else (*bounds, 1)[:3])
    if element.dtype(0).dtype.kind in "iu":
        count = -((int(stop) - int(start)) // -int(step))
    else:
        count = int(np.ceil(element((np.float64(stop) - np.float64(start)) / np.float64(step))))
    return Tile(start + np.arange(count).astype(element.dtype) * step, element)


def _drawn(rng: Any, count: int) -> list[int]:
    """What the generator draws for the one thread of a block; the state that is given stays."""
    word, drawn = hashed(int(getattr(rng, "word", rng))), []
    for _ in range(count):
        word = hashed(word)
        drawn.append(word)
    return drawn


def _randi(shape: Any, rng: Any, min: Any = None, max: Any = None) -> Tile:  # noqa: A002
    sizes = sizes_of(shape)
    drawn = np.array(_drawn(rng, int(np.prod(sizes))), np.int64)
    if min is not None:
        drawn = drawn % (int(max) - int(min)) + int(min)
    return Tile(drawn.astype(np.uint32).astype(np.int32).reshape(sizes), ScalarType("int32", np.int32))


def _randf(machine: Machine, shape: Any, rng: Any, min: Any = None, max: Any = None) -> Tile:  # noqa: A002
    sizes, real = sizes_of(shape), machine.type("float32")
    drawn = (np.array(_drawn(rng, int(np.prod(sizes))), np.int64) >> 8).astype(real.dtype) * real.dtype(2.0**-24)
    if min is not None:
        drawn = (max - min) * drawn + min
    return Tile(drawn.reshape(sizes), real)


def _tile(x: Any = None, preserve_type: Any = False, dtype: Any = None, shape: Any = None) -> Tile | TileType:
    """A tile of each thread's value: by components, each an axis, unless it keeps its type; or an annotation."""
    if dtype is not None:
        return TileType(dtype, sizes_of(shape))
    made = filled((1,), x, element_of(x))
    if preserve_type or not isinstance(x, Compound):
        return made
    return Tile(x.data.copy()[..., None], element_of(x).scalar)


def _untile(a: Tile) -> Any:
    """Each thread's value: an element, or the components along the axes before the last."""
    if a.ndim == 1:
        return a.at((0,))
    kind = Vec if a.ndim == 2 else Mat
    return kind(a.data[..., 0].copy())


# --- views and parts -------------------------------------------------------------------------------------------------


def _view(t: Tile, offset: Any, shape: Any = None) -> Any:
    if shape is None:
        return t[offset]
    start = (*sizes_of(offset), *(0,) * t.ndim)[: t.ndim]
    cut = tuple(slice(at, at + size) for at, size in zip(start, sizes_of(shape), strict=False))
    found = Tile(t.data[cut], t.element)
    if found.sizes[: len(cut)] != sizes_of(shape) or min(start) < 0:
        raise OutOfBoundsError(f"a view of {shape} at {offset} of a tile of {t.sizes}")
    return found


def _reshape(t: Tile, shape: Any) -> Tile:
    return Tile(t.data.reshape(*sizes_of(shape), *t.element.shape), t.element)


def _squeeze(t: Tile, axis: Any = None) -> Tile:
    axes = range(t.ndim) if axis is None else [i % t.ndim for i in sizes_of(axis)]
    return Tile(np.squeeze(t.data, tuple(i for i in axes if t.sizes[i] == 1)), t.element)


def _transpose(a: Tile) -> Tile:
    return Tile(np.swapaxes(a.data, 0, 1), a.element)


def _broadcast(a: Tile, shape: Any) -> Tile:
    sizes = sizes_of(shape)
    data = a.data.reshape((1,) * (len(sizes) - a.ndim) + a.data.shape)
    strides = tuple(0 if size == 1 else stride for size, stride in zip(data.shape, data.strides, strict=True))
    strides = strides[: len(sizes)] + data.strides[len(sizes) :]
    return Tile(np.lib.stride_tricks.as_strided(data, (*sizes, *a.element.shape), strides), a.element)


def _assign(dst: Tile, src: Tile, offset: Any = None) -> None:
    part = _view(dst, offset if offset is not None else (0,) * dst.ndim, src.sizes)
    part.data[...] = converted(src.data, dst.data.dtype)


def _extract(a: Tile, *indices: Any) -> Any:
    found = a[indices]
    return found.copy() if isinstance(found, Compound) else found


def _astype(machine: Machine, t: Tile, dtype: Any) -> Tile:
    element = _type(machine, dtype)
    return Tile(np.asarray(converted(t.data, element.dtype)), element)


# --- each thread's ---------------------------------------------------------------------------------------------------


def _scattered(a: Tile, given: Sequence[Any], named: dict[str, Any]) -> tuple[Any, Any]:
    """Where a thread puts its value in a tile, and the value; no place if it has none."""
    given = [*given, *(named[name] for name in ("i", "j", "k", "l", "value", "has_value") if name in named)]
    *place, value, has_value = given[: a.ndim + 2]
    if not has_value:
        return None, value
    if not all(0 <= i < size for i, size in zip(place, a.sizes, strict=True)):
        raise OutOfBoundsError(f"a scatter to {place} of {a.sizes}")
    return tuple(place), components(value)


def _scatter_add(a: Tile, *given: Any, **named: Any) -> None:
    place, value = _scattered(a, given, named)
    if place is not None:
        a.data[place] += value


def _scatter_masked(a: Tile, *given: Any, **named: Any) -> None:
    place, value = _scattered(a, given, named)
    if place is not None:
        a.data[place] = value


def _stack(machine: Machine, capacity: Any, dtype: Any) -> TileStack:
    return TileStack(int(capacity), _type(machine, dtype))


def _stack_push(s: TileStack, value: Any, has_value: Any) -> Any:
    if not has_value or len(s.values) == s.capacity:
        return np.int32(-1)
    s.values.append(value.copy() if isinstance(value, Compound) else value)
    return np.int32(len(s.values) - 1)


def _stack_pop(s: TileStack) -> Any:
    if not s.values:
        return filled((1,), 0, s.element).at((0,)), np.int32(-1)
    value = s.values.pop()
    return value, np.int32(len(s.values))


def _stack_clear(s: TileStack) -> None:
    s.values.clear()


MEANINGS: dict[str, Meaning] = {
    "tile_zeros": placed(_zeros, machine=True),
    "tile_empty": placed(_zeros, machine=True),  # a kernel writes to it before it reads
    "tile_ones": placed(_ones, machine=True),
    "tile_full": placed(_full, machine=True),
    "tile_from_thread": placed(_from_thread),
    "tile_arange": placed(_arange, machine=True),
    "tile_randi": placed(_randi),
    "tile_randf": placed(_randf, machine=True),
    "tile": Meaning(_tile),
    "untile": Meaning(_untile),
    "tile_view": Meaning(_view),
    "tile_reshape": Meaning(_reshape),
    "tile_squeeze": Meaning(_squeeze),
    "tile_transpose": Meaning(_transpose),
    "tile_broadcast": Meaning(_broadcast),
    "tile_assign": Meaning(_assign),
    "tile_extract": Meaning(_extract),
    "tile_astype": Meaning(_astype, machine=True),
    "tile_scatter_add": Meaning(_scatter_add),
    "tile_scatter_masked": Meaning(_scatter_masked),
    "tile_stack": Meaning(_stack, machine=True),
    "tile_stack_push": Meaning(_stack_push),
    "tile_stack_pop": Meaning(_stack_pop),
    "tile_stack_clear": Meaning(_stack_clear),
    "tile_stack_count": Meaning(lambda s: np.int32(len(s.values))),
    "block_dim": Meaning(lambda: np.int32(1)),
}
