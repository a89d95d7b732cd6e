"""Which dynamic loops leave nothing of what they change to the reverse pass.

Warp's reverse pass keeps no history and runs no dynamic loop forward again: a local that one changes has another value
there than it had. That does no harm to a sum, to what each trip sets anew, and to whole numbers, which have no
derivative.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeGuard

from grammar.tile_changes import changed
from grammar.trees import Function, children, nodes
from grammar.wholes import Wholes

Loop = ast.For | ast.While

PLACES = (ast.Subscript, ast.Attribute)

LONGEST = 8  # of the tables and vectors whose length is taken by wp.static

ACCUMULATES = frozenset({ast.Add, ast.Sub})
CALLABLE = frozenset({"bool", "float", "int", "len", "print", "range", "reversed", "abs", "max", "min", "round"})
CHANGING = re.compile(r"wp\.(atomic_|tile_|adjoint|static)")


@dataclass(frozen=True)
class History:
    """The loops of one function; those of constant bounds and up to `unrolled` trips are none, as Warp unrolls them."""

    function: Function
    unrolled: int

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """What each node stands in."""
        return {child: node for node in self.function.nodes for child in children(node)}

    @cached_property
    def wholes(self) -> Wholes:
        """What of the function can only be whole numbers."""
        return Wholes(self.function)

    @cached_property
    def dynamic(self) -> list[Loop]:
        """The loops that Warp does not unroll."""
        return [node for node in self.function.nodes if self._is_dynamic(node)]

    def is_kept(self) -> bool:
        """Whether what the loops change does not matter to the reverse pass."""
        return all(self._is_of_wholes(loop) or self._is_harmless(loop) for loop in self.dynamic)

    def is_left(self) -> bool:
        """Whether a loop may end before its last trip: which trips were made, the reverse pass does not know."""
        leaving = (loop for loop in self.dynamic if not self._is_of_wholes(loop))
        return any(isinstance(part, ast.Break | ast.Return) for loop in leaving for part in nodes(loop))

    def _is_dynamic(self, node: ast.AST) -> TypeGuard[Loop]:
        if isinstance(node, ast.While):
            return True
        if not isinstance(node, ast.For):
            return False
        call = node.iter
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != "range":
            return True
        bounds = [_constant(argument) for argument in call.args]
        if any(bound is None for bound in bounds):
            return True
        jumps = any(isinstance(part, ast.Break | ast.Continue) for part in nodes(node))
        return jumps or len(range(*(bound for bound in bounds if bound is not None))) > self.unrolled

    def _is_harmless(self, loop: Loop) -> bool:
        """Whether all that a loop changes and that was there before are sums, or set anew in each trip.

        And whether nothing before it was computed from what it changes.
        """
        inside = nodes(loop)
        counters = {
            part.target.id for part in inside if isinstance(part, ast.For) and isinstance(part.target, ast.Name)
        }
        before = {name for name, line in _stores(self.function.nodes) if line < loop.lineno} - set(self.wholes.arrays)
        return all(
            (_is_set_anew(loop, name) or _is_sum(loop, name)) and self._is_only_stored(loop, name)
            for name in (before & {name for name, _ in _stores(inside)}) - counters
        )

    def _is_only_stored(self, loop: Loop, name: str) -> bool:
        """Whether a name is only added up and stored outside of a loop, and of loops that compute it again.

        The reverse pass runs no loop forward: outside, it finds the value from before.
        """
        others = [other for other in self.dynamic if loop not in nodes(other)]
        again = {part for other in [loop, *others] for part in nodes(other)}
        linear = {part for statement in self.function.nodes for part in _linear(statement)}
        return all(part in linear or part in again for part in _reads(self.function.nodes, name))

    def _is_of_wholes(self, loop: Loop) -> bool:
        """Whether a loop, and each around it, only computes whole numbers that lead to nothing but whole numbers."""
        node = self.parents.get(loop)
        while node is not None:
            if self._is_dynamic(node) and not self._is_of_wholes(node):
                return False
            node = self.parents.get(node)
        trip = nodes(loop)
        if any(_does_more(part) for part in trip):
            return False
        names, inside = {name for name, _ in _stores(trip)}, set(trip)
        while names <= self.wholes.locals:
            led_to = {
                self._leads_to(read)
                for name in names
                for read in _reads(self.function.nodes, name)
                if read not in inside
            }
            if None in led_to:
                return False
            if led_to <= names | {""}:
                return True
            names |= {name for name in led_to if name}
        return False

    def _leads_to(self, read: ast.Name) -> str | None:
        """The local that a name is read for; empty for a result or an array of whole numbers, else none."""
        node: ast.AST = read
        while not isinstance(node, ast.stmt):
            node, below = self.parents[node], node
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AugAssign(target=ast.Name(id=name)):
                return name
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=array)) as target]) if below is not target:
                return "" if self.wholes.has_array(array) else None
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr=attr), args=[ast.Name(id=array), *_, value])):
                is_last = attr.startswith("atomic_") and read in nodes(value)
                return "" if is_last and self.wholes.has_array(array) else None
            case ast.Return():
                return ""  # a caller has the result of the function, not that of its adjoint
            case _:
                return None


def _does_more(part: ast.AST) -> bool:
    """Whether a part of a loop may change anything but locals, which are left by break only."""
    if isinstance(part, ast.Call):
        text = ast.unparse(part.func)
        return CHANGING.match(text) is not None or not (text.startswith("wp.") or text in CALLABLE)
    is_store = isinstance(part, ast.Subscript | ast.Attribute) and isinstance(part.ctx, ast.Store)
    return is_store or isinstance(part, ast.Return)


def _constant(node: ast.expr) -> int | None:
    """The value of a bound that is known, or what it is at most."""
    match node:
        case ast.Constant(value=int(value)):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return -value
        case ast.Call(func=ast.Attribute(attr="static"), args=[ast.Call(func=ast.Name(id="len"))]):
            return LONGEST
        case _:
            return None


def _is_set_anew(loop: Loop, name: str) -> bool:
    """Whether the first statement of a trip that mentions a name gives it a value."""
    if isinstance(loop, ast.While) and _reads(nodes(loop.test), name):
        return False
    for statement in loop.body:
        if isinstance(statement, ast.Assign) and any(_is_name(target, name) for target in statement.targets):
            return not _reads(nodes(statement.value), name)
        if any(isinstance(part, ast.Name) and part.id == name for part in nodes(statement)):
            return False
    return False


def _is_sum(loop: Loop, name: str) -> bool:
    """Whether a loop only adds to a name, and nothing else in it reads that."""
    targets = list(_accumulations(loop, name))
    mentioned = [part for part in nodes(loop) if isinstance(part, ast.Name) and part.id == name]
    return all(part in targets for part in mentioned)


def _linear(node: ast.AST) -> Iterator[ast.expr]:
    """The terms of the sum that a statement stores in an array, returns, or adds to one."""
    match node:
        case (
            ast.Assign(targets=[ast.Subscript()], value=value)
            | ast.AugAssign(target=ast.Subscript(), op=ast.Add() | ast.Sub(), value=value)
            | ast.Return(value=ast.expr() as value)
        ):
            yield from _terms(value)
        case ast.Call(func=ast.Attribute(attr="atomic_add" | "atomic_sub"), args=[*_, value]):
            yield from _terms(value)
        case ast.Call(func=ast.Attribute(attr="tile_atomic_add" | "tile_store"), args=[_, value, *_]):
            yield from _terms(value)


def _terms(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            yield from _terms(left)
            yield from _terms(right)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield from _terms(operand)
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div(), right=ast.Constant()):
            yield from _terms(left)
        case ast.BinOp(left=ast.Constant(), op=ast.Mult(), right=right):
            yield from _terms(right)
        case (
            ast.Call(func=ast.Attribute(attr="tile_extract" | "tile_sum"), args=[summed, *_])
            | ast.Subscript(value=ast.Call(func=ast.Attribute(attr="tile_sum"), args=[summed, *_]))
        ):
            yield from _terms(summed)
        case _:
            yield node


def _reads(written: list[ast.AST], name: str) -> list[ast.Name]:
    return [
        part for part in written if isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Load)
    ]


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _stores(written: list[ast.AST]) -> Iterator[tuple[str, int]]:
    for node in written:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, 0
        elif isinstance(node, PLACES) and isinstance(node.ctx, ast.Store):
            root: ast.expr = node
            while isinstance(root, PLACES):
                root = root.value
            if isinstance(root, ast.Name):
                yield root.id, node.lineno
        elif (tile := changed(node)) is not None:
            yield tile.id, tile.lineno


def _accumulations(loop: ast.AST, name: str) -> Iterator[ast.Name]:
    """The names in statements `name += …` and `name -= …`, and of tiles that calls change, if nothing else reads it."""
    for node in nodes(loop):
        if (
            isinstance(node, ast.AugAssign)
            and type(node.op) in ACCUMULATES
            and isinstance(node.target, ast.Name)
            and node.target.id == name
        ):
            yield node.target
        elif (tile := changed(node)) is not None and tile.id == name and len(_reads(nodes(node), name)) == 1:
            yield tile
