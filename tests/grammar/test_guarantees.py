"""What a category promises, read off the text of its kernels."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

import pytest
from reading import (
    COMPOUND,
    Definition,
    Reading,
    arguments,
    builtin,
    builtins,
    calls,
    decorated,
    depth,
    names_in,
    root,
    statements,
    targets,
)
from sampled import Sampled, report

from grammar.profile import CATEGORIES

LOOPS = (ast.For, ast.While)
BITS = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod, ast.FloorDiv, ast.Pow)
# Built-ins that give a matrix, though their names do not say so.
GIVE = {
    "mat": {"diag", "outer", "skew", "identity", "transpose", "inverse", "quat_to_matrix", "transform_to_matrix"},
    "transform": {"spatial_top", "spatial_bottom", "velocity_at_point"},
}
MATH_NAMES = """
    max min abs clamp sign step nonzero copysign sqrt exp sin cos log floor ceil pow atan2 tanh tan acos asin atan sinh
    cosh cbrt log2 log10 degrees radians round rint trunc frac erf erfc erfinv erfcinv isfinite isnan isinf div_approx
    lerp smoothstep
"""
MATH = set(MATH_NAMES.split())


# Scalars of 8 and 16 bits, and the suffixes of vectors of them.
NARROW = re.compile(r"\bwp\.(b?float16|u?int(8|16)|\w*(quat|transform|_vector|_matrix|\d)(h|u?b|u?s))\b")
NAMED_OPERATORS = {"add", "sub", "mul", "div", "mod", "floordiv", "neg", "pow"}


def values(definition: Definition) -> Iterator[ast.expr]:
    """Every expression of a body that is no index."""
    stack: list[ast.AST] = list(definition.body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.expr):
            yield node
        stack += [
            child
            for child in ast.iter_child_nodes(node)
            if not (isinstance(node, ast.Subscript) and child is node.slice)
        ]


def holding(reading: Reading, kind: str) -> set[str]:
    """The names of the kernel that hold, or are computed from, what has `kind` in its type's name."""
    found = {name for name, text in reading.annotations.items() if f"wp.{kind}" in text}
    structs = {s.name for s in reading.structs if f"wp.{kind}" in ast.unparse(s)}
    found |= {name for name, text in reading.annotations.items() if any(struct in text for struct in structs)}
    found |= {
        node.targets[0].id
        for node in reading.tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and f"wp.{kind}" in ast.unparse(node)
    }
    found |= {function.name for function in reading.functions if f"wp.{kind}" in ast.unparse(function)}
    for _ in range(4):
        for node in ast.walk(reading.kernel):
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Name)
                and _concerns(node.value, kind, found)
            ):
                found.add(node.targets[0].id)
    return found


def _concerns(node: ast.expr, kind: str, names: set[str]) -> bool:
    return bool(names_in(node) & names) or any(_gives(call, kind) for call in calls(node))


def _gives(call: ast.Call, kind: str) -> bool:
    return builtin(call).startswith(kind) or builtin(call) in GIVE.get(kind, set())


def works_on(kind: str) -> Callable[[Reading], bool]:
    """Whether an operator, a built-in or a component is applied to a value of a kind."""

    def works(reading: Reading) -> bool:
        names = holding(reading, kind)
        for node in values(reading.kernel):
            if isinstance(node, ast.BinOp | ast.UnaryOp | ast.Attribute) and _concerns(node, kind, names):
                return True
            if isinstance(node, ast.Call) and (
                _gives(node, kind) or any(_concerns(arg, kind, names) for arg in node.args)
            ):
                return True
            if (
                isinstance(node, ast.Subscript)
                and not (isinstance(node.value, ast.Name) and node.value.id in reading.arrays)
                and _concerns(node.value, kind, names)
            ):  # a component, not an element
                return True
        return any(
            isinstance(node, ast.AugAssign) and _concerns(node.value, kind, names) for node in ast.walk(reading.kernel)
        )

    return works


