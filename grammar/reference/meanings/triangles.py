"""What Warp's built-ins on edges and triangles mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from grammar.reference.compounds import Vec, cross, ordered_sum
from grammar.reference.fused import diff_product
from grammar.reference.machine import Meaning

EPSILON = 1e-6  # nearer to the other's plane a corner counts as in it


def _dot(a: Any, b: Any) -> Any:
    return ordered_sum(a * b)


def _unit(x: Any) -> Any:
    """A number clamped to [0, 1]; for what is none, 0."""
    return np.fmin(np.fmax(x.dtype.type(0), x), x.dtype.type(1))


def closest_point_edge_edge(p1: Vec, q1: Vec, p2: Vec, q2: Vec, epsilon: Any) -> Vec:
    """Where two edges are nearest: the parameters along each, and the distance (Ericson, 2005, section 5.1.9).

    Edges whose squared length is at most `epsilon` are points.
    """
    d1, d2, r = q1.data - p1.data, q2.data - p2.data, p1.data - p2.data
    a, e, f = _dot(d1, d1), _dot(d2, d2), _dot(d2, r)
    s = t = p1.scalar(0)
    if a <= epsilon or e <= epsilon:
        if e > epsilon:
            t = _unit(f / e)
        elif a > epsilon:
            s = _unit(-_dot(d1, r) / a)
    else:
        s, t = _of_long_edges(a, _dot(d1, d2), _dot(d1, r), e, f)
    apart = (p2.data + t * d2) - (p1.data + s * d1)
    return Vec(np.array([s, t, np.sqrt(_dot(apart, apart))], p1.data.dtype))


def _of_long_edges(a: Any, b: Any, c: Any, e: Any, f: Any) -> tuple[Any, Any]:
    zero, one = a.dtype.type(0), a.dtype.type(1)
    determinant = diff_product(a, e, b, b)
    s = _unit(diff_product(b, f, c, e) / determinant) if determinant > 0 else zero
    t = (b * s + f) / e
    if t < 0:
        return _unit(-c / a), zero
    if t > 1:
        return _unit((b - c) / a), one
    return s, t


def intersect_tri_tri(v0: Vec, v1: Vec, v2: Vec, u0: Vec, u1: Vec, u2: Vec) -> Any:
    """Whether two triangles meet: 1 or 0 (Möller, 1997: where the line of their planes crosses both)."""
    first, second = [v.data for v in (v0, v1, v2)], [u.data for u in (u0, u1, u2)]
    normal, to_second = _distances(first, second)
    if _one_side(to_second):
        return np.int32(0)
    other_normal, to_first = _distances(second, first)
    if _one_side(to_first):
        return np.int32(0)
    axis = int(np.argmax(np.abs(cross(normal, other_normal))))
    one = _interval([v[axis] for v in first], to_first)
    other = one and _interval([u[axis] for u in second], to_second)
    if one is None or other is None:
        return np.int32(_coplanar(normal, first, second))
    (a, b, c, x0, x1), (d, e, f, y0, y1) = one, other
    xx, yy = x0 * x1, y0 * y1
    start = a * (xx * yy)
    left = sorted((start + b * x1 * yy, start + c * x0 * yy))
    start = d * (xx * yy)
    right = sorted((start + e * xx * y1, start + f * xx * y0))
    return np.int32(not (left[1] < right[0] or right[1] < left[0]))


def _distances(triangle: list[Any], points: list[Any]) -> tuple[Any, list[Any]]:
    """A triangle's normal, and how far points are from its plane, times the normal's length."""
    normal = cross(triangle[1] - triangle[0], triangle[2] - triangle[0])
    offset = -_dot(normal, triangle[0])
    found = [_dot(normal, point) + offset for point in points]
    return normal, [x.dtype.type(0) if np.float64(np.abs(x)) < EPSILON else x for x in found]


def _one_side(d: list[Any]) -> bool:
    return bool(d[0] * d[1] > 0 and d[0] * d[2] > 0)


def _interval(p: list[Any], d: list[Any]) -> tuple[Any, ...] | None:
    """Where a triangle crosses the line, as fractions; none if it lies in the other's plane."""
    if d[0] * d[1] > 0:
        i, j, k = 2, 0, 1
    elif d[0] * d[2] > 0:
        i, j, k = 1, 0, 2
    elif d[1] * d[2] > 0 or d[0] != 0:
        i, j, k = 0, 1, 2
    elif d[1] != 0:
        i, j, k = 1, 0, 2
    elif d[2] != 0:
        i, j, k = 2, 0, 1
    else:
        return None
    return p[i], (p[j] - p[i]) * d[i], (p[k] - p[i]) * d[i], d[i] - d[j], d[i] - d[k]


def _coplanar(normal: Any, first: list[Any], second: list[Any]) -> bool:
    """Whether two triangles in a plane meet: an edge crosses an edge, or one lies in the other."""
    x, y, z = np.abs(normal)
    widest = (0 if x > z else 2) if x > y else (2 if z > y else 1)
    axes = [axis for axis in range(3) if axis != widest]
    v, u = [p[axes] for p in first], [p[axes] for p in second]
    turns = ((0, 1), (1, 2), (2, 0))
    if any(_edges_cross(v[i], v[j], u[k], u[n]) for i, j in turns for k, n in turns):
        return True
    return _inside(v[0], u) or _inside(u[0], v)


def _edges_cross(v0: Any, v1: Any, u0: Any, u1: Any) -> bool:
    """Whether two edges in the plane cross (Antonio, 1992)."""
    (ax, ay), (bx, by), (cx, cy) = v1 - v0, u0 - u1, v0 - u0
    f, d, e = ay * bx - ax * by, by * cx - bx * cy, ax * cy - ay * cx
    if f > 0:
        return bool(0 <= d <= f and 0 <= e <= f)
    return bool(f < 0 and f <= d <= 0 and f <= e <= 0)


def _inside(point: Any, corners: list[Any]) -> bool:
    sides = []
    for i, j in ((0, 1), (1, 2), (2, 0)):
        start, end = corners[i], corners[j]
        a, b = end[1] - start[1], -(end[0] - start[0])
        c = -a * start[0] - b * start[1]
        sides.append(a * point[0] + b * point[1] + c)
    return bool(sides[0] * sides[1] > 0 and sides[0] * sides[2] > 0)


MEANINGS: dict[str, Meaning] = {
    "closest_point_edge_edge": Meaning(closest_point_edge_edge),
    "intersect_tri_tri": Meaning(intersect_tri_tri),
}
