"""What Warp's built-ins on quaternions mean, and the lengths that they and vectors have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grammar.reference.compounds import Compound, Mat, Quat, Vec, hamilton, ordered_sum, rotate
from grammar.reference.machine import Machine, Meaning, rounded, working


def dot(a: Compound, b: Compound) -> Any:
    """The scalar product, summed in order; of vectors of four components and more the sum begins at zero."""
    terms = a.data * b.data
    return ordered_sum(terms if len(terms) < 4 or isinstance(a, Quat) else [a.scalar(0), *terms])


def length(a: Compound) -> Any:
    """The Euclidean length."""
    return np.sqrt(dot(a, a))


def normalize(a: Compound) -> Any:
    """A vector divided by its length, zero for zero; a quaternion times one over it, for zero that of no rotation."""
    size = length(a)
    if size > 0:
        return a.like(a.data * (a.scalar(1) / size)) if isinstance(a, Quat) else a.like(a.data / size)
    return a.like([0, 0, 0, 1] if isinstance(a, Quat) else np.zeros(len(a.data)))


def of_libm(machine: Machine, function: Callable[..., Any], *operands: Any) -> Any:
    """A function of the C library: off by 2 units at most; at 16 bits, computed at 32, by the last rounding's one."""
    value = rounded(function(*map(working, operands)), operands[0])
    return machine.inexactly(value, 1 if operands[0].dtype.itemsize == 2 else 2)


def conjugate(q: Quat) -> Any:
    """The quaternion that turns back."""
    x, y, z, w = q.data
    return q.like([-x, -y, -z, w])


def to_matrix(quat: Quat) -> Mat:
    """The matrix whose columns are the turned axes."""
    axes = np.eye(3).astype(quat.data.dtype)
    return Mat(np.stack([rotate(quat, Vec(axis)).data for axis in axes], axis=1))


def from_matrix(mat: Mat) -> Any:
    """The quaternion of a rotation's matrix of three rows or four (Shepperd's method): of unit length."""
    m, zero, half, one = mat.data, mat.scalar(0), mat.scalar(0.5), mat.scalar(1)
    found = np.zeros(4, m.dtype)
    trace = ordered_sum([m[0, 0], m[1, 1], m[2, 2]])
    if trace >= zero:
        size = np.sqrt(trace + one)
        found[3], over = half * size, half / size
        found[:3] = np.array([m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]], m.dtype) * over
        return normalize(Quat(found))
    i = 1 if m[1, 1] > m[0, 0] else 0
    i = 2 if m[2, 2] > m[i, i] else i
    j, k = (i + 1) % 3, (i + 2) % 3
    size = np.sqrt((m[i, i] - (m[j, j] + m[k, k])) + one)
    found[i], over = half * size, half / size
    found[j] = (m[i, j] + m[j, i]) * over
    found[k] = (m[k, i] + m[i, k]) * over
    found[3] = (m[k, j] - m[j, k]) * over
    return normalize(Quat(found))


def _identity(machine: Machine, dtype: Any = None) -> Quat:
    scalar = machine.type("float32") if dtype is None else dtype
    return Quat(np.array([0, 0, 0, 1], scalar.dtype))


def _from_axis_angle(machine: Machine, axis: Vec, angle: Any) -> Quat:
    half = angle * axis.scalar(0.5)
    sine, cosine = of_libm(machine, np.sin, half), of_libm(machine, np.cos, half)
    return Quat(np.append(axis.data * sine, cosine))


def _to_axis_angle(machine: Machine, q: Quat) -> tuple[Vec, Any]:
    axis, w = Vec(q.data[:3]), q.data[3]
    unit = normalize(axis)
    angle = q.scalar(2) * of_libm(machine, np.arctan2, length(axis), np.abs(w))
    return (Vec(-unit.data) if w < 0 else unit), angle


def _slerp(machine: Machine, a: Quat, b: Quat, t: Any) -> Quat:
    axis, angle = _to_axis_angle(machine, hamilton(conjugate(a), b))
    return hamilton(a, _from_axis_angle(machine, axis, t * angle))


def _rpy(machine: Machine, roll: Any, pitch: Any, yaw: Any) -> Quat:
    halves = [angle * angle.dtype.type(0.5) for angle in (roll, pitch, yaw)]
    sr, sp, sy = (of_libm(machine, np.sin, half) for half in halves)
    cr, cp, cy = (of_libm(machine, np.cos, half) for half in halves)
    return Quat(
        np.array(
            [
                cy * sr * cp - sy * cr * sp,
                cy * cr * sp + sy * sr * cp,
                sy * cr * cp - cy * sr * sp,
                cy * cr * cp + sy * sr * sp,
            ],
            roll.dtype,
        )
    )


