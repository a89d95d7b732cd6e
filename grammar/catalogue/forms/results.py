"""Functions above the kernel that give several results, or none."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, Rows, at_widths, define
from grammar.holes import Const, Expr, Fresh, Index, Output
from grammar.production import Effect, statement
from grammar.types import BOOL, TypeVariable, VectorOf


def _results(real: TypeVariable, suffix: str) -> Rows:
    """Functions that give several results."""
    vec3 = VectorOf(3, real)
    ordered = define(
        """
@wp.func
def {name}(a: {T}, b: {T}):
    return wp.min(a, b), wp.max(a, b)
""",
        "ordered bounds_of sort_two",
        real,
    )
    annotated = define(
        """
@wp.func
def {name}(a: {T}, b: {T}) -> tuple[{T}, {T}]:
    mean = 0.5 * (a + b)
    return mean, {second}
""",
        "mean_and_spread center_and_width",
        real,
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
        real,
        types={"V": vec3},
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
        real,
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
        real,
    )
    return (
        statement(
            f"two_results{suffix}",
            "{low}, {high} = {f}({a}, {b})\n{span} = {high} - {low}",
            f=ordered,
            a=Expr(real),
            b=Expr(real),
            low=Fresh(real, "low"),
            high=Fresh(real, "high", inner=True),
            span=Fresh(real, "span"),
            tags="results function_form",
        ),
        statement(
            f"annotated_results{suffix}",
            "{mean}, {spread} = {f}({a}, {b})",
            f=annotated,
            a=Expr(real),
            b=Expr(real),
            mean=Fresh(real, "mean"),
            spread=Fresh(real, "spread"),
            tags="results function_form",
        ),
        statement(
            f"result_and_vector{suffix}",
            "{length}, {direction} = {f}({v})",
            f=polar,
            v=Expr(vec3),
            length=Fresh(real, "length"),
            direction=Fresh(vec3, "direction"),
            tags="results function_form vector",
        ),
        statement(
            f"three_results{suffix}",
            "{near}, {far}, {hit} = {f}({b}, {c})\n{t} = wp.where({hit}, wp.max({near}, {far} * {half}), {far})",
            f=roots,
            b=Expr(real),
            c=Expr(real),
            half=Const(real, (0.5, 0.25)),
            near=Fresh(real, "near", inner=True),
            far=Fresh(real, "far", inner=True),
            hit=Fresh(BOOL, "hit", inner=True),
            t=Fresh(real, "root"),
            tags="results function_form",
        ),
        statement(
            f"nested_results{suffix}",
            "{total}, {difference} = {f}({a}, {b})",
            f=nested,
            a=Expr(real),
            b=Expr(real),
            total=Fresh(real, "total"),
            difference=Fresh(real, "difference"),
            tags="results function_form",
        ),
        statement(
            f"results_as_tuple{suffix}",
            "{pair} = {f}({a}, {b})\n{span} = {pair}[1] - {pair}[0]",
            f=ordered,
            a=Expr(real),
            b=Expr(real),
            pair=Fresh(HANDLE, "pair", inner=True),
            span=Fresh(real, "span"),
            tags="results tuple function_form",
        ),
        statement(
            f"results_unpacked_later{suffix}",
            "{pair} = {f}({a}, {b})\n{low}, {high} = {pair}\n{middle} = {half} * ({low} + {high})",
            f=ordered,
            a=Expr(real),
            b=Expr(real),
            half=Const(real, (0.5,)),
            pair=Fresh(HANDLE, "interval", inner=True),
            low=Fresh(real, "low", inner=True),
            high=Fresh(real, "high", inner=True),
            middle=Fresh(real, "middle"),
            tags="results tuple function_form",
        ),
    )


def _procedures(real: TypeVariable, suffix: str) -> Rows:
    """Functions without a result, which write arrays."""
    deposit = define(
        """
@wp.func
def {name}(target: wp.array(dtype={T}), i: int, amount: {T}):
    if amount > 0.0:
        wp.atomic_add(target, i, amount)
""",
        "deposit add_positive",
        real,
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
        real,
    )
    return (
        statement(
            f"call_deposit{suffix}",
            "{f}({out}, {i}, {value})",
            f=deposit,
            out=Output(real, 1, "update"),
            i=Index("out", 0, own=True),
            value=Expr(real),
            effect=Effect.WRITES,
            needs="kernel rank1",
            tags="procedure function_form",
        ),
        statement(
            f"call_put{suffix}",
            "{f}({out}, {i}, {value})",
            f=put,
            out=Output(real, 1, "update"),
            i=Index("out", 0, own=True),
            value=Expr(real),
            effect=Effect.WRITES,
            needs="kernel rank1",
            tags="procedure function_form",
        ),
    )


RESULTS: Rows = (*at_widths(_results), *at_widths(_procedures))
