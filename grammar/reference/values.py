"""The types of a kernel as values of the reference's `wp`, and structs and arrays over NumPy's arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from grammar.reference.compounds import Compound, Mat, Quat, Transform, Vec
from grammar.reference.errors import OutOfBoundsError, UnreferencedError
from grammar.reference.scalars import ScalarType
from grammar.types import FLOATS, SUFFIX


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
        place: tuple[Any, ...] = key if isinstance(key, tuple) else (key,)
        for index, size in zip(place, self.data.shape, strict=False):
            if type(index) is not slice and not -size <= int(index) < size:  # NumPy's own comparisons take far longer
                raise OutOfBoundsError(f"index {index} into an axis of {size}")
        return place

    def __getitem__(self, key: Any) -> Any:
        key = self.at(key)
        found = self.data[key]
        if len(key) == self.ndim and slice not in map(type, key):
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


COPIED = (Compound, Struct, RandomState)


def own(value: Any) -> Any:
    """What an assignment to a name holds: a copy of a compound, struct or state, of an array the array itself."""
    if isinstance(value, np.generic):  # as most are
        return value
    if isinstance(value, COPIED):
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
