"""Types of the values a kernel handles, concrete, and the patterns over them that rows are written with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import assert_never

FLOATS = ("float16", "bfloat16", "float32", "float64")
SIGNED = ("int8", "int16", "int32", "int64")
UNSIGNED = ("uint8", "uint16", "uint32", "uint64")
INTEGERS = SIGNED + UNSIGNED
NUMBERS = FLOATS + INTEGERS

# Warp's suffixes of the named compound types: vec3h, vec3d, vec3ub …; float32 has none, and bfloat16 (ours) no names.
SUFFIX = {
    "float16": "h",
    "bfloat16": "bf",
    "float32": "",
    "float64": "d",
    "int8": "b",
    "uint8": "ub",
    "int16": "s",
    "uint16": "us",
    "int32": "i",
    "uint32": "ui",
    "int64": "l",
    "uint64": "ul",
}
# The scalars of which Warp has compound types with names.
NAMED = frozenset(SUFFIX) - {"bfloat16"}
# The widths people write without a prefix.
SHORT = {"float32": "float", "int32": "int", "bool": "bool"}


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number or a truth value: `float32`, `int32`, `bool` …."""

    name: str


@dataclass(frozen=True, slots=True)
class Vector:
    """A vector of `length` components."""

    length: int
    scalar: Scalar


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix of `rows` × `columns` elements."""

    rows: int
    columns: int
    scalar: Scalar


@dataclass(frozen=True, slots=True)
class Quaternion:
    """A quaternion, real part last."""

    scalar: Scalar


@dataclass(frozen=True, slots=True)
class Transformation:
    """A rigid transformation: a position and a rotation."""

    scalar: Scalar


@dataclass(frozen=True, slots=True)
class Struct:
    """A `@wp.struct`: a name and its fields in order."""

    name: str
    fields: tuple[tuple[str, Type], ...]


@dataclass(frozen=True, slots=True)
class Array:
    """An array that is a field of a struct."""

    element: Type
    rank: int


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of a fixed shape, which the threads of a block share; it lives in locals only."""

    element: Type
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Opaque:
    """A type with a name of its own that only some rows make and take: a query, its result, a generator's state."""

    name: str


Type = Scalar | Vector | Matrix | Quaternion | Transformation | Struct | Array | Tile | Opaque

FLOAT, DOUBLE, HALF = Scalar("float32"), Scalar("float64"), Scalar("float16")
INT, BOOL = Scalar("int32"), Scalar("bool")


def spell(of: Type) -> str:
    """The type as it is written in a kernel: `float`, `wp.uint8`, `wp.vec3d`, `vec5`, `Particle`."""
    match of:
        case Scalar(name):
            return SHORT.get(name, f"wp.{name}")
        case Vector() | Matrix() | Quaternion() | Transformation():
            stem, named = _stem(of)
            name = stem + SUFFIX[of.scalar.name]
            return f"wp.{name}" if named else name
        case Struct(name):
            return name
        case Array(element, rank):
            return f"wp.array(dtype={spell(element)})" if rank == 1 else f"wp.array{rank}d(dtype={spell(element)})"
        case Tile(element, shape):
            return f"wp.tile(dtype={spell(element)}, shape={shape})"
        case Opaque(name):
            return f"wp.{name}"
        case _:
            assert_never(of)


def _stem(of: Vector | Matrix | Quaternion | Transformation) -> tuple[str, bool]:
    """A compound type's name without the suffix, and whether Warp has it; else the module has to define it."""
    real = of.scalar.name in FLOATS and of.scalar.name in NAMED
    match of:
        case Vector(6) if real:
            return "spatial_vector", True
        case Vector(length):
            return f"vec{length}", length in {2, 3, 4} and of.scalar.name in NAMED
        case Matrix(6, 6) if real:
            return "spatial_matrix", True
        case Matrix(rows, columns):
            return f"mat{rows}{columns}", real and rows == columns and rows in {2, 3, 4}
        case Quaternion():
            return "quat", real
        case Transformation():
            return "transform", real


def definition(of: Type) -> str | None:
    """The line that defines a type's name, where Warp has none: `vec5 = wp.types.vector(length=5, dtype=float)`."""
    if not isinstance(of, Vector | Matrix | Quaternion | Transformation) or _stem(of)[1]:
        return None
    scalar = f"dtype={spell(of.scalar)}"
    match of:
        case Vector(length):
            made = f"vector(length={length}, {scalar})"
        case Matrix(rows, columns):
            made = f"matrix(shape=({rows}, {columns}), {scalar})"
        case Quaternion():
            made = f"quaternion({scalar})"
        case Transformation():
            made = f"transformation({scalar})"
    return f"{spell(of)} = wp.types.{made}"


def scalar_of(of: Type) -> Scalar | None:
    """The scalar a value is made of; none for structs, whose fields differ, and for what holds no one value."""
    match of:
        case Scalar():
            return of
        case Vector() | Matrix() | Quaternion() | Transformation():
            return of.scalar
        case _:
            return None


def is_storable(of: Type) -> bool:
    """Whether an array may hold values of the type, and a parameter pass one."""
    return not isinstance(of, Array | Tile | Opaque)


