"""C++ types of generated text: what arithmetic has to know of them, and how many bytes they take in memory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TYPE = re.compile(r"(?:const )?(?:wp::)?(\w+)(?:<(.*)>)?((?: const)?[*&]*)")

# Bytes of a scalar, which are its alignment too. Warp writes some of them by their C++ names.
SCALARS: Final = {
    "bool": 1,
    "int8": 1,
    "uint8": 1,
    "int16": 2,
    "uint16": 2,
    "int32": 4,
    "uint32": 4,
    "int64": 8,
    "uint64": 8,
    "float16": 2,
    "bfloat16": 2,
    "float32": 4,
    "float64": 8,
}
_ALIASES: Final = {"int": "int32", "float": "float32", "double": "float64", "half": "float16"}

# Size and alignment of what a field of a struct can be besides: `array_t` is two pointers, four lengths, four strides,
# two 16-bit numbers and padding; an indexed one has four more pointers and lengths (`native/array.h`).
_HANDLES: Final = {"array_t": (56, 8), "indexedarray_t": (104, 8)}
_POINTER: Final = (8, 8)
_ARRAYS: Final = frozenset({"array_t", "indexedarray_t", "fabricarray_t", "indexedfabricarray_t"})


class Kind(Enum):
    """What a type is, as far as a formula asks."""

    SCALAR = auto()
    VECTOR = auto()
    MATRIX = auto()
    QUATERNION = auto()
    TRANSFORM = auto()
    ARRAY = auto()  # in global memory
    POINTER = auto()
    RANGE = auto()
    OTHER = auto()  # structs, tiles, queries, arrays of a thread's own


@dataclass(frozen=True, slots=True)
class Type:
    """A type: what it is, the scalar it is made of and its shape; of an array or a pointer, the text of its element."""

    kind: Kind
    name: str
    scalar: str = ""
    rows: int = 1
    columns: int = 1
    element: str = ""

    @property
    def components(self) -> int:
        """The number of scalars; 1 for what is not made of any."""
        return self.rows * self.columns

    @property
    def is_float(self) -> bool:
        """Whether its scalars are floating-point numbers."""
        return "float" in self.scalar


@lru_cache(maxsize=4096)
def parse_type(text: str) -> Type:
    """Return the type that this C++ text names."""
    match = _TYPE.fullmatch(text.strip())
    if match is None:
        return Type(Kind.OTHER, text)
    name, parameters, suffix = match.groups()
    if "*" in suffix:
        return Type(Kind.POINTER, name, element=text.rstrip("*& "))
    name = _ALIASES.get(name, name)
    if name in SCALARS:
        return Type(Kind.SCALAR, name, name)
    if parameters is None:
        return Type(Kind.RANGE if name == "range_t" else Kind.OTHER, name)
    listed = split_list(parameters)
    match name:
        case "vec_t":
            return Type(Kind.VECTOR, name, parse_type(listed[1]).scalar, int(listed[0]))
        case "mat_t":
            return Type(Kind.MATRIX, name, parse_type(listed[2]).scalar, int(listed[0]), int(listed[1]))
        case "quat_t":
            return Type(Kind.QUATERNION, name, parse_type(listed[0]).scalar, 4)
        case "transform_t":
            return Type(Kind.TRANSFORM, name, parse_type(listed[0]).scalar, 7)
        case _ if name in _ARRAYS:
            return Type(Kind.ARRAY, name, element=listed[0])
    return Type(Kind.OTHER, name)


def split_list(text: str) -> list[str]:
    """Split a list at the commas that stand in no brackets."""
    if not ("<" in text or "(" in text or "{" in text):
        return text.split(", ") if text else []
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        if character in "<({[":
            depth += 1
        elif character in ">)}]":
            depth -= text[place - 1] != "-"  # of an arrow
        elif character == "," and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    return [*parts, text[start:].strip()]


class Layouts:
    """The sizes of the types of one listing, whose structs are given by the types of their fields, in order."""

    def __init__(self, structs: Mapping[str, Sequence[str]]) -> None:
        self.structs = structs
        self._known: dict[str, tuple[int, int]] = {}

    def size(self, text: str) -> int:
        """Return the bytes that a value of this type takes in an array; 0 for a type that no array can hold."""
        return self._layout(text)[0]

    def _layout(self, text: str) -> tuple[int, int]:
        if text not in self._known:
            self._known[text] = self._measure(parse_type(text))
        return self._known[text]

    def _measure(self, kind: Type) -> tuple[int, int]:
        """Return size and alignment; a struct's fields each start at a multiple of their alignment, as in C."""
        if kind.scalar:
            return SCALARS[kind.scalar] * kind.components, SCALARS[kind.scalar]
        if kind.kind is Kind.POINTER:
            return _POINTER
        if kind.name not in self.structs:
            return _HANDLES.get(kind.name, (0, 1))
        end, widest = 0, 1
        for size, alignment in map(self._layout, self.structs[kind.name]):
            end += -end % alignment + size
            widest = max(widest, alignment)
        return end + -end % widest, widest
