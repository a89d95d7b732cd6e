"""Functions that change integers by reference, wherever those are: locals, elements, components, views; addresses."""

from __future__ import annotations

from grammar.catalogue.definitions import HANDLE, Rows, define
from grammar.holes import Expr, Fresh, Hole, Index, Output
from grammar.production import Effect, row, statement
from grammar.types import INT, Pattern, Vector, VectorOf

# Integers have no gradient: an empty one will do, and what they refer to may be changed in every way.
LOWERED = """
{name}_ref = wp.ref[int]


@wp.func
def {name}(n: {name}_ref, by: int):
    {change}


@wp.func_grad({name})
def adj_{name}(n: {name}_ref, by: int):
    pass
"""

COUNTED = define(
    LOWERED,
    "count_on add_count",
    options={"change": ("n += by", "n = n + by", "n |= by", "n ^= by * 2", "n = wp.max(n, by)")},
)

TAKEN = define(
    """
{name}_ref = wp.ref[int]


@wp.func
def {name}_half(n: {name}_ref):
    n >>= 1


@wp.func_grad({name}_half)
def adj_{name}_half(n: {name}_ref):
    pass


@wp.func
def {name}(n: {name}_ref, m: {name}_ref, by: int):
    old, n = n, n + by
    {name}_half(n)
    n, m = m, n
    return old


@wp.func_grad({name})
def adj_{name}(n: {name}_ref, m: {name}_ref, by: int, adj_ret: int):
    pass
""",
    "take_from rotate_counts",
)

LATTICE = define(
    """
{name}_ref = wp.ref[int]
{name}_vec_ref = wp.ref[wp.vec3i]


@wp.func
def {name}_part(n: {name}_ref, by: int):
    n *= by


@wp.func_grad({name}_part)
def adj_{name}_part(n: {name}_ref, by: int):
    pass


@wp.func
def {name}(cell: {name}_vec_ref, by: int):
    cell[0] = by
    cell.y = cell[0]
    cell[2] += by
    cell.x |= by
    {name}_part(cell[1], by)


@wp.func_grad({name})
def adj_{name}(cell: {name}_vec_ref, by: int):
    pass
""",
    "step_cell move_cell",
)

MARKED = define(
    """
@wp.struct
class {Name}:
    flags: int
    count: int
    cell: wp.vec3i


{name}_ref = wp.ref[{Name}]
{name}_count_ref = wp.ref[int]


@wp.func
def {name}_bump(n: {name}_count_ref):
    n += 1


@wp.func_grad({name}_bump)
def adj_{name}_bump(n: {name}_count_ref):
    pass


@wp.func
def {name}_mark(state: {name}_ref, bit: int):
    state.flags = bit
    state.flags |= 4
    state.count += 1
    state.cell[0] = bit
    state.cell.y = bit
    {name}_bump(state.count)


@wp.func_grad({name}_mark)
def adj_{name}_mark(state: {name}_ref, bit: int):
    pass


@wp.func
def {name}(bit: int):
    state = {Name}()
    {name}_mark(state, bit)
    {name}_bump(state.count)
    return state.flags + state.count + state.cell[1]
""",
    "traced_state marked_state",
)

UNSEEN = define(
    """
@wp.func_native("*(wp::int32*)address = *(wp::int32*)address + by;", adj_snippet="")
def {name}(address: wp.uint64, by: int): ...
""",
    "add_at_address poke",
)

OUT: dict[str, Hole | Pattern] = {"out": Output(INT, 1, "update"), "i": Index("out", 0, own=True)}

PLANE: dict[str, Hole | Pattern] = {
    "out": Output(INT, 2, "update"),
    "i": Index("out", 0, own=True),
    "j": Index("out", 1, own=True),
}

CELLS: dict[str, Hole | Pattern] = {
    "out": Output(VectorOf(3, INT), 2, "update"),
    "i": Index("out", 0, own=True),
    "j": Index("out", 1, own=True),
}

TAGS = "reference function_form"

PLACES_BY_REFERENCE: Rows = (
    statement(
        "reference_integer",
        "{n} = int({a})\n{f}({n}, {by})\n{f}({n}, 3)",
        f=COUNTED,
        a=Expr(INT),
        by=Expr(INT),
        n=Fresh(INT, "n"),
        tags=f"{TAGS}",
    ),
    statement(
        "reference_taken",
        "{n} = int({a})\n{m} = int({b})\n{old} = {f}({n}, {m}, {by})",
        f=TAKEN,
        a=Expr(INT),
        b=Expr(INT),
        by=Expr(INT),
        n=Fresh(INT, "n"),
        m=Fresh(INT, "m"),
        old=Fresh(INT, "old"),
        tags=f"{TAGS}",
    ),
    statement(
        "reference_lattice",
        "{v} = wp.vec3i({a}, {b}, 0)\n{f}({v}, {by})",
        f=LATTICE,
        a=Expr(INT),
        b=Expr(INT),
        by=Expr(INT),
        v=Fresh(Vector(3, INT), "cell"),
        tags=f"{TAGS} vector",
    ),
    statement(
        "reference_part",
        "{v} = wp.vec3i({a}, {b}, 0)\n{f}({v}[1], {by})\n{f}({v}.x, {by})",
        f=COUNTED,
        a=Expr(INT),
        b=Expr(INT),
        by=Expr(INT),
        v=Fresh(Vector(3, INT), "cell"),
        tags=f"{TAGS} vector",
    ),
    row("reference_struct", "{f}({bit})", INT, f=MARKED, bit=Expr(INT), tags=f"{TAGS} structs", noun="trace"),
    *(
        statement(
            f"reference_{name}",
            template,
            f=function,
            more=places,
            by=Expr(INT),
            effect=Effect.WRITES,
            needs=f"kernel rank{rank}",
            tags=TAGS,
        )
        for name, template, function, places, rank in (
            ("array_integer", "{f}({out}[{i}], {by})", COUNTED, OUT, 1),
            ("array_plane", "{f}({out}[{i}][{j}], {by})", COUNTED, PLANE, 2),
            ("array_component", "{f}({out}[{i}, {j}].x, {by})", COUNTED, CELLS, 2),
            ("array_component_index", "{f}({out}[{i}, {j}][2], {by})", COUNTED, CELLS, 2),
            ("array_vector", "{f}({out}[{i}, {j}], {by})", LATTICE, CELLS, 2),
            ("address", "{f}(wp.address_of({out}[{i}]), {by})", UNSEEN, OUT, 1),
        )
    ),
    *(
        statement(
            f"reference_{name}",
            template,
            f=function,
            more=places,
            by=Expr(INT),
            line=Fresh(HANDLE, "line", inner=True),
            effect=Effect.WRITES,
            needs="kernel rank2",
            tags=f"{TAGS} view",
        )
        for name, template, function, places in (
            ("view", "{line} = {out}[{i}]\n{f}({line}[{j}], {by})", COUNTED, PLANE),
            ("view_component", "{line} = {out}[{i}]\n{f}({line}[{j}][1], {by})", COUNTED, CELLS),
            ("view_letter", "{line} = {out}[{i}]\n{f}({line}[{j}].z, {by})", COUNTED, CELLS),
            ("view_vector", "{line} = {out}[{i}]\n{f}({line}[{j}], {by})", LATTICE, CELLS),
        )
    ),
    statement(
        "reference_address_local",
        "{n} = int({a})\n{f}(wp.address_of({n}), {by})",
        f=UNSEEN,
        a=Expr(INT),
        by=Expr(INT),
        n=Fresh(INT, "n"),
        tags=f"{TAGS}",
    ),
)
