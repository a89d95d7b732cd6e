"""What Warp's textures mean on the CPU: texels at the nearest or between the neighbouring ones, between mipmaps too.

All is exact: float32 in Warp's order. The mipmaps are its 2 x box filter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from grammar.reference.compounds import Compound
from grammar.reference.errors import UndefinedError, UnreferencedError
from grammar.reference.machine import Meaning
from grammar.reference.values import CompoundType

if TYPE_CHECKING:
    from grammar.inputs import HostObject
    from grammar.reference.run import Binder
    from grammar.term import Symbol

CLOSEST = 0
WRAP, CLAMP, MIRROR = 0, 1, 2  # and elsewhere, with a border, a texel is zero


@dataclass(frozen=True, slots=True)
class Texture:
    """A texture: `levels`, from the finest on, have the axes of the last coordinate to the first, then the channels."""

    levels: tuple[Any, ...]
    address: tuple[int, ...]
    closest: bool
    closest_level: bool
    normalized: bool

    @property
    def sizes(self) -> tuple[int, ...]:
        """The finest level's texels along the coordinates' axes, the first coordinate first."""
        return tuple(self.levels[0].shape[-2::-1])

    @property
    def width(self) -> Any:
        """Texels along the first coordinate."""
        return np.int32(self.sizes[0])

    @property
    def height(self) -> Any:
        """Texels along the second coordinate."""
        return np.int32(self.sizes[1])

    @property
    def depth(self) -> Any:
        """Texels along the third coordinate."""
        return np.int32(self.sizes[2])


def _bound(binder: Binder, _symbol: Symbol, host: HostObject) -> Texture:
    texels = host.data["texels"].astype(binder.machine.type("float32").dtype)
    levels = [texels]
    for _ in range(int(host.data["levels"]) - 1):
        levels.append(_coarser(levels[-1]))
    return Texture(
        tuple(levels),
        tuple(host.data["address"].tolist()),
        bool(host.data["filter"] == CLOSEST),
        bool(host.data["mip_filter"] == CLOSEST),
        bool(host.data["normalized"]),
    )


def _coarser(texels: Any) -> Any:
    """The next level: means of two texels along every axis, in which the last of an odd number is left out."""
    means = texels.astype(np.float64)
    for axis in reversed(range(texels.ndim - 1)):
        size = means.shape[axis] // 2
        if size:
            even, odd = (np.take(means, range(first, 2 * size, 2), axis) for first in (0, 1))
            means = (even + odd) * 0.5
    return means.astype(texels.dtype)


def _sample(texture: Texture, *arguments: Any, dtype: Any = None, lod: Any = None) -> Any:
    """`texture_sample`: coordinates as a vector or one by one, the type of the texel, the level."""
    is_vector = isinstance(arguments[0], Compound)
    count = 1 if is_vector else len(texture.sizes)
    coordinates = list(arguments[0].data if is_vector else arguments[:count])
    rest = list(arguments[count:])
    dtype = dtype or rest.pop(0)
    lod = rest.pop(0) if rest else lod
    if np.any(np.isnan(coordinates)):
        raise UnreferencedError("a texture sampled at a coordinate that is no number")
    texel = _between_levels(texture, coordinates, lod)
    return dtype.of(texel) if isinstance(dtype, CompoundType) else texel[0]


def _between_levels(texture: Texture, coordinates: list[Any], lod: Any) -> Any:
    """The channels at a level of detail, which may lie between two mipmaps."""
    if lod is None or lod < 0:
        return _at_level(texture, 0, coordinates)
    if np.isnan(lod):
        raise UndefinedError("a level of a texture that is no number")
    last = len(texture.levels) - 1
    level = min(lod, type(lod)(last))
    if last == 0 or texture.closest_level:
        return _at_level(texture, min(int(np.floor(level + type(lod)(0.5))), last), coordinates)
    finer = int(np.floor(level))
    part = level - type(lod)(finer)
    texel = _at_level(texture, finer, coordinates)
    if finer == last or part == 0:
        return texel
    return _mixed(texel, _at_level(texture, finer + 1, coordinates), part)


def _mixed(a: Any, b: Any, part: Any) -> Any:
    return a * (type(part)(1) - part) + b * part


def _at_level(texture: Texture, level: int, coordinates: list[Any]) -> Any:
    """The channels at a level."""
    texels = texture.levels[level]
    sizes = texels.shape[-2::-1]
    axes = list(zip(coordinates, texture.sizes, sizes, texture.address, strict=True))
    if texture.closest:
        return _fetch(texels, [_nearest(*axis, texture.normalized) for axis in axes])
    pairs = [_neighbours(*axis, texture.normalized) for axis in axes]
    return _interpolated(texels, pairs, [])


def _interpolated(texels: Any, pairs: list[tuple[int, int, Any]], indices: list[int]) -> Any:
    """Texels mixed along the axes: the first coordinate's innermost."""
    if not pairs:
        return _fetch(texels, indices)
    *others, (low, high, part) = pairs
    return _mixed(_interpolated(texels, others, [low, *indices]), _interpolated(texels, others, [high, *indices]), part)


