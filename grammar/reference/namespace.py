"""The `wp` of the reference: Warp's types, decorators and built-ins on one machine."""

from __future__ import annotations

import builtins as python_builtins
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grammar.reference import operators
from grammar.reference.compounds import Compound, Mat, Quat, Transform, Vec
from grammar.reference.derivative import derivative
from grammar.reference.errors import UnreferencedError
from grammar.reference.functions import Function
from grammar.reference.machine import Machine
from grammar.reference.meanings import MEANINGS
from grammar.reference.meanings.arrays import Picked, of_elements, over_memory
from grammar.reference.operators import Places, PythonBuiltins, divide, floor_divide, negative, remainder
from grammar.reference.scalars import ScalarType
from grammar.reference.translate import PREFIX
from grammar.reference.values import NAMED_TYPES, ArrayType, CompoundType, StructType, own

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
    "HALF_PI": math.pi / 2,
    "inf": math.inf,
    "INF": math.inf,
    "nan": math.nan,
    "NAN": math.nan,
}


class _AnySubscript:
    """`wp.ref[…]`: an annotation, which the translation has read."""

    def __getitem__(self, of: Any) -> Any:
        return of


class _VolumeModes:
    """`wp.Volume`, as kernels name it."""

    CLOSEST, LINEAR = 0, 1


class Namespace:
    """What `wp` stands for; a name that it does not know raises `UnreferencedError`."""

    Volume = _VolumeModes

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._kernels: dict[str, Any] = {}
        self._functions: dict[str, Function] = {}
        self._types: dict[str, Any] = dict(machine.types)
        self.config = _Anything()
        self.DeterministicMode = _Anything()
        self.types = _Types(self)
        self.build_experimental = _NativeTypes()
        self.widened: Callable[[], Mapping[str, Any]] | None = None  # the names of the module in float64

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

    def tid(self, names: int | None = None) -> Any:
        """The index of this thread, a number or one for each axis of the launch.

        Where it is assigned to more names than there are axes, the block's one thread is the last axis.
        """
        thread = self._machine.thread
        if names is not None:
            return tuple(map(np.int32, (*thread, *(0,) * (names - len(thread)))))
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
        is_overload = bool(function.__annotations__)  # the translation leaves them to those alone
        function.__annotations__ = {name: self.scalar_type(of) for name, of in function.__annotations__.items()}
        known = self._functions.get(function.__name__) if is_overload else None
        found = known or Function(function.__name__)
        found.definitions.append(function)
        self._functions[function.__name__] = found
        return found

    def overload(self, kernel: Any, _types: Any = None) -> Any:
        """`wp.overload`, called or as a decorator: the kernel itself."""
        return self._kernels.get(kernel.__name__, kernel)

    def func_grad(self, _function: Any) -> Callable[[Any], Any]:
        """`@wp.func_grad`: an adjoint, which the reference never runs."""
        return lambda function: function

    def grad(self, function: Any) -> Callable[..., Any]:
        """`wp.grad`: the derivative of a function of the module, or of a built-in."""
        assert self.widened is not None
        names = self.widened()
        if isinstance(function, Function):
            return derivative(self._machine, function, names[function.__name__])
        builtin = next((name for name, value in vars(self).items() if value is function), "")
        return derivative(self._machine, function, getattr(names["wp"], builtin))

    func_replay = func_grad
    ref = _AnySubscript()

    def func_native(self, *_arguments: Any, **_named: Any) -> Callable[[Any], Any]:
        """`@wp.func_native`: C++, which the reference cannot run."""

        def refused(*_a: Any, **_n: Any) -> Any:
            raise UnreferencedError("a function written in C++")

        return lambda _function: refused

    def struct(self, described: type) -> StructType:
        """`@wp.struct`."""
        fields = {}
        for name, annotation in described.__annotations__.items():
            fields[name] = self._types.get(
                {float: "float32", int: "int32", bool: "bool"}.get(annotation, ""), annotation
            )
        return StructType(described.__name__, fields, self._functions)

    def constant(self, value: Any) -> Any:
        """`wp.constant`: the value itself."""
        return value

    def set_module_options(self, *_arguments: Any, **_named: Any) -> None:
        """Options, which change no meaning."""

    # --- types ---

    def array(
        self, *arguments: Any, dtype: Any = None, ndim: int = 1, ptr: Any = None, shape: Any = (), **_named: Any
    ) -> Any:
        """`wp.array(dtype=…)`: an annotation; with `ptr` an array over the memory of another."""
        if ptr is not None:
            return over_memory(ptr, self.scalar_type(dtype), shape)
        if arguments and dtype is not None:
            return of_elements(arguments[0], self.scalar_type(dtype))
        if shape:
            raise UnreferencedError("an array of no memory")
        return ArrayType(self.scalar_type(dtype), int(ndim))

    def indexedarray(self, source: Any = None, indices: Any = (), dtype: Any = None, ndim: int = 1) -> Any:
        """`wp.indexedarray(dtype=…)`: an annotation; of an array and its indices an indexed array."""
        return ArrayType(self.scalar_type(dtype), ndim) if source is None else Picked(source, indices[0].data)

    def array1d(self, dtype: Any = None) -> Any:
        """`wp.array1d(dtype=…)`."""
        return ArrayType(self.scalar_type(dtype), 1)

    def array2d(self, dtype: Any = None) -> Any:
        """`wp.array2d(dtype=…)`."""
        return ArrayType(self.scalar_type(dtype), 2)

    def array3d(self, dtype: Any = None) -> Any:
        """`wp.array3d(dtype=…)`."""
        return ArrayType(self.scalar_type(dtype), 3)

    def array4d(self, dtype: Any = None) -> Any:
        """`wp.array4d(dtype=…)`."""
        return ArrayType(self.scalar_type(dtype), 4)

    def vector(self, *components: Any, length: Any = None, dtype: Any = None) -> Any:
        """`wp.vector(…)`: a vector."""
        if length is None:
            length = len(components[0]) if isinstance(components[0], Vec) else len(components)
        return self.types.vector(length, self._scalar(dtype, components))(*components)

    def matrix(self, *elements: Any, shape: Any = None, dtype: Any = None) -> Any:
        """`wp.matrix(…)`: a matrix."""
        if shape is None:
            if not isinstance(elements[0], Mat):
                raise UnreferencedError("wp.matrix without a shape")
            shape = elements[0].data.shape
        return self.types.matrix(shape, self._scalar(dtype, elements))(*elements)

    def quaternion(self, *parts: Any, dtype: Any = None, **named: Any) -> Any:
        """`wp.quaternion(…)`: a quaternion."""
        return self.types.quaternion(self._scalar(dtype, (*parts, *named.values())))(*parts, **named)

    def transformation(self, *parts: Any, dtype: Any = None, **named: Any) -> Any:
        """`wp.transformation(…)`: a transformation."""
        return self.types.transformation(self._scalar(dtype, (*parts, *named.values())))(*parts, **named)

    def _scalar(self, dtype: Any, parts: Any) -> Any:
        return self._scalar_of(parts[0]) if dtype is None else self.scalar_type(dtype)

    def scalar_type(self, of: Any) -> Any:
        """A type given as such, or as one of Python's."""
        return self._types[{float: "float32", int: "int32", bool: "bool"}[of]] if of in {float, int, bool} else of

    def _scalar_of(self, value: Any) -> ScalarType:
        dtype = value.data.dtype if isinstance(value, Compound) else np.asarray(value).dtype
        return next(of for of in self._types.values() if isinstance(of, ScalarType) and np.dtype(of.dtype) == dtype)


