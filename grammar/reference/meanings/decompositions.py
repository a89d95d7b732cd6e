"""What Warp's decompositions of small matrices mean: by Jacobi's and Givens' rotations, in Warp's own steps.

A method that converges in a fixed number of steps ends where its roundings lead it: so the steps are the same, with
`+ - * /` and square roots in the same order. Source of the method: McAdams et al., "Computing the Singular Value
Decomposition of 3 x 3 Matrices with Minimal Branching and Elementary Floating Point Operations", 2011.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grammar.reference.compounds import Mat, Vec, ordered_sum
from grammar.reference.errors import UnreferencedError
from grammar.reference.machine import Machine, Meaning

SWEEPS = {2: 4, 4: 4, 8: 8}  # by the bytes of a float
TINY = {2: np.float32(1e-6), 4: np.float32(1e-6), 8: np.float64(1e-12)}
RATIO = 5.82842712474619  # 3 + sqrt(8)
COSINE, SINE = 0.9238795325112867, 0.3826834323650898  # of an eighth of pi


def _product(a: Any, b: Any) -> Any:
    """A product of matrices of three rows, each operation rounded."""
    return ordered_sum([a[:, k, None] * b[None, k] for k in range(3)])


def _one_over_root(x: Any) -> Any:
    return x.dtype.type(1) / np.sqrt(x)


def _half_angle(a11: Any, a12: Any, a22: Any) -> tuple[Any, Any]:
    """Cosine and sine of half the angle that about zeroes `a12`."""
    of = a11.dtype.type
    cosine, sine = of(2) * (a11 - a22), a12
    near = of(RATIO) * sine * sine < cosine * cosine
    over = _one_over_root(cosine * cosine + sine * sine)
    return (over * cosine, over * sine) if near else (of(COSINE), of(SINE))


def _axes(symmetric: Any) -> Any:
    """The rotation whose columns are nearly the axes of a symmetric matrix, of which the lower half is read."""
    of, s = symmetric.dtype.type, symmetric
    s11, s21, s22, s31, s32, s33 = s[0, 0], s[1, 0], s[1, 1], s[2, 0], s[2, 1], s[2, 2]
    q = np.array([0, 0, 0, 1], s.dtype)
    for step in range(3 * SWEEPS[s.dtype.itemsize]):
        cosine, sine = _half_angle(s11, s21, s22)
        scale = cosine * cosine + sine * sine
        a, b = (cosine * cosine - sine * sine) / scale, (of(2) * sine * cosine) / scale
        turned = (
            a * (a * s11 + b * s21) + b * (a * s21 + b * s22),
            a * (-b * s11 + a * s21) + b * (-b * s21 + a * s22),
            -b * (-b * s11 + a * s21) + a * (-b * s21 + a * s22),
            a * s31 + b * s32,
            -b * s31 + a * s32,
            s33,
        )
        x = step % 3
        _turn(q, x, (x + 1) % 3, (x + 2) % 3, cosine, sine)
        # The next step works on the next two axes.
        s33, s31, s11, s32, s21, s22 = turned
    return _matrix(q)


def _turn(q: Any, x: int, y: int, z: int, cosine: Any, sine: Any) -> None:
    """Multiply a quaternion, in place, by a turn about the axis `z`."""
    side, sine = q[:3] * sine, sine * q[3]
    q *= cosine
    q[z] += sine
    q[3] -= side[z]
    q[x] += side[y]
    q[y] -= side[x]


def _matrix(q: Any) -> Any:
    (x, y, z, w), one, two = q, q.dtype.type(1), q.dtype.type(2)
    return np.array(
        [
            [one - two * (y * y + z * z), two * (x * y - w * z), two * (x * z + w * y)],
            [two * (x * y + w * z), one - two * (x * x + z * z), two * (y * z - w * x)],
            [two * (x * z - w * y), two * (y * z + w * x), one - two * (x * x + y * y)],
        ],
        q.dtype,
    )


def _sort(b: Any, v: Any) -> None:
    """Bring the columns of both, in place, into the order of the first's falling lengths; a swap turns one round."""
    sizes = [ordered_sum(b[:, k] * b[:, k]) for k in range(3)]
    for i, j in ((0, 1), (0, 2), (1, 2)):
        if sizes[i] < sizes[j]:
            sizes[i], sizes[j] = sizes[j], sizes[i]
            for m in (b, v):
                m[:, i], m[:, j] = m[:, j].copy(), -m[:, i]


