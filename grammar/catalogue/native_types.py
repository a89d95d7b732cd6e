"""Types of native code, registered with their layout: made in a kernel from their fields, read and changed there."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, Rows, define
from grammar.holes import Expr, Fresh
from grammar.production import row, statement
from grammar.types import INT

TAGS = "native native_type function_form integer"

# A type that Warp's own headers define: a kernel that brings its own source with it could not be compiled with others.
TYPE = """
class {class}(ctypes.Structure):
    _fields_ = [("i", ctypes.c_int32), ("j", ctypes.c_int32), ("k", ctypes.c_int32), ("l", ctypes.c_int32)]


wp.build_experimental.add_native_type(
    {class},
    native_name="wp::launch_coord_t",
    fields={"i": wp.int32, "j": wp.int32, "k": wp.int32, "l": wp.int32},
    initializer="aggregate",
)
"""
CELL = define(TYPE.replace("{class}", "{name}"), "Cell Voxel Coordinate")
CONSTANT = define(
    TYPE.replace("{class}", "{Name}") + "\n{name} = {Name}({corner})\n",
    "first_corner brick_size",
    options={"corner": ("4, 2, 1, 0", "8, 8, 4, 1")},
)
USED = define(
    TYPE.replace("{class}", "{Name}")
    + """

@wp.func
def {name}_of(c: {Name}):
    return {body}


@wp.func
def {name}(i: int, j: int):
    return {name}_of({Name}(i, j, 2, 1)) - {name}_of({Name}(j, i, 1, 2))
""",
    "cell_code cell_number",
    options={"body": ("c.i + 4 * (c.j + 4 * (c.k + 4 * c.l))", "c.i ^ (c.j << 2) ^ (c.k << 4) ^ c.l")},
)

NATIVE_TYPES: Rows = (
    *(
        statement(
            f"native_type_{name}",
            f"{{cell}} = {made}\n{{code}} = {{cell}}.i + 4 * ({{cell}}.j - {{cell}}.k) - {{cell}}.l",
            C=CELL,
            n=Expr(INT, varying=True),
            cell=Fresh(HANDLE, "cell", inner=True),
            code=Fresh(INT, "code"),
            tags=TAGS,
        )
        for name, made in (
            ("fields", "{C}({n}, 2, 1, 0)"),
            ("keywords", "{C}(l=1, k=2, j=3, i={n})"),
            ("mixed", "{C}({n}, 2, l=0, k=3)"),
        )
    ),
    statement(
        "native_type_default",
        "{cell} = {C}()\n{cell}.i = {n}\n{cell}.j = {cell}.i >> 2\n{code} = {cell}.j - {cell}.k",
        C=CELL,
        n=Expr(INT, varying=True),
        cell=Fresh(HANDLE, "cell", inner=True),
        code=Fresh(INT, "code"),
        tags=TAGS,
    ),
    row("native_type_constant", "{n} * {c}.i + {c}.j", INT, c=CONSTANT, n=Expr(INT), tags=TAGS, noun="code"),
    row("native_type_function", "{f}({m}, {n})", INT, f=USED, m=Expr(INT), n=Expr(INT), tags=TAGS, noun="code"),
)
