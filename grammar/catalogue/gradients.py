"""Custom gradients and replays, and functions in native code with their adjoints."""

from __future__ import annotations

from grammar.catalogue.definitions import NARROW, PRECISE, Rows, at_widths, define
from grammar.production import Domain, Effect, Expr, Fresh, Index, Input, Output, row, statement
from grammar.types import INT, MatrixOf, TypeVariable, VectorOf

TAGS = "custom_gradient function_form"


def _scalars(F: TypeVariable, suffix: str) -> Rows:
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
        F,
    )
    # The gradient passes straight through the rounding.
    rounded = define(
        """
@wp.func
def {name}(x: {T}):
    return {rounding}


@wp.func_grad({name})
def adj_{name}(x: {T}, adj_ret: {T}):
    wp.adjoint[x] += adj_ret
""",
        "quantize straight_through",
        F,
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
        F,
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
        F,
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
        F,
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
        F,
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
        F,
    )
    # Refused: wp.grad of a user's function there (corpus: grad_in_custom_gradient).
    refused = row("gradient_by_function", "{f}({x})", F, f=of_function, x=Expr(F), tags=f"{TAGS} derivative", noun="energy")
    rows = (
        row(f"gradient_root{suffix}", "{f}({x})", F, f=root, x=Expr(F), tags=TAGS, noun="root"),
        row(f"gradient_straight{suffix}", "{f}({x})", F, f=rounded, x=Expr(F), tags=TAGS, noun="rounded"),
        row(
            f"gradient_softened{suffix}",
            "{f}({x}, {width})",
            F,
            f=softened,
            x=Expr(F),
            width=Expr(F, Domain.POSITIVE),
            tags=TAGS,
            noun="softened",
        ),
        row(
            f"gradient_by_builtin{suffix}",
            "{f}({x})",
            F,
            f=of_builtin,
            x=Expr(F),
            tags=f"{TAGS} derivative",
            noun="gated",
        ),
        row(f"replay{suffix}", "{f}({x}, {rate})", F, f=kept, x=Expr(F), rate=Expr(F), tags=TAGS, noun="decayed"),
        statement(
            f"gradient_overloads{suffix}",
            "{p} = {f}({x}) + {f}({x}, {y})",
            f=overloaded,
            x=Expr(F),
            y=Expr(F),
            p=Fresh(F, "blend"),
            tags=f"{TAGS} overload",
        ),
    )
    return (*rows, refused) if F is NARROW else rows


def _compounds(F: TypeVariable, suffix: str) -> Rows:
    """Functions of vectors, matrices and structs, and with several results."""
    V3, V2, M2 = VectorOf(3, F), VectorOf(2, F), MatrixOf(2, 2, F)
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
        F,
        types={"V": V3},
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
        F,
        types={"V": V2},
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
        F,
        types={"V": V2},
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
        F,
        types={"M": M2},
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
        F,
        options={"rest": ("1.0", "0.5", "2.0")},
    )
    return (
        row(f"gradient_length{suffix}", "{f}({v})", F, f=length, v=Expr(V3), tags=f"{TAGS} vector", noun="length"),
        row(f"gradient_part{suffix}", "{f}({v})", F, f=product, v=Expr(V2), tags=f"{TAGS} vector", noun="area"),
        row(f"gradient_matrix{suffix}", "{f}({m})", F, f=trace, m=Expr(M2), tags=f"{TAGS} matrix", noun="trace"),
        statement(
            f"gradient_results{suffix}",
            "{u}, {n} = {f}({v}, {s})",
            f=plane,
            v=Expr(V2),
            s=Expr(F),
            u=Fresh(V2, "stretched"),
            n=Fresh(F, "norm"),
            tags=f"{TAGS} results vector",
        ),
        row(
            f"gradient_struct{suffix}",
            "{f}({x}, {k})",
            F,
            f=spring,
            x=Expr(F),
            k=Expr(F),
            tags=f"{TAGS} structs",
            noun="tension",
        ),
    )