def has(*kinds: type[ast.AST]) -> Callable[[Reading], bool]:
    """Whether the kernel has a node of every kind."""
    return lambda reading: all(any(isinstance(node, kind) for node in ast.walk(reading.kernel)) for kind in kinds)


def has_loop(reading: Reading) -> bool:
    return any(isinstance(node, LOOPS) for node in ast.walk(reading.kernel))


def is_arithmetic(reading: Reading) -> bool:
    return any(
        (isinstance(node, ast.BinOp | ast.UnaryOp) and isinstance(node.op, (*ARITHMETIC, ast.USub)))
        or builtin(node) in NAMED_OPERATORS
        for definition in reading.definitions
        for node in values(definition)
    )


def is_nested(reading: Reading) -> bool:
    loops = (node for node in ast.walk(reading.kernel) if isinstance(node, LOOPS))
    return any(isinstance(inner, COMPOUND) for loop in loops for top in loop.body for inner in ast.walk(top))


def has_many_conditions(reading: Reading) -> bool:
    chains = (
        isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)
        for node in ast.walk(reading.kernel)
    )
    return any(chains) or has(ast.BoolOp)(reading)


def has_scalar_parameter(reading: Reading) -> bool:
    scalars = {name for name in reading.annotations if name not in reading.arrays}
    return any(
        isinstance(node, ast.Name) and node.id in scalars and isinstance(node.ctx, ast.Load)
        for statement in reading.kernel.body
        if not (isinstance(statement, ast.If) and isinstance(statement.body[0], ast.Return))
        for node in ast.walk(statement)
    )


def is_tree(reading: Reading) -> bool:
    return max(depth(node) for node in values(reading.kernel)) >= 4


def calls_function(reading: Reading) -> bool:
    names = {function.name for function in reading.functions}
    return any(isinstance(call.func, ast.Name) and call.func.id in names for call in calls(reading.kernel))


def uses_struct(reading: Reading) -> bool:
    fields = {
        node.attr
        for node in ast.walk(reading.kernel)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and isinstance(node.value, ast.Name | ast.Subscript)
    }
    return bool(reading.structs) and bool(fields & reading.fields)


def works_on_bits(reading: Reading) -> bool:
    return any(
        (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, BITS))
        or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert))
        or (isinstance(node, ast.Call) and builtin(node) == "bit_count")
        for node in ast.walk(reading.kernel)
    )


def looks_around(reading: Reading) -> bool:
    """An element beside another's: an index with 1 added or taken, clamped or wrapped, or counted from the end."""
    bounds = {
        id(inner) for node in ast.walk(reading.kernel) if isinstance(node, ast.For) for inner in ast.walk(node.iter)
    }
    return any(
        isinstance(node, ast.Subscript)
        and id(node) not in bounds
        and any(
            isinstance(part, ast.BinOp)
            and isinstance(part.op, ast.Add | ast.Sub)
            and isinstance(part.right, ast.Constant)
            and part.right.value == 1
            for part in ast.walk(node.slice)
        )
        for node in ast.walk(reading.kernel)
    )


def declares_any(reading: Reading) -> bool:
    """A function that the kernel reaches takes what it is given."""
    return any(
        "Any" in ast.unparse(a.annotation)
        for function in reading.functions
        for a in function.args.args
        if a.annotation is not None
    )


def calls_some(prefix: str) -> Callable[[Reading], bool]:
    """Whether the kernel or what it calls uses a built-in of a family."""
    return lambda reading: any(
        name.startswith(prefix) for definition in reading.definitions for name in builtins(definition)
    )


QUERIES = (
    "hash_grid_",
    "bvh_",
    "mesh_",
    "volume_",
    "texture_",
    "tile_bvh_",
    "tile_mesh_",
    "closest_point_",
    "intersect_",
)


