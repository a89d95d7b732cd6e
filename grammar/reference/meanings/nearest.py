"""The nearest and the furthest point of a triangle mesh, and on which side of it a point is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grammar.reference.compounds import Vec, cross
from grammar.reference.errors import UnreferencedError
from grammar.reference.generator import hashed, seeded
from grammar.reference.machine import Machine, Meaning
from grammar.reference.meanings.decisions import Data, dot, epsilon, length, noise, normalized
from grammar.reference.meanings.mesh import Mesh, nearest_in_triangle, weighed
from grammar.reference.meanings.rays import hits, is_inside_by_rays

SLIVER = 1e-6  # twice the area to the edges' squared lengths, of faces that are left out
STEPS = 8  # roundings, at most about, between the corners and a distance
SEED = 42  # of the rays whose crossings are counted
DIPOLE = 0.05  # by how much the approximation of a winding number may be off, of 1

Sided = Callable[[], bool]


@dataclass(slots=True)
class MeshQueryPoint:
    """A point of a mesh, by its face and weights; `sign` is -1 inside; with `result` false nothing counts."""

    result: Any
    sign: Any
    face: Any
    u: Any
    v: Any


@dataclass(slots=True)
class Candidate:
    """A face's nearest or furthest point: its weights, its squared distance, by how much that may be off."""

    face: int
    v: Any
    w: Any
    place: Data
    square: Any
    error: float


def _candidates(mesh: Mesh, p: Data, choose: Callable[[Data, Data, Data, Data], tuple[Any, Any]]) -> list[Candidate]:
    found = []
    for face in mesh.faces:
        a, b, c = mesh.corners(face)
        ab, ac, bc = b - a, c - a, c - b
        doubled, edges = length(cross(ab, ac)), dot(ab, ab) + dot(ac, ac) + dot(bc, bc)
        if doubled / edges < SLIVER:
            continue
        u, v = choose(a, b, c, p)
        w = u.dtype.type(1) - u - v
        place = u * a + v * b + w * c
        square = dot(place - p, place - p)
        size = float(np.max(np.abs([a, b, c, p])))
        rounding = STEPS * epsilon(p) * size
        sideways = rounding * (float(edges) / float(doubled)) ** 2  # along the face, of weights that are off
        distance = float(np.sqrt(square))
        found.append(Candidate(face, v, w, place, square, rounding * (2 * distance + size) * 0.5 + sideways**2))
    return found


def _found(best: Candidate | None, inside: Sided | None, like: Any) -> MeshQueryPoint:
    kind = like.dtype.type
    if best is None:
        return MeshQueryPoint(np.bool_(False), kind(0), np.int32(0), kind(0), kind(0))
    sign = kind(0) if inside is None else kind(-1 if inside() else 1)
    return MeshQueryPoint(np.bool_(True), sign, np.int32(best.face), kind(1) - best.v - best.w, best.v)


def _nearest(machine: Machine, mesh: Mesh, point: Vec, max_dist: Any, inside: Sided | None = None) -> MeshQueryPoint:
    if max_dist < 0:
        raise UnreferencedError("a negative distance")
    seen = [(float(c.square) + noise(machine, c.error), c) for c in _candidates(mesh, point.data, nearest_in_triangle)]
    square, best = min(seen, key=lambda each: each[0], default=(np.inf, None))
    return _found(best if square < max_dist * max_dist else None, inside, max_dist)


def _no_sign(machine: Machine, mesh: Mesh, point: Vec, max_dist: Any) -> MeshQueryPoint:
    return _nearest(machine, mesh, point, max_dist)


def _by_votes(machine: Machine, mesh: Mesh, point: Vec, max_dist: Any) -> MeshQueryPoint:
    return _nearest(machine, mesh, point, max_dist, lambda: is_inside_by_rays(machine, mesh, point.data))


def _furthest_in_triangle(a: Data, b: Data, c: Data, p: Data) -> tuple[Any, Any]:
    one, zero = a.dtype.type(1), a.dtype.type(0)
    to_a, to_b, to_c = (dot(p - corner, p - corner) for corner in (a, b, c))
    if to_a > to_b and to_a > to_c:
        return one, zero
    return (zero, one) if to_b > to_c else (zero, zero)


def _furthest(machine: Machine, mesh: Mesh, point: Vec, min_dist: Any) -> MeshQueryPoint:
    if min_dist < 0:
        raise UnreferencedError("a negative distance")
    seen = [
        (float(c.square) + noise(machine, c.error), c) for c in _candidates(mesh, point.data, _furthest_in_triangle)
    ]
    square, best = max(seen, key=lambda each: each[0], default=(-np.inf, None))
    return _found(best if square > min_dist * min_dist else None, None, min_dist)


# --- by how many faces rays cross ---


def _by_crossings(
    machine: Machine, mesh: Mesh, point: Vec, max_dist: Any, n_sample: Any = 1, perturbation_scale: Any = 0.1
) -> MeshQueryPoint:
    scale = max_dist.dtype.type(perturbation_scale)

    def inside() -> bool:
        directions = _directions(int(n_sample), scale)
        odd = sum(len(hits(machine, mesh, point.data, d, mesh.faces)) % 2 for d in directions)
        return odd * 2 >= int(n_sample)

    return _nearest(machine, mesh, point, max_dist, inside)


