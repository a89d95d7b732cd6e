"""The tiles that a kernel changes in place, which Warp's reverse pass finds as they were last, or before a loop."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grammar.term import Kernel, Symbol, parts
from grammar.trees import Function, nodes
from grammar.types import Tile

# Built-ins that change a tile: its place among the arguments, and its name.
CHANGES = {
    "tile_assign": (0, "dst"),
    "tile_axpy": (2, "dest"),
    "tile_matmul": (2, "out"),
    "tile_scatter_add": (0, "t"),
    "tile_scatter_masked": (0, "t"),
}
LINEAR = frozenset({"tile_atomic_add", "tile_extract", "tile_store", "tile_sum"})  # the adjoint asks for no value


def changed(node: ast.AST) -> ast.Name | None:
    """The name of the tile that a call changes."""
    match node:
        case ast.Call(func=ast.Attribute(attr=called), args=arguments, keywords=keywords) if called in CHANGES:
            place, name = CHANGES[called]
            found = [keyword.value for keyword in keywords if keyword.arg == name]
            found += arguments[place : place + 1]
            return found[0] if found and isinstance(found[0], ast.Name) else None
        case _:
            return None


def overwrites_tiles(kernel: Kernel, functions: Iterable[Function]) -> bool:
    """Whether a tile is changed in place after something was computed from it whose adjoint asks for its value."""
    tiles = {part.name for part in parts(kernel) if isinstance(part, Symbol) and isinstance(part.type, Tile)}
    return any(_overwrites(function.nodes, tiles) for function in functions)


def _overwrites(function: list[ast.AST], tiles: set[str]) -> bool:
    """The same of the nodes of one function."""
    targets = list(_targets(function, tiles))
    if not targets:
        return False
    harmless = {*targets, *_linear(function)}
    read = [
        node
        for node in function
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node not in harmless
    ]
    return any(node.id == target.id and node.lineno <= _end(function, target) for target in targets for node in read)


def _end(function: list[ast.AST], target: ast.Name) -> int:
    """The last line of the statement that a name stands in."""
    statements = (node for node in function if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr))
    return max((node.end_lineno or 0 for node in statements if target in nodes(node)), default=target.lineno)


def _targets(function: list[ast.AST], tiles: set[str]) -> Iterator[ast.Name]:
    """The names of tiles where they are changed."""
    for node in function:
        if (name := changed(node)) is not None:
            yield name
        places = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        for place in places:
            root: ast.expr = place
            while isinstance(root, ast.Subscript):
                root = root.value
            if (
                isinstance(root, ast.Name)
                and root.id in tiles
                and (root is not place or isinstance(node, ast.AugAssign))
            ):
                yield root


def _linear(function: list[ast.AST]) -> Iterator[ast.expr]:
    """What is summed, stored or read by element."""
    for node in function:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LINEAR:
            yield from node.args
        elif isinstance(node, ast.Subscript):
            yield node.value
