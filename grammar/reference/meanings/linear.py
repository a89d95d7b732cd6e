"""What Warp's built-ins on vectors and matrices mean, and those on transformations and spatial vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grammar.reference.compounds import Compound, Mat, Quat, Transform, Vec, cross, matmul, ordered_sum, rotate
from grammar.reference.constructors import construct
from grammar.reference.errors import UnreferencedError
from grammar.reference.fused import fused_multiply_add
from grammar.reference.machine import Machine, Meaning
from grammar.reference.meanings import decompositions, quaternions, triangles
from grammar.reference.meanings.quaternions import dot, length, normalize
from grammar.reference.operators import divide
from grammar.reference.scalars import converted
from grammar.reference.values import CompoundType

# --- vectors ---------------------------------------------------------------------------------------------------------


def _cross(a: Vec, b: Vec) -> Vec:
    return Vec(cross(a.data, b.data))


def _norm_l1(v: Vec) -> Any:
    return ordered_sum([v.scalar(0), *np.abs(v.data)])


def _norm_huber(v: Vec, delta: Any = None) -> Any:
    half, squared = v.scalar(0.5), dot(v, v)
    delta = v.scalar(1) if delta is None else delta
    return half * squared if squared <= delta * delta else delta * (np.sqrt(squared) - half * delta)


def _norm_pseudo_huber(v: Vec, delta: Any = None) -> Any:
    delta = v.scalar(1) if delta is None else delta
    return delta * np.sqrt(v.scalar(1) + dot(v, v) / (delta * delta))


def _smooth_normalize(v: Vec, delta: Any = None) -> Vec:
    return Vec(v.data / _norm_pseudo_huber(v, delta))


def _cw_mul(a: Compound, b: Compound) -> Any:
    return a.like(a.data * b.data)


# --- matrices --------------------------------------------------------------------------------------------------------


def _transpose(a: Mat) -> Mat:
    return Mat(a.data.T.copy())


def _trace(a: Mat) -> Any:
    return ordered_sum(a.data.diagonal())


def _ddot(a: Mat, b: Mat) -> Any:
    total = a.scalar(0)
    for x, y in zip(a.data.ravel(), b.data.ravel(), strict=True):
        total = fused_multiply_add(x, y, total)
    return total


def _outer(a: Any, b: Any) -> Any:
    if isinstance(a, Vec) and isinstance(b, Vec):
        return Mat(a.data[:, None] * b.data[None, :])
    return a * b  # a number with a vector


def _diag(vec: Vec) -> Mat:
    return Mat(np.diag(vec.data))


def _get_diag(mat: Mat) -> Vec:
    return Vec(mat.data.diagonal().copy())


def _skew(vec: Vec) -> Mat:
    x, y, z = vec.data
    o = vec.scalar(0)
    return Mat(np.array([[o, -z, y], [z, o, -x], [-y, x, o]], vec.data.dtype))


def _identity(n: Any, dtype: Any) -> Mat:
    return Mat(np.eye(int(n)).astype(dtype.dtype))


def _matrix_from_rows(*rows: Vec) -> Mat:
    return Mat(np.stack([row.data for row in rows]))


def _matrix_from_cols(*columns: Vec) -> Mat:
    return Mat(np.stack([column.data for column in columns], axis=1))


def _determinant(a: Mat) -> Any:
    m = a.data
    match len(m):
        case 2:
            return m[0, 0] * m[1, 1] - m[1, 0] * m[0, 1]
        case 3:
            return ordered_sum(m[0] * cross(m[1], m[2]))
        case 4:
            return converted(_Cofactors(m).determinant, m.dtype)
        case size:
            raise UnreferencedError(f"a determinant of {size} rows")


def _inverse(a: Mat) -> Any:
    """The inverse by cofactors; zero where the determinant is."""
    m = a.data
    if len(m) == 4:
        return Mat(_Cofactors(m).inverse())
    determinant = _determinant(a)
    # Of two rows a determinant that is not a number counts as zero, of three it does not.
    if determinant == 0 or (len(m) == 2 and np.isnan(determinant)):
        return a.like(np.zeros(m.shape))
    if len(m) == 2:
        adjugate = np.array([[m[1, 1], -m[0, 1]], [-m[1, 0], m[0, 0]]], m.dtype)
    else:
        adjugate = np.array(
            [
                [_minor(m, (1, 1), (2, 2)), _minor(m, (0, 2), (2, 1)), _minor(m, (0, 1), (1, 2))],
                [_minor(m, (1, 2), (2, 0)), _minor(m, (0, 0), (2, 2)), _minor(m, (0, 2), (1, 0))],
                [_minor(m, (1, 0), (2, 1)), _minor(m, (0, 1), (2, 0)), _minor(m, (0, 0), (1, 1))],
            ],
            m.dtype,
        )
    return a.like(adjugate * (a.scalar(1) / determinant))


def _minor(m: Any, first: tuple[int, int], second: tuple[int, int]) -> Any:
    """The product of two elements less that of the two with their columns swapped."""
    (i, j), (k, n) = first, second
    return m[i, j] * m[k, n] - m[i, n] * m[k, j]


class _Cofactors:
    """The cofactors of a matrix of four rows: some at its width, some in float64, as Warp's code declares them."""

    def __init__(self, m: Any) -> None:
        self.m, self.dtype = m, m.dtype
        # Of the pairs of rows, the determinants of the left two columns and of the right two.
        self.left = self._pairs(0, 1)
        self.right = self._pairs(2, 3)
        self.first = [self._cofactor(self.right, 1, row) for row in range(4)]
        total = ordered_sum([m[row, 0] * self.first[row] for row in (3, 2, 1, 0)])
        self.determinant = np.float64(total)

    def _pairs(self, i: int, j: int) -> dict[tuple[int, int], Any]:
        m = self.m
        pairs = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))
        return {(r, s): np.float64(m[r, i] * m[s, j] - m[s, i] * m[r, j]) for r, s in pairs}

    def _term(self, element: Any, pair: Any) -> Any:
        """An element times a determinant in float64: at 16 bits rounded to them, by way of float32, else in float64."""
        product = np.float64(element) * pair
        return converted(product, self.dtype) if self.dtype.itemsize == 2 else product

    def _cofactor(self, pairs: dict[tuple[int, int], Any], column: int, row: int, *, wide: bool = False) -> Any:
        """The cofactor without a row, by a column of its matrix and the pairs of the other two columns."""
        total: Any = None
        for i, j, k, plus in ORDER[column % 2][row]:
            term = self._term(self.m[i, column], pairs[j, k])
            total = (term if plus else -term) if total is None else (total + term if plus else total - term)
        return np.float64(total) if wide else converted(total, self.dtype)

    def inverse(self) -> Any:
        """The components of the inverse."""
        if not np.abs(self.determinant) > 0:
            return np.zeros((4, 4), self.dtype)
        over = np.float64(1.0) / self.determinant
        columns = [
            self.first,
            [self._cofactor(self.right, 0, row) for row in range(4)],
            [self._cofactor(self.left, 3, row, wide=True) for row in range(4)],
            [self._cofactor(self.left, 2, row, wide=True) for row in range(4)],
        ]
        found = np.zeros((4, 4), self.dtype)
        for i, column in enumerate(columns):
            for row, cofactor in enumerate(column):
                product = np.float64(cofactor) * over
                found[i, row] = converted(product, self.dtype)
        return found


