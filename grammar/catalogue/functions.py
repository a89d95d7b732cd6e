"""Functions above the kernel in forms that growth's own have not: several results, defaults, keywords, overloads."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, Rows, at_widths, define
from grammar.production import Const, Effect, Expr, Fresh, Index, Output, Spelled, row, statement
from grammar.types import BOOL, INT, TypeVariable, VectorOf


def _results(F: TypeVariable, suffix: str) -> Rows:
    """Functions that give several results."""
    V3 = VectorOf(3, F)
    ordered = define(
        """
@wp.func
def {name}(a: {T}, b: {T}):
    return wp.min(a, b), wp.max(a, b)
""",
        "ordered bounds_of sort_two",
        F,
    )
    annotated = define(
        """
@wp.func
def {name}(a: {T}, b: {T}) -> tuple[{T}, {T}]:
    mean = 0.5 * (a + b)
    return mean, {second}
""",
        "mean_and_spread center_and_width",
        F,
        options={"second": ("wp.abs(a - b)", "0.5 * wp.abs(a - b)", "(a - b) * (a - b)")},
    )
    polar = define(
        """
@wp.func
def {name}(v: {V}):
    length = wp.length(v)
    if length < 0.001:
        return 0.001, {V}()
    return length, v / length
""",
        "split_length polar_form",
        F,
        types={"V": V3},
    )
    roots = define(
        """
@wp.func
def {name}(b: {T}, c: {T}):
    discriminant = b * b - c
    root = wp.sqrt(wp.max(discriminant, 0.0))
    return -b - root, -b + root, discriminant >= 0.0
""",
        "solve_quadratic roots_of",
        F,
    )
    nested = define(
        """
@wp.func
def {name}_pair(a: {T}, b: {T}):
    return a + b, a - b


@wp.func
def {name}(a: {T}, b: {T}):
    total, difference = {name}_pair(a, b)
    return {name}_pair(total * 0.5, difference * 0.5)
""",
        "haar butterfly",
        F,
    )
    return (
        statement(
            f"two_results{suffix}",
            "{low}, {high} = {f}({a}, {b})\n{span} = {high} - {low}",
            f=ordered,
            a=Expr(F),
            b=Expr(F),
            low=Fresh(F, "low"),
            high=Fresh(F, "high", inner=True),
            span=Fresh(F, "span"),
            tags="results function_form",
        ),
        statement(
            f"annotated_results{suffix}",
            "{mean}, {spread} = {f}({a}, {b})",
            f=annotated,
            a=Expr(F),
            b=Expr(F),
            mean=Fresh(F, "mean"),
            spread=Fresh(F, "spread"),
            tags="results function_form",
        ),
        statement(
            f"result_and_vector{suffix}",
            "{length}, {direction} = {f}({v})",
            f=polar,
            v=Expr(V3),
            length=Fresh(F, "length"),
            direction=Fresh(V3, "direction"),
            tags="results function_form vector",
        ),
        statement(
            f"three_results{suffix}",
            "{near}, {far}, {hit} = {f}({b}, {c})\n{t} = wp.where({hit}, wp.max({near}, {far} * {half}), {far})",
            f=roots,
            b=Expr(F),
            c=Expr(F),
            half=Const(F, (0.5, 0.25)),
            near=Fresh(F, "near", inner=True),
            far=Fresh(F, "far", inner=True),
            hit=Fresh(BOOL, "hit", inner=True),
            t=Fresh(F, "root"),
            tags="results function_form",
        ),
        statement(
            f"nested_results{suffix}",
            "{total}, {difference} = {f}({a}, {b})",
            f=nested,
            a=Expr(F),
            b=Expr(F),
            total=Fresh(F, "total"),
            difference=Fresh(F, "difference"),
            tags="results function_form",
        ),
        statement(
            f"results_as_tuple{suffix}",
            "{pair} = {f}({a}, {b})\n{span} = {pair}[1] - {pair}[0]",
            f=ordered,
            a=Expr(F),
            b=Expr(F),
            pair=Fresh(HANDLE, "pair", inner=True),
            span=Fresh(F, "span"),
            tags="results tuple function_form",
        ),
        statement(
            f"results_unpacked_later{suffix}",
            "{pair} = {f}({a}, {b})\n{low}, {high} = {pair}\n{middle} = {half} * ({low} + {high})",
            f=ordered,
            a=Expr(F),
            b=Expr(F),
            half=Const(F, (0.5,)),
            pair=Fresh(HANDLE, "interval", inner=True),
            low=Fresh(F, "low", inner=True),
            high=Fresh(F, "high", inner=True),
            middle=Fresh(F, "middle"),
            tags="results tuple function_form",
        ),
    )


def _calls(F: TypeVariable, suffix: str) -> Rows:
    """Default and keyword arguments, overloads, attributes of functions."""
    V3 = VectorOf(3, F)
    damped = define(
        """
@wp.func
def {name}(x: {T}, rate: {T} = {rate}, floor: {T} = {floor}):
    \"\"\"The value drawn towards the floor.\"\"\"
    return floor + (x - floor) * rate
""",
        "damped relaxed",
        F,
        options={"rate": ("0.5", "0.9", "0.25"), "floor": ("0.0", "1.0", "0.1")},
    )
    axial = define(
        """
@wp.func
def {name}(v: {V}, axis: {V} = {V}({axis})):
    return wp.dot(v, axis)
