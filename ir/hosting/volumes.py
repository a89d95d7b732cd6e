"""Volumes and textures, made on the CPU."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ir import warp_api
from ir.hosts import HostError, HostValue, Opened

GRID_HEADER = 672  # bytes ahead of a NanoVDB tree, whose first number is how far behind its own start the leaves begin
LEAF = 8  # voxels along an axis of a leaf


class Volume:
    """A volume with values at some voxels; a target is one that the kernel writes to."""

    def __init__(self, data: Mapping[str, Any], *, target: bool) -> None:
        self._target = target
        self._voxels, values = data["voxels"], data["values"]
        tiles = np.unique(self._voxels // LEAF, axis=0) * LEAF
        try:
            self._volume = warp_api.new_volume(tiles, data["transform"], data["translation"], data["background"])
        except RuntimeError as error:
            raise HostError(f"needs a GPU: Warp makes no volume here: {error}") from error
        except TypeError as error:
            raise HostError(f"needs another Warp: this one makes no volume of its type: {error}") from error
        self._leaves, self._tiles = _leaves(self._volume, values.dtype, values.shape[1:])
        self._leaves[self._places()] = values
        self.value, self.adjoint = self._volume.id, 0

    def read(self) -> Any:
        """The values at the voxels of a target."""
        return self._leaves[self._places()] if self._target else None

    def _places(self) -> tuple[Any, ...]:
        """Where the voxels' values are: numbers of leaves, then their coordinates in there."""
        number = {tuple(tile): n for n, tile in enumerate(self._tiles.tolist())}
        leaves = [number[tuple(tile)] for tile in (self._voxels // LEAF * LEAF).tolist()]
        return (leaves, *(self._voxels % LEAF).T)


def _leaves(volume: Any, dtype: Any, components: tuple[int, ...]) -> tuple[Any, Any]:
    """The leaves' values, a view of shape (leaves, 8, 8, 8, components), and their first voxels."""
    memory, tiles = volume.array().numpy(), volume.get_tiles().numpy()
    tree = memory[GRID_HEADER:]
    leaves = tree[int(tree[:8].view(np.uint64)[0]) :].reshape(len(tiles), -1)
    shape = (LEAF, LEAF, LEAF, *components)
    size = int(np.prod(shape)) * dtype.itemsize  # the values are the last that is in a leaf
    return leaves[:, -size:].view(dtype).reshape(len(tiles), *shape), tiles


class Topology:
    """A volume whose voxels have numbers and no values."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        try:
            self._volume = warp_api.new_topology(data["voxels"], data["transform"], data["translation"])
        except RuntimeError as error:
            raise HostError(f"needs a GPU: Warp makes no volume here: {error}") from error
        if not np.array_equal(self._volume.get_voxels().numpy(), data["voxels"]):
            raise HostError("needs another Warp: this one numbers the voxels in another order")
        self.value, self.adjoint = self._volume.id, 0

    def read(self) -> Any:
        """Nothing: it is only read."""
        return None


class Texture:
    """A texture; no kernel writes to it, and it has no adjoint."""

    def __init__(self, rank: int, data: Mapping[str, Any]) -> None:
        self.value = warp_api.new_texture(
            rank,
            data["texels"],
            address_mode=tuple(data["address"].tolist()),
            filter_mode=int(data["filter"]),
            normalized_coords=bool(data["normalized"]),
            num_mip_levels=int(data["levels"]),
            mip_filter_mode=int(data["mip_filter"]),
        )
        self.adjoint = None

    def read(self) -> Any:
        """Nothing: it is only read."""
        return None


# By the kind of a host's object: what makes it, for an argument of a type of Warp's.
OPENERS: dict[str, Callable[[HostValue, Any], Opened]] = {
    "volume": lambda value, _type: Volume(value.data, target=False),
    "target volume": lambda value, _type: Volume(value.data, target=True),
    "topology": lambda value, _type: Topology(value.data),
    "texture1": lambda value, _type: Texture(1, value.data),
    "texture2": lambda value, _type: Texture(2, value.data),
    "texture3": lambda value, _type: Texture(3, value.data),
}
