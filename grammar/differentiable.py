"""Whether Warp's adjoint of a kernel is meant to be its derivative: what the documentation says it cannot do.

Warp's reverse pass keeps no history. An element of an array that is written over has its last value there, and a local
that a dynamic loop changes (see `histories`) the one from before the loop; what is computed from other values has
another derivative than the kernel's.
"""

from __future__ import annotations

import ast
import re

from grammar.census import builtins_of
from grammar.histories import History
from grammar.holes import Expr, Output
from grammar.overwriting import overwrites_components
from grammar.term import Apply, Kernel, Symbol, parts
from grammar.tile_changes import overwrites_tiles
from grammar.trees import functions, nodes
from grammar.types import DOUBLE, bind, scalar_of

MAX_UNROLL = 16  # trips: Warp's default, up to which a loop of constant bounds is unrolled
UNROLLED = re.compile(r'"max_unroll": (\d+)')
ADDED = re.compile(r"^\s*\{\w+\}\[.* [+-]= ", re.MULTILINE)  # to an element, or to a part of it
EXIT = "known bug: loop_exit_gradient"
HISTORY = "a dynamic loop changes what its values are computed from"
OWN = "it defines an adjoint of its own"
NO_ADJOINT = "a built-in that it calls is documented as not differentiable"
SECOND = "it uses a derivative, of which Warp has none"
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
    if "func_grad" in source or "func_replay" in source or "func_native" in source or "wp.adjoint" in source:
        return OWN
    if "wp.grad(" in source:
        return SECOND
    tree = ast.parse(source)
    written, terms = nodes(tree), [part for part in parts(kernel) if isinstance(part, Apply)]
    if any(_has_no_adjoint(node) for node in written):
        return NO_ADJOINT
    defined = functions(written)
    if any(_reads_what_it_writes(term) for term in terms) or overwrites_tiles(kernel, defined):
        return OVERWRITES
    if overwrites_components(source, tree, defined):
        return COMPONENTS
    if any(_is_cut_short(term) for term in terms):
        return UNCONVERGED
    if "wp.mesh_query_ray(" in source and any(isinstance(n, ast.Attribute) and n.attr == "sign" for n in written):
        return RAY_SIGN
    unrolled = int(setting[1]) if (setting := UNROLLED.search(source)) else MAX_UNROLL
    histories = [History(function, unrolled) for function in defined]
    if not all(history.is_kept() for history in histories):
        return HISTORY
    return EXIT if any(history.is_left() for history in histories) else None


def _has_no_adjoint(node: ast.AST) -> bool:
    """Whether a node names a built-in without an adjoint, or calls one of those of a value with more than constants."""
    if isinstance(node, ast.Attribute):
        return node.attr in NOT_DIFFERENTIABLE
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in FROM_A_VALUE:
        return False
    arguments = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg != "dtype")]
    names = (part.id for argument in arguments for part in nodes(argument) if isinstance(part, ast.Name))
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
