"""Tiles from arrays and back: loads and stores at each rank of launch and of tile, by index, and by atomics.

A block of the launch has an index on each of up to three axes, and its part of an array lies where the tile's shape, times
the index, says. Where the launch has more axes than the tile, the first ones choose a row of the array. Offsets stay
inside the arrays, whose axes are so many tiles long.
"""

from __future__ import annotations

from collections.abc import Iterator

from grammar.catalogue.tile_shapes import ELEMENTS, SHAPES, V3, C, E, M, R, S, tile_of
from grammar.holes import Axis, Expr, Hole, Index, Input, Length, Output
from grammar.production import Effect, Production, row, statement
from grammar.types import DOUBLE, FLOAT, INT, Pattern, TileOf, TypeVariable

INDEX, SIZE = "ijkl", "mnop"
Place = tuple[str, str, tuple[Axis, ...], dict[str, Hole | Pattern]]


def shape_text(rank: int) -> str:
    """A tile's shape as a row writes it: `{m}`, `({m}, {n})`."""
    sizes = [f"{{{SIZE[axis]}}}" for axis in range(rank)]
    return sizes[0] if rank == 1 else f"({', '.join(sizes)})"


def lengths(rank: int) -> dict[str, Hole | Pattern]:
    """The holes for the numbers in a tile's shape."""
    return {SIZE[axis]: Length(size) for axis, size in enumerate(SHAPES[rank])}


def grid(launch: int, rank: int) -> Place:
    """Where a block's tile lies in an array that the whole launch shares out: the subscript, the offset, the array's axes."""
    ahead = max(0, launch - rank)  # axes of the launch that choose a row
    head = f"[{', '.join('{' + letter + '}' for letter in INDEX[:ahead])}]" if ahead else ""
    offsets = [
        f"{{{INDEX[ahead + axis]}}} * {{{SIZE[axis]}}}" if ahead + axis < launch else "0" for axis in range(rank)
    ]
    axes: tuple[Axis, ...] = tuple((axis, 1) for axis in range(ahead))
    axes += tuple((ahead + axis if ahead + axis < launch else None, SHAPES[rank][axis]) for axis in range(rank))
    needed = {SIZE[axis]: Length(SHAPES[rank][axis]) for axis in range(min(rank, launch))}
    offset = offsets[0] if rank == 1 else f"({', '.join(offsets)})"
    return head, f", offset={offset}", axes, {**_own(launch), **needed}


def batch(launch: int, rank: int) -> Place:
    """Where it lies in an array that has one tile for each block."""
    head = f"[{', '.join('{' + letter + '}' for letter in INDEX[:launch])}]"
    axes: tuple[Axis, ...] = tuple((axis, 1) for axis in range(launch))
    return head, "", axes + tuple((None, size) for size in SHAPES[rank]), _own(launch)


def _own(launch: int) -> dict[str, Hole | Pattern]:
    return {INDEX[axis]: Index("array", axis, own=True) for axis in range(launch)}


def places() -> Iterator[tuple[str, int, int, Place]]:
    """Every way in which a launch shares an array out, with a name, the launch's rank and the tile's."""
    for launch in (1, 2, 3):
        for rank in (1, 2, 3, 4):
            yield f"{rank}d" if launch == rank else f"{rank}d_of{launch}", launch, rank, grid(launch, rank)
    for launch, rank in ((1, 1), (1, 2), (1, 3), (2, 1), (2, 2)):
        yield f"{rank}d_batch{launch}", launch, rank, batch(launch, rank)


