"""Custom gradients and replays of functions of numbers, vectors, matrices and structs."""

from __future__ import annotations

from grammar.catalogue.definitions import NARROW, Rows, at_widths, define
from grammar.holes import Domain, Expr, Fresh
from grammar.production import row, statement
from grammar.types import MatrixOf, TypeVariable, VectorOf

TAGS = "custom_gradient function_form"


def _scalars(real: TypeVariable, suffix: str) -> Rows:
    """Functions of numbers."""
    root = define(
        """
@wp.func
def {name}(x: {T}):
    return wp.sqrt(wp.max(x, 0.0))


@wp.func_grad({name})
def adj_{name}(x: {T}, adj_ret: {T}):
    if x > 0.0:
        wp.adjoint[x] += 0.5 / wp.sqrt(x) * adj_ret
""",
        "safe_sqrt root_of",
        real,
    )
    # What is rounded off has no gradient.
    rounded = define(
        """
@wp.func
def {name}(x: {T}):
    return x - {rounding}


@wp.func_grad({name})
def adj_{name}(x: {T}, adj_ret: {T}):
    wp.adjoint[x] += adj_ret
""",
        "fraction_of sawtooth",
        real,
        options={"rounding": ("wp.floor(x)", "wp.rint(x)", "wp.ceil(x)")},
    )
    softened = define(
        """
@wp.func
def {name}(x: {T}, width: {T}):
    return wp.sqrt(x * x + width * width)


@wp.func_grad({name})
def adj_{name}(x: {T}, width: {T}, adj_ret: {T}):
    r = wp.sqrt(x * x + width * width)
    if r == 0.0:
        return
    wp.adjoint[x] += x / r * adj_ret
    wp.adjoint[width] = wp.adjoint[width] + width / r * adj_ret
""",
        "soft_abs rounded_abs",
        real,
    )
    of_function = define(
        """
@wp.func
def {name}_core(x: {T}):
    return x * x * x


@wp.func
def {name}(x: {T}):
    return 2.0 * {name}_core(x)


@wp.func_grad({name})
def adj_{name}(x: {T}, adj_ret: {T}):
    slope = wp.grad({name}_core)(x)
    wp.adjoint[x] += 2.0 * slope * adj_ret
""",
        "cubic_energy well_energy",
        real,
    )
    of_builtin = define(
        """
@wp.func
def {name}(x: {T}):
    return wp.{function}(x)


@wp.func_grad({name})
def adj_{name}(x: {T}, adj_ret: {T}):
    if wp.abs(x) < 100.0:
        wp.adjoint[x] += wp.grad(wp.{function})(x) * adj_ret
""",
        "gated windowed",
        real,
        options={"function": ("sin", "tanh", "atan", "cos")},
    )
    overloaded = define(
        """
@wp.func
def {name}(x: {T}):
    return x * x


@wp.func
def {name}(x: {T}, y: {T}):
    return x * y


@wp.func_grad({name})
def adj_{name}_one(x: {T}, adj_ret: {T}):
    wp.adjoint[x] += 2.0 * x * adj_ret


@wp.func_grad({name})
def adj_{name}_two(x: {T}, y: {T}, adj_ret: {T}):
    wp.adjoint[x] += y * adj_ret
    wp.adjoint[y] += x * adj_ret
""",
        "product_or_square",
        real,
    )
    kept = define(
        """
@wp.func
def {name}(x: {T}, rate: {T}):
    return x * rate


@wp.func_replay({name})
def replay_{name}(x: {T}, rate: {T}):
    return rate * x
""",
        "decayed attenuated",
        real,
    )
    # Refused: wp.grad of a user's function there (corpus: grad_in_custom_gradient).
    refused = row(
        "gradient_by_function", "{f}({x})", real, f=of_function, x=Expr(real), tags=f"{TAGS} derivative", noun="energy"
    )
    rows = (
        row(f"gradient_root{suffix}", "{f}({x})", real, f=root, x=Expr(real), tags=TAGS, noun="root"),
        row(f"gradient_fraction{suffix}", "{f}({x})", real, f=rounded, x=Expr(real), tags=TAGS, noun="fraction"),
        row(
            f"gradient_softened{suffix}",
            "{f}({x}, {width})",
            real,
            f=softened,
            x=Expr(real),
            width=Expr(real, Domain.POSITIVE),
            tags=TAGS,
            noun="softened",
        ),
        row(
            f"gradient_by_builtin{suffix}",
            "{f}({x})",
            real,
            f=of_builtin,
            x=Expr(real),
            tags=f"{TAGS} derivative",
            noun="gated",
        ),
        row(
            f"replay{suffix}",
            "{f}({x}, {rate})",
            real,
            f=kept,
            x=Expr(real),
            rate=Expr(real),
            tags=TAGS,
            noun="decayed",
        ),
        statement(
            f"gradient_overloads{suffix}",
            "{p} = {f}({x}) + {f}({x}, {y})",
            f=overloaded,
            x=Expr(real),
            y=Expr(real),
            p=Fresh(real, "blend"),
            tags=f"{TAGS} overload",
        ),
    )
    return (*rows, refused) if real is NARROW else rows


