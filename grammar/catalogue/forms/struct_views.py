"""Structs that hold arrays, arrays of such structs, and structs with operators of their own."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, Rows, define
from grammar.catalogue.forms.struct_types import DUAL, FIELD, PAIR, SCENE, V3
from grammar.catalogue.hosts import struct, struct_rows, target_struct
from grammar.holes import Expr, Fresh, Hole, Index, Input, Output, Spelled, Thread
from grammar.production import Effect, row, statement
from grammar.types import FLOAT, INT, Pattern

SHARPENED = define(
    """
@wp.func
def {name}(view: {S}, i: int):
    n = view.values.shape[0]
    ahead = view.values[wp.min(i + 1, n - 1)]
    return view.scale * (ahead - view.values[i])
""",
    "forward_slope slope_in",
    types={"S": FIELD},
)

ADDED = define(
    """
@wp.func
def {name}(view: {S}, i: int, amount: float):
    view.values[i] += amount * view.scale
    wp.atomic_sub(view.vectors, i, wp.vec3(amount, 0.0, 0.0))
""",
    "add_in_view deposit_in",
    types={"S": FIELD},
)

OWN: dict[str, Hole | Pattern] = {"i": Thread(0)}

READ: dict[str, Hole | Pattern] = {"s": struct(FIELD), **OWN}

NESTED: dict[str, Hole | Pattern] = {"s": struct(SCENE), **OWN}

CHANGED: dict[str, Hole | Pattern] = {"s": target_struct(FIELD), **OWN}

CHANGED_NESTED: dict[str, Hole | Pattern] = {"s": target_struct(SCENE), **OWN}

VIEWS: Rows = (
    row("view_element", "{s}.values[{i}] * {s}.scale", FLOAT, more=READ, tags="structs", needs="kernel", noun="scaled"),
    row("view_component", "{s}.vectors[{i}].y", FLOAT, more=READ, tags="structs", needs="kernel", noun="height"),
    row("view_vector", "{s}.vectors[{i}]", V3, more=READ, tags="structs vector", needs="kernel", noun="direction"),
    row("view_size", "{s}.values.shape[0] - {i}", INT, more=READ, tags="structs", needs="kernel", noun="remaining"),
    row("view_length", "len({s}.values) + {i}", INT, more=READ, tags="structs", needs="kernel", noun="offset"),
    row("view_call", "{f}({s}, {i})", FLOAT, f=SHARPENED, more=READ, tags="structs function_form", noun="slope"),
    row("scene_element", "{s}.field.values[{i}]", FLOAT, more=NESTED, tags="structs", needs="kernel", noun="value"),
    row("scene_link", "{s}.links[{i}].offset + {s}.gravity", V3, more=NESTED, tags="structs vector", needs="kernel"),
    row(
        "scene_call", "{f}({s}.field, {i})", FLOAT, f=SHARPENED, more=NESTED, tags="structs function_form", noun="slope"
    ),
    statement(
        "view_array",
        "{values} = {s}.values\n{x} = {values}[{i}] - {values}[0]",
        more=READ,
        values=Fresh(HANDLE, "values", inner=True),
        x=Fresh(FLOAT, "relative"),
        needs="kernel",
        tags="structs",
    ),
    statement(
        "view_remade",
        "{t} = {S}({s}.values, {s}.vectors, {a})\n{x} = {t}.values[{i}] * {t}.scale",
        more=READ,
        S=Spelled(FIELD),
        a=Expr(FLOAT),
        t=Fresh(HANDLE, "rescaled", inner=True),
        x=Fresh(FLOAT, "scaled"),
        needs="kernel",
        tags="structs",
    ),
    statement(
        "view_rebound",
        "{t} = {S}()\n{t}.values = {array}\n{t}.scale = {a}\n{x} = {t}.values[{k}] * {t}.scale",
        S=Spelled(FIELD),
        array=Input(FLOAT, 1),
        k=Index("array", 0),
        a=Expr(FLOAT),
        t=Fresh(HANDLE, "bound", inner=True),
        x=Fresh(FLOAT, "scaled"),
        needs="kernel",
        tags="structs",
    ),
    statement(
        "scene_part",
        "{t} = {s}.field\n{l} = {s}.links[{i}]\n{x} = {t}.values[{i}] * {l}.strain + {s}.gravity[1]",
        more=NESTED,
        t=Fresh(HANDLE, "field", inner=True),
        l=Fresh(HANDLE, "link", inner=True),
        x=Fresh(FLOAT, "load"),
        needs="kernel",
        tags="structs",
    ),
    *(
        statement(
            f"view_{name}",
            template,
            more=CHANGED,
            value=Expr(of),
            effect=Effect.WRITES,
            needs="kernel rank1",
            tags="structs part",
        )
        for name, template, of in (
            ("store", "{s}.values[{i}] = {value}", FLOAT),
            ("add", "{s}.values[{i}] += {value}", FLOAT),
            ("store_vector", "{s}.vectors[{i}] = {value}", V3),
            ("store_component", "{s}.vectors[{i}].x = {value}", FLOAT),
            ("add_component", "{s}.vectors[{i}][1] += {value}", FLOAT),
            ("atomic", "wp.atomic_add({s}.values, {i}, {value})", FLOAT),
        )
    ),
    *(
        statement(
            f"scene_{name}",
            template,
            more=CHANGED_NESTED,
            value=Expr(of),
            effect=Effect.WRITES,
            needs="kernel rank1",
            tags="structs part",
        )
        for name, template, of in (
            ("store", "{s}.field.values[{i}] = {value}", FLOAT),
            ("add", "{s}.field.values[{i}] -= {value}", FLOAT),
            ("store_link", "{s}.links[{i}].strain = {value}", FLOAT),
            ("add_link", "{s}.links[{i}].offset.y += {value}", FLOAT),
            ("store_vector", "{s}.field.vectors[{i}] = {value}", V3),
        )
    ),
    statement(
        "view_call_store",
        "{f}({s}, {i}, {value})",
        f=ADDED,
        more=CHANGED,
        value=Expr(FLOAT),
        effect=Effect.WRITES,
        needs="kernel rank1",
        tags="structs function_form",
    ),
)

PULLED = define(
    """
