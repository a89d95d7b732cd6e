"""What Warp's sparse volumes mean: values at voxels, the background elsewhere, and an affine frame.

All is exact: sums of eight products in Warp's order.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from grammar.reference.compounds import Compound, Vec, ordered_sum
from grammar.reference.errors import UndefinedError
from grammar.reference.machine import Meaning
from grammar.reference.values import Arr

if TYPE_CHECKING:
    from grammar.inputs import HostObject
    from grammar.reference.run import Binder
    from grammar.term import Symbol

Voxel = tuple[int, ...]

LEAF_BITS = 3  # of an index into a leaf, of 8 voxels an axis: where there is one, every voxel in it can be stored to
INT_MAX = 2**31
CLOSEST = 0
CORNERS = tuple(itertools.product((0, 1), repeat=3))


@dataclass(frozen=True, slots=True)
class Frame:
    """How a volume lies in the world, in float64: the linear part, its inverse, and where the voxel (0, 0, 0) is."""

    linear: Any
    inverse: Any
    origin: Any


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume: what its voxels hold, the components of values or numbers, as `view` makes values of it."""

    voxels: tuple[Voxel, ...]
    held: dict[Voxel, Any]
    background: Any
    frame: Frame
    view: Callable[[Any], Any]

    def at(self, voxel: Voxel) -> Any:
        """What a voxel holds."""
        return self.held.get(voxel, self.background)


def _leaf(voxel: Voxel) -> Voxel:
    return tuple(index >> LEAF_BITS for index in voxel)


def _inverse(linear: Any) -> Any:
    """The inverse of a matrix by its cofactors, in the order of operations of Warp's."""
    m = linear.T
    cofactors = np.empty((3, 3))
    for i, j in itertools.product(range(3), repeat=2):
        a, b, c, d = (i + 1) % 3, (i + 2) % 3, (j + 1) % 3, (j + 2) % 3
        cofactors[j, i] = m[a, c] * m[b, d] - m[a, d] * m[b, c]
    determinant = ordered_sum([m[0, k] * cofactors[k, 0] for k in range(3)])
    return (cofactors * (1.0 / determinant)).T


def _frame(host: HostObject) -> Frame:
    linear = np.asarray(host.data["transform"], np.float64)
    return Frame(linear, _inverse(linear), np.asarray(host.data["translation"], np.float64))


def _bound(binder: Binder, symbol: Symbol, host: HostObject) -> Volume:
    """A volume of values."""
    dtype = binder.dtype(symbol.type)
    voxels = tuple(map(tuple, host.data["voxels"].tolist()))
    values = np.array(host.data["values"]).astype(dtype)
    background = np.array(host.data["background"]).astype(dtype)[()]
    return Volume(
        voxels, dict(zip(voxels, values, strict=True)), background, _frame(host), binder.type_of(symbol.type).view
    )


def _bound_topology(_binder: Binder, _symbol: Symbol, host: HostObject) -> Volume:
    """A volume of voxels' numbers; elsewhere it is -1."""
    voxels = tuple(map(tuple, host.data["voxels"].tolist()))
    numbers = dict(zip(voxels, map(np.int32, range(len(voxels))), strict=True))
    return Volume(voxels, numbers, np.int32(-1), _frame(host), lambda number: number)


def _unbound(_binder: Binder, _symbol: Symbol, volume: Volume) -> Any:
    """The values at the voxels."""
    return np.array([volume.held[voxel] for voxel in volume.voxels])


# --- single voxels ---


def _lookup(volume: Volume, i: Any, j: Any, k: Any, dtype: Any = None) -> Any:  # noqa: ARG001  # the volume knows it
    found = volume.at((int(i), int(j), int(k)))
    return volume.view(np.array(found)[()])


def _store(volume: Volume, i: Any, j: Any, k: Any, value: Any) -> None:
    voxel = (int(i), int(j), int(k))
    if _leaf(voxel) in set(map(_leaf, volume.voxels)):
        volume.held[voxel] = np.array(value.data if isinstance(value, Compound) else value)[()]


# --- samples ---


def _closest(uvw: Any) -> Voxel:
    """The voxel that a point in index space is in; halves go away from zero."""
    wide = np.asarray(uvw, np.float64)
    return _voxel(np.copysign(np.floor(np.abs(wide) + 0.5), wide))


def _voxel(indices: Any) -> Voxel:
    if not np.all(np.abs(indices) < INT_MAX - 1):
        raise UndefinedError("a voxel's index is out of the range of integers")
    return tuple(int(index) for index in indices)


