"""Parts and other forms of tiles: views, single elements, conversions, products."""

from __future__ import annotations

from grammar.catalogue.tile_shapes import (
    BLOCK,
    CUBE,
    HYPERCUBE,
    LINE,
    M22,
    REAL_BLOCK,
    REALS,
    UINT,
    V3,
    C,
    E,
    F,
    K,
    M,
    R,
    S,
    tile,
)
from grammar.holes import Const, Input, Length
from grammar.production import Production
from grammar.types import FLOAT, HALF, INT, Size, TileOf, TypeVariable, Vector

SLICES = (("[:16]", 64, 16), ("[::4]", 64, 16), ("[8:]", 16, 8), ("[-8:]", 64, 8))
VIEWS: tuple[Production, ...] = (
    *(
        tile(f"tile_slice{place}", f"{{a}}{text}", TileOf(S, (to,)), "tile_view", "part", a=TileOf(S, (of,)))
        for place, (text, of, to) in enumerate(SLICES)
    ),
    tile("tile_reversed", "{a}[::-1]", TileOf(S, (M,)), "tile_view", "backward", a=TileOf(S, (M,))),
    tile("tile_slice2d", "{a}[0:8, 8:16]", TileOf(S, (8, 8)), "tile_view", "corner", a=TileOf(S, (16, 16))),
    tile("tile_row", "{a}[{k}]", TileOf(S, (C,)), "tile_view", "row_tile", a=BLOCK, k=Const(INT, (0, 1, 3, 7))),
    tile("tile_column", "{a}[:, {k}]", TileOf(S, (R,)), "tile_view", "column", a=BLOCK, k=Const(INT, (0, 1, 3, 7))),
    tile(
        "tile_view",
        "wp.tile_view({a}, offset=({r}, {c}), shape=(8, 8))",
        TileOf(S, (8, 8)),
        "tile_view",
        "corner",
        a=TileOf(S, (16, 16)),
        r=Const(INT, (0, 4, 8)),
        c=Const(INT, (0, 2, 8)),
    ),
    tile(
        "tile_view_row",
        "wp.tile_view({a}, offset=({k},))",
        TileOf(S, (C,)),
        "tile_view",
        "row_tile",
        a=BLOCK,
        k=Const(INT, (0, 2, 5)),
    ),
    tile(
        "tile_slice_indexed",
        "{a}[wp.tile_arange(0, 16, 2, dtype=int), :]",
        TileOf(S, (8, C)),
        "tile_view",
        "every_other",
        a=TileOf(S, (16, C)),
    ),
    tile(
        "tile_slice_indexed_columns",
        "{a}[:, wp.tile_arange(15, -1, -1, dtype=int)]",
        TileOf(S, (R, 16)),
        "tile_view",
        "mirrored",
        a=TileOf(S, (R, 16)),
    ),
    tile("tile_transpose", "wp.tile_transpose({a})", TileOf(S, (C, R)), "tile_view", "transposed", a=BLOCK),
    # One element stands for many in a broadcast tile: it is read beside another, never changed.
    tile(
        "tile_broadcast_rows",
        "{a} - wp.tile_broadcast({b}, shape=({m}, {n}))",
        BLOCK,
        "tile_view",
        "centered",
        a=BLOCK,
        b=TileOf(S, (C,)),
        m=Length(R),
        n=Length(C),
    ),
    tile(
        "tile_broadcast_one",
        "{a} * wp.tile_broadcast({b}, shape=({m},))",
        LINE,
        "tile_view",
        "weighted",
        a=LINE,
        b=TileOf(S, (1,)),
        m=Length(M),
    ),
    tile("tile_element", "{a}[{k}]", E, "tile_view", "value", a=TileOf(E, (M,)), k=Const(INT, (0, 1, 3, 7))),
    tile(
        "tile_element2d",
        "{a}[{r}, {c}]",
        S,
        "tile_view",
        "value",
        a=BLOCK,
        r=Const(INT, (0, 1, 7)),
        c=Const(INT, (0, 2, 5)),
    ),
    tile("tile_single", "{a}[0]", S, "tile_view", "value", a=TileOf(S, (1,))),
)


