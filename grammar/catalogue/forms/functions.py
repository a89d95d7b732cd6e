"""Functions above the kernel: defaults, keywords, overloads, tuples, and ways to make them."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, Rows, at_widths, define
from grammar.holes import Const, Expr, Fresh, Spelled
from grammar.production import row, statement
from grammar.types import INT, TypeVariable, VectorOf


def _calls(real: TypeVariable, suffix: str) -> Rows:
    """Default and keyword arguments, overloads, attributes of functions."""
    vec3 = VectorOf(3, real)
    damped = define(
        """
@wp.func
def {name}(x: {T}, rate: {T} = {rate}, floor: {T} = {floor}):
    \"\"\"The value drawn towards the floor.\"\"\"
    return floor + (x - floor) * rate
""",
        "damped relaxed",
        real,
        options={"rate": ("0.5", "0.9", "0.25"), "floor": ("0.0", "1.0", "0.1")},
    )
    axial = define(
        """
@wp.func
def {name}(v: {V}, axis: {V} = {V}({axis})):
    return wp.dot(v, axis)
""",
        "height_along component_along",
        real,
        types={"V": vec3},
        options={"axis": ("0.0, 1.0, 0.0", "0.0, 0.0, 1.0", "1.0, 0.0, 0.0")},
    )
    overloads = define(
        """
@wp.func
def {name}(x: {T}):
    return x * x


@wp.func
def {name}(v: {V}):
    return wp.dot(v, v)


@wp.func
def {name}(x: {T}, y: {T}):
    return x * x + y * y
""",
        "squared norm_of energy_in",
        real,
        types={"V": vec3},
    )
    inlined = define(
        """
@wp.func(inline={inline})
def {name}(x: {T}, low: {T}, high: {T}):
    if x < low:
        return low
    if x > high:
        return high
    return x
""",
        "limited bounded",
        real,
        options={"inline": ("True", "False")},
    )
    chained = define(
        """
@wp.func
def {name}_inner(x: {T}, scale: {T} = 2.0):
    return x * scale


@wp.func
def {name}(x: {T}):
    return {name}_inner(x) + {name}_inner(scale=0.5, x=x)
""",
        "two_scales mixed_scales",
        real,
    )
    return (
        row(
            f"call_default{suffix}",
            "{f}({x})",
            real,
            f=damped,
            x=Expr(real),
            tags="defaults function_form",
            noun="damped",
        ),
        row(
            f"call_keyword{suffix}",
            "{f}({x}, floor={floor})",
            real,
            f=damped,
            x=Expr(real),
            floor=Expr(real),
            tags="defaults function_form",
            noun="damped",
        ),
        row(
            f"call_keywords_swapped{suffix}",
            "{f}({x}, floor={floor}, rate={rate})",
            real,
            f=damped,
            x=Expr(real),
            floor=Expr(real),
            rate=Const(real, (0.5, 0.75, 0.125)),
            tags="defaults function_form",
            noun="damped",
        ),
        row(
            f"call_vector_default{suffix}",
            "{f}({v})",
            real,
            f=axial,
            v=Expr(vec3),
            tags="defaults function_form vector",
            noun="height",
        ),
        row(
            f"call_defaults_inside{suffix}",
            "{f}({x})",
            real,
            f=chained,
            x=Expr(real),
            tags="defaults function_form",
            noun="mixed",
        ),
        row(
            f"call_inlined{suffix}",
            "{f}({x}, {low}, {high})",
            real,
            f=inlined,
            x=Expr(real),
            low=Const(real, (-1.0, 0.0, -0.5)),
            high=Const(real, (1.0, 2.0, 4.0)),
            tags="inline function_form",
            noun="limited",
        ),
        statement(
            f"overloads{suffix}",
            "{energy} = {f}({x}) + {f}({v})",
            f=overloads,
            x=Expr(real),
            v=Expr(vec3),
            energy=Fresh(real, "energy"),
            tags="overload function_form",
        ),
        statement(
            f"overloads_by_count{suffix}",
            "{energy} = {f}({x}, {y}) - {f}({y})",
            f=overloads,
            x=Expr(real),
            y=Expr(real),
            energy=Fresh(real, "energy"),
            tags="overload function_form",
        ),
    )


def _kinds(real: TypeVariable, suffix: str) -> Rows:
    """Functions made without a decorator, chosen by an empty struct, given a tuple, bound again and again."""
    called = define(
        """
def {name}(x: {T}, y: {T}):
    return {body}


{name} = wp.func({name})
""",
        "combined joined",
        real,
        options={"body": ("x * y + 1.0", "wp.max(x, y)", "x - 0.5 * y")},
    )
    tagged = define(
        """
@wp.struct
class {Name}Upper:
    pass


@wp.struct
class {Name}Lower:
    pass


@wp.func
def {name}_by(side: {Name}Upper, x: {T}):
    return wp.max(x, 0.0)


@wp.func
def {name}_by(side: {Name}Lower, x: {T}):
    return wp.min(x, 0.0)


@wp.func
def {name}(x: {T}):
    return {name}_by({Name}Upper(), x) - 0.5 * {name}_by({Name}Lower(), x)
""",
        "sided leaky",
        real,
    )
    paired = define(
        """
@wp.func
def {name}(pair: tuple[{T}, {T}]):
    return pair[1] - pair[0]
""",
        "length_of_range gap_of",
        real,
    )
    stepped = define(
        """
@wp.func
def {name}(x: {T}):
    return x + {change}
""",
        "stepped eased_once",
        real,
        options={"change": ("0.5 * (1.0 - x)", "0.25 * x", "wp.sin(x)")},
    )
    return (
        row(
            f"call_undecorated{suffix}",
            "{f}({x}, {y})",
            real,
            f=called,
            x=Expr(real),
            y=Expr(real),
            tags="function_form",
            noun="combined",
        ),
        row(
            f"call_by_tag{suffix}",
            "{f}({x})",
            real,
            f=tagged,
            x=Expr(real),
            tags="overload structs function_form",
            noun="sided",
        ),
        row(
            f"call_with_tuple{suffix}",
            "{f}(({a} + {b}, {a} * {b}))",
            real,
            f=paired,
            a=Expr(real),
            b=Expr(real),
            tags="tuple function_form",
            noun="gap",
        ),
        statement(
            f"call_bound_in_loop{suffix}",
            "{y} = {T}({a})\nfor {k} in range({n}):\n    {g} = {f}\n    {y} = {g}({y})",
            f=stepped,
            T=Spelled(real),
            a=Expr(real),
            n=Const(INT, (2, 3)),
            k=Fresh(INT, "k", inner=True),
            g=Fresh(HANDLE, "step", inner=True),
            y=Fresh(real, "stepped"),
            tags="function_value function_form loop",
        ),
    )


FUNCTIONS: Rows = (*at_widths(_calls), *at_widths(_kinds))
