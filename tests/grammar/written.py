"""Kernels written by hand: what their text declares, as a kernel that the reference can run and an oracle can judge."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from reading import decorator

from grammar.inputs import Inputs, dtype_of, scalar_type
from grammar.reference.machine import Machine
from grammar.reference.namespace import names_for
from grammar.reference.run import Reference
from grammar.reference.translate import translate
from grammar.term import Body, Extent, Kernel, Symbol
from grammar.types import BOOL, FLOATS, NUMBERS, Array, Matrix, Quaternion, Scalar, Struct, Transformation, Type, Vector
from grammar.types import spell as spelled

HEAD = "import warp as wp\n\n"
SCALARS = [Scalar(name) for name in NUMBERS]
TYPES: dict[str, Type] = {
    spelled(of): of
    for of in (
        BOOL,
        *SCALARS,
        *(Vector(length, scalar) for scalar in SCALARS for length in (2, 3, 4)),
        *(Matrix(size, size, scalar) for scalar in SCALARS if scalar.name in FLOATS for size in (2, 3, 4)),
        *(kind(scalar) for scalar in SCALARS for kind in (Quaternion, Transformation)),
    )
}


def written(source: str) -> tuple[Kernel, str]:
    """The kernel of a module, its body empty, and the module's text; an array named `out…` is one that it writes."""
    source = source if source.startswith("import") else HEAD + source
    tree = ast.parse(source)
    definitions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    (function,) = (node for node in definitions if decorator(node) == "kernel")
    known: dict[str, Type] = dict(TYPES)
    structs = [node for node in tree.body if isinstance(node, ast.ClassDef) and decorator(node) == "struct"]
    for node in structs:
        lines = [line for line in node.body if isinstance(line, ast.AnnAssign)]
        known[node.name] = Struct(node.name, tuple((_name(line.target), _field(line, known)) for line in lines))
    symbols = tuple(_symbol(argument, known) for argument in function.args.args)
    rank = next((len(names) for names in _threads(function)), 1)
    return Kernel(function.name, "written", (), (), symbols, rank, Body(())), source


def launched(
    source: str, dim: int | tuple[int, ...] = 1, machine: Machine | None = None, /, **given: Any
) -> dict[str, Any]:
    """The arguments of a module's kernel after the reference has launched it; those given are of its types' widths."""
    kernel, text = written(source)
    return Reference(kernel, text).run(inputs_of(kernel, dim, **given), machine)


def inputs_of(kernel: Kernel, dim: int | tuple[int, ...] = 1, **given: Any) -> Inputs:
    """Inputs of the widths that a kernel's arguments have."""
    arguments = {symbol.name: _wide(symbol.type, given[symbol.name]) for symbol in kernel.parameters}
    assert arguments.keys() == given.keys()
    return Inputs(dim if isinstance(dim, tuple) else (dim,), arguments)


def called(definitions: str, *arguments: Any, machine: Machine | None = None) -> Any:
    """What the function `f` of a module gives on the reference's values."""
    translated = translate(definitions if definitions.startswith("import") else HEAD + definitions)
    machine = machine or Machine()
    machine.thread, machine.dim = (0,), (1,)
    with np.errstate(all="ignore"):
        names = names_for(machine, translated.literals)
        exec(compile(translated.tree, "written", "exec", dont_inherit=True), names)
        return names["f"](*arguments)


def computed(expression: str, machine: Machine | None = None, /, **locals_: Any) -> Any:
    """What an expression gives in a function of a kernel's module, where some locals have these values."""
    return called(
        f"@wp.func\ndef f({', '.join(locals_)}):\n    return {expression}", *locals_.values(), machine=machine
    )


def bits(value: Any) -> tuple[str, tuple[int, ...], bytes]:
    """A value to the last bit: its width, its axes and its bytes."""
    array = np.asarray(getattr(value, "data", value) if not isinstance(value, np.generic) else value)
    return array.dtype.name, array.shape, array.tobytes()


def _symbol(argument: ast.arg, known: Mapping[str, Type]) -> Symbol:
    assert argument.annotation is not None
    of = _type(argument.annotation, known)
    extents = tuple(Extent(f"n_{argument.arg}_{axis}") for axis in range(of.rank)) if isinstance(of, Array) else ()
    role = "write" if argument.arg.startswith("out") else "read" if extents else "value"
    return Symbol(argument.arg, of.element if isinstance(of, Array) else of, role, extents)


def _type(node: ast.expr, known: Mapping[str, Type]) -> Type:
    """The type that an annotation names."""
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Attribute)
        (element,) = (keyword.value for keyword in node.keywords if keyword.arg == "dtype")
        return Array(_type(element, known), int(node.func.attr.removeprefix("array").removesuffix("d") or 1))
    return known[ast.unparse(node)]


def _field(line: ast.AnnAssign, known: Mapping[str, Type]) -> Type:
    return _type(line.annotation, known)


def _name(node: ast.expr) -> str:
    assert isinstance(node, ast.Name)
    return node.id


def _threads(function: ast.FunctionDef) -> Sequence[list[ast.expr]]:
    """What each `wp.tid()` of a function is assigned to."""
    assigned = [s for s in function.body if isinstance(s, ast.Assign) and ast.unparse(s.value) == "wp.tid()"]
    return [
        target.elts if isinstance(target, ast.Tuple) else [target]
        for statement in assigned
        for target in statement.targets
    ]


def _wide(of: Type, value: Any) -> Any:
    """A value at the width of its type, each field of a struct at its own."""
    if isinstance(of, Struct):
        return {name: _wide(held, value[name]) for name, held in of.fields}
    return np.array(value).astype(dtype_of(scalar_type(of.element if isinstance(of, Array) else of)))
