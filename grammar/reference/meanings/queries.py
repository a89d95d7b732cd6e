"""Hash grids, hierarchies of boxes and meshes: what kernels are given of them, and what the built-ins on them mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from grammar.inputs import dtype_of, scalar_type
from grammar.reference.compounds import Vec
from grammar.reference.machine import Machine, Meaning
from grammar.reference.meanings import boxes, grids, mesh, nearest, rays
from grammar.reference.values import Arr, CompoundType

if TYPE_CHECKING:
    from grammar.inputs import HostObject
    from grammar.reference.run import Binder
    from grammar.term import Symbol

MEANINGS: dict[str, Meaning] = {
    **grids.MEANINGS,
    **boxes.MEANINGS,
    **mesh.MEANINGS,
    **rays.MEANINGS,
    **nearest.MEANINGS,
}


def _grid(binder: Binder, symbol: Symbol, host: HostObject) -> grids.Grid:
    dtype, data = binder.dtype(symbol.type), host.data
    x, y, z = map(int, data["dims"])
    width = dtype.type(data["width"].astype(dtype_of(scalar_type(symbol.type))))
    return grids.Grid(data["points"].astype(dtype), data["groups"], (x, y, z), width)


def _bvh(binder: Binder, _symbol: Symbol, host: HostObject) -> boxes.Bvh:
    dtype, data = binder.machine.type("float32").dtype, host.data
    return boxes.Bvh(data["lowers"].astype(dtype), data["uppers"].astype(dtype), data["groups"])


def _mesh(binder: Binder, _symbol: Symbol, host: HostObject) -> mesh.Mesh:
    machine, data = binder.machine, host.data
    points, velocities = (_vectors(machine, data[name]) for name in ("points", "velocities"))
    around = mesh.boxes_of(points.data, data["indices"], data["groups"])
    return mesh.Mesh(points, velocities, Arr(data["indices"].copy(), machine.type("int32")), around)


def _vectors(machine: Machine, data: Any) -> Arr:
    scalar = machine.type("float32")
    return Arr(data.astype(scalar.dtype), CompoundType(Vec, (3,), scalar))


# By the kind of a host's object: what the kernel is given of it, and what the object holds after the launch.
BOUND: dict[str, Callable[[Binder, Symbol, HostObject], Any]] = {"grid": _grid, "bvh": _bvh, "mesh": _mesh}
UNBOUND: dict[str, Callable[[Binder, Symbol, Any], Any]] = {}
