"""What of a function can only be whole numbers or truth values: they have no derivative."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from grammar.trees import Function, nodes

SCALAR = re.compile(r"(wp\.)?(u?int\d*|bool)")
ARRAY = re.compile(r"dtype=(wp\.)?(u?int\d*|bool)\b")
ALWAYS = frozenset({"len", "randi", "randu", "tid"})
OF_WHOLES = frozenset({"abs", "clamp", "max", "min", "sign"})
"""Built-ins that give whole numbers, the second if they are given some."""


@dataclass(frozen=True)
class Wholes:
    """Of one function."""

    function: Function

    @cached_property
    def arrays(self) -> dict[str, str]:
        """The parameters that are arrays, with their annotations."""
        return {name: text for name, text in self._annotations if "array" in text}

    def has_array(self, name: str) -> bool:
        """Whether a name is that of an array of whole numbers."""
        return ARRAY.search(self.arrays.get(name, "")) is not None

    @cached_property
    def locals(self) -> frozenset[str]:
        """The locals and parameters that are whole wherever they are given a value."""
        found = {name for name, text in self._annotations if SCALAR.fullmatch(text)}
        given: dict[str, list[ast.expr | None]] = {}
        for node in self.function.nodes:
            for name, value in _given(node):
                given.setdefault(name, []).append(value)
        found |= given.keys()
        while True:
            kept = {
                name
                for name in found
                if all(value is not None and self._is_whole(value, found) for value in given.get(name, ()))
            }
            if kept == found:
                return frozenset(found)
            found = kept

    @property
    def _annotations(self) -> Iterator[tuple[str, str]]:
        for argument in self.function.definition.args.args:
            if argument.annotation is not None:
                yield argument.arg, ast.unparse(argument.annotation)

    def _is_whole(self, value: ast.expr, names: set[str]) -> bool:
        """Whether an expression is a whole number or a truth value, if these names are."""
        match value:
            case ast.Constant(value=int()) | ast.Compare() | ast.UnaryOp(op=ast.Not()):
                return True
            case ast.Name(id=name):
                return name in names
            case ast.BinOp(left=left, op=op, right=right):
                return not isinstance(op, ast.Div) and self._is_whole(left, names) and self._is_whole(right, names)
            case ast.UnaryOp(operand=operand):
                return self._is_whole(operand, names)
            case ast.BoolOp(values=values):
                return all(self._is_whole(each, names) for each in values)
            case ast.IfExp(body=body, orelse=orelse):
                return self._is_whole(body, names) and self._is_whole(orelse, names)
            case ast.Subscript(value=ast.Attribute(attr="shape")):
                return True
            case ast.Subscript(value=ast.Name(id=name)):
                return self.has_array(name)
            case ast.Call(func=function, args=arguments):
                text = ast.unparse(function)
                name = text.removeprefix("wp.")
                if SCALAR.fullmatch(text) or name in ALWAYS:
                    return True
                return name in OF_WHOLES and all(self._is_whole(each, names) for each in arguments)
            case _:
                return False


def _given(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """The names that a node gives a value, each with an expression of its type; none where that is not known."""
    match node:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AnnAssign(target=ast.Name(id=name), value=value)
        ):
            yield name, value
        case ast.Assign(targets=targets, value=value):
            of_threads = isinstance(value, ast.Call) and ast.unparse(value.func) == "wp.tid"
            for target in targets:
                yield from ((name, value if of_threads else None) for name in _names(target))
        case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
            yield name, ast.BinOp(ast.Name(name, ast.Load()), op, value)
        case ast.For(target=target, iter=ast.Call(func=ast.Name(id="range" | "reversed"))):
            yield from ((name, ast.Constant(0)) for name in _names(target))
        case ast.For(target=target):
            yield from ((name, None) for name in _names(target))
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            yield name, value


def _names(target: ast.expr) -> Iterator[str]:
    return (part.id for part in nodes(target) if isinstance(part, ast.Name))