def _arrays(F: TypeVariable, suffix: str) -> Rows:
    """Functions of arrays."""
    fetch = define(
        """
@wp.func
def {name}(values: wp.array(dtype={T}), i: int):
    return values[i]


@wp.func_grad({name})
def adj_{name}(values: wp.array(dtype={T}), i: int, adj_ret: {T}):
    {accumulate}
""",
        "fetch_scattered read_gathered",
        F,
        options={
            "accumulate": (
                "wp.adjoint[values][i] += adj_ret",
                "wp.atomic_add(wp.adjoint[values], i, adj_ret)",
            )
        },
    )
    plane = define(
        """
@wp.func
def {name}(values: wp.array2d(dtype={T}), i: int, j: int):
    line = values[i]
    return 0.5 * line[j]


@wp.func_grad({name})
def adj_{name}(values: wp.array2d(dtype={T}), i: int, j: int, adj_ret: {T}):
    wp.adjoint[values][i, j] += 0.5 * adj_ret
""",
        "fetch_half",
        F,
    )
    viewed = define(
        """
@wp.func
def {name}(values: wp.array2d(dtype={T}), i: int, j: int):
    return values[i, j] * values[i, j]


@wp.func_grad({name})
def adj_{name}(values: wp.array2d(dtype={T}), i: int, j: int, adj_ret: {T}):
    line = values[i]
    wp.adjoint[line][j] += 2.0 * line[j] * adj_ret
""",
        "squared_at",
        F,
    )
    of_vectors = define(
        """
@wp.func
def {name}(values: wp.array(dtype={V}), i: int):
    return values[i][0] * values[i][1]


@wp.func_grad({name})
def adj_{name}(values: wp.array(dtype={V}), i: int, adj_ret: {T}):
    v = values[i]
    wp.adjoint[values][i] += {V}(v[1], v[0], 0.0) * adj_ret
""",
        "area_at",
        F,
        types={"V": VectorOf(3, F)},
    )
    reserve = define(
        """
@wp.func
def {name}(counter: wp.array(dtype=int), slots: wp.array(dtype=int), i: int):
    slot = wp.atomic_add(counter, 0, 1)
    slots[i] = slot
    return slot


@wp.func_replay({name})
def replay_{name}(counter: wp.array(dtype=int), slots: wp.array(dtype=int), i: int):
    return slots[i]
""",
        "reserve take_slot",
    )
    return (
        row(
            f"gradient_array{suffix}",
            "{f}({array}, {i})",
            F,
            f=fetch,
            array=Input(F, 1),
            i=Index("array", 0),
            tags=TAGS,
            noun="fetched",
        ),
        row(
            f"gradient_plane{suffix}",
            "{f}({array}, {i}, {j})",
            F,
            f=plane,
            array=Input(F, 2),
            i=Index("array", 0, own=True),
            j=Index("array", 1, own=True),
            tags=TAGS,
            noun="fetched",
        ),
        row(
            f"gradient_view{suffix}",
            "{f}({array}, {i}, {j})",
            F,
            f=viewed,
            array=Input(F, 2),
            i=Index("array", 0, own=True),
            j=Index("array", 1, own=True),
            tags=TAGS,
            noun="squared",
        ),
        row(
            f"gradient_vectors{suffix}",
            "{f}({array}, {i})",
            F,
            f=of_vectors,
            array=Input(VectorOf(3, F), 1),
            i=Index("array", 0),
            tags=f"{TAGS} vector",
            noun="area",
        ),
        # Compaction: what is kept goes to the next free slot; the backward pass finds it again.
        statement(
            f"replay_slot{suffix}",
            "if {value} > {least}:\n    {slot} = {f}({counter}, {slots}, {i})\n    if {slot} < {out}.shape[0]:\n        {out}[{slot}] = {value}",
            f=reserve,
            value=Expr(F, varying=True),
            least=Expr(F),
            counter=Output(INT, 1, "atomic_slot"),
            slots=Output(INT, 1, "update"),
            i=Index("slots", 0, own=True),
            slot=Fresh(INT, "slot", inner=True),
            out=Output(F, 1, "atomic_kept"),
            effect=Effect.UNORDERED,
            needs="kernel rank1",
            tags=f"{TAGS} branch",
        ),
    )


def _native(F: TypeVariable, suffix: str) -> Rows:
    """Functions in native code."""
    smooth = define(
        """
@wp.func_native(
    "return x * x * y;",
    adj_snippet="adj_x += x * y * adj_ret + x * y * adj_ret; adj_y += x * x * adj_ret;",
)
def {name}(x: {T}, y: {T}) -> {T}: ...
""",
        "native_product native_moment",
        F,
    )
    vector = define(
        """
@wp.func_native("return wp::dot(a, b);", adj_snippet="adj_a += b * adj_ret; adj_b += a * adj_ret;")
def {name}(a: {V}, b: {V}) -> {T}: ...
""",
        "native_dot",
        F,
        types={"V": VectorOf(3, F)},
    )
    lines = define(
        '''
{name}_snippet = """
    auto sum = x + y;
    auto product = x * y;
    return sum * product;
"""
{name}_adjoint = """
    adj_x += (2 * x * y + y * y) * adj_ret;
    adj_y += (x * x + 2 * x * y) * adj_ret;
"""


@wp.func_native({name}_snippet, {name}_adjoint)
def {name}(x: {T}, y: {T}) -> {T}: ...
''',
        "native_form",
        F,
    )
    put = define(
        """
@wp.func_native(
    "target.data[i] = value;",
    adj_snippet="adj_value += adj_target.data[i];",
    replay_snippet="",
)
def {name}(target: wp.array(dtype={T}), i: int, value: {T}): ...
""",
        "native_put",
        F,
    )
    plain = define(
        """
@wp.func_native("return {bits};")
def {name}(x: int) -> int: ...
""",
        "native_bits",
        options={"bits": ("x ^ (x >> 1)", "x & -x", "(x << 1) | 1")},
    )
    rows: Rows = (
        row(f"native{suffix}", "{f}({x}, {y})", F, f=smooth, x=Expr(F), y=Expr(F), tags=f"native {TAGS}", noun="moment"),
        row(
            f"native_vector{suffix}",
            "{f}({a}, {b})",
            F,
            f=vector,
            a=Expr(VectorOf(3, F)),
            b=Expr(VectorOf(3, F)),
            tags=f"native {TAGS} vector",
            noun="projection",
        ),
        statement(
            f"native_store{suffix}",
            "{f}({out}, {i}, {value})",
            f=put,
            out=Output(F, 1, "update"),
            i=Index("out", 0, own=True),
            value=Expr(F),
            effect=Effect.WRITES,
            needs="kernel rank1",
            tags=f"native {TAGS}",
        ),
    )
    if F is NARROW:
        rows += (
            row(
                "native_lines",
                "{f}({x}, {y})",
                PRECISE,
                f=define(lines.text, lines.noun, types={"T": PRECISE}),
                x=Expr(PRECISE),
                y=Expr(PRECISE),
                tags=f"native {TAGS}",
                noun="form",
            ),
            row("native_integer", "{f}({x})", INT, f=plain, x=INT, tags="native function_form integer", noun="code"),
        )
    return rows


GRADIENTS: Rows = (*at_widths(_scalars), *at_widths(_compounds), *at_widths(_arrays), *at_widths(_native))
