"""Functions in native code, with their adjoints."""

from __future__ import annotations

from grammar.catalogue.definitions import NARROW, PRECISE, Rows, at_widths, define
from grammar.holes import Expr, Index, Output
from grammar.production import Effect, row, statement
from grammar.types import INT, TypeVariable, VectorOf

TAGS = "custom_gradient function_form"


def _native(real: TypeVariable, suffix: str) -> Rows:
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
        real,
    )
    vector = define(
        """
@wp.func_native("return wp::dot(a, b);", adj_snippet="adj_a += b * adj_ret; adj_b += a * adj_ret;")
def {name}(a: {V}, b: {V}) -> {T}: ...
""",
        "native_dot",
        real,
        types={"V": VectorOf(3, real)},
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
        real,
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
        real,
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
        row(
            f"native{suffix}",
            "{f}({x}, {y})",
            real,
            f=smooth,
            x=Expr(real),
            y=Expr(real),
            tags=f"native {TAGS}",
            noun="moment",
        ),
        row(
            f"native_vector{suffix}",
            "{f}({a}, {b})",
            real,
            f=vector,
            a=Expr(VectorOf(3, real)),
            b=Expr(VectorOf(3, real)),
            tags=f"native {TAGS} vector",
            noun="projection",
        ),
        statement(
            f"native_store{suffix}",
            "{f}({out}, {i}, {value})",
            f=put,
            out=Output(real, 1, "update"),
            i=Index("out", 0, own=True),
            value=Expr(real),
            effect=Effect.WRITES,
            needs="kernel rank1",
            tags=f"native {TAGS}",
        ),
    )
    if real is NARROW:
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


NATIVES: Rows = at_widths(_native)