def _twist(axis: Vec, q: Quat) -> Any:
    along = dot(Vec(q.data[:3]), axis) * axis.data
    return normalize(q.like([*along, q.data[3]]))


def _twist_angle_signed(machine: Machine, axis: Vec, q: Quat) -> Any:
    return q.scalar(2) * of_libm(machine, np.arctan2, dot(axis, Vec(q.data[:3])), q.data[3])


def _twist_angle(machine: Machine, axis: Vec, q: Quat) -> Any:
    return q.scalar(2) * of_libm(machine, np.arctan2, np.abs(dot(axis, Vec(q.data[:3]))), q.data[3])


def _clamped(x: Any) -> Any:
    """A number in [-1, 1]: -1 for what is none."""
    one = x.dtype.type(1)
    return np.fmin(np.fmax(-one, x), one)


def _to_rpy(machine: Machine, q: Quat) -> Vec:
    (x, y, z, w), one, two = q.data, q.scalar(1), q.scalar(2)
    roll = of_libm(machine, np.arctan2, two * (w * x + y * z), one - two * (x * x + y * y))
    pitch = of_libm(machine, np.arcsin, _clamped(two * (w * y - z * x)))
    yaw = of_libm(machine, np.arctan2, two * (w * z + x * y), one - two * (y * y + z * z))
    return Vec(np.array([roll, pitch, yaw], q.data.dtype))


def _to_euler(machine: Machine, q: Quat, i: Any, j: Any, k: Any) -> Vec:
    """The angles about three axes (Bernardes and Viollet, 2022), proper ones if the first comes again at the end."""
    i, j, k = int(i), int(j), int(k)
    proper = i == k
    if proper:
        k = 3 - i - j
    sign = q.scalar((i - j) * (j - k) * (k - i) / 2)
    w, two = q.data[3], q.scalar(2)
    a, b, c, d = w, q.data[i], q.data[j], q.data[k] * sign
    if not proper:
        a, b, c, d = a - q.data[j], b + q.data[k] * sign, c + w, d - q.data[i]
    ab, tiny = a * a + b * b, q.scalar(1e-6)
    middle = of_libm(machine, np.arccos, _clamped(two * ab / (ab + c * c + d * d) - q.scalar(1)))
    plus, minus = of_libm(machine, np.arctan2, b, a), of_libm(machine, np.arctan2, d, c)
    first = q.scalar(0)
    if np.abs(middle) < tiny:
        last = two * plus - first
    elif np.abs(middle - q.scalar(np.pi)) < tiny:
        last = two * minus + first
    else:
        first, last = plus - minus, plus + minus
    if not proper:
        middle, last = middle - q.scalar(np.pi / 2), last * sign
    found = np.zeros(3, q.data.dtype)
    found[i], found[j], found[k] = first, middle, last
    return Vec(found)


def _from_euler(machine: Machine, e: Vec, i: Any, j: Any, k: Any) -> Quat:
    turns = []
    for axis in (int(i), int(j), int(k)):
        half = e.scalar(0.5) * e.data[axis]
        turn = np.zeros(4, e.data.dtype)
        turn[axis if axis in {0, 1} else 2] = of_libm(machine, np.sin, half)
        turn[3] = of_libm(machine, np.cos, half)
        turns.append(Quat(turn))
    first, second, third = turns
    return hamilton(third, hamilton(second, first))


MEANINGS: dict[str, Meaning] = {
    "quat_rotate": Meaning(rotate),
    "quat_rotate_inv": Meaning(lambda quat, vec: rotate(quat, vec, back=True)),
    "quat_inverse": Meaning(conjugate),
    "quat_to_matrix": Meaning(to_matrix),
    "quat_from_matrix": Meaning(from_matrix),
    "quat_twist": Meaning(_twist),
    "quat_identity": Meaning(_identity, machine=True),
    "quat_from_axis_angle": Meaning(_from_axis_angle, machine=True),
    "quat_to_axis_angle": Meaning(_to_axis_angle, machine=True),
    "quat_slerp": Meaning(_slerp, machine=True),
    "quat_rpy": Meaning(_rpy, machine=True),
    "quat_to_rpy": Meaning(_to_rpy, machine=True),
    "quat_to_euler": Meaning(_to_euler, machine=True),
    "quat_from_euler": Meaning(_from_euler, machine=True),
    "quat_twist_angle": Meaning(_twist_angle, machine=True),
    "quat_twist_angle_signed": Meaning(_twist_angle_signed, machine=True),
}
