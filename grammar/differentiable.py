"""Whether Warp's adjoint of a kernel is meant to be its derivative: what the documentation says it cannot do.

Warp's reverse pass keeps no history. A local that a dynamic loop changes has its last value there, and so has an
element of an array that is written over; what is computed from the earlier values has another derivative than the
kernel's.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TypeGuard

from grammar.census import builtins_of
from grammar.holes import Expr, Output
from grammar.overwriting import overwrites_components
from grammar.term import Apply, Kernel, Symbol, parts
from grammar.tile_changes import changed, overwrites_tiles
from grammar.types import DOUBLE, bind, scalar_of

MAX_UNROLL = 16  # trips: Warp's default, up to which a loop of constant bounds is unrolled
ACCUMULATES = frozenset({ast.Add, ast.Sub})
ADDED = re.compile(r"^\s*\{\w+\}\[.* [+-]= ", re.MULTILINE)  # to an element, or to a part of it
EXIT = "known bug: loop_exit_gradient"
HISTORY = "a dynamic loop changes what its values are computed from"
OWN = "it defines an adjoint of its own"
NO_ADJOINT = "a built-in that it calls is documented as not differentiable"
OVERWRITES = "it reads elements that it overwrites"
COMPONENTS = "components are overwritten without the option for it"
UNCONVERGED = "an iteration ends before it has converged"
RAY_SIGN = "of the sign of a ray's hit only the sign is documented, not its size"

NOT_DIFFERENTIABLE = frozenset(
    {
        "frac",
        "ptr",
        "mesh_eval_face_normal",
        "mesh_get_point",
        "mesh_get_velocity",
        "tile_cholesky_inplace",
        "tile_cholesky_solve",
        "tile_cholesky_solve_inplace",
        "tile_diag_add",
        "tile_from_thread",
        "tile_lower_solve_inplace",
        "tile_max",
        "tile_min",
        "tile_randf",
        "tile_reduce",
        "tile_scan_exclusive",
        "tile_scan_inclusive",
        "tile_scan_max_inclusive",
        "tile_scan_min_inclusive",
        "tile_sort",
        "tile_stack_pop",
        "tile_upper_solve",
        "tile_upper_solve_inplace",
    }
)
"""Built-ins that Warp's registry has no adjoint for, though what they give moves with what they are given; `ptr` for an
array over memory."""

ITERATED = frozenset({"eig3", "svd3"})
"""Built-ins of a fixed number of steps: below 64 bits, what they give is off by more than rounding is."""

FROM_A_VALUE = frozenset({"tile_arange", "tile_full"})
"""Those that have none either, and mostly are given constants."""


def obstacle(kernel: Kernel, source: str) -> str | None:
    """Why the adjoint of a kernel is not its derivative, in a few words; none if it is to be."""
    tree = ast.parse(source)
    if "func_grad" in source or "func_replay" in source or "func_native" in source or "wp.adjoint" in source:
        return OWN
    if any(_has_no_adjoint(node) for node in ast.walk(tree)):
        return NO_ADJOINT
    if any(_reads_what_it_writes(part) for part in parts(kernel) if isinstance(part, Apply)) or overwrites_tiles(
        kernel, tree
    ):
        return OVERWRITES
    if overwrites_components(source):
        return COMPONENTS
    if any(_is_cut_short(part) for part in parts(kernel) if isinstance(part, Apply)):
        return UNCONVERGED
    if "wp.mesh_query_ray(" in source and any(
        isinstance(n, ast.Attribute) and n.attr == "sign" for n in ast.walk(tree)
    ):
        return RAY_SIGN
    if _unrolls_less(source) and any(isinstance(node, ast.For) for node in ast.walk(tree)):
        return HISTORY
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and not _keeps_its_history(function):
            return HISTORY
    return EXIT if any(_leaves(loop) for loop in ast.walk(tree) if _is_dynamic(loop)) else None


def _unrolls_less(source: str) -> bool:
    """Whether a setting of the module leaves loops as loops that Warp would unroll: none is looked at closer then."""
    return '"max_unroll"' in source


def _leaves(loop: ast.For | ast.While) -> bool:
    """Whether a loop may end before its last trip: which were made, the reverse pass does not know."""
    return any(isinstance(part, ast.Break | ast.Return) for part in ast.walk(loop))


def _has_no_adjoint(node: ast.AST) -> bool:
    """Whether a node names a built-in without an adjoint, or calls one of those of a value with more than constants."""
    if isinstance(node, ast.Attribute):
        return node.attr in NOT_DIFFERENTIABLE
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in FROM_A_VALUE:
        return False
    arguments = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg != "dtype")]
    names = (part.id for argument in arguments for part in ast.walk(argument) if isinstance(part, ast.Name))
    return any(name not in {"wp", "float", "int"} for name in names)


def _is_cut_short(part: Apply) -> bool:
    """Whether a term calls an iterated built-in at less than 64 bits."""
    widths = {scalar_of(bind(hole.pattern, {})) for _, hole in part.overload.holes if isinstance(hole, Expr)} - {None}
    return not ITERATED.isdisjoint(builtins_of(part.overload.production.template)) and widths != {DOUBLE}


def _reads_what_it_writes(part: Apply) -> bool:
    """Whether a statement reads an element of an array and puts another value there, but for adding to it."""
    template = part.overload.production.template
    for (_, hole), filling in zip(part.overload.holes, part.fillings, strict=True):
        if isinstance(hole, Output) and hole.access == "update":
            assert isinstance(filling, Symbol)
            return ADDED.search(template) is None
    return False


def _keeps_its_history(function: ast.FunctionDef) -> bool:
    loops = [loop for loop in ast.walk(function) if _is_dynamic(loop)]
    return all(_is_harmless(loop, function) for loop in loops)


def _is_dynamic(node: ast.AST) -> TypeGuard[ast.For | ast.While]:
    """Whether a node is a loop that Warp does not unroll."""
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
    jumps = any(isinstance(part, ast.Break | ast.Continue) for part in ast.walk(node))
    return jumps or len(range(*(bound for bound in bounds if bound is not None))) > MAX_UNROLL


def _constant(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(value=int(value)):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return -value
        case _:
            return None


def _is_harmless(loop: ast.For | ast.While, function: ast.FunctionDef) -> bool:
    """Whether all that a loop changes and that was there before are sums, or set anew in each trip.

    And whether nothing before it was computed from what it changes.
    """
    counters = {
        part.target.id for part in ast.walk(loop) if isinstance(part, ast.For) and isinstance(part.target, ast.Name)
    }
    before = {name for name, line in _stores(function) if line < loop.lineno} - _arrays(function)
    changed = (before & {name for name, _ in _stores(loop)}) - counters
    return all(
        (_is_set_anew(loop, name) or _is_sum(loop, name)) and _is_only_stored(loop, name, function) for name in changed
    )


def _arrays(function: ast.FunctionDef) -> set[str]:
    """The parameters that are arrays: a store in one is no local's."""
    return {
        argument.arg
        for argument in function.args.args
        if argument.annotation is not None and "array" in ast.unparse(argument.annotation)
    }


