"""The `wp` of the reference: Warp's types, decorators and built-ins on one machine."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grammar.reference import operators
from grammar.reference.machine import Machine
from grammar.reference.meanings import MEANINGS
from grammar.reference.operators import Places, PythonBuiltins, divide, floor_divide, negative, remainder
from grammar.reference.translate import PREFIX
from grammar.reference.values import (
    NAMED_TYPES,
    ArrayType,
    CompoundType,
    Mat,
    Quat,
    ScalarType,
    StructType,
    Transform,
    UnreferencedError,
    Vec,
    own,
)

CONSTANTS = {
    "pi": math.pi,
    "PI": math.pi,
    "e": math.e,
    "tau": math.tau,
    "phi": (1.0 + math.sqrt(5.0)) / 2.0,
    "ln2": math.log(2.0),
    "ln10": math.log(10.0),
    "log2e": math.log2(math.e),
    "log10e": math.log10(math.e),
    "half_pi": math.pi / 2,
    "inf": math.inf,
    "INF": math.inf,
    "nan": math.nan,
    "NAN": math.nan,
}


class Namespace:
    """What `wp` stands for; a name that it does not know raises `UnreferencedError`."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._kernels: dict[str, Any] = {}
        self._types: dict[str, Any] = dict(machine.types)
        self.config = _Anything()
        self.types = self

    def __getattr__(self, name: str) -> Any:
        found = self._find(name)
        setattr(self, name, found)
        return found

    def _find(self, name: str) -> Any:
        if name in self._types:
            return self._types[name]
        if name in NAMED_TYPES:
            value, shape, scalar = NAMED_TYPES[name]
            return CompoundType(value, shape, self._machine.type(scalar))
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name in MEANINGS:
            return MEANINGS[name].on(self._machine)
        if name in OPAQUE or name.startswith("__"):
            raise AttributeError(name)
        raise UnreferencedError(f"wp.{name}")

    # --- the thread ---

    def tid(self) -> Any:
        """The index of this thread, a number or one for each axis of the launch."""
        thread = self._machine.thread
        return np.int32(thread[0]) if len(thread) == 1 else tuple(map(np.int32, thread))

    # --- decorators ---

    def kernel(self, function: Any = None, **_options: Any) -> Any:
        """`@wp.kernel`, with options or without."""
        if function is None:
            return self.kernel
        self._kernels[function.__name__] = function
        return function

    def func(self, function: Any = None, **_options: Any) -> Any:
        """`@wp.func`: a function whose arguments are passed by value."""
        if function is None:
            return self.func

        def call(*arguments: Any, **named: Any) -> Any:
            return function(*map(own, arguments), **{name: own(value) for name, value in named.items()})

        call.__name__ = function.__name__
        return call

    def overload(self, kernel: Any, _types: Any = None) -> Any:
        """`wp.overload`, called or as a decorator: the kernel itself."""
        return self._kernels.get(kernel.__name__, kernel)

    def func_grad(self, _function: Any) -> Callable[[Any], Any]:
        """`@wp.func_grad`: an adjoint, which the reference never runs."""
        return lambda function: function

    func_replay = func_grad

    def func_native(self, *_arguments: Any, **_named: Any) -> Callable[[Any], Any]:
        """`@wp.func_native`: C++, which the reference cannot run."""

        def refused(*_a: Any, **_n: Any) -> Any:
            raise UnreferencedError("a function written in C++")

        return lambda _function: refused

    def struct(self, described: type) -> StructType:
        """`@wp.struct`."""
        fields = {}
        for name, annotation in described.__annotations__.items():
            fields[name] = self._types.get({float: "float32", int: "int32", bool: "bool"}.get(annotation, ""), annotation)
        return StructType(described.__name__, fields)

    def constant(self, value: Any) -> Any:
        """`wp.constant`: the value itself."""
        return value

    def set_module_options(self, *_arguments: Any, **_named: Any) -> None:
        """Options, which change no meaning."""

    # --- types ---

    def array(self, *_arguments: Any, dtype: Any = None, ndim: int = 1, **named: Any) -> Any:
        """`wp.array(dtype=…)`: an annotation; in a kernel an array of its own."""
        if "shape" in named or _arguments or "ptr" in named:
            raise UnreferencedError("wp.array in a kernel")
        return ArrayType(self._type(dtype), int(ndim))

    def array1d(self, dtype: Any = None) -> Any:
        """`wp.array1d(dtype=…)`."""
        return ArrayType(self._type(dtype), 1)

    def array2d(self, dtype: Any = None) -> Any:
        """`wp.array2d(dtype=…)`."""
        return ArrayType(self._type(dtype), 2)

    def array3d(self, dtype: Any = None) -> Any:
        """`wp.array3d(dtype=…)`."""
        return ArrayType(self._type(dtype), 3)

    def array4d(self, dtype: Any = None) -> Any:
        """`wp.array4d(dtype=…)`."""
        return ArrayType(self._type(dtype), 4)

    def vector(self, *arguments: Any, length: Any = None, dtype: Any = None) -> Any:
        """`wp.types.vector(length=…, dtype=…)` is a type; with components it is a vector."""
        if not arguments:
            return CompoundType(Vec, (int(length),), self._type(dtype))
        first = arguments[0]
        size = int(length) if length is not None else len(first) if isinstance(first, Vec) else len(arguments)
        scalar = self._type(dtype) if dtype is not None else self._scalar_of(first)
        return CompoundType(Vec, (size,), scalar)(*arguments)

    def matrix(self, *arguments: Any, shape: Any = None, dtype: Any = None) -> Any:
        """`wp.types.matrix(shape=…, dtype=…)` is a type; with elements it is a matrix."""
        if shape is None and arguments and isinstance(arguments[0], Mat):
            shape = arguments[0].data.shape
        if shape is None:
            raise UnreferencedError("wp.matrix without a shape")
        rows_columns = (int(shape[0]), int(shape[1]))
        if not arguments:
            return CompoundType(Mat, rows_columns, self._type(dtype))
        scalar = self._type(dtype) if dtype is not None else self._scalar_of(arguments[0])
        return CompoundType(Mat, rows_columns, scalar)(*arguments)

    def quaternion(self, *arguments: Any, dtype: Any = None) -> Any:
        """`wp.types.quaternion(dtype=…)` is a type; with components it is a quaternion."""
        if not arguments:
            return CompoundType(Quat, (4,), self._type(dtype))
        scalar = self._type(dtype) if dtype is not None else self._scalar_of(arguments[0])
        return CompoundType(Quat, (4,), scalar)(*arguments)

    def transformation(self, *arguments: Any, dtype: Any = None, **named: Any) -> Any:
        """`wp.types.transformation(dtype=…)` is a type; with parts it is a transformation."""
        arguments = (*arguments, *named.values())
        if not arguments:
            return CompoundType(Transform, (7,), self._type(dtype))
        scalar = self._type(dtype) if dtype is not None else self._scalar_of(arguments[0])
        return CompoundType(Transform, (7,), scalar)(*arguments)

    def _type(self, of: Any) -> Any:
        return self._types[{float: "float32", int: "int32", bool: "bool"}[of]] if of in {float, int, bool} else of

    def _scalar_of(self, value: Any) -> ScalarType:
        dtype = value.data.dtype if hasattr(value, "data") and hasattr(value.data, "dtype") else np.asarray(value).dtype
        return next(of for of in self._types.values() if isinstance(of, ScalarType) and np.dtype(of.dtype) == dtype)


