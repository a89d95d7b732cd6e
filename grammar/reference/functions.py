"""Functions of a kernel's module: of the definitions of one name a call takes the one that fits its arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from grammar.reference.compounds import Compound
from grammar.reference.errors import UnreferencedError
from grammar.reference.scalars import ScalarType
from grammar.reference.tile import Tile, TileType, dtype_of
from grammar.reference.values import Arr, ArrayType, CompoundType, Struct, StructType, own


class Function:
    """A `@wp.func`, which gets its arguments by value; of overloads the one whose annotations fit them."""

    def __init__(self, name: str) -> None:
        self.__name__ = name
        self.definitions: list[Callable[..., Any]] = []

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """What the function that the call means gives."""
        function = self.chosen(arguments, named)
        return function(*map(passed, arguments), **{name: passed(value) for name, value in named.items()})

    def chosen(self, arguments: Sequence[Any], named: Mapping[str, Any]) -> Callable[..., Any]:
        """The definition that a call means; raises `UnreferencedError` where that is not clear."""
        if len(self.definitions) == 1:
            return self.definitions[0]
        found = [definition for definition in self.definitions if takes(definition, arguments, named)]
        if len(found) != 1:
            raise UnreferencedError(f"{len(found)} overloads of {self.__name__} fit a call")
        return found[0]


def passed(value: Any) -> Any:
    """What a function gets for an argument: a value of its own, of a tile the tile itself."""
    return value if isinstance(value, Tile) else own(value)


def takes(definition: Callable[..., Any], arguments: Sequence[Any], named: Mapping[str, Any]) -> bool:
    """Whether a function takes these arguments: as many, and of its parameters' types."""
    signature = inspect.signature(definition)
    try:
        bound = signature.bind(*arguments, **named)
    except TypeError:
        return False
    return all(fits(signature.parameters[name].annotation, value) for name, value in bound.arguments.items())


def fits(annotation: Any, value: Any) -> bool:
    """Whether a value is of the type that an annotation names; one that names none fits all."""
    match annotation:
        case ScalarType(dtype=dtype):
            return isinstance(value, np.generic) and np.dtype(dtype) == value.dtype
        case CompoundType(value=kind, shape=shape, scalar=scalar):
            same = isinstance(value, Compound) and type(value) is kind and value.data.shape == shape
            return same and value.data.dtype == np.dtype(scalar.dtype)
        case StructType():
            return isinstance(value, Struct) and value.__dict__["struct_type"] is annotation
        case ArrayType():
            return isinstance(value, Arr)
        case TileType(element=element, sizes=sizes):
            return isinstance(value, Tile) and value.sizes == sizes and dtype_of(value.element) == dtype_of(element)
        case _:
            return True
