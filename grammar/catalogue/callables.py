"""Functions as values: bound to locals, passed to functions, chosen by static conditions, made by factories, differentiated."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, Rows, at_widths, define
from grammar.production import Const, Expr, Fresh, row, statement
from grammar.types import TypeVariable, VectorOf

SHAPES = ("x * x", "x * x * x", "x / (1.0 + wp.abs(x))", "wp.max(x, 0.0)", "wp.tanh(x)", "0.5 * x + wp.sin(x)")


def _values(F: TypeVariable, suffix: str) -> Rows:
    """A function bound to a local."""
    shape = define(
        """
@wp.func
def {name}(x: {T}):
    return {body}
""",
        "activation shape_of response_of",
        F,
        options={"body": SHAPES},
    )
    pair = define(
        """
@wp.func
def {name}(x: {T}):
    return {body}


@wp.func
def {name}_slope(x: {T}):
    return {slope}
""",
        "spline ramp_up",
        F,
        options={
            "body": ("x * x * (3.0 - 2.0 * x)", "x * (2.0 - x)"),
            "slope": ("6.0 * x * (1.0 - x)", "2.0 - 2.0 * x"),
        },
    )
    return (
        statement(
            f"function_local{suffix}",
            "{g} = {f}\n{y} = {g}({a}) - {g}({b})",
            f=shape,
            a=Expr(F),
            b=Expr(F),
            g=Fresh(HANDLE, "shape", inner=True),
            y=Fresh(F, "change"),
            tags="function_value function_form",
        ),
        statement(
            f"function_locals{suffix}",
            "{g}, {h} = {f}, {k}\n{y} = {g}({h}({a}))",
            f=shape,
            k=pair,
            a=Expr(F),
            g=Fresh(HANDLE, "outer", inner=True),
            h=Fresh(HANDLE, "inner", inner=True),
            y=Fresh(F, "composed"),
            tags="function_value function_form",
        ),
        *(
            statement(
                f"builtin_local_{name}{suffix}",
                f"{{g}} = wp.{name}\n{{y}} = {{g}}({{a}}) + {{g}}({{b}})",
                a=Expr(F),
                b=Expr(F),
                g=Fresh(HANDLE, "op", inner=True),
                y=Fresh(F, "sum"),
                tags="function_value",
            )
            for name in ("sin", "cos", "abs", "floor")
        ),
    )


def _parameters(F: TypeVariable, suffix: str) -> Rows:
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
        F,
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
        F,
        options={"body": ("wp.cos(x)", "1.0 / (1.0 + x * x)", "wp.sqrt(wp.abs(x) + 1.0)")},
    )
    folded = define(
        """
@wp.func
def {name}(op: wp.Function, v: {V}):
    return op(op(v[0], v[1]), v[2])
""",
        "fold reduce_axes",
        F,
        types={"V": VectorOf(3, F)},
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
        F,
    )
    return (
        row(
            f"pass_builtin{suffix}",
            "{f}(wp.sin, {x}, {step})",
            F,
            f=applied,
            x=Expr(F),
            step=Const(F, (0.25, 0.125)),
            tags="function_value function_form",
            noun="variation",
        ),
        row(
            f"pass_default{suffix}",
            "{f}({x})",
            F,
            f=iterated,
            x=Expr(F),
            tags="function_value defaults function_form",
            noun="settled",
        ),
        row(
            f"pass_keyword{suffix}",
            "{f}({x}, g={k})",
            F,
            f=iterated,
            x=Expr(F),
            k=slot,
            tags="function_value defaults function_form",
            noun="settled",
        ),
        row(
            f"pass_function{suffix}",
            "{f}({k}, {x}, step={step})",
            F,
            f=applied,
            k=slot,
            x=Expr(F),
            step=Const(F, (0.25, 0.125)),
            tags="function_value function_form",
            noun="variation",
        ),
        *(
            row(
                f"pass_{name}{suffix}",
                f"{{f}}(wp.{name}, {{v}})",
                F,
                f=folded,
                v=Expr(VectorOf(3, F)),
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
            x=Expr(F),
            step=Const(F, (0.5, 0.125)),
            g=Fresh(HANDLE, "shape", inner=True),
            y=Fresh(F, "variation"),
            tags="function_value function_form",
        ),
    )


def _factories(F: TypeVariable, suffix: str) -> Rows:
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
        F,
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
        F,
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
        types={"T": F},
        options={"coefficients": ("0.5, -1.0, 2.0", "1.0, 0.0, -0.5, 0.25", "2.0, 3.0")},
    )
    return (
        row(f"made_function{suffix}", "{f}({x})", F, f=scaled, x=Expr(F), tags="factory function_form", noun="adjusted"),
        row(
            f"made_of_function{suffix}",
            "{f}({x})",
            F,
            f=composed,
            x=Expr(F),
            tags="factory function_value function_form",
            noun="smoothed",
        ),
        row(
            f"made_of_numbers{suffix}",
            "{f}({x})",
            F,
            f=polynomial,
            x=Expr(F),
            tags="factory static function_form",
            noun="series",
        ),
    )


def _derivatives(F: TypeVariable, suffix: str) -> Rows:
    """`wp.grad` of a function: the derivative as a value."""
    V3 = VectorOf(3, F)
    shape = define(
        """