def _givens(pivot: Any, low: Any) -> tuple[Any, Any]:
    """Cosine and sine of half the angle that zeroes the element under a pivot."""
    of = pivot.dtype.type
    tiny = of(TINY[pivot.dtype.itemsize])
    size = np.sqrt(pivot * pivot + low * low)
    sine, cosine = (low if size > tiny else of(0)), np.abs(pivot) + np.fmax(size, tiny)
    if pivot < 0:
        sine, cosine = cosine, sine
    square = cosine * cosine + sine * sine
    if square == 0:  # under a pivot of zero: at 16 bits the square of the tiny number is too small
        raise UnreferencedError("known bug: qr3_float16")
    over = _one_over_root(square)
    return cosine * over, sine * over


def _qr(matrix: Any) -> tuple[Any, Any]:
    """The rotation and the upper triangle."""
    of, r = matrix.dtype.type, matrix.copy()
    one, two, four, eight = of(1), of(2), of(4), of(8)
    turns = []
    for i, j in ((0, 1), (0, 2), (1, 2)):
        c, s = _givens(r[i, i], r[j, i])
        turns.append((c, s))
        a, b = one - two * s * s, two * c * s
        r[i], r[j] = a * r[i] + b * r[j], -b * r[i] + a * r[j]
    (c1, s1), (c2, s2), (c3, s3) = turns
    n1, n2, n3 = (-one + two * (s * s) for s in (s1, s2, s3))
    p2 = one - two * (s2 * s2)
    q = [
        [
            n1 * n2,
            four * c2 * c3 * n1 * s2 * s3 + two * c1 * s1 * n3,
            four * c1 * c3 * s1 * s3 - two * c2 * n1 * s2 * n3,
        ],
        [
            two * c1 * s1 * p2,
            -eight * c1 * c2 * c3 * s1 * s2 * s3 + n1 * n3,
            -two * c3 * s3 + four * s1 * (c3 * s1 * s3 + c1 * c2 * s2 * n3),
        ],
        [two * c2 * s2, two * c3 * p2 * s3, n2 * n3],
    ]
    return np.array(q, matrix.dtype), r


def qr3(a: Mat) -> tuple[Mat, Mat]:
    """A rotation and an upper triangle whose product is the matrix."""
    q, r = _qr(a.data)
    return Mat(q), Mat(r)


def svd3(a: Mat) -> tuple[Mat, Vec, Mat]:
    """Rotations U and V and the singular values, falling; the last has the sign of the determinant."""
    v = _axes(_product(a.data.T, a.data))
    b = _product(a.data, v)
    _sort(b, v)
    u, r = _qr(b)
    return Mat(u), Vec(r.diagonal().copy()), Mat(v)


def eig3(machine: Machine, a: Mat) -> tuple[Mat, Vec]:
    """The axes of a symmetric matrix as columns, and its eigenvalues; of others there is no derivative."""
    if machine.double and not np.array_equal(a.data, a.data.T):
        raise UnreferencedError("the derivative of wp.eig3 where a matrix is not symmetric")
    q = _axes(a.data)
    return Mat(q), Vec(_product(_product(q.T, a.data), q).diagonal().copy())


def svd2(a: Mat) -> tuple[Mat, Vec, Mat]:
    """U, the singular values, falling, and V."""
    of, ((a11, a12), (a21, a22)) = a.scalar, a.data
    half, one, two, four = of(0.5), of(1), of(2), of(4)
    left, both, right = a11 * a11 + a21 * a21, a11 * a12 + a21 * a22, a12 * a12 + a22 * a22
    trace, apart = left + right, left - right
    discriminant = apart * apart + four * both * both
    if discriminant == 0:
        size = np.sqrt(half * trace)
        if not np.array_equal(a.data, size * np.eye(2, dtype=a.data.dtype)):
            raise UnreferencedError("known bug: svd2_equal_values")
        return a.like(np.eye(2)), Vec(np.array([size, size], a.data.dtype)), a.like(np.eye(2))
    root = np.sqrt(discriminant)
    low = (trace - root) * half
    if low < 0 and np.isfinite(low):
        raise UnreferencedError("known bug: svd2_rank_one")
    over = _one_over_root((trace + root) * half)
    sizes = np.array([one / over, np.sqrt(low)], a.data.dtype)
    y, x = apart - root + two * both, apart + root - two * both
    square = x * x + y * y
    if square == 0:
        x = y = of(0.707106781186547524401)
    else:
        scale = _one_over_root(square)
        x, y = x * scale, y * scale
    u11, u21 = (a11 * x + a12 * y) * over, (a21 * x + a22 * y) * over
    sign = -one if a11 * a22 - a12 * a21 < 0 else one
    return a.like([[u11, -u21 * sign], [u21, u11 * sign]]), Vec(sizes), a.like([[x, -y], [y, x]])


MEANINGS: dict[str, Meaning] = {
    **{function.__name__: Meaning(function) for function in (svd2, svd3, qr3)},
    "eig3": Meaning(eig3, machine=True),
}
