"""Kernels with one mistake: a near miss of the catalogue put into a kernel that is right."""

from __future__ import annotations

from dataclasses import replace
from string import Formatter

from grammar.catalogue.refused import NearMiss
from grammar.holes import Expr, Hole, Named
from grammar.production import Effect, Production, row
from grammar.term import Apply, Body, Extent, Filling, Kernel, Name, Symbol
from grammar.types import FLOAT, INT, Vector

ARRAYS = {
    "values": Symbol("odd_values", FLOAT, "read", (Extent("odd"),)),
    "points": Symbol("odd_points", Vector(3, FLOAT), "read", (Extent("odd"),)),
    "grid": Symbol("odd_grid", FLOAT, "read", (Extent("odd"), Extent("odd"))),
}


def spoiled(kernel: Kernel, miss: NearMiss) -> Kernel:
    """The kernel with a near miss after its first statement, which asks for the thread."""
    first, *rest = kernel.body.statements
    thread = first.fillings[0]
    assert isinstance(thread, Symbol), first.row
    named = (name for _, name, _, _ in Formatter().parse(miss.statements) if name is not None)
    used = tuple(dict.fromkeys(named))
    holes: dict[str, Hole] = {name: Expr(INT) if name == "i" else Named() for name in used}
    fillings: tuple[Filling, ...] = tuple(Name(thread) if name == "i" else ARRAYS[name] for name in used)
    mistake = Apply(_row(miss.name, miss.statements, "", holes).at({}), fillings)
    above = (Apply(_row(f"{miss.name}_above", miss.above, "setting", {}).at({}), ()),) if miss.above else ()
    return replace(
        kernel,
        body=Body((first, mistake, *rest)),
        parameters=(*kernel.parameters, *(ARRAYS[name] for name in used if name in ARRAYS)),
        options=(*kernel.options, *above),
        explicit=False,
    )


def _row(name: str, template: str, tags: str, holes: dict[str, Hole]) -> Production:
    return row(f"refused_{name}", template, None, effect=Effect.WRITES, tags=tags, more=holes)
