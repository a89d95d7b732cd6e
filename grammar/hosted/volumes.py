"""Volumes and textures as inputs: few voxels about the origin, few texels, and how they lie in space."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from grammar.inputs import HostObject, Maker
    from grammar.term import Symbol

Voxel = tuple[int, ...]

# From index space to the world's, but for a scale; plain inputs have the symmetric ones.
FRAMES = (
    ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    ((1.0, 0.0, 0.0), (0.0, 0.5, 0.0), (0.0, 0.0, 1.5)),
    ((1.0, 0.25, 0.0), (0.25, 1.0, 0.0), (0.0, 0.0, 1.0)),
    ((1.0, 0.5, 0.0), (0.0, 1.0, 0.25), (0.0, 0.0, 1.0)),
    ((0.0, -1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
)
SYMMETRIC = 3
SCALES = (2.0, 1.0, 0.5, 0.3)

BLOCK = tuple(itertools.product((-1, 0, 1), repeat=3))  # voxels that every volume has
SINGLES = 3  # more voxels, anywhere within FAR of the origin
FAR = 5

# By the bits of an index that a level of NanoVDB's tree looks at: nodes of 4096 voxels an axis, of 128, leaves of 8.
LEVELS = (12, 7, 3, 0)


def in_order(voxels: Iterable[Voxel]) -> list[Voxel]:
    """Voxels in the order in which NanoVDB numbers them."""
    return sorted(voxels, key=lambda voxel: [index >> shift for shift in LEVELS for index in voxel])


def _frame(maker: Maker) -> dict[str, Any]:
    """How a volume lies in the world: `transform`, the linear part (3, 3), and `translation`, of the origin."""
    plain = maker.shape.plain
    matrix = np.array(FRAMES[maker.below(SYMMETRIC if plain else len(FRAMES))])
    scale = SCALES[maker.below(2 if plain else len(SCALES))]
    offset = [0.0 if maker.chance(0.2) else round(maker.random.random() - 0.5, 2) for _ in range(3)]
    return {"transform": (scale * matrix).astype(np.float32), "translation": np.array(offset, np.float32)}


def _any_voxel(maker: Maker) -> Voxel:
    return tuple(maker.below(2 * FAR + 1) - FAR for _ in range(3))


def _filled(maker: Maker, symbol: Symbol, voxels: list[Voxel]) -> HostObject:
    """A volume with values at some voxels, `background` elsewhere."""
    values = maker.value(symbol.type, (len(voxels),), constant=False)
    background = maker.value(symbol.type, (), constant=False)
    data = {"voxels": np.array(voxels, np.int32), "values": values, "background": background}
    return maker.host_object(symbol, data | _frame(maker))


def _volume(maker: Maker, symbol: Symbol) -> HostObject:
    return _filled(maker, symbol, in_order({*BLOCK, *(_any_voxel(maker) for _ in range(SINGLES))}))


def _target(maker: Maker, symbol: Symbol) -> HostObject:
    """A voxel for each index of the launch's first three axes."""
    axes = (*maker.dim[:3], 1, 1, 1)[:3]
    return _filled(maker, symbol, in_order(itertools.product(*(range(max(axis, 1)) for axis in axes))))


def _topology(maker: Maker, symbol: Symbol) -> HostObject:
    """As many voxels as it has items; the arrays of values are in their order."""
    assert symbol.index_of is not None
    voxels: set[Voxel] = set()
    while len(voxels) < maker.size(symbol.index_of):
        voxels.add(_any_voxel(maker) if maker.chance(0.2) else BLOCK[maker.below(len(BLOCK))])
    return maker.host_object(symbol, {"voxels": np.array(in_order(voxels), np.int32)} | _frame(maker))


CLOSEST, LINEAR = 0, 1  # as in Warp's TextureFilterMode
WRAP, CLAMP, MIRROR, BORDER = range(4)  # as in Warp's TextureAddressMode


def _texture(rank: int) -> Callable[[Maker, Symbol], HostObject]:
    """What makes a texture: its texels, their first axis the last coordinate, their last axis the channels."""

    def make(maker: Maker, symbol: Symbol) -> HostObject:
        plain = maker.shape.plain
        shape = tuple(4 + maker.below(5 if rank < 3 else 2) for _ in range(rank))
        texels = maker.value(symbol.type, shape, constant=False)
        normalized = plain or maker.chance(0.8)
        modes = (WRAP, CLAMP, MIRROR, BORDER) if normalized else (CLAMP, BORDER)
        data = {
            "texels": texels if texels.ndim > rank else texels[..., None],
            "address": np.array([modes[maker.below(len(modes))] for _ in range(rank)], np.int32),
            "filter": np.array(LINEAR if plain or maker.chance(0.7) else CLOSEST, np.int32),
            "mip_filter": np.array(LINEAR if plain or maker.chance(0.7) else CLOSEST, np.int32),
            "levels": np.array(2 + maker.below(2) if normalized else 1, np.int32),
            "normalized": np.array(normalized, np.bool_),
        }
        return maker.host_object(symbol, data)

    return make


# By the kind of a host's object: what makes the arrays that it is made of.
MADE: dict[str, Callable[[Maker, Symbol], HostObject]] = {
    "volume": _volume,
    "target volume": _target,
    "topology": _topology,
    **{f"texture{rank}": _texture(rank) for rank in (1, 2, 3)},
}
# By the kind: how many items one may have, where not any number.
SIZES: dict[str, tuple[int, ...]] = {"topology": (2, 5, 9)}