def _is_set_anew(loop: ast.For | ast.While, name: str) -> bool:
    """Whether the first statement of a trip that mentions a name gives it a value."""
    if isinstance(loop, ast.While) and _reads(loop.test, name):
        return False
    for statement in loop.body:
        if isinstance(statement, ast.Assign) and any(_is_name(target, name) for target in statement.targets):
            return not _reads(statement.value, name)
        if any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(statement)):
            return False
    return False


def _is_sum(loop: ast.For | ast.While, name: str) -> bool:
    """Whether a loop only adds to a name, and nothing else in it reads that."""
    targets = list(_accumulations(loop, name))
    mentioned = [part for part in ast.walk(loop) if isinstance(part, ast.Name) and part.id == name]
    return all(part in targets for part in mentioned)


def _is_only_stored(loop: ast.For | ast.While, name: str, function: ast.FunctionDef) -> bool:
    """Whether a name is only added up and stored outside of a loop, and of loops that compute it again.

    The reverse pass runs no loop forward: outside, it finds the value from before.
    """
    others = [other for other in ast.walk(function) if _is_dynamic(other) and loop not in ast.walk(other)]
    again = {part for other in [loop, *others] for part in ast.walk(other)}
    linear = {part for statement in ast.walk(function) for part in _linear(statement)}
    return all(part in linear or part in again for part in _reads(function, name))


def _linear(node: ast.AST) -> Iterator[ast.expr]:
    """The terms of the sum that a statement stores in an array, returns, or adds to one."""
    match node:
        case (
            ast.Assign(targets=[ast.Subscript()], value=value)
            | ast.AugAssign(target=ast.Subscript(), op=ast.Add() | ast.Sub(), value=value)
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


def _reads(tree: ast.AST, name: str) -> list[ast.Name]:
    return [
        part
        for part in ast.walk(tree)
        if isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Load)
    ]


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _stores(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, 0
        elif isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            root: ast.expr = node
            while isinstance(root, ast.Subscript | ast.Attribute):
                root = root.value
            if isinstance(root, ast.Name):
                yield root.id, node.lineno
        elif (tile := changed(node)) is not None:
            yield tile.id, tile.lineno


def _accumulations(loop: ast.AST, name: str) -> Iterator[ast.Name]:
    """The names in statements `name += …` and `name -= …`, and of tiles that calls change, if nothing else reads it."""
    for node in ast.walk(loop):
        if (
            isinstance(node, ast.AugAssign)
            and type(node.op) in ACCUMULATES
            and isinstance(node.target, ast.Name)
            and node.target.id == name
        ):
            yield node.target
        elif (tile := changed(node)) is not None and tile.id == name and len(_reads(node, name)) == 1:
            yield tile
