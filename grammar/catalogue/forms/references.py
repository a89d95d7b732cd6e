"""Functions that change a number or a vector that they are given by reference."""

from __future__ import annotations

from grammar.catalogue.definitions import NARROW, Rows, at_widths, define
from grammar.holes import Const, Expr, Fresh, Index, Output, Spelled
from grammar.production import Effect, statement
from grammar.types import TypeVariable, VectorOf


def _references(real: TypeVariable, suffix: str) -> Rows:
    """Functions that change what they are given by reference; a backward pass needs their gradient by hand."""
    vec3 = VectorOf(3, real)
    # The gradient has to be given the very annotation: two of wp.ref[T] are not equal (corpus: reference_gradient).
    added = define(
        """
{name}_ref = wp.ref[{R}]


@wp.func
def {name}(total: {name}_ref, amount: {T}):
    total = total + {gain} * amount


@wp.func_grad({name})
def adj_{name}(total: {name}_ref, amount: {T}):
    wp.adjoint[amount] += {gain} * wp.adjoint[total]
""",
        "add_to accumulate_into",
        real,
        types={"R": real},
        options={"gain": ("2.0", "0.5", "0.25")},
    )
    squared = define(
        """
{name}_ref = wp.ref[{R}]


@wp.func
def {name}(total: {name}_ref, amount: {T}):
    total += amount * amount
    return total * 0.5


@wp.func_grad({name})
def adj_{name}(total: {name}_ref, amount: {T}, adj_ret: {T}):
    wp.adjoint[total] += 0.5 * adj_ret
    wp.adjoint[amount] += 2.0 * amount * wp.adjoint[total]
""",
        "add_square grow_energy",
        real,
        types={"R": real},
    )
    shifted = define(
        """
{name}_ref = wp.ref[{V}]


@wp.func
def {name}(v: {name}_ref, by: {V}):
    v = v + by


@wp.func_grad({name})
def adj_{name}(v: {name}_ref, by: {V}):
    wp.adjoint[by] += wp.adjoint[v]
""",
        "shift move_by",
        real,
        types={"V": vec3},
    )
    swapped = define(
        """
@wp.func_native(
    "auto held = a; a = b; b = held;",
    adj_snippet="auto held = adj_a; adj_a = adj_b; adj_b = held;",
)
def {name}(a: wp.ref[{T}], b: wp.ref[{T}]): ...
""",
        "swap exchange",
        real,
    )
    result = define(
        """
{name}_ref = wp.ref[{R}]


@wp.func
def {name}(total: {name}_ref, amount: {T}):
    total += 0.5 * amount
    return amount * amount


@wp.func_grad({name})
def adj_{name}(total: {name}_ref, amount: {T}, adj_ret: {T}):
    wp.adjoint[amount] += 2.0 * amount * adj_ret + 0.5 * wp.adjoint[total]
""",
        "take_share spend",
        real,
        types={"R": real},
    )
    native = define(
        """
@wp.func_native("total = total + amount;", adj_snippet="adj_amount = adj_amount + adj_total;")
def {name}(total: wp.ref[{T}], amount: {T}): ...
""",
        "add_native raise_by",
        real,
    )
    # Refused: wp.adjoint[total] += … (corpus: adjoint_of_reference).
    refused = statement(
        "reference_adjoint",
        "{total} = {T}({a})\n{half} = {f}({total}, {b})",
        f=squared,
        T=Spelled(real),
        a=Expr(real),
        b=Expr(real),
        total=Fresh(real, "total"),
        half=Fresh(real, "half"),
        tags="reference function_form",
    )
    rows = (
        statement(
            f"reference_local{suffix}",
            "{total} = {T}({a})\n{f}({total}, {b})\n{f}({total}, {c})",
            f=added,
            T=Spelled(real),
            a=Expr(real),
            b=Expr(real),
            c=Expr(real),
            total=Fresh(real, "total"),
            tags="reference function_form",
        ),
        statement(
            f"reference_result{suffix}",
            "{total} = {T}({a})\n{energy} = {f}({total}, {b})",
            f=result,
            T=Spelled(real),
            a=Expr(real),
            b=Expr(real),
            total=Fresh(real, "total"),
            energy=Fresh(real, "energy"),
            tags="reference function_form",
        ),
        statement(
            f"reference_vector{suffix}",
            "{p} = {v} * {two}\n{f}({p}, {by})",
            f=shifted,
            v=Expr(vec3),
            two=Const(real, (2.0, 0.5)),
            by=Expr(vec3),
            p=Fresh(vec3, "moved"),
            tags="reference function_form vector",
        ),
        statement(
            f"reference_component{suffix}",
            "{p} = {v} * {two}\n{f}({p}[0], {b})\n{f}({p}.y, {c})",
            f=added,
            v=Expr(vec3),
            two=Const(real, (2.0, 0.5)),
            b=Expr(real),
            c=Expr(real),
            p=Fresh(vec3, "raised"),
            tags="reference function_form vector",
        ),
        statement(
            f"reference_swap{suffix}",
            "{low} = {T}({a})\n{high} = {T}({b})\nif {low} > {high}:\n    {f}({low}, {high})",
            f=swapped,
            T=Spelled(real),
            a=Expr(real),
            b=Expr(real),
            low=Fresh(real, "low"),
            high=Fresh(real, "high"),
            tags="reference function_form branch",
        ),
        statement(
            f"reference_native{suffix}",
            "{total} = {T}({a})\n{f}({total}, {b})",
            f=native,
            T=Spelled(real),
            a=Expr(real),
            b=Expr(real),
            total=Fresh(real, "total"),
            tags="reference native function_form",
        ),
        statement(
            f"reference_element{suffix}",
            "{f}({out}[{i}], {a})",
            f=native,
            out=Output(real, 1, "update"),
            i=Index("out", 0, own=True),
            a=Expr(real),
            effect=Effect.WRITES,
            needs="kernel rank1",
            tags="reference native function_form",
        ),
    )
    return (*rows, refused) if real is NARROW else rows


REFERENCES: Rows = at_widths(_references)
