"""Vectors, matrices, quaternions and transformations over NumPy's arrays, with Warp's order of operations.

Elements have the kernel's own width, so that `+ - *` round and wrap as in the kernel.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

import numpy as np

from grammar.reference.errors import OutOfBoundsError
from grammar.reference.fused import fused_multiply_add
from grammar.reference.scalars import ScalarType


class Compound:
    """A value of several components: `data` holds them, of the scalar's dtype.

    What is read from an array is a view of the array; what is assigned to a name is a copy.
    """

    __slots__ = ("data",)
    __array_ufunc__ = None  # or NumPy's scalars would take a compound on their right for an array

    def __init__(self, data: Any) -> None:
        self.data = data

    @property
    def scalar(self) -> Any:
        """The class of NumPy's scalars that it is made of."""
        return self.data.dtype.type

    @property
    def dtype(self) -> ScalarType:
        """The type of its components, as a kernel names it."""
        return ScalarType(self.data.dtype.name, self.scalar)

    def like(self, data: Any) -> Self:
        """A compound of the same kind and width with these components."""
        return type(self)(np.asarray(data, self.data.dtype))

    def copy(self) -> Any:
        """A compound of its own."""
        return type(self)(self.data.copy())

    def __getitem__(self, key: Any) -> Any:
        _in_bounds(key, self.data.shape)
        found = self.data[key]
        return found if np.ndim(found) == 0 else _compound(found)

    def __setitem__(self, key: Any, value: Any) -> None:
        _in_bounds(key, self.data.shape)
        self.data[key] = value.data if isinstance(value, Compound) else value

    def __len__(self) -> int:
        return len(self.data)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self.data)))

    def __add__(self, other: Any) -> Any:
        return type(self)(self.data + other.data) if isinstance(other, Compound) else NotImplemented

    def __sub__(self, other: Any) -> Any:
        return type(self)(self.data - other.data) if isinstance(other, Compound) else NotImplemented

    def __mul__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, Compound) else type(self)(self.data * other)

    def __rmul__(self, other: Any) -> Any:
        return type(self)(self.data * other)

    def __and__(self, other: Any) -> Any:
        return type(self)(self.data & _components(other))

    def __or__(self, other: Any) -> Any:
        return type(self)(self.data | _components(other))

    def __xor__(self, other: Any) -> Any:
        return type(self)(self.data ^ _components(other))

    def __lshift__(self, other: Any) -> Any:
        return type(self)(self.data << _components(other))

    def __rshift__(self, other: Any) -> Any:
        return type(self)(self.data >> _components(other))

    def __invert__(self) -> Any:
        return type(self)(~self.data)

    def __pos__(self) -> Any:
        return self.copy()

    def __eq__(self, other: object) -> Any:
        return np.bool_(isinstance(other, Compound) and np.array_equal(self.data, other.data))

    def __ne__(self, other: object) -> Any:
        return ~(self == other)

    __hash__ = None  # type: ignore[assignment]  # it may change

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.data.tolist()})"


class Vec(Compound):
    """A vector; `data` has the shape (length,)."""

    __slots__ = ()

    @property
    def length(self) -> int:
        """How many components it has."""
        return len(self.data)

    def __matmul__(self, other: Any) -> Any:
        return matmul(self, other)

    def __mul__(self, other: Any) -> Any:
        return matmul(self, other) if isinstance(other, Mat) else super().__mul__(other)


class Mat(Compound):
    """A matrix; `data` has the shape (rows, columns)."""

    __slots__ = ()

    def __matmul__(self, other: Any) -> Any:
        return matmul(self, other)

    def __mul__(self, other: Any) -> Any:
        return matmul(self, other) if isinstance(other, Vec | Mat) else super().__mul__(other)


class Quat(Compound):
    """A quaternion; `data` is x, y, z, w."""

    __slots__ = ()

    def __mul__(self, other: Any) -> Any:
        return hamilton(self, other) if isinstance(other, Quat) else super().__mul__(other)


class Transform(Compound):
    """A rigid transformation; `data` is the position, then the rotation's x, y, z, w."""

    __slots__ = ()

    @property
    def p(self) -> Vec:
        """The position, a view."""
        return Vec(self.data[:3])

    @p.setter
    def p(self, value: Vec) -> None:
        self.data[:3] = value.data

    @property
    def q(self) -> Quat:
        """The rotation, a view."""
        return Quat(self.data[3:])

    @q.setter
    def q(self, value: Quat) -> None:
        self.data[3:] = value.data

    def __mul__(self, other: Any) -> Any:
        if not isinstance(other, Transform):
            return super().__mul__(other)
        moved = rotate(self.q, other.p).data + self.data[:3]
        return Transform(np.concatenate([moved, hamilton(self.q, other.q).data]))


def _component(place: int) -> property:
    def read(self: Compound) -> Any:
        return self.data[place]

    def write(self: Compound, value: Any) -> None:
        self.data[place] = value

    return property(read, write)


for _place, _name in enumerate("xyzw"):
    for _class in (Vec, Quat):
        setattr(_class, _name, _component(_place))


def ordered_sum(terms: Any) -> Any:
    """The sum along the first axis, from the first to the last, rounded at every step as Warp's loops do."""
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def matmul(left: Any, right: Any) -> Any:
    """`left @ right`, each element summed in order: matrix with matrix or vector, vector with matrix.

    Of two matrices each term is multiplied and added with one rounding, as in Warp.
    """
    a, b = left.data, right.data
    if isinstance(left, Vec):
        return Vec(ordered_sum([a[k] * b[k] for k in range(len(a))]))
    if isinstance(right, Vec):
        return Vec(ordered_sum([a[:, k] * b[k] for k in range(len(b))]))
    total = np.zeros((a.shape[0], b.shape[1]), a.dtype)
    for k in range(len(b)):
        total = fused_multiply_add(a[:, k, None], b[None, k], total)
    return Mat(total)


def hamilton(a: Quat, b: Quat) -> Quat:
    """The product of two quaternions."""
    ax, ay, az, aw = a.data
    bx, by, bz, bw = b.data
    return a.like(
        [
            aw * bx + bw * ax + ay * bz - by * az,
            aw * by + bw * ay + az * bx - bz * ax,
            aw * bz + bw * az + ax * by - bx * ay,
            aw * bw - ax * bx - ay * by - az * bz,
        ]
    )


def rotate(q: Quat, v: Vec, *, back: bool = False) -> Vec:
    """A vector turned by a quaternion, or turned back."""
    axis, w, one, two = q.data[:3], q.data[3], q.scalar(1), q.scalar(2)
    along = v.data * (two * w * w - one) + axis * (two * ordered_sum(axis * v.data))
    across = cross(axis, v.data) * w * two
    return Vec(along - across if back else along + across)


def cross(a: Any, b: Any) -> Any:
    """The cross product of the components of two vectors of three."""
    (ax, ay, az), (bx, by, bz) = a, b
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], a.dtype)


def _components(value: Any) -> Any:
    return value.data if isinstance(value, Compound) else value


def _compound(data: Any) -> Any:
    return Vec(data) if data.ndim == 1 else Mat(data)


def _in_bounds(key: Any, shape: tuple[int, ...]) -> None:
    for index, size in zip(key if isinstance(key, tuple) else (key,), shape, strict=False):
        if not isinstance(index, slice) and not -size <= index < size:
            raise OutOfBoundsError(f"component {index} of {size}")
