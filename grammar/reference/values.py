"""What a kernel's values are to the reference: NumPy scalars, and compounds, structs and arrays over NumPy's arrays.

A scalar is a NumPy scalar of the kernel's own width (bfloat16 by `ml_dtypes`), so that `+ - *` round and wrap as in the
kernel. In double precision every float is a float64, integers stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self

import ml_dtypes
import numpy as np

from grammar.reference.fused import fused_multiply_add
from grammar.types import FLOATS, INTEGERS, SUFFIX

NATIVE: dict[str, Any] = {
    **{name: getattr(np, name) for name in (*FLOATS, *INTEGERS) if name != "bfloat16"},
    "bfloat16": ml_dtypes.bfloat16,
    "bool": np.bool_,
}
DOUBLE: dict[str, Any] = NATIVE | dict.fromkeys(FLOATS, np.float64)

Number = Any  # a NumPy scalar


class UnreferencedError(Exception):
    """The reference has no meaning for something; the message says of what and why."""


class OutOfBoundsError(Exception):
    """An index that is outside of its array: the kernel is not defined on these inputs."""


class UndefinedError(Exception):
    """The kernel does on these inputs what C++ leaves undefined; the message says what."""


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


# --- types, as values of the reference's `wp` ------------------------------------------------------------------------


def converted(data: Any, dtype: Any) -> Any:
    """Components at another width, as C++ converts them: to 16 bits by way of float32, to integers towards zero.

    Raises `UndefinedError` for a float that the integer cannot hold.
    """
    data, dtype = np.asarray(data), np.dtype(dtype)
    if data.dtype == dtype:
        return data.copy()[()]
    if dtype == np.bool_:
        return (data != 0)[()]
    if data.dtype.kind in "fV" and dtype.kind in "iu":
        whole, limits = np.trunc(data.astype(np.float64)), np.iinfo(dtype)
        if not np.all((whole >= limits.min) & (whole < 2.0 ** (limits.max.bit_length()))):
            raise UndefinedError(f"a float that {dtype} cannot hold")
        return whole.astype(dtype)[()]
    if dtype.kind in "fV" and dtype.itemsize == 2:
        data = data.astype(np.float32)
    return data.astype(dtype)[()]


class ScalarType:
    """`wp.float32`, `int` …: an annotation, and a conversion when called."""

    __slots__ = ("dtype", "name")

    def __init__(self, name: str, dtype: Any) -> None:
        self.name, self.dtype = name, dtype

    def __call__(self, value: Any = 0) -> Any:
        """A number at this width."""
        return converted(value, self.dtype)

    def view(self, stored: Any) -> Any:
        """An element of an array's data as a value."""
        return stored

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the components of an element: it has none."""
        return ()


class CompoundType:
    """`wp.vec3`, `wp.mat33d` …: an annotation, and a constructor when called."""

    __slots__ = ("scalar", "shape", "value")

    # Set by the module that knows all the ways to make one.
    maker: ClassVar[Callable[[Any, Sequence[Any], Mapping[str, Any]], Any]]

    def __init__(self, value: type[Compound], shape: tuple[int, ...], scalar: ScalarType) -> None:
        self.value, self.shape, self.scalar = value, shape, scalar

    def __call__(self, *arguments: Any, dtype: Any = None, **named: Any) -> Any:
        """A value of the type, or of the same with another scalar."""
        of = self if dtype is None else CompoundType(self.value, self.shape, dtype)
        return CompoundType.maker(of, arguments, named)

    def view(self, stored: Any) -> Any:
        """An element of an array's data as a value."""
        return self.value(stored)

    def of(self, data: Any) -> Any:
        """A value with these components."""
        return self.value(np.array(data, self.scalar.dtype).reshape(self.shape))

    @property
    def dtype(self) -> ScalarType:
        """The type of its components."""
        return self.scalar


class StructType:
    """A `@wp.struct`: an annotation, and a constructor when called."""

    def __init__(self, name: str, fields: dict[str, Any], functions: Mapping[str, Any] | None = None) -> None:
        self.name, self.fields = name, fields
        self.functions = {} if functions is None else functions  # the module's own: `add`, `mul` … are operators

    shape: tuple[int, ...] = ()

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """A struct of these fields, the others zero."""
        values = {name: zero(of) for name, of in self.fields.items()}
        values |= dict(zip(self.fields, arguments, strict=False)) | named
        return Struct(self, {name: own(value) for name, value in values.items()})

    def view(self, stored: Any) -> Any:
        """An element of an array's data as a value."""
        return stored


