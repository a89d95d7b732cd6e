"""Starred arguments, tuples, and several assignments at once."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, Rows, at_widths, define
from grammar.holes import Const, Expr, Fresh, Index, Input, Spelled
from grammar.production import row, statement
from grammar.types import DOUBLE, FLOAT, INT, TypeVariable, VectorOf

R = TypeVariable("F", (FLOAT, DOUBLE))


def _unpacked(real: TypeVariable, suffix: str) -> Rows:
    """Starred arguments, tuples and several assignments at once."""
    vec = VectorOf(3, real)
    blend = define(
        """
@wp.func
def {name}(a: {T}, b: {T}, c: {T}):
    return a * b - c
""",
        "weigh fused_form",
        real,
    )
    return (
        row(
            f"starred_vector{suffix}",
            "{f}(*{v})",
            real,
            f=blend,
            v=Expr(vec),
            tags="starred function_form vector",
            noun="form",
        ),
        row(
            f"starred_slice{suffix}",
            "{f}({x}, *{v}[0:2])",
            real,
            f=blend,
            x=Expr(real),
            v=Expr(vec),
            tags="starred slice function_form vector",
            noun="form",
        ),
        row(
            f"starred_reversed{suffix}",
            "{f}(*{v}[::-1])",
            real,
            f=blend,
            v=Expr(vec),
            tags="starred slice function_form vector",
        ),
        statement(
            f"starred_fixed{suffix}",
            "{values} = wp.zeros(shape=4, dtype={T})\n{values}[0] = {a}\n{values}[2] = {b}\n{y} = {f}(*{values}[0:3])",
            T=Spelled(real),
            f=blend,
            a=Expr(real),
            b=Expr(real),
            values=Fresh(HANDLE, "values", inner=True),
            y=Fresh(real, "form"),
            tags="starred local_array",
        ),
        statement(
            f"tuple_local{suffix}",
            "{pair} = ({a} + {b}, {a} - {b})\n{y} = {pair}[0] * {pair}[1]",
            a=Expr(real),
            b=Expr(real),
            pair=Fresh(HANDLE, "pair", inner=True),
            y=Fresh(real, "product"),
            tags="tuple",
        ),
        statement(
            f"tuple_length{suffix}",
            "{triple} = ({a}, {b}, {n})\n{x}, {z}, {m} = {triple}\n{y} = {x} * {z} + {T}({m} + len({triple}))",
            a=Expr(real),
            b=Expr(real),
            n=Expr(INT),
            T=Spelled(real),
            triple=Fresh(HANDLE, "entry", inner=True),
            x=Fresh(real, "x", inner=True),
            z=Fresh(real, "z", inner=True),
            m=Fresh(INT, "m", inner=True),
            y=Fresh(real, "value"),
            tags="tuple",
        ),
        statement(
            f"assigned_pair{suffix}",
            "{x}, {y} = {a} + {b}, {a} * {b}",
            a=Expr(real),
            b=Expr(real),
            x=Fresh(real, "sum"),
            y=Fresh(real, "product"),
            tags="tuple",
        ),
        statement(
            f"swapped{suffix}",
            "{x} = {T}({a})\n{y} = {T}({b})\nif {x} > {y}:\n    {x}, {y} = {y}, {x}",
            T=Spelled(real),
            a=Expr(real),
            b=Expr(real),
            x=Fresh(real, "low", mutable=True),
            y=Fresh(real, "high", mutable=True),
            tags="tuple branch",
        ),
        statement(
            f"recurrence_pair{suffix}",
            "{x} = {T}({a})\n{y} = {T}({b})\nfor _ in range({n}):\n    {x}, {y} = {y}, {x} + {y}",
            T=Spelled(real),
            a=Expr(real),
            b=Expr(real),
            n=Const(INT, (3, 5, 20)),
            x=Fresh(real, "previous", mutable=True),
            y=Fresh(real, "current", mutable=True),
            tags="tuple loop",
        ),
    )


# A local bound to an element by a tuple follows the element (corpus: tuple_assignment_aliases_element).
ALIASED: Rows = (
    statement(
        "assigned_elements",
        "{x}, {y} = {array}[{i}], {array}[0]",
        array=Input(R, 1),
        i=Index("array", 0),
        x=Fresh(R, "x"),
        y=Fresh(R, "y"),
        tags="tuple",
        needs="kernel",
    ),
)


UNPACKING: Rows = (*at_widths(_unpacked), *ALIASED)