def _fetch(texels: Any, indices: list[int]) -> Any:
    """The channels of a texel; zero outside."""
    place = tuple(reversed(indices))
    if all(0 <= index < size for index, size in zip(place, texels.shape[:-1], strict=True)):
        return texels[place]
    return np.zeros_like(texels[(0,) * len(place)])


def _period(size: int, address: int, normalized: bool) -> float:
    return (1.0 if normalized else float(size)) * (2.0 if address == MIRROR else 1.0)


def _neighbours(coordinate: Any, size: int, level_size: int, address: int, normalized: bool) -> tuple[int, int, Any]:
    """The two texels about a coordinate, and how far it is from the first to the second."""
    number = type(coordinate)
    if address in {WRAP, MIRROR}:
        period = number(_period(size, address, normalized))
        coordinate = np.fmod(coordinate, period)
        coordinate = coordinate + period if coordinate < 0 else coordinate
    coordinate = coordinate if normalized else coordinate / number(size)
    texel = coordinate * number(level_size) - number(0.5)
    if address == CLAMP:
        texel = max(number(0), min(texel, number(level_size - 1)))
    elif address not in {WRAP, MIRROR}:
        texel = max(number(-2), min(texel, number(level_size)))
    if not np.isfinite(texel):
        raise UndefinedError("a texture repeats up to infinity")
    low = int(np.floor(texel))
    return _addressed(low, level_size, address), _addressed(low + 1, level_size, address), texel - number(low)


def _nearest(coordinate: Any, size: int, level_size: int, address: int, normalized: bool) -> int:
    """The texel that a coordinate is in."""
    wide = float(coordinate)
    if address in {WRAP, MIRROR}:
        wide = float(np.fmod(wide, _period(size, address, normalized)))
    texel = wide * level_size if normalized else wide * level_size / size
    if address not in {WRAP, MIRROR}:
        texel = max(-1.0, min(texel, float(level_size)))
    if not np.isfinite(texel):
        raise UndefinedError("a texture repeats up to infinity")
    return _addressed(int(np.floor(texel)), level_size, address)


def _addressed(index: int, size: int, address: int) -> int:
    """The texel that stands for one outside of the texture."""
    if address == WRAP:
        return index % size
    if address == CLAMP:
        return min(max(index, 0), size - 1)
    if address == MIRROR:
        within = index % (2 * size)
        return 2 * size - 1 - within if within >= size else within
    return index


MEANINGS: dict[str, Meaning] = {"texture_sample": Meaning(_sample)}

# By the kind of a host's object: what the kernel is given of it, and what the object holds after the launch.
BOUND: dict[str, Callable[[Binder, Symbol, HostObject], Any]] = dict.fromkeys(
    ("texture1", "texture2", "texture3"), _bound
)
UNBOUND: dict[str, Callable[[Binder, Symbol, Any], Any]] = {}