class Struct:
    """A value of a struct type: its fields are attributes."""

    def __init__(self, of: StructType, values: dict[str, Any]) -> None:
        self.__dict__.update(values)
        self.__dict__["struct_type"] = of

    def copy(self) -> Struct:
        """A struct of its own; arrays among the fields stay views."""
        of = self.__dict__["struct_type"]
        return Struct(of, {name: own(self.__dict__[name]) for name in of.fields})

    def __setattr__(self, name: str, value: Any) -> None:
        of = self.__dict__["struct_type"].fields.get(name)
        if value is None:
            value = zero(of)
        elif isinstance(of, ScalarType) and not isinstance(value, np.generic):  # set by Python, not by a kernel
            value = of(value)
        elif isinstance(of, CompoundType) and isinstance(value, tuple | list | np.ndarray):
            value = of.of(value)
        self.__dict__[name] = value

    def to(self, _device: str) -> Struct:
        """A struct of its own, wherever its arrays are."""
        return self.copy()

    def assign(self, other: Struct) -> None:
        """Take over another's fields."""
        self.__dict__.update(other.copy().__dict__)

    def __add__(self, other: Any) -> Any:
        return self.__dict__["struct_type"].functions["add"](self, other)

    def __sub__(self, other: Any) -> Any:
        return self.__dict__["struct_type"].functions["sub"](self, other)

    def __mul__(self, other: Any) -> Any:
        return self.__dict__["struct_type"].functions["mul"](self, other)


class ArrayType:
    """`wp.array(dtype=wp.vec3)`: an annotation."""

    __slots__ = ("element", "ndim")

    def __init__(self, element: Any, ndim: int = 1) -> None:
        self.element, self.ndim = element, ndim

    @property
    def dtype(self) -> Any:
        """The type of its elements."""
        return self.element


class Arr:
    """An array: `data` holds its axes, then those of its elements' components; of structs it is an array of objects."""

    __slots__ = ("data", "element", "ndim")

    def __init__(self, data: Any, element: Any) -> None:
        self.data, self.element = data, element
        self.ndim = data.ndim - len(element.shape)

    @property
    def shape(self) -> tuple[Any, ...]:
        """The sizes of its axes, as a kernel sees them."""
        return tuple(np.int32(size) for size in self.data.shape[: self.ndim])

    def __len__(self) -> int:
        return len(self.data)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self.data)))

    @property
    def dtype(self) -> Any:
        """The type of its elements."""
        return self.element

    def list(self) -> Any:
        """The elements, copied, as Python reads them."""
        return [own(element) for element in self]

    @property
    def ptr(self) -> Arr:
        """Where its elements are: of use to make another array over them."""
        return self

    def at(self, key: Any) -> tuple[Any, ...]:
        """A checked index; a negative one counts from the end."""
        key = key if isinstance(key, tuple) else (key,)
        for index, size in zip(key, self.data.shape, strict=False):
            if not isinstance(index, slice) and not -size <= index < size:
                raise OutOfBoundsError(f"index {index} into an axis of {size}")
        return tuple(key)

    def __getitem__(self, key: Any) -> Any:
        key = self.at(key)
        found = self.data[key]
        if len(key) == self.ndim and not any(isinstance(index, slice) for index in key):
            return self.element.view(found)
        return Arr(found, self.element)

    def __setitem__(self, key: Any, value: Any) -> None:
        key = self.at(key)
        if isinstance(value, Struct):
            self.data[key].assign(value)
        else:
            self.data[key] = value.data if isinstance(value, Compound | Arr) else value


class RandomState:
    """The state of the random generator, 32 bits: a draw changes the one that it is given."""

    __slots__ = ("word",)

    def __init__(self, word: int) -> None:
        self.word = word

    def copy(self) -> RandomState:
        """A state of its own."""
        return RandomState(self.word)


def own(value: Any) -> Any:
    """What an assignment to a name holds: a copy of a compound, struct or state, of an array the array itself."""
    if isinstance(value, Compound | Struct | RandomState):
        return value.copy()
    if hasattr(value, "owned"):  # a tile
        return value.owned()
    return tuple(map(own, value)) if isinstance(value, tuple) else value


def zero(of: Any) -> Any:
    """The value of a type that a struct's field starts from."""
    match of:
        case ScalarType():
            return of(0)
        case CompoundType():
            return of.of(np.zeros(of.shape))
        case StructType():
            return of()
        case ArrayType():
            return Arr(np.zeros((0,) * of.ndim + of.element.shape, _dtype(of.element)), of.element)
        case _:
            raise UnreferencedError(f"a value of {of}")


def _dtype(element: Any) -> Any:
    """The dtype of an array's data, by the type of its elements."""
    match element:
        case ScalarType():
            return element.dtype
        case CompoundType():
            return element.scalar.dtype
        case _:
            return object


# The names of the compound types that Warp has names for: `vec3d` → (Vec, (3,), "float64").
NAMED_TYPES: dict[str, tuple[type[Compound], tuple[int, ...], str]] = {}
for _scalar, _suffix in SUFFIX.items():
    if _scalar == "bfloat16":
        continue
    for _n in (2, 3, 4):
        NAMED_TYPES[f"vec{_n}{_suffix}"] = (Vec, (_n,), _scalar)
    if _scalar in FLOATS:
        for _n in (2, 3, 4):
            NAMED_TYPES[f"mat{_n}{_n}{_suffix}"] = (Mat, (_n, _n), _scalar)
        NAMED_TYPES |= {
            f"quat{_suffix}": (Quat, (4,), _scalar),
            f"transform{_suffix}": (Transform, (7,), _scalar),
            f"spatial_vector{_suffix}": (Vec, (6,), _scalar),
            f"spatial_matrix{_suffix}": (Mat, (6, 6), _scalar),
        }
for _name in [name for name in NAMED_TYPES if NAMED_TYPES[name][2] == "float32"]:
    NAMED_TYPES[f"{_name}f"] = NAMED_TYPES[_name]
