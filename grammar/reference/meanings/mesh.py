"""Triangle meshes: their parts, and the faces near a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grammar.reference.compounds import Vec, cross
from grammar.reference.errors import OutOfBoundsError
from grammar.reference.machine import Machine, Meaning
from grammar.reference.meanings.boxes import Bvh, Query, next_item, next_tile, overlap, reaches
from grammar.reference.meanings.decisions import Data, dot, length, normalized
from grammar.reference.values import Arr

CORNERS = 3


@dataclass(slots=True)
class Mesh:
    """A mesh as a kernel sees it: arrays of its vertices, of three indices for each face, and the faces' boxes."""

    points: Arr
    velocities: Arr
    indices: Arr
    bvh: Bvh

    @property
    def faces(self) -> range:
        """The numbers of the faces."""
        return range(len(self.indices) // CORNERS)

    def corners(self, face: Any, of: Arr | None = None) -> tuple[Data, Data, Data]:
        """The corners of a face, or what another array holds of them."""
        if not 0 <= face < len(self.faces):
            raise OutOfBoundsError(f"face {face} of {len(self.faces)}")
        data = (of or self.points).data
        p, q, r = (data[i] for i in self.indices.data[CORNERS * face : CORNERS * (face + 1)])
        return p, q, r

    @property
    def mean_edge(self) -> Any:
        """The mean length of the faces' edges."""
        total = self.points.data.dtype.type(0)
        for face in self.faces:
            p, q, r = self.corners(face)
            total += length(p - q) + length(p - r) + length(r - q)
        return total / total.dtype.type(CORNERS * len(self.faces))


def boxes_of(points: Any, indices: Any, groups: Any) -> Bvh:
    """The boxes around a mesh's faces, with the faces' groups."""
    corners = points[indices.reshape(-1, CORNERS)]
    return Bvh(corners.min(axis=1), corners.max(axis=1), groups)


def nearest_in_triangle(a: Data, b: Data, c: Data, p: Data) -> tuple[Any, Any]:
    """The weights of `a` and `b` in a triangle's nearest point to another (Ericson, 2005, section 5.1.5)."""
    zero, one = a.dtype.type(0), a.dtype.type(1)
    ab, ac = b - a, c - a
    (d1, d2), (d3, d4), (d5, d6) = ((dot(ab, p - corner), dot(ac, p - corner)) for corner in (a, b, c))
    in_c, in_b, in_a = d1 * d4 - d3 * d2, d5 * d2 - d1 * d6, d3 * d6 - d5 * d4
    if d1 <= 0 and d2 <= 0:
        return one, zero
    if d3 >= 0 and d4 <= d3:
        return zero, one
    if in_c <= 0 and d1 >= 0 and d3 <= 0:
        return one - d1 / (d1 - d3), d1 / (d1 - d3)
    if d6 >= 0 and d5 <= d6:
        return zero, zero
    if in_b <= 0 and d2 >= 0 and d6 <= 0:
        return one - zero - d2 / (d2 - d6), zero
    if in_a <= 0 and d4 - d3 >= 0 and d5 - d6 >= 0:
        w = (d4 - d3) / ((d4 - d3) + (d5 - d6))
        return one - (one - w) - w, one - w
    share = one / (in_a + in_b + in_c)
    v, w = in_b * share, in_c * share
    return one - v - w, v


def _touches(mesh: Mesh, face: int, center: Data, square: Any) -> bool:
    """Whether a ball, of a squared radius, touches a face."""
    if not reaches(center, square, mesh.bvh.lowers[face], mesh.bvh.uppers[face]):
        return False
    apart = _nearest_place(mesh.corners(face), center) - center
    return bool(dot(apart, apart) <= square)


def _nearest_place(corners: tuple[Data, Data, Data], p: Data) -> Data:
    """The point of a triangle that is nearest to a point; of one without an area, on its longest edge."""
    a, b, c = corners
    normal = cross(b - a, c - a)
    if dot(normal, normal) != 0:
        u, v = nearest_in_triangle(a, b, c, p)
        return a * u + b * v + c * (u.dtype.type(1) - u - v)
    start, end = max(((a, b), (a, c), (b, c)), key=lambda edge: float(dot(edge[1] - edge[0], edge[1] - edge[0])))
    edge, zero, one = end - start, p.dtype.type(0), p.dtype.type(1)
    square = dot(edge, edge)
    along = np.fmin(np.fmax(zero, dot(p - start, edge) / square), one) if square > 0 else zero
    return start + along * edge


def _aabb(machine: Machine, mesh: Mesh, low: Vec, high: Vec) -> Query:
    a, b = low.data.copy(), high.data.copy()
    bvh = mesh.bvh
    return Query(machine, list(mesh.faces), lambda face, _reach: overlap(a, b, bvh.lowers[face], bvh.uppers[face]))


def _sphere(machine: Machine, mesh: Mesh, center: Vec, radius: Any) -> Query:
    place, size = center.data.copy(), np.fmax(radius, radius.dtype.type(0))
    return Query(machine, list(mesh.faces), lambda face, _reach: _touches(mesh, face, place, size * size))


def _get(mesh: Mesh) -> Mesh:
    return mesh


def _get_bvh(mesh: Mesh) -> Bvh:
    return mesh.bvh


def _group_root(mesh: Mesh, group: Any) -> Any:
    return mesh.bvh.root(group)


def _index(mesh: Mesh, index: Any) -> Any:
    return mesh.indices[index]


def _point(mesh: Mesh, index: Any) -> Any:
    return mesh.points[mesh.indices[index]].copy()


def _velocity(mesh: Mesh, index: Any) -> Any:
    return mesh.velocities[mesh.indices[index]].copy()


def weighed(corners: tuple[Data, Data, Data], u: Any, v: Any) -> Vec:
    """The mean of three corners with weights u, v and what is left of 1."""
    p, q, r = corners
    return Vec(p * u + q * v + r * (u.dtype.type(1) - u - v))


def _position_at(mesh: Mesh, face: Any, u: Any, v: Any) -> Vec:
    return weighed(mesh.corners(face), u, v)


def _velocity_at(mesh: Mesh, face: Any, u: Any, v: Any) -> Vec:
    return weighed(mesh.corners(face, mesh.velocities), u, v)


def _normal_of(mesh: Mesh, face: Any) -> Vec:
    p, q, r = mesh.corners(face)
    return Vec(normalized(cross(q - p, r - p)))


MEANINGS: dict[str, Meaning] = {
    "mesh_get": Meaning(_get),
    "mesh_get_bvh": Meaning(_get_bvh),
    "mesh_get_group_root": Meaning(_group_root),
    "mesh_get_index": Meaning(_index),
    "mesh_get_point": Meaning(_point),
    "mesh_get_velocity": Meaning(_velocity),
    "mesh_eval_position": Meaning(_position_at),
    "mesh_eval_velocity": Meaning(_velocity_at),
    "mesh_eval_face_normal": Meaning(_normal_of),
    "mesh_query_sphere": Meaning(_sphere, machine=True),
    **dict.fromkeys(("mesh_query_aabb", "mesh_query_aabb_tiled", "tile_mesh_query_aabb"), Meaning(_aabb, machine=True)),
    **dict.fromkeys(("mesh_query_next", "mesh_query_aabb_next"), Meaning(next_item)),
    **dict.fromkeys(("mesh_query_aabb_next_tiled", "tile_mesh_query_aabb_next"), Meaning(next_tile, machine=True)),
}
