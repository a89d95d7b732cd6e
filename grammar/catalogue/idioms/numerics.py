"""Idioms of numerical methods: roots, recurrences, sums, small matrices, integration of equations."""

from __future__ import annotations

from grammar.catalogue.definitions import Rows, define
from grammar.catalogue.idioms.roles import (
    DT,
    M2,
    M3,
    V2,
    V3,
    F,
    I,
    at_both,
    idiom,
    inner,
    items,
    spelled,
)
from grammar.holes import Bound, Const, Counter, Expr, Fresh, Given, Zero
from grammar.types import INT, TypeVariable

ROOTS: Rows = (
    idiom(
        "heron_root",
        "takes square roots by Newton's iteration",
        "{a} = wp.abs({value}) + 0.01\n{x} = 0.5 * ({a} + 1.0)\nfor {k} in range({most}):\n    {x} = 0.5 * ({x} + {a} / {x})",
        "loop",
        value=Expr(F),
        most=Const(INT, (4, 5, 6, 8)),
        k=inner(INT, "it"),
        a=inner(F, "a"),
        x=Fresh(F, "root", mutable=True),
        needs="",
    ),
    idiom(
        "bisected_root",
        "finds roots by bisection",
        "{low} = {zero}\n{high} = wp.abs({target}) + 1.0\nfor {k} in range({most}):\n    {mid} = 0.5 * ({low} + {high})\n"
        "    if {mid} * {mid} * {mid} + {mid} < {target}:\n        {low} = {mid}\n    else:\n        {high} = {mid}\n"
        "{x} = 0.5 * ({low} + {high})",
        "loop branch",
        target=Expr(F, varying=True),
        zero=Zero(F),
        most=Const(INT, (20, 24, 32)),
        k=inner(INT, "it"),
        low=inner(F, "low"),
        high=inner(F, "high"),
        mid=inner(F, "mid"),
        x=Fresh(F, "root"),
        needs="",
    ),
    idiom(
        "kepler",
        "solves Kepler's equation by Newton's iteration",
        "{m} = {anomaly}\n{e} = wp.clamp({eccentricity}, 0.0, 0.9)\n{x} = {m}\nfor {k} in range({most}):\n"
        "    {x} = {x} - ({x} - {e} * wp.sin({x}) - {m}) / (1.0 - {e} * wp.cos({x}))",
        "loop math",
        anomaly=Expr(F),
        eccentricity=Given(F, "eccentricity ecc"),
        most=Const(INT, (4, 6, 8)),
        k=inner(INT, "it"),
        m=inner(F, "mean_anomaly"),
        e=inner(F, "ecc_clamped"),
        x=Fresh(F, "eccentric", mutable=True),
        needs="",
    ),
    idiom(
        "fixed_point",
        "iterates to a fixed point",
        "{x} = {guess}\n{steps} = int(0)\n{change} = {one}\nwhile {change} > 0.001 and {steps} < {most}:\n"
        "    {y} = wp.cos({x}) * {scale}\n    {change} = wp.abs({y} - {x})\n    {x} = {y}\n    {steps} += 1",
        "loop while math",
        guess=Expr(F),
        scale=Const(F, (0.5, 0.75)),
        one=Given(F, "tolerance_start max_change"),
        most=Const(INT, (10, 16, 32)),
        steps=inner(INT, "steps"),
        change=inner(F, "change"),
        y=inner(F, "y"),
        x=Fresh(F, "x", mutable=True),
        needs="",
    ),
    idiom(
        "polynomial",
        "evaluates polynomials by Horner's scheme",
        "{x} = {at}\n{y} = {zero}\nfor {k} in range({n}):\n    {y} = {y} * {x} + {c}[{k}]",
        "loop",
        at=Expr(F),
        n=Bound("extent"),
        k=Counter("n", "k j"),
        c=items(F, "coefficients coeffs", "k"),
        zero=Zero(F),
        x=inner(F, "x"),
        y=Fresh(F, "y", mutable=True),
    ),
    idiom(
        "escape_time",
        "counts steps until points escape",
        "{x} = {z0}\n{y} = {z1}\n{steps} = int(0)\nwhile {x} * {x} + {y} * {y} < 4.0 and {steps} < {most}:\n"
        "    {t} = {x} * {x} - {y} * {y} + {cx}\n    {y} = 2.0 * {x} * {y} + {cy}\n    {x} = {t}\n    {steps} += 1",
        "loop while logic",
        cx=Given(F, "c_re center_x"),
        cy=Given(F, "c_im center_y"),
        z0=Expr(F),
        z1=Expr(F),
        most=Const(INT, (32, 64, 100)),
        x=inner(F, "x"),
        y=inner(F, "y"),
        t=inner(F, "t"),
        steps=Fresh(INT, "iterations", mutable=True),
        needs="",
    ),
    idiom(
        "trapezoid",
        "integrates samples by the trapezoid rule",
        "{sum} = {zero}\nfor {k} in range(1, {n}):\n    {last} = {k} - 1\n    {sum} += 0.5 * {dx} * ({y}[{k}] + {y}[{last}])",
        "loop",
        dx=Given(F, "dx spacing"),
        n=Bound("extent"),
        k=Counter("n", "k j"),
        y=items(F, "samples values curve", "k"),
        zero=Zero(F),
        last=inner(INT, "k_prev"),
        sum=Fresh(F, "integral", mutable=True),
    ),
    idiom(
        "compensated_sum",
        "sums with Kahan's compensation",
        "{sum} = {z0}\n{lost} = {z1}\nfor {k} in range({n}):\n    {y} = {x}[{k}] * {w} - {lost}\n    {t} = {sum} + {y}\n"
        "    {lost} = ({t} - {sum}) - {y}\n    {sum} = {t}",
        "loop",
        w=Expr(F),
        n=Bound("extent"),
        k=Counter("n", "k j"),
        x=items(F, "samples values terms", "k"),
        z0=Zero(F),
        z1=Zero(F),
        y=inner(F, "y"),
        t=inner(F, "t"),
        lost=inner(F, "lost"),
        sum=Fresh(F, "sum", mutable=True),
    ),
)