@wp.func
def {name}(view: {S}, i: int):
    return view.values[i] * view.scale


@wp.func_grad({name})
def adj_{name}(view: {S}, i: int, adj_ret: float):
    wp.adjoint[view.values][i] += view.scale * adj_ret
    wp.adjoint[view.scale] += view.values[i] * adj_ret
""",
    "scaled_in_view",
    types={"S": FIELD},
)

ALGEBRA = define(
    """
@wp.func
def add(a: {S}, b: {S}):
    return {S}(a.value + b.value, a.slope + b.slope)


@wp.func
def sub(a: {S}, b: {S}):
    return {S}(a.value - b.value, a.slope - b.slope)


@wp.func
def mul(a: {S}, b: {S}):
    return {S}(a.value * b.value, a.value * b.slope + a.slope * b.value)


@wp.func
def {name}(value: float, slope: float):
    return {S}(value, slope)
""",
    "dual_of",
    types={"S": DUAL},
)

DUALS: dict[str, Hole | Pattern] = {"f": ALGEBRA, "a": Expr(FLOAT), "b": Expr(FLOAT)}

OF_DUALS: dict[str, Hole | Pattern] = {"out": Output(DUAL, 1, "update"), "i": Index("out", 0, own=True)}

OF_PAIRS: dict[str, Hole | Pattern] = {"out": Output(PAIR, 1, "update"), "i": Index("out", 0, own=True)}

ROWS: dict[str, Hole | Pattern] = {"s": struct_rows(FIELD), **OWN}

HELD: Rows = (
    row("view_gradient", "{f}({s}, {i})", FLOAT, f=PULLED, more=READ, tags="structs custom_gradient function_form"),
    *(
        statement(
            f"duals_{name}",
            template,
            more=DUALS | (OF_PAIRS if "first" in template else OF_DUALS),
            effect=Effect.WRITES,
            needs="kernel rank1",
            tags="structs operators",
        )
        for name, template in (
            ("store", "{out}[{i}] = {f}({a}, {b}) * {f}({b}, {a})"),
            ("mul", "{out}[{i}] *= {f}({a}, {b})"),
            # Operators of the module's own do not hide those of numbers.
            ("field_add", "{out}[{i}].first = {f}({a}, {b})\n{out}[{i}].weight += {a} * {b}"),
        )
    ),
    statement(
        "duals_local",
        "{p} = {S}({f}({a}, {b}), {f}({b}, {a}), {a})\n{p}.first *= {p}.second\n{p}.second += {p}.first\n{p}.weight *= {b}\n{y} = {p}.second.slope + {p}.weight",
        S=Spelled(PAIR),
        more=DUALS,
        p=Fresh(HANDLE, "pair", inner=True),
        y=Fresh(FLOAT, "linearized"),
        tags="structs operators",
        needs="kernel",
    ),
    row("rows_element", "{s}[{i}].values[{i}]", FLOAT, more=ROWS, tags="structs", needs="kernel", noun="value"),
    row("rows_component", "{s}[{i}].vectors[{i}].x", FLOAT, more=ROWS, tags="structs", needs="kernel", noun="x"),
    *(
        statement(
            f"rows_{name}",
            template,
            s=struct_rows(FIELD),
            i=Thread(0),
            value=Expr(FLOAT),
            effect=Effect.WRITES,
            needs="kernel rank1",
            tags="structs part",
        )
        for name, template in (
            ("store", "{s}[{i}].values[{i}] = {value}"),
            ("add", "{s}[{i}].values[{i}] += {value}"),
            ("store_component", "{s}[{i}].vectors[{i}].x = {value}"),
            ("add_component", "{s}[{i}].vectors[{i}][2] += {value}"),
        )
    ),
)


STRUCT_VIEWS: Rows = (*VIEWS, *HELD)
