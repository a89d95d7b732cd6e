"""What is likely: sizes, types and weights of rows. Rows say what is valid, a profile says how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

CATEGORIES = (
    "arithmetic",
    "vector",
    "matrix",
    "control_flow",
    "math",
    "atomic",
    "nested",
    "multi_cond",
    "combined",
    "scalar_param",
    "expression_tree",
    "function",
    "struct",
    "quaternion",
    "integer",
    "stencil",
)
PROFILES = ("default",)

# Weights by row; a row that is not here has weight 10. Frequencies of operators, built-ins and statements in kernels people wrote.
WEIGHTS: Mapping[str, int] = MappingProxyType(
    {
        # operators
        "add": 320, "sub": 110, "mul": 480, "div": 55, "mod": 15, "floordiv": 10, "square": 4, "power": 2, "neg": 45, "pos": 1,
        "add_vec": 180, "sub_vec": 100, "scale_vec": 190, "scaled_vec": 60, "div_vec": 20, "div_by_vec": 2, "neg_vec": 20,
        "bit_and": 12, "bit_or": 4, "bit_xor": 3, "lshift": 4, "rshift": 3, "invert": 2,
        "eq": 290, "ge": 110, "lt": 90, "gt": 50, "ne": 100, "le": 15, "eq_real": 6, "ge_real": 100, "lt_real": 105, "gt_real": 85, "ne_real": 8, "le_real": 30, "and": 160, "or": 95, "not": 60, "between": 6, "chain": 3,
        "to_float32": 60, "to_int32": 40, "to_float64": 30, "to_float16": 8, "bool_to_int": 3,
        "where": 25, "where_vec": 8, "ternary": 8,
        "component": 60, "component_x": 60, "component_y": 50, "component_z": 40, "component_w": 15, "element": 30, "row_of": 10,
        # built-ins
        "max": 40, "min": 25, "abs": 25, "dot": 64, "length": 37, "cross": 33, "sqrt": 28, "clamp": 17, "exp": 16, "normalize": 16,
        "floor": 14, "cw_mul": 9, "sin": 9, "cos": 8, "length_sq": 6, "ceil": 6, "atan2": 5, "pow": 5, "transpose": 21,
        "determinant": 6, "inverse": 6, "outer": 8, "isfinite": 8, "quat_rotate": 18, "quat_rotate_inv": 9, "quat_inverse": 6,
        "quat_to_matrix": 5, "quat_from_axis_angle": 4, "vec3": 140, "vec2": 12, "vec4": 6, "vec3i": 20, "vec2i": 9, "vec3d": 20,
        "div_approx": 1, "copysign": 3, "erfinv": 2, "erfcinv": 2, "nonzero": 3, "step": 5, "sign": 8,
        # statements
        "let": 800, "gather": 45, "gather2": 12, "assign": 60, "aug_add": 40, "aug_sub": 10, "aug_mul": 6, "aug_div": 2,
        "aug_bit_or": 2, "aug_bit_and": 1, "aug_bit_xor": 1, "component_assign": 3, "component_add": 3, "element_assign": 3,
        "start": 12, "start_from": 12,
        "if": 85, "if_else": 18, "if_elif": 6, "if_elif_else": 8, "override": 25, "piecewise": 6,
        "guard_return": 18, "guard_result": 25, "guard_continue": 20, "guard_break": 6,
        "for": 10, "for_fixed": 10, "for_offsets": 4, "for_strided": 2, "for_from": 2, "while": 3,
        "accumulate": 16, "accumulate_fixed": 6, "accumulate_offsets": 6, "largest": 3, "smallest": 3, "count": 3, "nearest": 2,
        "decay": 2, "recurrence": 2,
    }
)  # fmt: skip

# Quantiles of the number of statements of kernels people wrote (5 %, 25 %, 50 %, 75 %, 90 %, 95 %, 99 %).
STATEMENT_QUANTILES = ((50, 1), (250, 4), (500, 10), (750, 23), (900, 44), (950, 64), (1000, 110))


@dataclass(frozen=True, slots=True)
class Profile:
    """The likelihoods of one kind of kernel.

    `boosts` multiply the weight of rows by name or tag. `demands` are what a kernel must have, each a tag of a row that is
    placed where it reaches an output. Rates are per thousand.
    """

    name: str
    category: str
    boosts: tuple[tuple[str, int], ...] = ()
    demands: tuple[str, ...] = ()
    quantiles: tuple[tuple[int, int], ...] = STATEMENT_QUANTILES
    least: int = 1  # statements
    core: str = ""  # the family of compound types of which every kernel has one
    fuel: tuple[tuple[int, int], ...] = ((0, 12), (1, 33), (2, 33), (3, 17), (4, 5))  # depth of an expression, weight
    nested: int = 480  # how often an operand is an operator or a call of its own
    literal: int = 300
    call: int = 200
    guard: int = 350  # how often a floating-point operand is brought into its domain; integers always are
    bounds: int = 300
    struct: int = 60
    ranks: tuple[tuple[int, int], ...] = ((1, 74), (2, 19), (3, 7))
    floats: tuple[tuple[str, int], ...] = (("float32", 84), ("float64", 13), ("float16", 3))
    integers: tuple[tuple[str, int], ...] = (
        ("", 70),
        ("uint32", 12),
        ("int64", 8),
        ("uint8", 4),
        ("uint64", 2),
        ("int16", 2),
        ("int8", 1),
        ("uint16", 1),
    )
    compounds: tuple[tuple[str, int], ...] = (
        ("vec3", 550),
        ("vec2", 160),
        ("vec4", 90),
        ("mat33", 130),
        ("mat22", 50),
        ("mat44", 30),
        ("quat", 90),
        ("vec3i", 70),
        ("vec2i", 80),
        ("vec4i", 20),
    )


_ALL = {"vec2": 400, "vec3": 700, "vec4": 300}
_SMALL = ((100, 1), (500, 4), (800, 8), (950, 14), (1000, 24))
_MEDIUM = ((50, 4), (250, 7), (500, 12), (750, 20), (900, 34), (1000, 60))

# What sets a category apart from the profile it belongs to.
_CATEGORY: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "arithmetic": {"demands": ("arithmetic",), "least": 3, "boosts": (("arithmetic", 4), ("branch", 0), ("loop", 0), ("vector", 0), ("matrix", 0), ("quaternion", 0)), "quantiles": _SMALL, "compounds": ()},
        "vector": {"core": "vec", "demands": ("vector",), "boosts": (("vector", 4),), "compounds": tuple(_ALL.items())},
        "matrix": {"core": "mat", "demands": ("matrix",), "boosts": (("matrix", 8),), "compounds": (("mat33", 700), ("mat22", 300), ("mat44", 250), ("vec3", 700), ("vec2", 200), ("vec4", 150))},
        "control_flow": {"demands": ("branch", "loop"), "boosts": (("branch", 2), ("loop", 3)), "quantiles": _MEDIUM, "least": 4},
        "math": {"demands": ("math",), "boosts": (("math", 8),)},
        "atomic": {"demands": ("atomic",), "boosts": (("atomic", 6),)},
        "nested": {"demands": ("nest",), "boosts": (("loop", 3),), "quantiles": _MEDIUM, "least": 6},
        "multi_cond": {"demands": ("multi",), "boosts": (("multi", 8), ("logic", 3)), "quantiles": _MEDIUM, "least": 4},
        "combined": {"core": "vec", "demands": ("vector", "loop", "branch"), "boosts": (("loop", 2), ("vector", 2)), "compounds": tuple(_ALL.items()), "quantiles": _MEDIUM, "least": 6},
        "scalar_param": {"demands": ("scalar_param",), "least": 2},
        "expression_tree": {"demands": ("tree",), "boosts": (("branch", 0), ("loop", 0)), "quantiles": _SMALL, "fuel": ((3, 20), (4, 40), (5, 40))},
        "function": {"demands": ("function",), "call": 300},
        "struct": {"demands": ("struct",), "struct": 1000},
        "quaternion": {"core": "quat", "demands": ("quaternion",), "boosts": (("quaternion", 6),), "compounds": (("quat", 1000), ("vec3", 900), ("mat33", 150))},
        "integer": {"demands": ("integer",), "boosts": (("integer", 12),), "integers": (("", 20), ("uint32", 30), ("int64", 14), ("uint64", 10), ("uint8", 10), ("int16", 6), ("uint16", 5), ("int8", 5)), "compounds": (("vec2i", 200), ("vec3i", 200), ("vec4i", 80))},
        "stencil": {"demands": ("stencil",), "least": 2, "boosts": (("stencil", 40), ("gather", 0)), "ranks": ((1, 40), (2, 45), (3, 15)), "bounds": 0},
    }
)  # fmt: skip


def profile_for(profile_name: str, category: str) -> Profile:
    """The profile of a category.

    Raises:
        KeyError: the profile or the category does not exist.
    """
    if profile_name not in PROFILES:
        raise KeyError(profile_name)
    return Profile(profile_name, category, **_CATEGORY[category])  # type: ignore[arg-type]  # the table above is checked by a test