OPAQUE = frozenset({"shape", "dtype"})


class _Types:
    """`wp.types`, where `vector` and its like make types, not values."""

    def __init__(self, namespace: Namespace) -> None:
        self._namespace = namespace

    def __getattr__(self, name: str) -> Any:
        return getattr(self._namespace, name)

    def vector(self, length: Any, dtype: Any) -> Any:
        """A type of vectors."""
        return CompoundType(Vec, (int(length),), self._namespace.scalar_type(dtype))

    def matrix(self, shape: Any, dtype: Any) -> Any:
        """A type of matrices."""
        return CompoundType(Mat, (int(shape[0]), int(shape[1])), self._namespace.scalar_type(dtype))

    def quaternion(self, dtype: Any) -> Any:
        """A type of quaternions."""
        return CompoundType(Quat, (4,), self._namespace.scalar_type(dtype))

    def transformation(self, dtype: Any) -> Any:
        """A type of transformations."""
        return CompoundType(Transform, (7,), self._namespace.scalar_type(dtype))


class _NativeTypes:
    """`wp.build_experimental`."""

    def add_native_type(self, described: Any, *, fields: Mapping[str, ScalarType], **_options: Any) -> None:
        """Have a class of C's structs hold the reference's values in its fields instead: zero, unless given."""

        def start(made: Any, *values: Any, **named: Any) -> None:
            given = dict(zip(fields, values, strict=False)) | named
            for name, of in fields.items():
                setattr(made, name, of(given.get(name, 0)))

        for name, of in fields.items():
            setattr(described, name, of(0))  # in place of the field of C, which takes Python's numbers only
        described.__init__ = start


class _Anything:
    """Takes whatever is set on it, and has whatever is asked for, as Warp's configuration does."""

    def __getattr__(self, name: str) -> str:
        return name


def unreferenced(what: str) -> Any:
    """What stands for something that has no meaning here."""
    raise UnreferencedError(what)


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "matmul": operator.matmul,
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
    "lshift": operator.lshift,
    "rshift": operator.rshift,
    "div": divide,
    "floordiv": floor_divide,
    "mod": remainder,
}
"""What operators do on any machine."""

FUNCTIONS: dict[str, Any] = {
    "own": own,
    "div": divide,
    "floordiv": floor_divide,
    "mod": remainder,
    "negative": negative,
    "truth": np.bool_,
    "slice": slice,
    "unreferenced": unreferenced,
    "python": lambda value: value.item() if isinstance(value, np.generic) else value,
    "builtins": python_builtins,
}
"""What a translated module calls by a name with a prefix, on any machine."""


def names_for(machine: Machine, literals: Mapping[str, float]) -> dict[str, Any]:
    """The names that a translated module runs with."""
    builtins = PythonBuiltins(machine)
    kernel = Namespace(machine)
    power = kernel.pow
    functions: dict[str, Any] = FUNCTIONS | {
        "pow": power,
        "literal": builtins.literal,
        "while": builtins.while_test,
        "places": Places(OPERATORS | {"pow": power}),
    }
    names = {PREFIX + name: function for name, function in functions.items()}
    names |= {name: builtins.literal(value) for name, value in literals.items()}
    python = {
        "range": builtins.range,
        "len": operators.length,
        "type": operators.type_of,
        "print": lambda *_arguments: None,
        "float": machine.type("float32"),
        "int": machine.type("int32"),
        "bool": machine.type("bool"),
        "min": kernel.min,
        "max": kernel.max,
        "abs": kernel.abs,
        "round": kernel.round,
    }
    return names | {PREFIX + name: function for name, function in python.items()} | {"wp": kernel}