def _loads() -> Iterator[Production]:
    for name, launch, rank, (head, offset, axes, holes) in places():
        element = ELEMENTS[rank] if launch < 3 else TypeVariable("E", (FLOAT,))  # else from what all blocks read
        yield row(
            f"tile_load{name}",
            f"wp.tile_load({{array}}{head}, shape={shape_text(rank)}{offset})",
            TileOf(element, SHAPES[rank]),
            array=Input(element, len(axes), axes),
            more={**lengths(rank), **holes},
            tags="tile source",
            needs="kernel",
            noun="panel",
        )
    for rank in (1, 2, 3, 4):  # what all blocks read
        yield row(
            f"tile_load{rank}d_all",
            f"wp.tile_load({{array}}, shape={shape_text(rank)})",
            tile_of(rank),
            array=Input(ELEMENTS[rank], rank, tuple((None, size) for size in SHAPES[rank])),
            more=lengths(rank),
            tags="tile source",
            needs="kernel",
            noun="table",
        )
    yield row(
        "tile_load_all_one",
        "wp.tile_load({array}, shape=1)",
        TileOf(E, (1,)),
        array=Input(E, 1, ((None, 1),)),
        tags="tile source",
        needs="kernel",
        noun="single",
    )
    yield row(
        "tile_load_one",
        "wp.tile_load({array}, shape=1, offset={i})",
        TileOf(E, (1,)),
        array=Input(E, 1, ((0, 1),)),
        i=Index("array", 0, own=True),
        tags="tile source",
        needs="kernel",
        noun="single",
    )


FEW = TypeVariable("E", (FLOAT, INT, V3))


def _shared(name: str, options: str, *, element: TypeVariable = FEW, rank: int = 1) -> Production:
    """A load with options, from a launch of the tile's rank."""
    head, offset, axes, holes = grid(rank, rank)
    return row(
        name,
        f"wp.tile_load({{array}}{head}, shape={shape_text(rank)}{offset}, {options})",
        TileOf(element, SHAPES[rank]),
        array=Input(element, len(axes), axes),
        more={**lengths(rank), **holes},
        tags="tile source",
        needs="kernel",
        noun="panel",
    )


VARIANTS: tuple[Production, ...] = (
    _shared("tile_load1d_shared", 'storage="shared"'),
    _shared("tile_load1d_register", 'storage="register"'),
    _shared("tile_load1d_unchecked", "bounds_check=False"),
    _shared("tile_load2d_shared", 'storage="shared"', element=TypeVariable("S", (FLOAT, INT)), rank=2),
    _shared("tile_load2d_unchecked", "bounds_check=False", element=TypeVariable("S", (FLOAT, INT)), rank=2),
    # The widths here are whole multiples of 16 bytes, which is what the fast path asks of offsets and rows.
    _shared(
        "tile_load2d_aligned",
        'storage="shared", bounds_check=False, aligned=True',
        element=TypeVariable("S", (FLOAT, DOUBLE, INT)),
        rank=2,
    ),
    row(
        "tile_load1d_tuple",
        "wp.tile_load({array}, shape=({m},), offset=({i} * {m},))",
        TileOf(FEW, (M,)),
        array=Input(FEW, 1, ((0, M),)),
        m=Length(M),
        i=Index("array", 0, own=True),
        tags="tile source",
        needs="kernel",
        noun="panel",
    ),
    row(
        "tile_squeeze",
        "wp.tile_squeeze(wp.tile_load({array}, shape=(1, {m}), offset=({i}, 0)))",
        TileOf(FEW, (M,)),
        array=Input(FEW, 2, ((0, 1), (None, M))),
        m=Length(M),
        i=Index("array", 0, own=True),
        tags="tile source",
        needs="kernel",
        noun="row_tile",
    ),
    row(
        "tile_squeeze_axis",
        "wp.tile_squeeze(wp.tile_load({array}, shape=({m}, 1), offset=(0, {i})), axis=(1,))",
        TileOf(FEW, (M,)),
        array=Input(FEW, 2, ((None, M), (0, 1))),
        m=Length(M),
        i=Index("array", 1),
        tags="tile",
        needs="kernel rank1",
        noun="column",
    ),
    row(
        "tile_reshape",
        "wp.tile_reshape(wp.tile_load({array}, shape=64, offset={i} * 64), shape=(8, 8))",
        TileOf(S, (8, 8)),
        array=Input(S, 1, ((0, 64),)),
        i=Index("array", 0, own=True),
        tags="tile source",
        needs="kernel",
        noun="square",
    ),
    row(
        "tile_reshape_inferred",
        "wp.tile_reshape(wp.tile_load({array}[{i}], shape=(8, 8)), shape=(-1,))",
        TileOf(S, (64,)),
        array=Input(S, 3, ((0, 1), (None, 8), (None, 8))),
        i=Index("array", 0, own=True),
        tags="tile source",
        needs="kernel",
        noun="flat",
    ),
    # Indices outside of the array read as zero.
    row(
        "tile_load_indexed",
        "wp.tile_load_indexed({array}, indices=wp.tile_load({chosen}, shape={m}), shape=({m},))",
        TileOf(S, (M,)),
        array=Input(S, 1, ((None, 64),)),
        chosen=Input(INT, 1, ((None, M),)),
        m=Length(M),
        tags="tile",
        needs="kernel",
        noun="gathered",
    ),
    row(
        "tile_load_indexed_rows",
        "wp.tile_load_indexed({array}, indices=wp.tile_load({chosen}[{i}], shape={m}), shape=({m}, {n}), axis=0,"
        ' offset=(0, {i} * {n}), storage="shared")',
        TileOf(S, (R, C)),
        array=Input(S, 2, ((None, 64), (0, C))),
        chosen=Input(INT, 2, ((0, 1), (None, R))),
        m=Length(R),
        n=Length(C),
        i=Index("array", 0, own=True),
        tags="tile",
        needs="kernel",
        noun="gathered",
    ),
)

