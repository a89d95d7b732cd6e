"""Structs in kernels: made, nested, changed field by field, and given to functions and operators."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, Rows, at_widths, define
from grammar.holes import Const, Expr, Fresh
from grammar.production import row, statement
from grammar.types import BOOL, INT, MatrixOf, TypeVariable, VectorOf


def _locals(real: TypeVariable, suffix: str) -> Rows:
    """A struct is made, changed and read."""
    vec3, mat2 = VectorOf(3, real), MatrixOf(2, 2, real)
    bounds = define(
        """
@wp.struct
class {name}:
    {docstring}lower: {T}
    upper: {T}
    center: {V}
""",
        "Interval Range Band",
        real,
        types={"V": vec3},
        options={"docstring": ("", '"""Limits around a point."""\n\n    ')},
    )
    nested = define(
        """
@wp.struct
class {name}Core:
    gain: {T}
    offset: {V}


@wp.struct
class {name}:
    core: {name}Core
    frame: {M}
    level: int
""",
        "Rig Joint Actuator",
        real,
        types={"V": vec3, "M": mat2},
    )
    made = define(
        """
@wp.struct
class {Name}:
    total: {T}
    peak: {T}


@wp.func
def {name}_with(m: {Name}, x: {T}):
    m.total += x
    m.peak = wp.max(m.peak, x)
    return m


@wp.func
def {name}_of(x: {T}):
    m = {Name}()
    m.total = x
    m.peak = x
    return m


@wp.func
def {name}(a: {T}, b: {T}):
    m = {name}_with({name}_of(a), b)
    return m.peak - 0.5 * m.total
""",
        "summary tally digest",
        real,
    )
    dual = define(
        """
@wp.struct
class {name}:
    value: {T}
    slope: {T}


@wp.func
def add(a: {name}, b: {name}):
    return {name}(a.value + b.value, a.slope + b.slope)


@wp.func
def sub(a: {name}, b: {name}):
    return {name}(a.value - b.value, a.slope - b.slope)


@wp.func
def mul(a: {name}, b: {name}):
    return {name}(a.value * b.value, a.value * b.slope + a.slope * b.value)

""",
        "Dual Jet",
        real,
    )
    return (
        statement(
            f"struct_positional{suffix}",
            "{s} = {C}({a}, {b}, {v})\n{s}.lower = wp.min({s}.lower, {s}.upper)\n{s}.upper -= {s}.lower\n{x} = {s}.upper + {s}.center[0]",
            C=bounds,
            a=Expr(real),
            b=Expr(real),
            v=Expr(vec3),
            s=Fresh(HANDLE, "band", inner=True),
            x=Fresh(real, "extent"),
            tags="structs",
        ),
        statement(
            f"struct_keywords{suffix}",
            "{s} = {C}(lower={a}, upper={b}, center={v})\n{s}.center.x += {s}.lower\n{s}.center[1] -= {s}.upper\n{p} = {s}.center",
            C=bounds,
            a=Expr(real),
            b=Expr(real),
            v=Expr(vec3),
            s=Fresh(HANDLE, "limits", inner=True),
            p=Fresh(vec3, "center"),
            tags="structs vector",
        ),
        statement(
            f"struct_empty{suffix}",
            "{s} = {C}()\n{s}.lower = {a}\n{s}.center = {v} * {s}.lower\n{s}.center.y = {b}\n{s}.center[2] = {s}.center[0]\n{t} = {s}\n{t}.center *= {c}\n{x} = wp.dot({s}.center, {t}.center)",
            C=bounds,
            a=Expr(real),
            b=Expr(real),
            c=Const(real, (0.5, 2.0)),
            v=Expr(vec3),
            s=Fresh(HANDLE, "limits", inner=True),
            t=Fresh(HANDLE, "scaled", inner=True),
            x=Fresh(real, "overlap"),
            tags="structs vector",
        ),
        statement(
            f"struct_nested{suffix}",
            "{s} = {C}()\n{s}.core.gain = {a}\n{s}.core.offset = {v}\n{s}.core.offset.x = {s}.core.gain\n{s}.core.gain *= {b}\n{s}.core.offset[1] += {s}.core.gain\n{q} = {s}.core.offset * {s}.core.gain",
            C=nested,
            a=Expr(real),
            b=Expr(real),
            v=Expr(vec3),
            s=Fresh(HANDLE, "rig", inner=True),
            q=Fresh(vec3, "placed"),
            tags="structs vector",
        ),
        statement(
            f"struct_nested_whole{suffix}",
            "{s} = {C}()\n{s}.core.gain = {a}\n{c} = {s}.core\n{c}.gain -= {b}\n{s}.core = {c}\n{x} = {s}.core.gain",
            C=nested,
            a=Expr(real),
            b=Expr(real),
            s=Fresh(HANDLE, "rig", inner=True),
            c=Fresh(HANDLE, "core", inner=True),
            x=Fresh(real, "gain"),
            tags="structs",
        ),
        statement(
            f"struct_matrix{suffix}",
            "{s} = {C}()\n{s}.frame = {m}\n{s}.frame[0, 1] = {a}\n{s}.frame[1, 1] += {b}\n{s}.frame[0] = {v}\n{s}.frame @= {m}\n{n} = {s}.frame",
            C=nested,
            m=Expr(mat2),
            a=Expr(real),
            b=Expr(real),
            v=Expr(VectorOf(2, real)),
            s=Fresh(HANDLE, "rig", inner=True),
            n=Fresh(mat2, "frame"),
            tags="structs matrix",
        ),
        statement(
            f"struct_matrix_element{suffix}",
            "{s} = {C}()\n{s}.frame = {m}\n{s}.frame[{r}, {c}] = {a}\n{n} = {s}.frame",
            C=nested,
            m=Expr(mat2),
            r=Const(INT, (0, 1, -1, -2)),
            c=Const(INT, (0, 1, -1, -2)),
            a=Expr(real),
            s=Fresh(HANDLE, "rig", inner=True),
            n=Fresh(mat2, "frame"),
            tags="structs matrix",
        ),
        statement(
            f"struct_in_branches{suffix}",
            "{s} = {C}({a}, {b}, {v})\nif {test}:\n    {s}.upper = {s}.lower\nelse:\n    {s}.center = -{s}.center\n{x} = {s}.upper + {s}.center[0]",
            C=bounds,
            a=Expr(real),
            b=Expr(real),
            v=Expr(vec3),
            test=Expr(BOOL),
            s=Fresh(HANDLE, "band", inner=True),
            x=Fresh(real, "reach"),
            tags="structs branch",
        ),
        row(
            f"struct_through_functions{suffix}",
            "{f}({a}, {b})",
            real,
            f=made,
            a=Expr(real),
            b=Expr(real),
            tags="structs function_form",
            noun="margin",
        ),
        statement(
            f"struct_operators{suffix}",
            "{p} = {C}({a}, {C_one})\n{q} = {p} * {p} + {C}({b}, {zero})\n{q} -= {p} + {p}\n{q} *= {p}\n{y} = {q}.value + {q}.slope",
            C=dual,
            a=Expr(real),
            b=Expr(real),
            C_one=Const(real, (1.0,)),
            zero=Const(real, (0.0,)),
            p=Fresh(HANDLE, "x_dual", inner=True),
            q=Fresh(HANDLE, "y_dual", inner=True),
            y=Fresh(real, "linearized"),
            tags="structs operators",
        ),
    )


STRUCTS: Rows = at_widths(_locals)
