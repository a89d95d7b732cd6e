"""Functions as values: bound to locals, passed to functions, made by functions."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, Rows, at_widths, define
from grammar.holes import Const, Expr, Fresh
from grammar.production import row, statement
from grammar.types import TypeVariable, VectorOf

SHAPES = ("x * x", "x * x * x", "x / (1.0 + wp.abs(x))", "wp.max(x, 0.0)", "wp.tanh(x)", "0.5 * x + wp.sin(x)")


def _values(real: TypeVariable, suffix: str) -> Rows:
    """A function bound to a local."""
    shape = define(
        """
@wp.func
def {name}(x: {T}):
    return {body}
""",
        "activation shape_of response_of",
        real,
        options={"body": SHAPES},
    )
    easing = define(
        """
@wp.func
def {name}(x: {T}):
    return {body}
""",
        "spline ramp_up easing",
        real,
        options={"body": ("x * x * (3.0 - 2.0 * x)", "x * (2.0 - x)")},
    )
    return (
        statement(
            f"function_local{suffix}",
            "{g} = {f}\n{y} = {g}({a}) - {g}({b})",
            f=shape,
            a=Expr(real),
            b=Expr(real),
            g=Fresh(HANDLE, "shape", inner=True),
            y=Fresh(real, "change"),
            tags="function_value function_form",
        ),
        statement(
            f"function_locals{suffix}",
            "{g}, {h} = {f}, {k}\n{y} = {g}({h}({a}))",
            f=shape,
            k=easing,
            a=Expr(real),
            g=Fresh(HANDLE, "outer", inner=True),
            h=Fresh(HANDLE, "inner", inner=True),
            y=Fresh(real, "composed"),
            tags="function_value function_form",
        ),
        *(
            statement(
                f"builtin_local_{name}{suffix}",
                f"{{g}} = wp.{name}\n{{y}} = {{g}}({{a}}) + {{g}}({{b}})",
                a=Expr(real),
                b=Expr(real),
                g=Fresh(HANDLE, "op", inner=True),
                y=Fresh(real, "sum"),
                tags="function_value",
            )
            for name in ("sin", "cos", "abs", "floor")
        ),
    )


def _parameters(real: TypeVariable, suffix: str) -> Rows:
    """Functions passed to functions."""
    applied = define(
        """
@wp.func
def {name}_shape(x: {T}):
    return {body}


@wp.func
def {name}(g: wp.Function, x: {T}, step: {T}):
    return g(x + step) - g(x - step)
""",
        "difference_of variation",
        real,
        options={"body": SHAPES},
    )
    iterated = define(
        """
@wp.func
def {name}_step(x: {T}):
    return {body}


@wp.func
def {name}_once(g: wp.Function, x: {T}):
    return g(x)


@wp.func
def {name}(x: {T}, g: wp.Function = {name}_step):
    for _ in range(3):
        x = 0.5 * (x + {name}_once(g, x))
    return x
""",
        "iterate settle",
        real,
        options={"body": ("wp.cos(x)", "1.0 / (1.0 + x * x)", "wp.sqrt(wp.abs(x) + 1.0)")},
    )
    folded = define(
        """
@wp.func
def {name}(op: wp.Function, v: {V}):
    return op(op(v[0], v[1]), v[2])
""",
        "fold reduce_axes",
        real,
        types={"V": VectorOf(3, real)},
    )
    slot = define(
        """
@wp.func
def {name}_twice(x: {T}):
    return 2.0 * x


@wp.func
def {name}(x: {T}):
    return {name}_twice(x) + 1.0


@wp.func
def {name}_over(f: wp.Function, g: wp.Function, x: {T}):
    return f(g(x))
""",
        "affine line_through",
        real,
    )
    return (
        row(
            f"pass_builtin{suffix}",
            "{f}(wp.sin, {x}, {step})",
            real,
            f=applied,
            x=Expr(real),
            step=Const(real, (0.25, 0.125)),
            tags="function_value function_form",
            noun="variation",
        ),
        row(
            f"pass_default{suffix}",
            "{f}({x})",
            real,
            f=iterated,
            x=Expr(real),
            tags="function_value defaults function_form",
            noun="settled",
        ),
        row(
            f"pass_keyword{suffix}",
            "{f}({x}, g={k})",
            real,
            f=iterated,
            x=Expr(real),
            k=slot,
            tags="function_value defaults function_form",
            noun="settled",
        ),
        row(
            f"pass_function{suffix}",
            "{f}({k}, {x}, step={step})",
            real,
            f=applied,
            k=slot,
            x=Expr(real),
            step=Const(real, (0.25, 0.125)),
            tags="function_value function_form",
            noun="variation",
        ),
        *(
            row(
                f"pass_{name}{suffix}",
                f"{{f}}(wp.{name}, {{v}})",
                real,
                f=folded,
                v=Expr(VectorOf(3, real)),
                tags="function_value function_form vector",
                noun="folded",
            )
            for name in ("max", "min")
        ),
        statement(
            f"pass_local{suffix}",
            "{g} = {k}\n{y} = {f}({g}, {x}, {step})",
            f=applied,
            k=slot,
            x=Expr(real),
            step=Const(real, (0.5, 0.125)),
            g=Fresh(HANDLE, "shape", inner=True),
            y=Fresh(real, "variation"),
            tags="function_value function_form",
        ),
    )


def _factories(real: TypeVariable, suffix: str) -> Rows:
    """Functions made by functions, which close over numbers, functions and structs."""
    scaled = define(
        """
def make_{name}(gain, offset):
    @wp.func
    def {name}(x: {T}):
        return {inner} * gain + offset

    return {name}


{name} = make_{name}({gain}, {offset})
""",
        "calibrated adjusted",
        real,
        options={
            "inner": ("x", "wp.abs(x)", "x * x"),
            "gain": ("2.0", "0.5", "10.0"),
            "offset": ("1.0", "0.5", "4.0"),
        },
    )
    composed = define(
        """
@wp.func
def {name}_base(x: {T}):
    return {body}


def make_{name}(function, rounds):
    @wp.func
    def {name}(x: {T}):
        for _ in range(rounds):
            x = 0.5 * (x + function(x))
        return x

    return {name}


{name} = make_{name}({name}_base, {rounds})
""",
        "smoothed repeated",
        real,
        options={"body": SHAPES[2:5], "rounds": ("2", "3", "4")},
    )
    polynomial = define(
        """
def make_{name}(coefficients):
    @wp.func
    def {name}(x: {T}):
        value = {T}(0)
        for i in range(wp.static(len(coefficients))):
            value = value * x + wp.static({T}(coefficients[i]))
        return value

    return {name}


{name} = make_{name}([{coefficients}])
""",
        "polynomial series",
        types={"T": real},
        options={"coefficients": ("0.5, -1.0, 2.0", "1.0, 0.0, -0.5, 0.25", "2.0, 3.0")},
    )
    return (
        row(
            f"made_function{suffix}",
            "{f}({x})",
            real,
            f=scaled,
            x=Expr(real),
            tags="factory function_form",
            noun="adjusted",
        ),
        row(
            f"made_of_function{suffix}",
            "{f}({x})",
            real,
            f=composed,
            x=Expr(real),
            tags="factory function_value function_form",
            noun="smoothed",
        ),
        row(
            f"made_of_numbers{suffix}",
            "{f}({x})",
            real,
            f=polynomial,
            x=Expr(real),
            tags="factory static function_form",
            noun="series",
        ),
    )


CALLABLES: Rows = (*at_widths(_values), *at_widths(_parameters), *at_widths(_factories))