# For each row left out, the terms in order: the row of the element, the rows of the pair, and the sign. First for the
# even columns, then for the odd.
ORDER = (
    (
        ((2, 1, 3, True), (3, 1, 2, False), (1, 2, 3, False)),
        ((0, 2, 3, True), (2, 0, 3, False), (3, 0, 2, True)),
        ((1, 0, 3, True), (3, 0, 1, False), (0, 1, 3, False)),
        ((0, 1, 2, True), (1, 0, 2, False), (2, 0, 1, True)),
    ),
    (
        ((1, 2, 3, True), (2, 1, 3, False), (3, 1, 2, True)),
        ((2, 0, 3, True), (3, 0, 2, False), (0, 2, 3, False)),
        ((0, 1, 3, True), (1, 0, 3, False), (3, 0, 1, True)),
        ((1, 0, 2, True), (2, 0, 1, False), (0, 1, 2, False)),
    ),
)

# --- transformations -------------------------------------------------------------------------------------------------


def _frame(p: Any, q: Any) -> Transform:
    return Transform(np.concatenate([p.data, q.data]))


def _transform_point(a: Any, point: Vec) -> Any:
    if isinstance(a, Transform):
        return a.p + rotate(a.q, point)
    return Vec(matmul(a, Vec(np.append(point.data, point.scalar(1)))).data[:3])


def _transform_vector(a: Any, vec: Vec) -> Vec:
    if isinstance(a, Transform):
        return rotate(a.q, vec)
    return Vec(matmul(a, Vec(np.append(vec.data, vec.scalar(0)))).data[:3])


def _transform_inverse(t: Transform) -> Transform:
    back = quaternions.conjugate(t.q)
    return _frame(Vec(-rotate(back, t.p).data), back)


def _transform_identity(machine: Machine, dtype: Any = None) -> Transform:
    scalar = machine.type("float32") if dtype is None else dtype
    return Transform(np.array([0, 0, 0, 0, 0, 0, 1], scalar.dtype))


def _set_translation(t: Transform, p: Vec) -> None:
    t.p = p


def _set_rotation(t: Transform, q: Quat) -> None:
    t.q = q


def _of_blocks(block: Any, position: Any) -> Mat:
    """The matrix of four rows of a linear map and a translation."""
    found = np.zeros((4, 4), block.dtype)
    found[:3, :3], found[:3, 3], found[3, 3] = block, position, 1
    return Mat(found)