def _directions(count: int, scale: Any) -> list[Data]:
    """The directions of the rays, the same in every call."""
    kind, state = scale.dtype.type, seeded(SEED)
    made: list[Data] = []
    while len(made) < count:
        offsets = []
        for _ in range(3):
            state = hashed(state)
            offsets.append((scale - -scale) * (kind(int(state) >> 8) * kind(2.0**-24)) + -scale)
        direction = np.ones(3, kind) + np.array(offsets, kind)
        if dot(direction, direction) >= 1e-8:  # else it is drawn again
            made.append(direction)
    return made


# --- by the normals of the faces around the nearest point ---


def _by_normals(machine: Machine, mesh: Mesh, point: Vec, max_dist: Any, epsilon: Any = 1e-3) -> MeshQueryPoint:
    if max_dist < 0:
        raise UnreferencedError("a negative distance")
    near = mesh.mean_edge * max_dist.dtype.type(epsilon)
    least, best, normal = float(max_dist), None, np.zeros(3, point.scalar)
    for each in machine.shuffled(_candidates(mesh, point.data, nearest_in_triangle)):
        distance = float(np.sqrt(each.square))
        distance += noise(machine, each.error / max(distance, each.error**0.5, 1e-30))
        if distance >= least + near:
            continue
        turned = _angle(mesh, each, near) * _unit_normal(mesh, each.face)
        normal = normal + turned if distance > least - near else turned
        if distance < least:
            least, best = distance, each

    def inside() -> bool:
        assert best is not None
        kind = max_dist.dtype.type
        closest = weighed(mesh.corners(best.face), kind(1) - best.v - best.w, best.v).data
        size = float(np.max(np.abs([closest, point.data])))
        side = float(dot(normal, point.data - closest))
        return side + noise(machine, STEPS * _epsilon(closest) * float(length(normal)) * size) <= 0.0

    return _found(best, inside, max_dist)


def _epsilon(data: Data) -> float:
    return epsilon(data)


def _unit_normal(mesh: Mesh, face: int) -> Data:
    p, q, r = mesh.corners(face)
    return normalized(cross(q - p, r - p))


def _angle(mesh: Mesh, of: Candidate, near: Any) -> Any:
    """How much of the surroundings of the nearest point is its face: an angle at a corner, half a turn on an edge."""
    corners, kind = mesh.corners(of.face), near.dtype.type
    for i, corner in enumerate(corners):
        if dot(of.place - corner, of.place - corner) < near * near:
            after, before = corners[(i + 1) % 3] - corner, corners[(i + 2) % 3] - corner
            return np.arccos(np.clip(dot(normalized(after), normalized(before)), kind(-1), kind(1)))
    for i, corner in enumerate(corners):
        edge, to = corners[(i + 1) % 3] - corner, of.place - corner
        if dot(to, to) * dot(edge, edge) - dot(edge, to) ** 2 < near * near * dot(edge, edge):
            return kind(np.pi)
    return kind(2 * np.pi)


# --- by how often the mesh winds around the point ---


def _by_winding(
    machine: Machine, mesh: Mesh, point: Vec, max_dist: Any, accuracy: Any = 2.0, threshold: Any = 0.5
) -> MeshQueryPoint:
    def inside() -> bool:
        angle = sum(_solid_angle(machine, mesh, face, point.data) for face in mesh.faces)
        return bool(angle / (4.0 * np.pi) + noise(machine, DIPOLE) > threshold)

    if len(mesh.bvh.groups):
        raise UnreferencedError("known bug: mesh_winding_groups")
    if accuracy < 2:  # then it may be off by more
        raise UnreferencedError("a winding number of low accuracy")
    return _nearest(machine, mesh, point, max_dist, inside)


def _solid_angle(machine: Machine, mesh: Mesh, face: int, p: Data) -> float:
    """The angle that a face is seen under (van Oosterom and Strackee, 1983), in float64."""
    rays = [corner.astype(np.float64) - p.astype(np.float64) for corner in mesh.corners(face)]
    sizes = [length(ray) for ray in rays]
    if min(sizes) == 0:
        return 0.0
    a, b, c = (ray / size for ray, size in zip(rays, sizes, strict=True))
    volume = float(dot(a, cross(b - a, c - a))) + noise(machine, STEPS * epsilon(p))
    return 0.0 if volume == 0 else 2.0 * float(np.arctan2(volume, 1.0 + dot(a, b) + dot(a, c) + dot(b, c)))


MEANINGS: dict[str, Meaning] = {
    "mesh_query_point": Meaning(_by_votes, machine=True),
    "mesh_query_point_no_sign": Meaning(_no_sign, machine=True),
    "mesh_query_point_sign_parity": Meaning(_by_crossings, machine=True),
    "mesh_query_point_sign_normal": Meaning(_by_normals, machine=True),
    "mesh_query_point_sign_winding_number": Meaning(_by_winding, machine=True),
    "mesh_query_furthest_point_no_sign": Meaning(_furthest, machine=True),
}
