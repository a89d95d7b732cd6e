"""The elements and shapes that tiles have here, the type variables that rows of tiles are written with, and such a row."""

from __future__ import annotations

from grammar.holes import Hole
from grammar.production import Production, row
from grammar.types import (
    DOUBLE,
    FLOAT,
    HALF,
    INT,
    Matrix,
    Pattern,
    Scalar,
    Size,
    Tile,
    TileOf,
    Type,
    TypeVariable,
    Vector,
)

UINT = Scalar("uint32")
V2, V3 = Vector(2, FLOAT), Vector(3, FLOAT)
REALS: tuple[Type, ...] = (FLOAT, DOUBLE, HALF)
NUMBERS: tuple[Type, ...] = (*REALS, INT)

ONE = (1,)  # what a reduction of a whole tile gives
LINES = ((8,), (16,), (64,))
BLOCKS = ((8, 8), (16, 16), (8, 16), (16, 8))
# Tiles of three and four axes, vectors and unsigned integers have one or two shapes: they are rarer, and every tile that
# there is needs rows which make it and rows which store it.
CUBE, HYPERCUBE = (4, 4, 4), (2, 2, 4, 4)


def tiles(elements: tuple[Type, ...], *shapes: tuple[int, ...]) -> tuple[Type, ...]:
    """The tiles of some elements and shapes."""
    return tuple(Tile(element, shape) for element in elements for shape in shapes)


FLOAT_TILES = (*tiles(REALS, ONE, *LINES, *BLOCKS), *tiles((FLOAT,), CUBE, HYPERCUBE))
INT_TILES = (*tiles((INT,), ONE, *LINES, *BLOCKS), *tiles((UINT,), *LINES))
VECTOR_TILES = tiles((V3,), ONE, *LINES)
NUMBER_TILES = (*FLOAT_TILES, *INT_TILES)
ALL_TILES = (*NUMBER_TILES, *VECTOR_TILES)

# Any tile, of the kind that an operation works on.
ANY = TypeVariable("Any", ALL_TILES)
REAL = TypeVariable("Real", FLOAT_TILES)
WHOLE = TypeVariable("Whole", INT_TILES)
NUMBER = TypeVariable("Number", NUMBER_TILES)

# An element, where the row needs its type or the tile's shape by itself.
F = TypeVariable("F", REALS)
S = TypeVariable("S", NUMBERS)
E = TypeVariable("E", (*NUMBERS, UINT, V3))
WIDE = TypeVariable("F", (FLOAT, DOUBLE))  # what solvers work in
SORTED = TypeVariable("K", (FLOAT, INT, UINT))  # what scans and sorts take
M = Size("M", (16, 64))
R, C, K = Size("R", (8, 16)), Size("C", (8, 16)), Size("K", (8, 16))
SIDE = Size("N", (8, 16))
LINE, BLOCK = TileOf(S, (M,)), TileOf(S, (R, C))
REAL_LINE, REAL_BLOCK = TileOf(F, (M,)), TileOf(F, (R, C))
M22 = Matrix(2, 2, FLOAT)
VECTORS = TypeVariable("Vectors", VECTOR_TILES)

SHAPES: dict[int, tuple[Size | int, ...]] = {1: (Size("M", (8, 16, 64)),), 2: (R, C), 3: CUBE, 4: HYPERCUBE}
"""The shapes of each rank."""
ELEMENTS: dict[int, TypeVariable] = {
    1: E,
    2: S,
    3: TypeVariable("E", (FLOAT,)),
    4: TypeVariable("E", (FLOAT,)),
}
"""What tiles of each rank hold."""


def tile_of(rank: int) -> TileOf:
    """The pattern of the tiles of a rank."""
    return TileOf(ELEMENTS[rank], SHAPES[rank])


def tile(
    name: str, template: str, result: Pattern, /, tags: str = "", noun: str = "", **holes: Hole | Pattern
) -> Production:
    """An expression with a tile in it: in kernels only."""
    return row(name, template, result, tags=f"tile {tags}", noun=noun, needs="kernel", more=holes)