def is_float(of: Type) -> bool:
    """Whether every component of the type is a floating-point number."""
    scalar = scalar_of(of)
    return scalar is not None and scalar.name in FLOATS


def is_integer(of: Type) -> bool:
    """Whether every component of the type is an integer."""
    scalar = scalar_of(of)
    return scalar is not None and scalar.name in INTEGERS


# --- patterns -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TypeVariable:
    """A variable of a row, standing for one of the given types."""

    name: str
    over: tuple[Type, ...]

    def __hash__(self) -> int:
        return hash(self.name)  # the types are many


@dataclass(frozen=True, slots=True)
class Size:
    """A variable of a row, standing for one of the given lengths."""

    name: str
    over: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class VectorOf:
    """A pattern of vectors."""

    length: Size | int
    scalar: TypeVariable | Scalar


@dataclass(frozen=True, slots=True)
class MatrixOf:
    """A pattern of matrices."""

    rows: Size | int
    columns: Size | int
    scalar: TypeVariable | Scalar


@dataclass(frozen=True, slots=True)
class QuaternionOf:
    """A pattern of quaternions."""

    scalar: TypeVariable | Scalar


@dataclass(frozen=True, slots=True)
class TransformationOf:
    """A pattern of transformations."""

    scalar: TypeVariable | Scalar


@dataclass(frozen=True, slots=True)
class TileOf:
    """A pattern of tiles."""

    element: TypeVariable | VectorOf | Type
    shape: tuple[Size | int, ...]


Pattern = TypeVariable | VectorOf | MatrixOf | QuaternionOf | TransformationOf | TileOf | Type
Binding = Mapping[str, "Type | int"]


def variables(pattern: Pattern) -> tuple[TypeVariable | Size, ...]:
    """The variables a pattern mentions, in order."""
    match pattern:
        case TypeVariable():
            return (pattern,)
        case VectorOf(length, scalar):
            parts: tuple[object, ...] = (length, scalar)
        case MatrixOf(rows, columns, scalar):
            parts = (rows, columns, scalar)
        case QuaternionOf(scalar) | TransformationOf(scalar):
            parts = (scalar,)
        case TileOf(element, shape):
            parts = (*variables(element), *shape)
        case _:
            parts = ()
    return tuple(part for part in parts if isinstance(part, TypeVariable | Size))


def bind(pattern: Pattern, binding: Binding) -> Type:
    """The concrete type of a pattern under a binding of its variables."""

    def scalar(of: TypeVariable | Scalar) -> Scalar:
        bound = binding[of.name] if isinstance(of, TypeVariable) else of
        assert isinstance(bound, Scalar), of
        return bound

    match pattern:
        case TypeVariable(name):
            bound = binding[name]
            assert not isinstance(bound, int), name
            return bound
        case VectorOf(length, element):
            return Vector(bind_size(length, binding), scalar(element))
        case MatrixOf(rows, columns, element):
            return Matrix(bind_size(rows, binding), bind_size(columns, binding), scalar(element))
        case QuaternionOf(element):
            return Quaternion(scalar(element))
        case TransformationOf(element):
            return Transformation(scalar(element))
        case TileOf(held, shape):
            return Tile(bind(held, binding), tuple(bind_size(size, binding) for size in shape))
        case _:
            return pattern


def bind_size(of: Size | int, binding: Binding) -> int:
    """The length that a size stands for under a binding."""
    bound = binding[of.name] if isinstance(of, Size) else of
    assert isinstance(bound, int), of
    return bound


@lru_cache(maxsize=65536)
def match(pattern: Pattern, of: Type) -> Binding | None:
    """The binding under which a pattern is this type; none if there is none."""
    binding: dict[str, Type | int] = {}
    return binding if _unify(pattern, of, binding) else None


def _unify(pattern: Pattern, of: Type, binding: dict[str, Type | int]) -> bool:
    """Whether a pattern is this type, given what its variables stand for already; adds what they stand for."""
    match pattern, of:
        case TypeVariable(name, over), _:
            return of in over and binding.setdefault(name, of) == of
        case VectorOf(length, scalar), Vector():
            return _unify_size(length, of.length, binding) and _unify(scalar, of.scalar, binding)
        case MatrixOf(rows, columns, scalar), Matrix():
            sizes = _unify_size(rows, of.rows, binding) and _unify_size(columns, of.columns, binding)
            return sizes and _unify(scalar, of.scalar, binding)
        case QuaternionOf(scalar), Quaternion(found):
            return _unify(scalar, found, binding)
        case TransformationOf(scalar), Transformation(found):
            return _unify(scalar, found, binding)
        case TileOf(element, shape), Tile():
            return (
                len(shape) == len(of.shape)
                and all(_unify_size(size, found, binding) for size, found in zip(shape, of.shape, strict=True))
                and _unify(element, of.element, binding)
            )
        case _:
            return pattern == of


def _unify_size(size: Size | int, found: int, binding: dict[str, Type | int]) -> bool:
    if isinstance(size, int):
        return size == found
    return found in size.over and binding.setdefault(size.name, found) == found