""",
        "height_along component_along",
        F,
        types={"V": V3},
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
        F,
        types={"V": V3},
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
        F,
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
        F,
    )
    return (
        row(f"call_default{suffix}", "{f}({x})", F, f=damped, x=Expr(F), tags="defaults function_form", noun="damped"),
        row(
            f"call_keyword{suffix}",
            "{f}({x}, floor={floor})",
            F,
            f=damped,
            x=Expr(F),
            floor=Expr(F),
            tags="defaults function_form",
            noun="damped",
        ),
        row(
            f"call_keywords_swapped{suffix}",
            "{f}({x}, floor={floor}, rate={rate})",
            F,
            f=damped,
            x=Expr(F),
            floor=Expr(F),
            rate=Const(F, (0.5, 0.75, 0.125)),
            tags="defaults function_form",
            noun="damped",
        ),
        row(
            f"call_vector_default{suffix}",
            "{f}({v})",
            F,
            f=axial,
            v=Expr(V3),
            tags="defaults function_form vector",
            noun="height",
        ),
        row(f"call_defaults_inside{suffix}", "{f}({x})", F, f=chained, x=Expr(F), tags="defaults function_form", noun="mixed"),
        row(
            f"call_inlined{suffix}",
            "{f}({x}, {low}, {high})",
            F,
            f=inlined,
            x=Expr(F),
            low=Const(F, (-1.0, 0.0, -0.5)),
            high=Const(F, (1.0, 2.0, 4.0)),
            tags="inline function_form",
            noun="limited",
        ),
        statement(
            f"overloads{suffix}",
            "{energy} = {f}({x}) + {f}({v})",
            f=overloads,
            x=Expr(F),
            v=Expr(V3),
            energy=Fresh(F, "energy"),
            tags="overload function_form",
        ),
        statement(
            f"overloads_by_count{suffix}",
            "{energy} = {f}({x}, {y}) - {f}({y})",
            f=overloads,
            x=Expr(F),
            y=Expr(F),
            energy=Fresh(F, "energy"),
            tags="overload function_form",
        ),
    )



def _procedures(F: TypeVariable, suffix: str) -> Rows:
    """Functions without a result, which write arrays."""
    deposit = define(
        """
@wp.func
def {name}(target: wp.array(dtype={T}), i: int, amount: {T}):
    if amount > 0.0:
        wp.atomic_add(target, i, amount)
""",
        "deposit add_positive",
        F,
    )
    put = define(
        """
@wp.func
def {name}(target: wp.array(dtype={T}), i: int, value: {T}):
    if wp.abs(value) < 0.001:
        target[i] = 0.0
        return
    target[i] = value
""",
        "put write_clean",
        F,
    )
    return (
        statement(
            f"call_deposit{suffix}",
            "{f}({out}, {i}, {value})",
            f=deposit,
            out=Output(F, 1, "update"),
            i=Index("out", 0, own=True),
            value=Expr(F),
            effect=Effect.WRITES,
            needs="kernel rank1",
            tags="procedure function_form",
        ),
        statement(
            f"call_put{suffix}",
            "{f}({out}, {i}, {value})",
            f=put,
            out=Output(F, 1, "update"),
            i=Index("out", 0, own=True),
            value=Expr(F),
            effect=Effect.WRITES,
            needs="kernel rank1",
            tags="procedure function_form",
        ),
    )


def _kinds(F: TypeVariable, suffix: str) -> Rows:
    """Functions made without a decorator, chosen by an empty struct, given a tuple, bound again and again."""
    called = define(
        """
def {name}(x: {T}, y: {T}):
    return {body}


{name} = wp.func({name})
""",
        "combined joined",
        F,
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
        F,
    )
    paired = define(
        """
@wp.func
def {name}(pair: tuple[{T}, {T}]):
    return pair[1] - pair[0]
""",
        "length_of_range gap_of",
        F,
    )
    stepped = define(
        """
@wp.func
def {name}(x: {T}):
    return x + {change}
""",
        "stepped eased_once",
        F,
        options={"change": ("0.5 * (1.0 - x)", "0.25 * x", "wp.sin(x)")},
    )
    return (
        row(
            f"call_undecorated{suffix}",
            "{f}({x}, {y})",
            F,
            f=called,
            x=Expr(F),
            y=Expr(F),
            tags="function_form",
            noun="combined",
        ),
        row(f"call_by_tag{suffix}", "{f}({x})", F, f=tagged, x=Expr(F), tags="overload structs function_form", noun="sided"),
        row(
            f"call_with_tuple{suffix}",
            "{f}(({a} + {b}, {a} * {b}))",
            F,
            f=paired,
            a=Expr(F),
            b=Expr(F),
            tags="tuple function_form",
            noun="gap",
        ),
        statement(
            f"call_bound_in_loop{suffix}",
            "{y} = {T}({a})\nfor {k} in range({n}):\n    {g} = {f}\n    {y} = {g}({y})",
            f=stepped,
            T=Spelled(F),
            a=Expr(F),
            n=Const(INT, (2, 3)),
            k=Fresh(INT, "k", inner=True),
            g=Fresh(HANDLE, "step", inner=True),
            y=Fresh(F, "stepped"),
            tags="function_value function_form loop",
        ),
    )


FUNCTIONS: Rows = (*at_widths(_results), *at_widths(_calls), *at_widths(_procedures), *at_widths(_kinds))