def _sampled(read: Callable[[Voxel], Any], uvw: Vec, mode: Any) -> tuple[Any, Any]:
    """The components of a sample, and those of its gradient with respect to the point: (…, 3)."""
    point = uvw.data
    if mode == CLOSEST:
        value = read(_closest(point))
        return value, np.zeros((*np.shape(value), 3), value.dtype)
    base = np.floor(point)
    first, fraction, one = _voxel(base), point - base, point.dtype.type(1)
    weights = (one - fraction, fraction)
    total: Any = 0
    gradient: Any = 0
    for corner in CORNERS:
        value = read(tuple(a + b for a, b in zip(first, corner, strict=True)))
        x, y, z = (weights[side][axis] for axis, side in enumerate(corner))
        sx, sy, sz = (one if side else -one for side in corner)
        slope = np.array([sx * y * z, sy * x * z, sz * x * y])
        total = total + (x * y * z).astype(value.dtype) * value
        gradient = gradient + np.asarray(value)[..., None] * slope.astype(value.dtype)
    return np.asarray(total)[()], gradient


def _sample(volume: Volume, uvw: Vec, mode: Any = CLOSEST, dtype: Any = None) -> Any:  # noqa: ARG001
    return volume.view(np.array(_sampled(volume.at, uvw, mode)[0])[()])


def _sample_grad(volume: Volume, uvw: Vec, mode: Any, grad: Compound, dtype: Any = None) -> Any:  # noqa: ARG001
    value, gradient = _sampled(volume.at, uvw, mode)
    grad.data[...] = gradient
    return volume.view(np.array(value)[()])


def _reader(topology: Volume, data: Arr, background: Any) -> Callable[[Voxel], Any]:
    """What reads the values beside a volume."""
    outside = background.data if isinstance(background, Compound) else background

    def read(voxel: Voxel) -> Any:
        number = topology.at(voxel)
        return outside if number < 0 else data.data[data.at(number)]

    return read


def _sample_index(topology: Volume, uvw: Vec, mode: Any, data: Arr, background: Any) -> Any:
    value, _ = _sampled(_reader(topology, data, background), uvw, mode)
    return data.element.view(np.array(value)[()])


def _sample_grad_index(topology: Volume, uvw: Vec, mode: Any, data: Arr, background: Any, grad: Compound) -> Any:
    value, gradient = _sampled(_reader(topology, data, background), uvw, mode)
    grad.data[...] = gradient
    return data.element.view(np.array(value)[()])


# --- frames ---


def _times(matrix: Any, vector: Any) -> Any:
    matrix = matrix.astype(vector.dtype)
    return ordered_sum([vector[k] * matrix[:, k] for k in range(3)])


def _index_to_world(volume: Volume, uvw: Vec) -> Vec:
    return Vec(_times(volume.frame.linear, uvw.data) + volume.frame.origin.astype(uvw.data.dtype))


def _world_to_index(volume: Volume, xyz: Vec) -> Vec:
    return Vec(_times(volume.frame.inverse, xyz.data - volume.frame.origin.astype(xyz.data.dtype)))


MEANINGS: dict[str, Meaning] = {
    **dict.fromkeys(
        ("volume_lookup", *(f"volume_lookup_{kind}" for kind in ("f", "v", "i", "index"))), Meaning(_lookup)
    ),
    **dict.fromkeys(("volume_store", *(f"volume_store_{kind}" for kind in ("f", "v", "i"))), Meaning(_store)),
    **dict.fromkeys(("volume_sample", *(f"volume_sample_{kind}" for kind in ("f", "v", "i"))), Meaning(_sample)),
    **dict.fromkeys(("volume_sample_grad", "volume_sample_grad_f"), Meaning(_sample_grad)),
    "volume_sample_index": Meaning(_sample_index),
    "volume_sample_grad_index": Meaning(_sample_grad_index),
    "volume_voxel_count": Meaning(lambda volume: np.int32(len(volume.voxels))),
    "volume_index_to_world": Meaning(_index_to_world),
    "volume_world_to_index": Meaning(_world_to_index),
    "volume_index_to_world_dir": Meaning(lambda volume, uvw: Vec(_times(volume.frame.linear, uvw.data))),
    "volume_world_to_index_dir": Meaning(lambda volume, xyz: Vec(_times(volume.frame.inverse, xyz.data))),
}

# By the kind of a host's object: what the kernel is given of it, and what the object holds after the launch.
BOUND: dict[str, Callable[[Binder, Symbol, HostObject], Any]] = {
    "volume": _bound,
    "target volume": _bound,
    "topology": _bound_topology,
}
UNBOUND: dict[str, Callable[[Binder, Symbol, Any], Any]] = {"target volume": _unbound}
