"""The reference: a kernel's printed source, run by CPython on NumPy values, one thread after the other."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from grammar.inputs import HostObject, Inputs, components, scalar_type
from grammar.reference.compounds import Compound, Mat, Quat, Transform, Vec
from grammar.reference.errors import UnreferencedError
from grammar.reference.machine import Machine
from grammar.reference.meanings import BOUND, UNBOUND
from grammar.reference.namespace import names_for
from grammar.reference.translate import translate
from grammar.reference.values import Arr, ArrayType, CompoundType, Struct, StructType
from grammar.signature import HOST
from grammar.term import Kernel, Symbol
from grammar.types import Array, Matrix, Quaternion, Scalar, Transformation, Type, Vector
from grammar.types import Struct as GrammarStruct


class Reference:
    """A kernel's source, translated once, to be run on machines of any precision."""

    def __init__(self, kernel: Kernel, source: str) -> None:
        translated = translate(source)
        self.kernel = kernel
        self._code = compile(translated.tree, f"{kernel.name}.reference", "exec", dont_inherit=True)
        self._literals = translated.literals

    def run(self, inputs: Inputs, machine: Machine | None = None) -> dict[str, Any]:
        """The arguments after a launch, by name, as arrays like those of `inputs`; the inputs stay as they are.

        Raises `UnreferencedError`, `OutOfBoundsError`, `UndefinedError`, and what the kernel itself raises.
        """
        machine = machine or Machine()
        with np.errstate(all="ignore"):
            names = self._names(machine)
            function = names[self.kernel.name]
            binder = Binder(machine, names)
            arguments = {s.name: binder.bound(s, inputs.arguments[s.name]) for s in self.kernel.parameters}
            machine.dim = inputs.dim
            for thread in itertools.product(*map(range, inputs.dim)):
                machine.thread = thread
                function(*arguments.values())
        return {s.name: binder.unbound(s, arguments[s.name]) for s in self.kernel.parameters}

    def _names(self, machine: Machine) -> dict[str, Any]:
        """The names of the module, run on a machine."""
        names = names_for(machine, self._literals)
        names["wp"].widened = cache(lambda: self._names(Machine(double=True)))  # every thread may ask
        exec(self._code, names)  # noqa: S102  # the source is the grammar's own
        return names


class Binder:
    """Turns arguments into the reference's values and back."""

    def __init__(self, machine: Machine, names: Mapping[str, Any]) -> None:
        self.machine, self.names = machine, names

    def bound(self, symbol: Symbol, value: Any) -> Any:
        """The value of an argument."""
        if isinstance(value, HostObject):
            if value.kind not in BOUND:
                raise UnreferencedError(f"an argument of kind {value.kind}")
            return BOUND[value.kind](self, symbol, value)
        of = self.type_of(symbol.type)
        if symbol.extents:
            return Arr(self.array(symbol.type, value, len(symbol.extents)), of)
        if isinstance(symbol.type, GrammarStruct):
            return self.struct(symbol.type, value, ())
        data = np.array(value).astype(self.dtype(symbol.type))
        return of.view(data) if data.ndim else data[()]

    def unbound(self, symbol: Symbol, value: Any) -> Any:
        """An argument as an array like those of the inputs; none for a host's object that no kernel writes to."""
        if symbol.role.startswith(HOST) and symbol.role != HOST + "seed":
            kind = symbol.role.removeprefix(HOST)
            return UNBOUND[kind](self, symbol, value) if kind in UNBOUND else None
        if isinstance(value, Arr):
            return self.fields(symbol.type, value.data) if isinstance(symbol.type, GrammarStruct) else value.data
        if isinstance(value, Struct):
            return self.fields(symbol.type, np.array(value, object))
        return np.array(value.data if isinstance(value, Compound) else value)

    def dtype(self, of: Type) -> Any:
        """The dtype of a type's components at this precision."""
        return np.dtype(self.machine.type(scalar_type(of).name).dtype)

    def type_of(self, of: Type) -> Any:
        """The reference's type of a type."""
        match of:
            case Scalar(name):
                return self.machine.type(name)
            case Vector() | Matrix() | Quaternion() | Transformation():
                kind = {Vector: Vec, Matrix: Mat, Quaternion: Quat, Transformation: Transform}[type(of)]
                return CompoundType(kind, components(of), self.machine.type(of.scalar.name))
            case GrammarStruct(name):
                found = self.names[name]
                assert isinstance(found, StructType), name
                return found
            case Array(element, rank):
                return ArrayType(self.type_of(element), rank)
            case _:
                raise UnreferencedError(f"a value of {of}")

    def array(self, of: Type, value: Any, rank: int) -> Any:
        """An array's data."""
        if not isinstance(of, GrammarStruct):
            return np.array(value).astype(self.dtype(of))
        first = next(iter(value.values()))
        while isinstance(first, dict):
            first = next(iter(first.values()))
        shape = np.shape(first)[:rank]
        made = np.empty(shape, object)
        for place in itertools.product(*map(range, shape)):
            made[place] = self.struct(of, value, place)
        return made

    def struct(self, of: GrammarStruct, value: Mapping[str, Any], place: tuple[int, ...]) -> Struct:
        """The struct at one place of an array of structs."""
        made: Struct = self.type_of(of)()
        for name, field_type in of.fields:
            if isinstance(field_type, GrammarStruct):
                part: Any = self.struct(field_type, value[name], place)
            elif isinstance(field_type, Array):
                data = self.array(field_type.element, _at(value[name], place), field_type.rank)
                part = Arr(data, self.type_of(field_type.element))
            else:
                data = np.array(value[name][place]).astype(self.dtype(field_type))
                part = self.type_of(field_type).view(data) if data.ndim else data[()]
            made.__dict__[name] = part
        return made

    def fields(self, of: Type, structs: Any) -> dict[str, Any]:
        """The fields of an array of structs, each an array."""
        assert isinstance(of, GrammarStruct)
        found: dict[str, Any] = {}
        for name, field_type in of.fields:
            parts = np.empty(structs.shape, object)
            for place in np.ndindex(*structs.shape):
                parts[place] = structs[place].__dict__[name] if structs.shape else structs[()].__dict__[name]
            if isinstance(field_type, GrammarStruct):
                found[name] = self.fields(field_type, parts)
                continue
            if isinstance(field_type, Array):
                found[name] = self.held(field_type, parts)
                continue
            data = np.zeros((*structs.shape, *components(field_type)), self.dtype(field_type))
            for place in np.ndindex(*structs.shape):
                data[place] = parts[place].data if isinstance(parts[place], Compound) else parts[place]
            found[name] = data
        return found

    def held(self, of: Array, arrays: Any) -> Any:
        """The arrays that are a field of an array of structs, one array of them all."""
        none = (0,) * of.rank + components(of.element)
        shape = next((arrays[place].data.shape for place in np.ndindex(*arrays.shape)), none)
        is_struct = isinstance(of.element, GrammarStruct)
        made = np.empty((*arrays.shape, *shape), object if is_struct else self.dtype(of.element))
        for place in np.ndindex(*arrays.shape):
            made[place] = arrays[place].data
        return self.fields(of.element, made) if is_struct else made


def _at(value: Any, place: tuple[int, ...]) -> Any:
    """The part at a place of an array, or of each field of an array of structs."""
    if isinstance(value, Mapping):
        return {name: _at(field, place) for name, field in value.items()}
    return value[place]