OPAQUE = frozenset({"shape", "dtype"})


class _Anything:
    """Takes whatever is set on it, as Warp's configuration does."""


def names_for(machine: Machine, literals: Mapping[str, float]) -> dict[str, Any]:
    """The names that a translated module runs with."""
    builtins = PythonBuiltins(machine)
    kernel = Namespace(machine)
    power = kernel.pow
    functions: dict[str, Any] = {
        "own": own,
        "div": divide,
        "floordiv": floor_divide,
        "mod": remainder,
        "pow": power,
        "negative": negative,
        "truth": np.bool_,
        "literal": builtins.literal,
        "while": builtins.while_test,
        "slice": slice,
    }
    plain = {
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "matmul": lambda a, b: a @ b,
        "and": lambda a, b: a & b,
        "or": lambda a, b: a | b,
        "xor": lambda a, b: a ^ b,
        "lshift": lambda a, b: a << b,
        "rshift": lambda a, b: a >> b,
        "div": divide,
        "floordiv": floor_divide,
        "mod": remainder,
        "pow": power,
    }
    functions["places"] = Places(plain)
    names = {PREFIX + name: function for name, function in functions.items()}
    names |= {name: builtins.literal(value) for name, value in literals.items()}
    names |= {
        "wp": kernel,
        "range": builtins.range,
        "len": operators.length,
        "print": lambda *_arguments: None,
        "float": machine.type("float32"),
        "int": machine.type("int32"),
        "bool": machine.type("bool"),
        "min": kernel.min,
        "max": kernel.max,
        "abs": kernel.abs,
        "round": kernel.round,
    }
    return names


