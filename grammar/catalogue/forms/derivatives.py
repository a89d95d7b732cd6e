"""`wp.grad` of a function: the derivative as a value."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, Rows, at_widths, define
from grammar.catalogue.forms.callables import SHAPES
from grammar.holes import Expr, Fresh
from grammar.production import row, statement
from grammar.types import TypeVariable, VectorOf


def _derivatives(real: TypeVariable, suffix: str) -> Rows:
    """`wp.grad` of a function: the derivative as a value."""
    vec3 = VectorOf(3, real)
    shape = define(
        """
@wp.func
def {name}(x: {T}):
    return {body}
""",
        "potential profile_of",
        real,
        options={"body": SHAPES},
    )
    energy = define(
        """
@wp.func
def {name}(q: {V}, stiffness: {T}):
    return 0.5 * stiffness * {term}
""",
        "spring_energy elastic_energy",
        real,
        types={"V": vec3},
        options={"term": ("wp.dot(q, q)", "(q[0] * q[0] + 2.0 * q[1] * q[1])")},
    )
    several = define(
        """
@wp.func
def {name}(a: {T}, b: {T}):
    return a * b, a + b
""",
        "product_and_sum",
        real,
    )
    return (
        row(
            f"derivative{suffix}",
            "wp.grad({f})({x})",
            real,
            f=shape,
            x=Expr(real),
            tags="derivative function_form",
            noun="slope",
        ),
        *(
            row(
                f"derivative_{name}{suffix}",
                f"wp.grad(wp.{name})({{x}})",
                real,
                x=Expr(real),
                tags="derivative",
                noun="slope",
            )
            for name in ("sin", "tanh", "atan")
        ),
        statement(
            f"derivatives{suffix}",
            "{force}, {by} = wp.grad({f})({q}, {k})\n{pull} = -{force} + {q} * {by}",
            f=energy,
            q=Expr(vec3),
            k=Expr(real),
            force=Fresh(vec3, "force", inner=True),
            by=Fresh(real, "by_stiffness", inner=True),
            pull=Fresh(vec3, "pull"),
            tags="derivative function_form vector",
            needs="kernel",
        ),
        statement(
            f"derivative_handle{suffix}",
            "{slope} = wp.grad({f})\n{change} = {slope}({a}) - {slope}({b})",
            f=shape,
            a=Expr(real),
            b=Expr(real),
            slope=Fresh(HANDLE, "slope", inner=True),
            change=Fresh(real, "bend"),
            tags="derivative function_value function_form",
        ),
        statement(
            f"derivatives_keyword{suffix}",
            "{force}, {by} = wp.grad({f})({q}, stiffness={k})\n{work} = wp.dot({force}, {q}) * {by}",
            f=energy,
            q=Expr(vec3),
            k=Expr(real),
            force=Fresh(vec3, "force", inner=True),
            by=Fresh(real, "by_stiffness", inner=True),
            work=Fresh(real, "work"),
            tags="derivative function_form vector",
        ),
        statement(
            f"derivatives_of_results{suffix}",
            "{da}, {db} = wp.grad({f})({a}, {b})\n{sum} = {da} + {db}",
            f=several,
            a=Expr(real),
            b=Expr(real),
            da=Fresh(real, "da", inner=True),
            db=Fresh(real, "db", inner=True),
            sum=Fresh(real, "sensitivity"),
            tags="derivative results function_form",
        ),
        statement(
            f"derivatives_of_builtin{suffix}",
            "{dy}, {dx} = wp.grad(wp.atan2)({y}, {x})\n{turn} = {dy} * {x} - {dx} * {y}",
            y=Expr(real),
            x=Expr(real),
            dy=Fresh(real, "dy", inner=True),
            dx=Fresh(real, "dx", inner=True),
            turn=Fresh(real, "turn"),
            tags="derivative",
        ),
    )


DERIVATIVES: Rows = at_widths(_derivatives)