def _transform_to_matrix(t: Transform) -> Mat:
    return _of_blocks(quaternions.to_matrix(t.q).data, t.data[:3])


def _transform_from_matrix(mat: Mat) -> Transform:
    return _frame(Vec(mat.data[:3, 3]), quaternions.from_matrix(mat))


def _transform_compose(position: Vec, rotation: Quat, scale: Vec) -> Mat:
    return _of_blocks(scale.data[None, :] * quaternions.to_matrix(rotation).data, position.data)


def _transform_decompose(m: Mat) -> tuple[Vec, Quat, Vec]:
    block = m.data[:3, :3]
    scale = np.sqrt(ordered_sum(block * block))
    turned = np.where(scale != 0, block / scale, block)
    return Vec(m.data[:3, 3].copy()), quaternions.from_matrix(Mat(turned)), Vec(scale)


# --- spatial vectors -------------------------------------------------------------------------------------------------


def _spatial(w: Any, v: Any) -> Vec:
    return Vec(np.concatenate([w, v]))


def _spatial_cross(a: Vec, b: Vec) -> Vec:
    (aw, av), (bw, bv) = np.split(a.data, 2), np.split(b.data, 2)
    return _spatial(cross(aw, bw), cross(av, bw) + cross(aw, bv))


def _spatial_cross_dual(a: Vec, b: Vec) -> Vec:
    (aw, av), (bw, bv) = np.split(a.data, 2), np.split(b.data, 2)
    return _spatial(cross(aw, bw) + cross(av, bv), cross(aw, bv))


def _spatial_adjoint(r: Mat, s: Mat) -> Mat:
    return Mat(np.block([[r.data, np.zeros_like(r.data)], [s.data, r.data]]))


def _velocity_at_point(qd: Vec, r: Vec) -> Vec:
    return Vec(qd.data[3:] + cross(qd.data[:3], r.data))


def _transform_twist(t: Transform, x: Vec) -> Vec:
    w, v = (rotate(t.q, Vec(part)).data for part in np.split(x.data, 2))
    return _spatial(w, v + cross(t.data[:3], w))


def _transform_wrench(t: Transform, x: Vec) -> Vec:
    torque, force = (rotate(t.q, Vec(part)).data for part in np.split(x.data, 2))
    return _spatial(torque + cross(t.data[:3], force), force)


def _exact(functions: Sequence[tuple[str, Any]]) -> dict[str, Meaning]:
    return {name: Meaning(function) for name, function in functions}


MEANINGS: dict[str, Meaning] = {
    **_exact(
        (
            ("dot", dot),
            ("ddot", _ddot),
            ("cross", _cross),
            ("length", length),
            ("length_sq", lambda a: dot(a, a)),
            ("normalize", normalize),
            ("norm_l1", _norm_l1),
            ("norm_l2", length),
            ("norm_huber", _norm_huber),
            ("norm_pseudo_huber", _norm_pseudo_huber),
            ("smooth_normalize", _smooth_normalize),
            ("cw_mul", _cw_mul),
            ("cw_div", divide),
            ("transpose", _transpose),
            ("trace", _trace),
            ("outer", _outer),
            ("diag", _diag),
            ("get_diag", _get_diag),
            ("skew", _skew),
            ("identity", _identity),
            ("matrix_from_rows", _matrix_from_rows),
            ("matrix_from_cols", _matrix_from_cols),
            ("determinant", _determinant),
            ("inverse", _inverse),
            ("inverse_approx", _inverse),  # approximate on the GPU only
            ("transform_point", _transform_point),
            ("transform_vector", _transform_vector),
            ("transform_multiply", lambda a, b: a * b),
            ("transform_inverse", _transform_inverse),
            ("transform_get_translation", lambda xform: xform.p.copy()),
            ("transform_get_rotation", lambda xform: xform.q.copy()),
            ("transform_set_translation", _set_translation),
            ("transform_set_rotation", _set_rotation),
            ("transform_to_matrix", _transform_to_matrix),
            ("transform_from_matrix", _transform_from_matrix),
            ("transform_compose", _transform_compose),
            ("transform_decompose", _transform_decompose),
            ("transform_twist", _transform_twist),
            ("transform_wrench", _transform_wrench),
            ("spatial_dot", dot),
            ("spatial_cross", _spatial_cross),
            ("spatial_cross_dual", _spatial_cross_dual),
            ("spatial_adjoint", _spatial_adjoint),
            ("spatial_top", lambda svec: Vec(svec.data[:3].copy())),
            ("spatial_bottom", lambda svec: Vec(svec.data[3:].copy())),
            ("velocity_at_point", _velocity_at_point),
        )
    ),
    "transform_identity": Meaning(_transform_identity, machine=True),
    **quaternions.MEANINGS,
    **decompositions.MEANINGS,
    **triangles.MEANINGS,
}

CompoundType.maker = construct