MATRICES: Rows = (
    idiom(
        "power_iteration",
        "finds the dominant direction by power iteration",
        "{a} = {matrix}\n{v} = wp.normalize({start})\nfor {k} in range({most}):\n    {v} = wp.normalize({a} * {v})\n"
        "{size} = wp.dot({v}, {a} * {v})",
        "matrix vector loop",
        size=Fresh(F, "dominant"),
        matrix=Expr(M3),
        start=Given(V3, "start direction"),
        most=Const(INT, (4, 8, 10)),
        k=inner(INT, "it"),
        a=inner(M3, "a_mat"),
        v=inner(V3, "v"),
        needs="",
    ),
    idiom(
        "orthogonalize",
        "orthogonalizes frames by Gram-Schmidt",
        "{x} = wp.normalize({a})\n{y} = wp.normalize({b} - {x} * wp.dot({x}, {b}))\n{frame} = wp.matrix_from_rows({x}, {y}, wp.cross({x}, {y}))",
        "matrix vector",
        frame=Fresh(M3, "frame"),
        a=Expr(V3),
        b=Expr(V3),
        x=inner(V3, "x_axis"),
        y=inner(V3, "y_axis"),
        needs="",
    ),
    idiom(
        "symmetric_eigenvalues",
        "finds the eigenvalues of symmetric 2 by 2 matrices",
        "{a} = {matrices}[{i}]\n{mean} = 0.5 * wp.trace({a})\n{r} = wp.sqrt(wp.max({mean} * {mean} - wp.determinant({a}), 0.0))\n"
        "{big} = {mean} + {r}",
        "matrix math",
        i=I,
        big=Fresh(F, "eigenvalue"),
        matrices=items(M2, "tensors matrices blocks"),
        a=inner(M2, "a_mat"),
        mean=inner(F, "mean"),
        r=inner(F, "r"),
    ),
    idiom(
        "block_solve",
        "solves small systems by Cramer's rule",
        "{a} = {matrices}[{i}]\n{det} = wp.determinant({a})\n{x} = {zero}\nif wp.abs({det}) > 1.0e-6:\n    {x} = wp.inverse({a}) * {b}",
        "matrix vector branch",
        i=I,
        x=Fresh(V2, "solution", mutable=True),
        b=Expr(V2),
        matrices=items(M2, "blocks matrices systems"),
        zero=Zero(V2),
        a=inner(M2, "a_mat"),
        det=inner(F, "det"),
    ),
    idiom(
        "von_mises",
        "measures stress by von Mises",
        "{s} = {stresses}[{i}]\n{d} = {s} - (wp.trace({s}) / 3.0) * wp.identity(n=3, dtype={T})\n"
        "{stress} = wp.sqrt(1.5 * wp.ddot({d}, {d}))",
        "matrix math",
        i=I,
        stress=Fresh(F, "von_mises"),
        stresses=items(M3, "stresses stress cauchy"),
        T=spelled(),
        s=inner(M3, "s"),
        d=inner(M3, "deviator"),
    ),
    idiom(
        "covariance",
        "gathers covariances about a mean",
        "{c} = {zero}\nfor {k} in range({n}):\n    {d} = {x}[{k}] - {mean}\n    {c} += wp.outer({d}, {d})\n{spread} = {c} / {T}({n})",
        "matrix vector loop",
        mean=Expr(V3),
        spread=Fresh(M3, "covariance"),
        n=Bound("extent"),
        k=Counter("n", "k j"),
        x=items(V3, "samples points positions", "k"),
        zero=Zero(M3),
        T=spelled(),
        d=inner(V3, "d"),
        c=inner(M3, "c"),
    ),
)


