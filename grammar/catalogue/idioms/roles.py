"""What idioms are written with: arrays and parameters by the part they play, and literals at the width of the kernel."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from grammar.catalogue.definitions import NARROW, NUMBER, Rows
from grammar.holes import Const, Fresh, Hole, Items, Spelled, Thread
from grammar.production import Effect, Production, row, statement
from grammar.types import DOUBLE, FLOAT, MatrixOf, Pattern, QuaternionOf, Size, TypeVariable, VectorOf

# Idioms are written for the two widths that people compute in.
F = TypeVariable("F", (FLOAT, DOUBLE))
ONLY_DOUBLE = TypeVariable("F", (DOUBLE,))
N = Size("N", (2, 3))
V2, V3, VN = VectorOf(2, F), VectorOf(3, F), VectorOf(N, F)
M2, M3 = MatrixOf(2, 2, F), MatrixOf(3, 3, F)
Q = QuaternionOf(F)
Holes = Mapping[str, Hole | Pattern]

# Nouns of arrays and parameters.
POSITIONS = "positions points particle_q x_in"
VELOCITIES = "velocities particle_qd v_in"
MASSES = "masses particle_mass inv_masses"
FORCES = "forces particle_f total_force"
VERTICES = "vertices points mesh_points"
TRIANGLES = "triangles faces tri_indices"
DT = "dt time_step h"
I, J = Thread(0), Thread(1)


def items(pattern: Pattern, noun: str, host: str = "i", *, access: str = "read", into: str = "") -> Items:
    """An array with an element for each thread, or for each of what another hole holds."""
    return Items(pattern, host, noun, access, into)


def inner(pattern: Pattern, noun: str) -> Fresh:
    """A local that nothing after the row sees."""
    return Fresh(pattern, noun, inner=True)


def idiom(
    name: str,
    purpose: str,
    template: str,
    tags: str = "",
    /,
    *,
    effect: Effect = Effect.PURE,
    needs: str = "kernel",
    over: Pattern = F,
    leading: Holes = MappingProxyType({}),
    trailing: Holes = MappingProxyType({}),
    **holes: Hole | Pattern,
) -> Production:
    """Several statements with a purpose; float literals of the template are of the type `over`.

    The `leading` and `trailing` holes are those that several idioms share.
    """
    template, literals = _typed(template, over)
    return statement(
        name,
        template,
        effect=effect,
        tags=tags,
        needs=needs,
        purpose=purpose,
        more={**leading, **holes, **trailing, **literals},
    )


def formula(
    name: str,
    purpose: str,
    template: str,
    tags: str,
    noun: str,
    result: Pattern,
    over: Pattern = F,
    /,
    **holes: Hole | Pattern,
) -> Production:
    """An expression with a purpose."""
    template, literals = _typed(template, over)
    return row(name, template, result, tags=tags, noun=noun, purpose=purpose, more={**holes, **literals})


def _typed(template: str, over: Pattern) -> tuple[str, Holes]:
    """A template whose float literals are holes for literals of a type."""
    found: dict[str, Hole | Pattern] = {}

    def hole(literal: re.Match[str]) -> str:
        name = f"number{len(found)}"
        found[name] = Const(over, (float(literal[0]),))
        return f"{{{name}}}"

    return NUMBER.sub(hole, template), found


def spelled(of: Pattern = F) -> Spelled:
    """The name of a type, to convert to it."""
    return Spelled(of)


def at_both(rows: Callable[[TypeVariable, str], Rows]) -> Rows:
    """Rows that define something above the kernel, at float32 and (their names with a suffix) at float64."""
    return (*rows(NARROW, ""), *rows(ONLY_DOUBLE, "_double"))
