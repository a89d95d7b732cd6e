"""Reading the syntax trees of a kernel's source."""

from __future__ import annotations

import ast
from dataclasses import dataclass

LEAVES = frozenset(
    {"arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "kwd_attrs", "level", "module", "name"}
    | {"names", "op", "ops", "rest", "simple"}
)
"""Fields that hold no nodes, or such as nobody looks for: operators, contexts, what is imported."""

INNER = {
    kind: () if kind is ast.Constant else tuple(name for name in kind._fields if name not in LEAVES)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}
"""The other fields of each kind of node."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function, and all that is in it."""

    definition: ast.FunctionDef
    nodes: list[ast.AST]


def nodes(tree: ast.AST) -> list[ast.AST]:
    """A tree and what is below it but for `LEAVES`, in the order of `ast.walk`, which takes eight times as long."""
    found = [tree]
    for node in found:
        found += children(node)
    return found


def children(node: ast.AST) -> list[ast.AST]:
    """What is right below a node, but for `LEAVES`."""
    found: list[ast.AST] = []
    for name in INNER[type(node)]:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found.extend(filter(None, value))
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def functions(written: list[ast.AST]) -> list[Function]:
    """The functions among the nodes of a module, those within others too."""
    return [Function(node, nodes(node)) for node in written if isinstance(node, ast.FunctionDef)]