def _curves(F: TypeVariable, suffix: str) -> Rows:
    """Formulas above the kernel that a row calls more than once."""
    flow = define(
        """
@wp.func
def {name}(x: {T}, t: {T}) -> {T}:
    return {body}
""",
        "rate_of derivative_at dynamics",
        F,
        options={"body": ("x * (1.0 - x) + 0.1 * wp.sin(t)", "-2.0 * x + wp.cos(t)", "wp.sin(t) - x * x * x")},
    )
    cubic = define(
        """
@wp.func
def {name}(p0: {T}, p1: {T}, m0: {T}, m1: {T}, t: {T}) -> {T}:
    t2 = t * t
    t3 = t2 * t
    h1 = 3.0 * t2 - 2.0 * t3
    slopes = (t3 - 2.0 * t2 + t) * m0 + (t3 - t2) * m1
    return p0 + h1 * (p1 - p0) + slopes
""",
        "hermite cubic_hermite",
        F,
    )
    return (
        idiom(
            f"runge_kutta{suffix}",
            "integrates an equation by Runge-Kutta steps",
            "{x} = {start}\n{k1} = {f}({x}, {t})\n{k2} = {f}({x} + 0.5 * {dt} * {k1}, {t} + 0.5 * {dt})\n"
            "{k3} = {f}({x} + 0.5 * {dt} * {k2}, {t} + 0.5 * {dt})\n{k4} = {f}({x} + {dt} * {k3}, {t} + {dt})\n"
            "{y} = {x} + {dt} / 6.0 * ({k1} + 2.0 * {k2} + 2.0 * {k3} + {k4})",
            "math helper",
            over=F,
            f=flow,
            start=Expr(F),
            t=Given(F, "t time"),
            dt=Given(F, DT),
            x=inner(F, "x"),
            k1=inner(F, "k1"),
            k2=inner(F, "k2"),
            k3=inner(F, "k3"),
            k4=inner(F, "k4"),
            y=Fresh(F, "x_next"),
        ),
        idiom(
            f"hermite{suffix}",
            "interpolates by cubic Hermite splines",
            "{u} = wp.clamp({t}, 0.0, 1.0)\n{y} = {f}({a}[{i}], {b}[{i}], {p}, {q}, {u})",
            "helper",
            over=F,
            i=I,
            f=cubic,
            t=Expr(F),
            p=Expr(F),
            q=Expr(F),
            a=items(F, "start_values left_values knots"),
            b=items(F, "end_values right_values"),
            u=inner(F, "u"),
            y=Fresh(F, "y"),
        ),
    )


NUMERICS: Rows = (*ROOTS, *MATRICES, *at_both(_curves))