VALUE_OF: dict[int, Pattern] = {rank: tile_of(rank) for rank in (1, 2, 3, 4)}


def _stores() -> Iterator[Production]:
    for name, launch, rank, (head, offset, axes, holes) in places():
        yield statement(
            f"tile_store{name}",
            f"wp.tile_store({{array}}{head}, {{value}}{offset})",
            array=Output(ELEMENTS[rank], len(axes), "write", axes),
            more={**holes, "value": Expr(VALUE_OF[rank])},
            effect=Effect.WRITES,
            tags="store tile",
            needs=f"kernel rank{launch}",
        )
    for launch in (1, 2, 3):
        ahead = f"[{', '.join('{' + letter + '}' for letter in INDEX[: launch - 1])}]" if launch > 1 else ""
        yield statement(
            f"tile_store_one_of{launch}",
            f"wp.tile_store({{array}}{ahead}, {{value}}, offset={{{INDEX[launch - 1]}}})",
            array=Output(E, launch, "write", tuple((axis, 1) for axis in range(launch))),
            more={**_own(launch), "value": Expr(TileOf(E, (1,)))},
            effect=Effect.WRITES,
            tags="store tile",
            needs=f"kernel rank{launch}",
        )


def _store(
    name: str,
    call: str,
    pattern: TileOf,
    array: Output,
    needs: str,
    effect: Effect = Effect.WRITES,
    **holes: Hole | Pattern,
) -> Production:
    """A store in a form of its own, which growth takes as well as the plain ones."""
    value = {"value": Expr(pattern)}
    return statement(name, call, array=array, more={**holes, **value}, effect=effect, tags="store tile", needs=needs)


