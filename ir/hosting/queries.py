"""Hash grids, hierarchies of boxes and meshes, made with Warp; a launch is given their ids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ir import warp_api
from ir.hosts import HostValue, Opened


@dataclass(slots=True)
class Hosted:
    """An object of the host that a kernel knows by its id and only reads."""

    held: Any
    value: Any
    adjoint: Any

    def read(self) -> None:
        """Nothing: no kernel writes to it."""
        return


def _opened(make: Callable[..., Any], value: HostValue, size: str) -> Hosted:
    none = np.uint64(0)
    if not len(value.data[size]):  # Warp makes no empty one; no thread would look into it
        return Hosted(None, none, none)
    made = make(**{name: np.array(array) for name, array in value.data.items()})
    return Hosted(made, np.uint64(made.id), none)


def _grid(value: HostValue, _of: Any) -> Opened:
    return _opened(warp_api.hash_grid, value, "points")


def _bvh(value: HostValue, _of: Any) -> Opened:
    return _opened(warp_api.bvh, value, "lowers")


def _mesh(value: HostValue, _of: Any) -> Opened:
    return _opened(warp_api.mesh, value, "indices")


# By the kind of a host's object: what makes it, for an argument of a type of Warp's.
OPENERS: dict[str, Callable[[HostValue, Any], Opened]] = {"grid": _grid, "bvh": _bvh, "mesh": _mesh}
