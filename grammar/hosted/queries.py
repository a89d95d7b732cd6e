"""Hash grids, hierarchies of boxes and meshes: the arrays that they are built of, the same that a kernel reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from grammar.census import builtins_of
from grammar.signature import READ
from grammar.term import Apply, parts
from grammar.types import FLOAT, INT, Type, Vector

if TYPE_CHECKING:
    from grammar.inputs import HostObject, Maker
    from grammar.term import Kernel, Symbol

REACH = 2.0  # how far from the origin anything lies, about
GROUPS = 3
WIDTHS = (0.25, 0.5, 0.7, 1.0)  # of cells

POINTS = frozenset({"positions", "points", "particle_x", "particle_q"})
MEMBERS = frozenset({"groups", "group_ids", "phases"})
LOWERS, UPPERS = frozenset({"lowers", "box_lowers", "mins"}), frozenset({"uppers", "box_uppers", "maxs"})

# Closed surfaces around the origin, each face seen from outside against the clock: corners, and triples of them.
TETRAHEDRON = (
    ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)),
    ((0, 1, 2), (0, 2, 3), (0, 3, 1), (1, 3, 2)),
)
OCTAHEDRON = (
    ((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)),
    ((0, 2, 4), (2, 1, 4), (1, 3, 4), (3, 0, 4), (2, 0, 5), (1, 2, 5), (3, 1, 5), (0, 3, 5)),
)
BOX = (
    ((-1, -1, -1), (1, -1, -1), (1, 1, -1), (-1, 1, -1), (-1, -1, 1), (1, -1, 1), (1, 1, 1), (-1, 1, 1)),
    (
        *((0, 2, 1), (0, 3, 2), (4, 5, 6), (4, 6, 7), (0, 1, 5), (0, 5, 4)),
        *((2, 3, 7), (2, 7, 6), (0, 4, 7), (0, 7, 3), (1, 2, 6), (1, 6, 5)),
    ),
)
SOLIDS = {len(faces): (corners, faces) for corners, faces in (TETRAHEDRON, OCTAHEDRON, BOX)}


def _host(kind: str, data: dict[str, Any]) -> HostObject:
    from grammar.inputs import HostObject  # noqa: PLC0415  # it reads the tables below

    return HostObject(kind, data)


def _grid(maker: Maker, symbol: Symbol) -> HostObject:
    from grammar.inputs import dtype_of, scalar_type  # noqa: PLC0415

    scalar, count = scalar_type(symbol.type), _count(maker, symbol)
    points = _points(maker, count).astype(dtype_of(scalar))
    data = {
        "points": _read(maker, symbol, Vector(3, scalar), POINTS, points),
        "groups": _read(maker, symbol, INT, MEMBERS, _groups(maker, count)),
        "dims": np.array([3 + maker.below(4) for _ in range(3)], np.int32),
        "width": np.array(WIDTHS[maker.below(len(WIDTHS))], np.float64),
    }
    return _host("grid", data)


def _bvh(maker: Maker, symbol: Symbol) -> HostObject:
    count = _count(maker, symbol)
    lower = _points(maker, count)
    sizes = [_between(maker, 0.1, 1.5) for _ in range(lower.size)]
    upper = np.round(lower + np.array(sizes).reshape(lower.shape), 3)
    data = {
        "lowers": _read(maker, symbol, Vector(3, FLOAT), LOWERS, lower.astype(np.float32)),
        "uppers": _read(maker, symbol, Vector(3, FLOAT), UPPERS, upper.astype(np.float32)),
        "groups": _groups(maker, count),
    }
    return _host("bvh", data)


def _mesh(maker: Maker, symbol: Symbol) -> HostObject:
    count = _count(maker, symbol)
    corners, faces = SOLIDS.get(count, TETRAHEDRON)  # of another size only where nothing is launched
    points = np.array(corners, np.float64) * [_between(maker, 0.4, 1.4) for _ in range(3)]
    points[:, 0] += points[:, 1] * _between(maker, -0.4, 0.4)
    points[:, 1] += points[:, 2] * _between(maker, -0.4, 0.4)
    points = np.round(points + [_between(maker, -0.5, 0.5) for _ in range(3)], 3).astype(np.float32)
    return _host(
        "mesh",
        {
            "points": points,
            "indices": np.array(faces, np.int32).ravel(),
            "velocities": _points(maker, len(points)).astype(np.float32),
            "groups": _groups(maker, len(faces) if _may_have_groups(maker.kernel) else 0),
        },
    )


def _may_have_groups(kernel: Kernel) -> bool:
    """Whether a mesh may have groups: with them, Warp's winding numbers are wrong (`mesh_winding_groups`)."""
    called = {
        name
        for part in parts(kernel)
        if isinstance(part, Apply)
        for name in builtins_of(part.overload.production.template)
    }
    return "mesh_query_point_sign_winding_number" not in called or "mesh_get_group_root" in called


def _count(maker: Maker, symbol: Symbol) -> int:
    assert symbol.index_of is not None, symbol.name
    return maker.size(symbol.index_of)


def _between(maker: Maker, low: float, high: float) -> float:
    return round(low + (high - low) * maker.random.random(), 3)


def _points(maker: Maker, count: int) -> Any:
    """Points near the origin, some of them twice among wild values, as float64."""
    made: list[list[float]] = []
    for _ in range(count):
        again = made and not maker.shape.plain and maker.chance(0.1)
        made.append(made[-1] if again else [_between(maker, -REACH, REACH) for _ in range(3)])
    return np.array(made, np.float64).reshape(count, 3)


def _groups(maker: Maker, count: int) -> Any:
    return np.array([maker.below(GROUPS) for _ in range(count)], np.int32)


def _read(maker: Maker, host: Symbol, of: Type, words: frozenset[str], values: Any) -> Any:
    """Values for each item of an object, from now on those of the kernel's array, known by its name, that it reads."""
    for symbol in maker.kernel.parameters:
        fits = (symbol.type, symbol.extents, symbol.role) == (of, (host.index_of,), READ)
        if fits and symbol.name.rstrip("0123456789") in words:
            return maker.made.setdefault(symbol.name, values)
    return values


# By the kind of a host's object: what makes the arrays that it is made of.
MADE: dict[str, Callable[[Maker, Symbol], HostObject]] = {"grid": _grid, "bvh": _bvh, "mesh": _mesh}
# By the kind: how many items one may have, where not any number.
SIZES: dict[str, tuple[int, ...]] = {"mesh": tuple(SOLIDS)}