ATOMIC = TypeVariable("S", (FLOAT, DOUBLE, INT))
STORE_VARIANTS: tuple[Production, ...] = (
    _store(
        "tile_store1d_tuple",
        "wp.tile_store({array}, {value}, offset=({i} * {m},), bounds_check=False)",
        TileOf(FEW, (M,)),
        Output(FEW, 1, "write", ((0, M),)),
        "kernel rank1",
        i=Index("array", 0, own=True),
        m=Length(M),
    ),
    _store(
        "tile_store1d_unchecked",
        "wp.tile_store({array}, {value}, offset={i} * {m}, bounds_check=False)",
        TileOf(FEW, (M,)),
        Output(FEW, 1, "write", ((0, M),)),
        "kernel rank1",
        i=Index("array", 0, own=True),
        m=Length(M),
    ),
    _store(
        "tile_store2d_unchecked",
        "wp.tile_store({array}, {value}, offset=({i} * {m}, {j} * {n}), bounds_check=False)",
        TileOf(S, (R, C)),
        Output(S, 2, "write", ((0, R), (1, C))),
        "kernel rank2",
        i=Index("array", 0, own=True),
        j=Index("array", 1, own=True),
        m=Length(R),
        n=Length(C),
    ),
    # Every index once: two tiles' elements at one index would race.
    _store(
        "tile_store_indexed",
        "wp.tile_store_indexed({array}, indices=wp.tile_arange(15, -1, -1, dtype=int), t={value}, offset=({i} * 16,), axis=0)",
        TileOf(S, (16,)),
        Output(S, 1, "write", ((0, 16),)),
        "kernel rank1",
        i=Index("array", 0, own=True),
    ),
    _store(
        "tile_store_indexed_rows",
        "wp.tile_store_indexed({array}[{i}], indices=wp.tile_arange({m}, dtype=int), t={value})",
        TileOf(S, (R, C)),
        Output(S, 3, "write", ((0, 1), (None, R), (None, C))),
        "kernel rank1",
        i=Index("array", 0, own=True),
        m=Length(R),
    ),
    _store(
        "tile_atomic_add",
        "wp.tile_atomic_add({array}, {value})",
        TileOf(ATOMIC, (M,)),
        Output(ATOMIC, 1, "atomic_add", ((None, M),)),
        "kernel",
        Effect.UNORDERED,
    ),
    _store(
        "tile_atomic_add_at",
        "wp.tile_atomic_add({array}, {value}, offset={i} * {m}, bounds_check=False)",
        TileOf(ATOMIC, (M,)),
        Output(ATOMIC, 1, "atomic_add", ((0, M),)),
        "kernel rank1",
        Effect.UNORDERED,
        i=Index("array", 0, own=True),
        m=Length(M),
    ),
    _store(
        "tile_atomic_add_total",
        "wp.tile_atomic_add({array}, {value}, offset=0)",
        TileOf(ATOMIC, (1,)),
        Output(ATOMIC, 1, "atomic_add", ((None, 1),)),
        "kernel",
        Effect.UNORDERED,
    ),
    _store(
        "tile_atomic_add2d",
        "wp.tile_atomic_add({array}, {value}, offset=(0, {i} * {n}))",
        TileOf(ATOMIC, (R, C)),
        Output(ATOMIC, 2, "atomic_add", ((None, R), (0, C))),
        "kernel rank1",
        Effect.UNORDERED,
        i=Index("array", 0, own=True),
        n=Length(C),
    ),
    # What indices point outside of the array is not added.
    _store(
        "tile_atomic_add_indexed",
        "wp.tile_atomic_add_indexed({array}, indices=wp.tile_load({chosen}, shape={m}), t={value})",
        TileOf(ATOMIC, (M,)),
        Output(ATOMIC, 1, "atomic_add", ((None, 64),)),
        "kernel",
        Effect.UNORDERED,
        chosen=Input(INT, 1, ((None, M),)),
        m=Length(M),
    ),
    _store(
        "tile_atomic_add_indexed_rows",
        "wp.tile_atomic_add_indexed({array}, indices=wp.tile_load({chosen}[{i}], shape={m}), t={value},"
        " offset=(0, {i} * {n}), axis=0)",
        TileOf(ATOMIC, (R, C)),
        Output(ATOMIC, 2, "atomic_add", ((None, 64), (0, C))),
        "kernel rank1",
        Effect.UNORDERED,
        chosen=Input(INT, 2, ((0, 1), (None, R))),
        m=Length(R),
        i=Index("array", 0, own=True),
        n=Length(C),
    ),
)

TILE_MEMORY: tuple[Production, ...] = (*_loads(), *VARIANTS, *_stores(), *STORE_VARIANTS)