def asks_geometry(reading: Reading) -> bool:
    """It queries what only the host can make."""
    return any(name.startswith(QUERIES) for name in builtins(reading.kernel))


def draws(reading: Reading) -> bool:
    """It starts a generator from a seed, and draws from it."""
    found = {name for definition in reading.definitions for name in builtins(definition)}
    drawn = {name for name in found if name.startswith(("rand", "sample_", "noise", "pnoise", "curlnoise", "poisson"))}
    return "rand_init" in found and bool(drawn - {"rand_init"})


def is_made_for_constants(reading: Reading) -> bool:
    """A function around the kernel is given numbers that the kernel reads."""
    return reading.factory is not None and bool({*arguments(reading.factory)} & names_in(reading.kernel))


def settles_something(reading: Reading) -> bool:
    """Python computes something while the kernel is made."""
    return any("static" in builtins(definition) for definition in reading.definitions)


def has_own_gradient(reading: Reading) -> bool:
    """A function with a gradient or a replay of its own is called, or a native one that brings its adjoint."""
    attached = decorated(reading.tree, "func_grad", "func_replay", "func_native")
    return bool(attached) and calls_function(reading)


def keeps_a_local_array(reading: Reading) -> bool:
    """It makes an array of its own and indexes it."""
    made = {
        root(target)
        for definition in reading.definitions
        for node in statements(definition)
        if isinstance(node, ast.Assign) and builtin(node.value) in {"zeros", "empty"}
        for target in targets(node)
    }
    return any(isinstance(node, ast.Subscript) and root(node) in made for node in ast.walk(reading.tree))


def is_narrow(reading: Reading) -> bool:
    """It works in 8 or 16 bits."""
    return NARROW.search(ast.unparse(reading.tree)) is not None


PROMISES: dict[str, tuple[Callable[[Reading], bool], ...]] = {
    "arithmetic": (is_arithmetic,),
    "vector": (works_on("vec"),),
    "matrix": (works_on("mat"),),
    "control_flow": (has(ast.If), has_loop),
    "math": (lambda reading: any(MATH & builtins(definition) for definition in reading.definitions),),
    "atomic": (lambda reading: any(name.startswith("atomic_") for name in builtins(reading.kernel)),),
    "nested": (is_nested,),
    "multi_cond": (has_many_conditions,),
    "combined": (works_on("vec"), has(ast.If), has_loop),
    "scalar_param": (has_scalar_parameter,),
    "expression_tree": (is_tree,),
    "function": (calls_function,),
    "struct": (uses_struct,),
    "quaternion": (works_on("quat"),),
    "integer": (works_on_bits,),
    "stencil": (looks_around,),
    "generic": (calls_function, declares_any),
    "tile": (calls_some("tile_"),),
    "query": (asks_geometry,),
    "random": (draws,),
    "transform": (works_on("transform"),),
    "closure": (is_made_for_constants,),
    "static": (settles_something,),
    "custom_gradient": (has_own_gradient,),
    "local_array": (keeps_a_local_array,),
    "low_precision": (is_narrow, is_arithmetic),
}


def test_every_category_promises_something() -> None:
    assert set(PROMISES) == set(CATEGORIES)


@pytest.mark.parametrize("category", CATEGORIES)
def test_category_keeps_its_promise(category: str, samples: tuple[Sampled, ...]) -> None:
    mine = [sample for sample in samples if sample.category == category]
    assert len(mine) >= 40
    faults = [
        (sample, f"breaks promise {number} of its category")
        for sample in mine
        for number, keeps in enumerate(PROMISES[category])
        if not keeps(sample.reading)
    ]
    assert not faults, report(faults)


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_promise_says_something(category: str, samples: tuple[Sampled, ...]) -> None:
    """Kernels of other categories break it now and then, so that keeping it is no accident."""
    others = [sample.reading for sample in samples[:520] if sample.category != category]
    assert not all(keeps(reading) for reading in others for keeps in PROMISES[category])
