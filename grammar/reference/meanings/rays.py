"""Rays through triangle meshes: the first face that is hit, any, how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grammar.reference.compounds import Vec, cross
from grammar.reference.fused import diff_product
from grammar.reference.machine import Machine, Meaning
from grammar.reference.meanings.boxes import EVERY
from grammar.reference.meanings.decisions import Data, epsilon, noise, normalized
from grammar.reference.meanings.mesh import Mesh

STEPS = 8  # roundings, at most about, between the corners and what a hit is decided by


@dataclass(slots=True)
class MeshQueryRay:
    """What a ray hits; `sign` is positive where it comes from outside; with `result` false nothing counts."""

    result: Any
    sign: Any
    face: Any
    t: Any
    u: Any
    v: Any
    normal: Vec


@dataclass(slots=True)
class Hit:
    """Where a ray meets a face; `when` is `t` as the decisions of this run see it."""

    face: int
    t: Any
    u: Any
    v: Any
    sign: Any
    when: float


class Ray:
    """A ray, in axes of its own: the last is the one along which it goes farthest (Woop, Benthin and Wald, 2013)."""

    def __init__(self, machine: Machine, start: Data, direction: Data) -> None:
        self._machine, self._start = machine, start
        z = int(np.argmax(np.abs(direction)))
        x, y = (z + 1) % 3, (z + 2) % 3
        self._axes = (y, x, z) if direction[z] < 0 else (x, y, z)
        slopes = direction[list(self._axes)] / direction[z]
        self._shear = (slopes[0], slopes[1], direction.dtype.type(1) / direction[z])

    def hit(self, mesh: Mesh, face: int) -> Hit | None:
        """Where it meets a face, before or behind its start by rounding only; none if it misses it."""
        edge = epsilon(self._start) * STEPS
        corners = [corner - self._start for corner in mesh.corners(face)]
        size = max(float(np.max(np.abs(corner))) for corner in corners)
        (ax, ay, az), (bx, by, bz), (cx, cy, cz) = map(self._sheared, corners)
        sides = [diff_product(cx, by, cy, bx), diff_product(ax, cy, ay, cx), diff_product(bx, ay, by, ax)]
        if any(side == 0 for side in sides):
            sides = [_wide(cx, by, cy, bx), _wide(ax, cy, ay, cx), _wide(bx, ay, by, ax)]
        seen = [float(side) + noise(self._machine, edge * size * size) for side in sides]
        if min(seen) < 0 < max(seen):
            return None
        det = sides[0] + sides[1] + sides[2]
        if det == 0 or np.isnan(det):
            return None
        far = sides[0] * az + sides[1] * bz + sides[2] * cz
        inverse = det.dtype.type(1) / det
        t = far * inverse
        depth = max(abs(float(z)) for z in (az, bz, cz))
        when = float(t) + noise(self._machine, edge * depth * (1.0 + size * size * abs(float(inverse))))
        return Hit(face, t, sides[0] * inverse, sides[1] * inverse, det, when) if when >= 0 else None

    def _sheared(self, corner: Data) -> tuple[Any, Any, Any]:
        (x, y, z), (sx, sy, sz) = self._axes, self._shear
        return corner[x] - sx * corner[z], corner[y] - sy * corner[z], sz * corner[z]


def _wide(a: Any, b: Any, c: Any, d: Any) -> Any:
    return a.dtype.type(np.float64(a) * np.float64(b) - np.float64(c) * np.float64(d))


def hits(machine: Machine, mesh: Mesh, start: Data, direction: Data, faces: Sequence[int]) -> list[Hit]:
    """Where a ray meets faces of a mesh."""
    ray = Ray(machine, start, direction)
    found = (ray.hit(mesh, face) for face in faces)
    return [hit for hit in found if hit is not None]


def is_inside_by_rays(machine: Machine, mesh: Mesh, p: Data) -> bool:
    """Whether a point is inside: two of the rays along the axes first meet a face from within."""
    votes = 0
    for direction in np.eye(3, dtype=p.dtype):
        found = hits(machine, mesh, p, direction, mesh.faces)
        votes += bool(found) and bool(min(found, key=lambda hit: hit.when).sign < 0)
    return votes >= 2  # of three


def _ray(machine: Machine, mesh: Mesh, start: Vec, dir: Vec, max_t: Any, root: Any = EVERY) -> MeshQueryRay:  # noqa: A002
    found = hits(machine, mesh, start.data, dir.data, mesh.bvh.members(root))
    first = min((hit for hit in found if hit.when < max_t), key=lambda hit: hit.when, default=None)
    zero = max_t.dtype.type(0)
    if first is None:
        return MeshQueryRay(np.bool_(False), zero, np.int32(0), zero, zero, zero, start.like(np.zeros(3)))
    p, q, r = mesh.corners(first.face)
    normal = start.like(normalized(cross(q - p, r - p)))
    return MeshQueryRay(np.bool_(True), first.sign, np.int32(first.face), first.t, first.u, first.v, normal)


def _any(machine: Machine, mesh: Mesh, start: Vec, dir: Vec, max_t: Any, root: Any = EVERY) -> Any:  # noqa: A002
    found = hits(machine, mesh, start.data, dir.data, mesh.bvh.members(root))
    return np.bool_(any(hit.when < max_t for hit in found))


def _count(machine: Machine, mesh: Mesh, start: Vec, dir: Vec, root: Any = EVERY) -> Any:  # noqa: A002
    return np.int32(len(hits(machine, mesh, start.data, dir.data, mesh.bvh.members(root))))


MEANINGS: dict[str, Meaning] = {
    "mesh_query_ray": Meaning(_ray, machine=True),
    "mesh_query_ray_anyhit": Meaning(_any, machine=True),
    "mesh_query_ray_count_intersections": Meaning(_count, machine=True),
}