def _extracts() -> tuple[Production, ...]:
    """Single elements, components, rows, with as many indices as there are axes."""
    rows = [
        tile("tile_extract", "wp.tile_extract({a}, {k})", S, "tile_view", "value", a=LINE, k=Const(INT, (0, 2, 7))),
        tile("tile_extract_one", "wp.tile_extract({a}, 0)", S, "tile_view", "value", a=TileOf(S, (1,))),
        tile(
            "tile_extract_component",
            "wp.tile_extract({a}, {k}, 1)",
            FLOAT,
            "tile_view",
            "value",
            a=TileOf(V3, (M,)),
            k=Const(INT, (0, 2, 7)),
        ),
        tile(
            "tile_extract2d",
            "wp.tile_extract({a}, {k}, {l})",
            S,
            "tile_view",
            "value",
            a=BLOCK,
            k=Const(INT, (0, 2, 7)),
            l=Const(INT, (1, 5)),
        ),
        tile(
            "tile_extract3d",
            "wp.tile_extract({a}, {k}, {l}, 3)",
            FLOAT,
            "tile_view",
            "value",
            a=TileOf(FLOAT, CUBE),
            k=Const(INT, (0, 2)),
            l=Const(INT, (1, 3)),
        ),
        tile(
            "tile_extract4d",
            "wp.tile_extract({a}, {k}, 0, {l}, 3)",
            FLOAT,
            "tile_view",
            "value",
            a=TileOf(FLOAT, HYPERCUBE),
            k=Const(INT, (0, 1)),
            l=Const(INT, (1, 3)),
        ),
    ]
    for depth, of, given in ((5, V3, "1"), (6, M22, "0, 1")):
        rows.append(
            tile(
                f"tile_extract{depth}d",
                f"wp.tile_extract(wp.tile_load({{array}}, shape={HYPERCUBE}), {{k}}, 0, {{l}}, 3, {given})",
                FLOAT,
                "tile_view",
                "coefficient",
                array=Input(of, 4, tuple((None, size) for size in HYPERCUBE)),
                k=Const(INT, (0, 1)),
                l=Const(INT, (1, 3)),
            )
        )
    rows.append(
        tile(
            "tile_extract_row",
            "wp.tile_extract(wp.tile_load({array}, shape=16), {k}, 1)",
            Vector(2, FLOAT),
            "tile_view",
            "row_vector",
            array=Input(M22, 1, ((None, 16),)),
            k=Const(INT, (0, 5, 9)),
        )
    )
    return tuple(rows)


CONVERSIONS: tuple[Production, ...] = tuple(
    tile(
        f"tile_to_{name}{suffix}",
        f"wp.tile_astype({{a}}, dtype={text})",
        TileOf(to, shape),
        "conversion",
        "converted",
        a=TileOf(of, shape),
    )
    for suffix, shape in (("", (M,)), ("2d", (R, C)))
    for name, to, text, of in (
        ("float", FLOAT, "float", TypeVariable("O", (INT, *REALS[1:]))),
        ("double", REALS[1], "wp.float64", TypeVariable("O", (INT, FLOAT))),
        ("half", HALF, "wp.float16", TypeVariable("O", (FLOAT,))),
        ("uint", UINT, "wp.uint32", TypeVariable("O", (INT,))),
    )
    if not (suffix and to == UINT)
)

PRODUCTS: tuple[Production, ...] = (
    tile(
        "tile_matmul",
        "wp.tile_matmul({a}, {b})",
        REAL_BLOCK,
        "product",
        "product",
        a=TileOf(F, (R, K)),
        b=TileOf(F, (K, C)),
    ),
    tile(
        "tile_matmul_scaled",
        'wp.tile_matmul({a}, {b}, alpha={alpha}, precision="default")',
        REAL_BLOCK,
        "product",
        "product",
        a=TileOf(F, (R, K)),
        b=TileOf(F, (K, C)),
        alpha=Const(FLOAT, (0.5, 2.0, -1.0)),
    ),
    tile(
        "tile_diag_add",
        "wp.tile_diag_add({a}, {d})",
        TileOf(F, (Size("N", (8, 16)), Size("N", (8, 16)))),
        "product",
        "regularized",
        a=TileOf(F, (Size("N", (8, 16)), Size("N", (8, 16)))),
        d=TileOf(F, (Size("N", (8, 16)),)),
    ),
)

TILE_VIEWS: tuple[Production, ...] = (*VIEWS, *_extracts(), *CONVERSIONS, *PRODUCTS)
