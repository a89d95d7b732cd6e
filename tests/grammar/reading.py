"""Reading kernels from their text alone: what a test may know of a kernel without asking the grammar."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

Definition = ast.FunctionDef
COMPOUND = (ast.If, ast.For, ast.While)


def decorated(tree: ast.Module, name: str) -> list[Definition]:
    """The definitions under `@wp.name`."""
    return [node for node in tree.body if isinstance(node, Definition) and _decorator(node) == name]


def _decorator(node: ast.FunctionDef | ast.ClassDef) -> str:
    (decorator,) = node.decorator_list
    assert isinstance(decorator, ast.Attribute)
    return decorator.attr


def expressions(node: ast.AST) -> Iterator[ast.expr]:
    """Every expression below a node that is computed: no annotations, no decorators."""
    body = node.body if isinstance(node, ast.Module | Definition) else [node]
    if isinstance(node, ast.Module):
        for inner in body:
            if isinstance(inner, Definition):
                yield from expressions(inner)
        return
    for statement in body:
        yield from (child for child in ast.walk(statement) if isinstance(child, ast.expr))


def statements(definition: Definition) -> Iterator[ast.stmt]:
    """Every statement of a definition, at any depth."""
    for top in definition.body:
        yield from (node for node in ast.walk(top) if isinstance(node, ast.stmt))


def blocks(definition: Definition) -> Iterator[list[ast.stmt]]:
    """Every suite of a definition."""
    yield definition.body
    for node in statements(definition):
        if isinstance(node, COMPOUND):
            yield node.body
            if node.orelse:
                yield node.orelse


def names_in(node: ast.AST) -> set[str]:
    """The names below a node, but for Warp's."""
    return {child.id for child in ast.walk(node) if isinstance(child, ast.Name)} - {
        "wp",
        "int",
        "float",
        "bool",
        "range",
    }


def calls(node: ast.AST) -> Iterator[ast.Call]:
    """The calls below a node."""
    return (child for child in ast.walk(node) if isinstance(child, ast.Call))


def builtin(call: ast.Call) -> str:
    """The name of the Warp built-in called; empty if it is none."""
    function = call.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "wp":
        return function.attr
    return ""


def builtins(node: ast.AST) -> set[str]:
    """The names of the Warp built-ins called."""
    return {name for call in calls(node) if (name := builtin(call))}


@dataclass(frozen=True)
class Reading:
    """A module of one kernel, as its text says."""

    tree: ast.Module

    @cached_property
    def kernel(self) -> Definition:
        (kernel,) = decorated(self.tree, "kernel")
        return kernel

    @cached_property
    def functions(self) -> list[Definition]:
        return decorated(self.tree, "func")

    @cached_property
    def structs(self) -> list[ast.ClassDef]:
        return [node for node in self.tree.body if isinstance(node, ast.ClassDef)]

    @cached_property
    def fields(self) -> set[str]:
        found = (line.target for struct in self.structs for line in struct.body if isinstance(line, ast.AnnAssign))
        return {target.id for target in found if isinstance(target, ast.Name)}

    @cached_property
    def annotations(self) -> dict[str, str]:
        """The kernel's arguments with the text of their types."""
        return {a.arg: ast.unparse(a.annotation) for a in self.kernel.args.args if a.annotation is not None}

    @cached_property
    def arrays(self) -> set[str]:
        return {name for name, of in self.annotations.items() if of.startswith("wp.array")}

    @cached_property
    def outputs(self) -> set[str]:
        """The arrays that the kernel stores to, or updates atomically."""
        found = set()
        for node in ast.walk(self.kernel):
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AugAssign)
                else []
            )
            for target in targets:
                if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
                    found.add(target.value.id)
            if isinstance(node, ast.Call) and builtin(node).startswith("atomic_"):
                assert isinstance(node.args[0], ast.Name)
                found.add(node.args[0].id)
        return found & self.arrays

    @cached_property
    def definitions(self) -> list[Definition]:
        return [*self.functions, self.kernel]


def assigned(definition: Definition) -> set[str]:
    """The locals of a definition: whatever is assigned, loop variables too."""
    return {
        node.id
        for statement in definition.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def arguments(definition: Definition) -> list[str]:
    """The names of the arguments of a definition."""
    return [argument.arg for argument in definition.args.args]


def read(definition: Definition) -> set[str]:
    """The names a definition reads; an augmented assignment or a component's assignment reads nothing by itself."""
    found: set[str] = set()
    for statement in definition.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found.add(node.id)
    written_through = {
        id(target.value)
        for statement in statements(definition)
        for target in (
            statement.targets
            if isinstance(statement, ast.Assign)
            else [statement.target]
            if isinstance(statement, ast.AugAssign)
            else []
        )
        if isinstance(target, ast.Attribute | ast.Subscript) and isinstance(target.value, ast.Name)
    }
    only = {
        node.id
        for statement in definition.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and id(node) in written_through
    }
    loaded = {
        node.id
        for statement in definition.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in written_through
    }
    return found - (only - loaded)


def is_literal(node: ast.AST) -> bool:
    """A number or truth value, signed or converted or in a constructor: nothing that varies."""
    match node:
        case ast.Constant():
            return True
        case ast.UnaryOp(operand=operand):
            return is_literal(operand)
        case ast.Call(func=ast.Name(id="int" | "float" | "bool"), args=args):
            return all(is_literal(arg) for arg in args)
        case ast.Call(func=ast.Attribute(), args=args, keywords=keywords) if not keywords:
            return bool(args) and all(is_literal(arg) for arg in args)
    return False


def depth(node: ast.AST) -> int:
    """How deep operators and calls stand in each other."""
    own = isinstance(node, ast.BinOp | ast.UnaryOp | ast.Call | ast.Compare | ast.BoolOp | ast.IfExp)
    return own + max((depth(child) for child in ast.iter_child_nodes(node)), default=0)