@wp.func
def {name}(x: {T}):
    return {body}
""",
        "potential profile_of",
        F,
        options={"body": SHAPES},
    )
    energy = define(
        """
@wp.func
def {name}(q: {V}, stiffness: {T}):
    return 0.5 * stiffness * {term}
""",
        "spring_energy elastic_energy",
        F,
        types={"V": V3},
        options={"term": ("wp.dot(q, q)", "(q[0] * q[0] + 2.0 * q[1] * q[1])")},
    )
    several = define(
        """
@wp.func
def {name}(a: {T}, b: {T}):
    return a * b, a + b
""",
        "product_and_sum",
        F,
    )
    return (
        row(
            f"derivative{suffix}",
            "wp.grad({f})({x})",
            F,
            f=shape,
            x=Expr(F),
            tags="derivative function_form",
            noun="slope",
        ),
        *(
            row(f"derivative_{name}{suffix}", f"wp.grad(wp.{name})({{x}})", F, x=Expr(F), tags="derivative", noun="slope")
            for name in ("sin", "tanh", "atan")
        ),
        statement(
            f"derivatives{suffix}",
            "{force}, {by} = wp.grad({f})({q}, {k})\n{pull} = -{force} + {q} * {by}",
            f=energy,
            q=Expr(V3),
            k=Expr(F),
            force=Fresh(V3, "force", inner=True),
            by=Fresh(F, "by_stiffness", inner=True),
            pull=Fresh(V3, "pull"),
            tags="derivative function_form vector",
            needs="kernel",
        ),
        statement(
            f"derivative_handle{suffix}",
            "{slope} = wp.grad({f})\n{change} = {slope}({a}) - {slope}({b})",
            f=shape,
            a=Expr(F),
            b=Expr(F),
            slope=Fresh(HANDLE, "slope", inner=True),
            change=Fresh(F, "bend"),
            tags="derivative function_value function_form",
        ),
        statement(
            f"derivatives_keyword{suffix}",
            "{force}, {by} = wp.grad({f})({q}, stiffness={k})\n{work} = wp.dot({force}, {q}) * {by}",
            f=energy,
            q=Expr(V3),
            k=Expr(F),
            force=Fresh(V3, "force", inner=True),
            by=Fresh(F, "by_stiffness", inner=True),
            work=Fresh(F, "work"),
            tags="derivative function_form vector",
        ),
        statement(
            f"derivatives_of_results{suffix}",
            "{da}, {db} = wp.grad({f})({a}, {b})\n{sum} = {da} + {db}",
            f=several,
            a=Expr(F),
            b=Expr(F),
            da=Fresh(F, "da", inner=True),
            db=Fresh(F, "db", inner=True),
            sum=Fresh(F, "sensitivity"),
            tags="derivative results function_form",
        ),
        statement(
            f"derivatives_of_builtin{suffix}",
            "{dy}, {dx} = wp.grad(wp.atan2)({y}, {x})\n{turn} = {dy} * {x} - {dx} * {y}",
            y=Expr(F),
            x=Expr(F),
            dy=Fresh(F, "dy", inner=True),
            dx=Fresh(F, "dx", inner=True),
            turn=Fresh(F, "turn"),
            tags="derivative",
        ),
    )


CALLABLES: Rows = (
    *at_widths(_values),
    *at_widths(_parameters),
    *at_widths(_factories),
    *at_widths(_derivatives),
)