def _compounds(real: TypeVariable, suffix: str) -> Rows:
    """Functions of vectors, matrices and structs, and with several results."""
    vec3, vec2, mat2 = VectorOf(3, real), VectorOf(2, real), MatrixOf(2, 2, real)
    length = define(
        """
@wp.func
def {name}(v: {V}):
    return wp.length(v)


@wp.func_grad({name})
def adj_{name}(v: {V}, adj_ret: {T}):
    n = wp.length(v)
    if n > 0.0:
        wp.adjoint[v] += v / n * adj_ret
""",
        "safe_length norm_or_zero",
        real,
        types={"V": vec3},
    )
    plane = define(
        """
@wp.func
def {name}(v: {V}, s: {T}):
    return {V}(v[0] * s, v[1]), wp.dot(v, v)


@wp.func_grad({name})
def adj_{name}(v: {V}, s: {T}, adj_scaled: {V}, adj_norm: {T}):
    wp.adjoint[v][0] += s * adj_scaled[0]
    wp.adjoint[v][1] += adj_scaled[1]
    wp.adjoint[v] += 2.0 * v * adj_norm
    wp.adjoint[s] += v[0] * adj_scaled[0]
""",
        "stretch_and_norm",
        real,
        types={"V": vec2},
    )
    product = define(
        """
@wp.func
def {name}(v: {V}):
    return v[0] * v[1]


@wp.func_grad({name})
def adj_{name}(v: {V}, adj_ret: {T}):
    wp.adjoint[v][0] = wp.adjoint[v][0] + v[1] * adj_ret
    wp.adjoint[v][1] += v[0] * adj_ret
""",
        "area_of",
        real,
        types={"V": vec2},
    )
    trace = define(
        """
@wp.func
def {name}(m: {M}):
    return m[0, 0] + m[1, 1]


@wp.func_grad({name})
def adj_{name}(m: {M}, adj_ret: {T}):
    wp.adjoint[m][0, 0] += adj_ret
    wp.adjoint[m][1, 1] += adj_ret
""",
        "trace_with_gradient",
        real,
        types={"M": mat2},
    )
    spring = define(
        """
@wp.struct
class {Name}:
    stiffness: {T}
    rest: {T}


@wp.func
def {name}_law(data: {Name}, x: {T}):
    return data.stiffness * (x - data.rest)


@wp.func_grad({name}_law)
def adj_{name}_law(data: {Name}, x: {T}, adj_ret: {T}):
    wp.adjoint[data.stiffness] += (x - data.rest) * adj_ret
    wp.adjoint[data.rest] -= data.stiffness * adj_ret
    wp.adjoint[x] += data.stiffness * adj_ret


@wp.func
def {name}(x: {T}, stiffness: {T}):
    return {name}_law({Name}(stiffness, {rest}), x)
""",
        "pull tension",
        real,
        options={"rest": ("1.0", "0.5", "2.0")},
    )
    return (
        row(f"gradient_length{suffix}", "{f}({v})", real, f=length, v=Expr(vec3), tags=f"{TAGS} vector", noun="length"),
        row(f"gradient_part{suffix}", "{f}({v})", real, f=product, v=Expr(vec2), tags=f"{TAGS} vector", noun="area"),
        row(f"gradient_matrix{suffix}", "{f}({m})", real, f=trace, m=Expr(mat2), tags=f"{TAGS} matrix", noun="trace"),
        statement(
            f"gradient_results{suffix}",
            "{u}, {n} = {f}({v}, {s})",
            f=plane,
            v=Expr(vec2),
            s=Expr(real),
            u=Fresh(vec2, "stretched"),
            n=Fresh(real, "norm"),
            tags=f"{TAGS} results vector",
        ),
        row(
            f"gradient_struct{suffix}",
            "{f}({x}, {k})",
            real,
            f=spring,
            x=Expr(real),
            k=Expr(real),
            tags=f"{TAGS} structs",
            noun="tension",
        ),
    )


GRADIENTS: Rows = (*at_widths(_scalars), *at_widths(_compounds))
