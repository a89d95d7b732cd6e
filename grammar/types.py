"""Types of the values a kernel handles, concrete, and the patterns over them that rows are written with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

FLOATS = ("float16", "float32", "float64")
SIGNED = ("int8", "int16", "int32", "int64")
UNSIGNED = ("uint8", "uint16", "uint32", "uint64")
INTEGERS = SIGNED + UNSIGNED
NUMBERS = FLOATS + INTEGERS

# Warp's suffixes of the named compound types: vec3h, vec3d, vec3ub …; float32 has none.
SUFFIX = {
    "float16": "h",
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
class Struct:
    """A `@wp.struct`: a name and its fields in order."""

    name: str
    fields: tuple[tuple[str, Type], ...]


Type = Scalar | Vector | Matrix | Quaternion | Struct

FLOAT, DOUBLE, HALF = Scalar("float32"), Scalar("float64"), Scalar("float16")
INT, BOOL = Scalar("int32"), Scalar("bool")


def spell(of: Type) -> str:
    """The type as it is written in a kernel: `float`, `wp.uint8`, `wp.vec3d`, `Particle`."""
    match of:
        case Scalar(name):
            return SHORT.get(name, f"wp.{name}")
        case Vector(length, scalar):
            return f"wp.vec{length}{SUFFIX[scalar.name]}"
        case Matrix(rows, columns, scalar):
            return f"wp.mat{rows}{columns}{SUFFIX[scalar.name]}"
        case Quaternion(scalar):
            return f"wp.quat{SUFFIX[scalar.name]}"
        case Struct(name):
            return name
        case _:
            assert_never(of)


def scalar_of(of: Type) -> Scalar | None:
    """The scalar a type is made of; none for a struct, whose fields differ."""
    return of if isinstance(of, Scalar) else None if isinstance(of, Struct) else of.scalar


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


Pattern = TypeVariable | VectorOf | MatrixOf | QuaternionOf | Type
Binding = dict[str, "Type | int"]


def variables(pattern: Pattern) -> tuple[TypeVariable | Size, ...]:
    """The variables a pattern mentions, in order."""
    match pattern:
        case TypeVariable():
            return (pattern,)
        case VectorOf(length, scalar):
            parts: tuple[object, ...] = (length, scalar)
        case MatrixOf(rows, columns, scalar):
            parts = (rows, columns, scalar)
        case QuaternionOf(scalar):
            parts = (scalar,)
        case _:
            parts = ()
    return tuple(part for part in parts if isinstance(part, TypeVariable | Size))


def bind(pattern: Pattern, binding: Binding) -> Type:
    """The concrete type of a pattern under a binding of its variables."""

    def size(of: Size | int) -> int:
        bound = binding[of.name] if isinstance(of, Size) else of
        assert isinstance(bound, int), of
        return bound

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
            return Vector(size(length), scalar(element))
        case MatrixOf(rows, columns, element):
            return Matrix(size(rows), size(columns), scalar(element))
        case QuaternionOf(element):
            return Quaternion(scalar(element))
        case _:
            return pattern


def match(pattern: Pattern, of: Type) -> Binding | None:
    """The binding under which a pattern is this type; none if there is none."""
    match pattern:
        case TypeVariable(name, over):
            return {name: of} if of in over else None
        case VectorOf(length, scalar) if isinstance(of, Vector):
            pairs: tuple[tuple[Size | int, int], ...] = ((length, of.length),)
            element: TypeVariable | Scalar = scalar
            found: Scalar = of.scalar
        case MatrixOf(rows, columns, scalar) if isinstance(of, Matrix):
            pairs, element, found = ((rows, of.rows), (columns, of.columns)), scalar, of.scalar
        case QuaternionOf(scalar) if isinstance(of, Quaternion):
            pairs, element, found = (), scalar, of.scalar
        case _:
            return {} if pattern == of else None
    binding: Binding = {}
    for size, value in pairs:
        if isinstance(size, int):
            if size != value:
                return None
        elif value not in size.over or binding.setdefault(size.name, value) != value:
            return None
    if isinstance(element, TypeVariable):
        if found not in element.over:
            return None
        binding[element.name] = found
    elif element != found:
        return None
    return binding
