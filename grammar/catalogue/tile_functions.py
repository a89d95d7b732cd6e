"""What is computed from all elements of a tile, or from each: reductions, scans and maps."""

from __future__ import annotations

from grammar.catalogue.tile_shapes import (
    BLOCK,
    CUBE,
    HYPERCUBE,
    LINE,
    NUMBER,
    REAL,
    REAL_BLOCK,
    REAL_LINE,
    SORTED,
    V3,
    VECTORS,
    C,
    F,
    M,
    R,
    S,
    tile,
)
from grammar.holes import Define, Expr
from grammar.production import Production
from grammar.types import FLOAT, INT, TileOf, Type, TypeVariable


def _whole(name: str, template: str, noun: str, *, result: Type | None = None) -> tuple[Production, ...]:
    """A reduction of lines and of blocks to a tile of one element, and to that element."""
    gives: TypeVariable | Type = S if result is None else result
    return (
        tile(f"{name}", template, TileOf(gives, (1,)), "reduction", noun, a=LINE),
        tile(f"{name}_value", f"{template}[0]", gives, "reduction", noun, a=LINE),
        tile(f"{name}2d_value", f"{template}[0]", gives, "reduction", noun, a=BLOCK),
    )


REDUCTIONS: tuple[Production, ...] = (
    *_whole("tile_sum", "wp.tile_sum({a})", "total"),
    *_whole("tile_min", "wp.tile_min({a})", "lowest"),
    *_whole("tile_max", "wp.tile_max({a})", "highest"),
    *_whole("tile_argmin", "wp.tile_argmin({a})", "nearest", result=INT),
    *_whole("tile_argmax", "wp.tile_argmax({a})", "best", result=INT),
    tile("tile_sum_vectors", "wp.tile_sum({a})", TileOf(V3, (1,)), "reduction", "center", a=TileOf(V3, (M,))),
    tile("tile_sum_vectors_value", "wp.tile_sum({a})[0]", V3, "reduction", "center", a=TileOf(V3, (M,))),
    tile("tile_sum_cube", "wp.tile_sum({a})[0]", FLOAT, "reduction", "total", a=TileOf(FLOAT, CUBE)),
    tile("tile_sum_hypercube", "wp.tile_sum({a})[0]", FLOAT, "reduction", "total", a=TileOf(FLOAT, HYPERCUBE)),
    tile("tile_sum_rows", "wp.tile_sum({a}, axis=1)", TileOf(S, (R,)), "reduction", "row_sums", a=BLOCK),
    tile("tile_sum_columns", "wp.tile_sum({a}, axis=0)", TileOf(S, (C,)), "reduction", "column_sums", a=BLOCK),
    tile("tile_dot", "wp.tile_dot({a}, {b})", TileOf(S, (1,)), "reduction", "similarity", a=LINE, b=LINE),
    tile("tile_dot_value", "wp.tile_dot({a}, {b})[0]", S, "reduction", "similarity", a=BLOCK, b=BLOCK),
    tile(
        "tile_dot_vectors",
        "wp.tile_dot({a}, {b})[0]",
        FLOAT,
        "reduction",
        "work",
        a=TileOf(V3, (M,)),
        b=TileOf(V3, (M,)),
    ),
    *(
        tile(f"tile_reduce_{op}", f"wp.tile_reduce(wp.{op}, {{a}})[0]", S, "reduction", noun, a=LINE)
        for op, noun in (("add", "total"), ("max", "highest"), ("min", "lowest"))
    ),
    tile(
        "tile_reduce_user",
        "wp.tile_reduce({combine}, {a})",
        TileOf(S, (1,)),
        "reduction",
        "combined",
        combine=Define(
            "@wp.func\ndef {name}(a: {S}, b: {S}) -> {S}:\n    return {body}\n",
            "larger_of farther_of combine_pair",
            (("S", S),),
            (("body", ("wp.max(wp.abs(a), wp.abs(b))", "wp.where(a > b, a, b)", "wp.min(a, b)")),),
        ),
        a=BLOCK,
    ),
    *(
        tile(
            f"tile_reduce_{op}_rows",
            f"wp.tile_reduce(wp.{op}, {{a}}, axis=1)",
            TileOf(S, (R,)),
            "reduction",
            noun,
            a=BLOCK,
        )
        for op, noun in (("add", "row_sums"), ("max", "row_peaks"))
    ),
    tile(
        "tile_reduce_user_columns",
        "wp.tile_reduce({combine}, {a}, axis=0)",
        TileOf(S, (C,)),
        "reduction",
        "column_peaks",
        combine=Define(
            "@wp.func\ndef {name}(a: {S}, b: {S}) -> {S}:\n    return wp.max(wp.abs(a), wp.abs(b))\n",
            "strongest peak_of",
            (("S", S),),
        ),
        a=BLOCK,
    ),
)

SCANS: tuple[Production, ...] = tuple(
    tile(f"tile_scan_{name}", f"wp.tile_scan_{name}({{a}})", TileOf(SORTED, (M,)), "scan", noun, a=TileOf(SORTED, (M,)))
    for name, noun in (
        ("inclusive", "running_total"),
        ("exclusive", "starts"),
        ("max_inclusive", "running_peak"),
        ("min_inclusive", "running_floor"),
    )
)


def _maps() -> tuple[Production, ...]:
    """Functions of each element: Warp's, and the kernel's own."""
    rows = [
        tile(f"tile_map_{name}", f"wp.tile_map(wp.{name}, {{a}})", REAL, "map", noun, a=REAL)
        for name, noun in (
            ("sin", "waves"),
            ("exp", "grown"),
            ("abs", "magnitudes"),
            ("sqrt", "roots"),
            ("tanh", "activations"),
        )
    ]
    rows += [
        tile(f"tile_map_{name}", f"wp.tile_map(wp.{name}, {{a}}, {{b}})", NUMBER, "map", noun, a=NUMBER, b=NUMBER)
        for name, noun in (("max", "upper"), ("min", "lower"))
    ]
    rows += [
        tile(f"tile_map_{name}_value", f"wp.tile_map(wp.{name}, {{a}}, {{x}})", LINE, "map", noun, a=LINE, x=S)
        for name, noun in (("add", "shifted"), ("sub", "centered"), ("max", "clipped"), ("min", "limited"))
    ]
    length = "wp.tile_map(wp.length, {a})"
    rows += [
        tile("tile_map_length", length, TileOf(FLOAT, (M,)), "map", "distances", a=TileOf(V3, (M,))),
        tile("tile_map_normalize", "wp.tile_map(wp.normalize, {a})", VECTORS, "map", "directions", a=VECTORS),
        tile("tile_map_cross", "wp.tile_map(wp.cross, {a}, {b})", VECTORS, "map", "normals_tile", a=VECTORS, b=VECTORS),
        tile(
            "tile_map_dot",
            "wp.tile_map(wp.dot, {a}, {b})",
            TileOf(FLOAT, (M,)),
            "map",
            "alignments",
            a=TileOf(V3, (M,)),
            b=V3,
        ),
    ]
    one = Define(
        "@wp.func\ndef {name}(x: {S}) -> {S}:\n    return {body}\n",
        "activate soften rectify respond",
        (("S", F),),
        (
            (
                "body",
                (
                    "wp.max(x, {S}(0.0))",
                    "x / ({S}(1.0) + wp.abs(x))",
                    "x * x * {S}(0.5)",
                    "wp.where(x > {S}(0.0), x, {S}(0.01) * x)",
                ),
            ),
        ),
    )
    two = Define(
        "@wp.func\ndef {name}(a: {S}, b: {S}) -> {S}:\n    return {body}\n",
        "blend_pair squared_gap coupling",
        (("S", F),),
        (("body", ("(a - b) * (a - b)", "wp.sqrt(a * a + b * b)", "a * wp.exp(-b * b)")),),
    )
    three = Define(
        "@wp.func\ndef {name}(a: {S}, b: {S}, t: {S}) -> {S}:\n    return {body}\n",
        "mix_three relax_toward update_value",
        (("S", F),),
        (("body", ("a + (b - a) * t", "wp.clamp(a, b, t)", "a * b + t")),),
    )
    spring = Define(
        "@wp.func\ndef {name}(p: wp.vec3, q: wp.vec3) -> float:\n    return {body}\n",
        "gap_between pair_energy attraction",
        (),
        (("body", ("wp.length(p - q)", "0.5 * wp.length_sq(p - q)", "1.0 / (wp.length(p - q) + 0.01)")),),
    )
    lift = Define(
        "@wp.func\ndef {name}(x: float, axis: wp.vec3) -> wp.vec3:\n    return {body}\n",
        "along_axis lift_value spread",
        (),
        (("body", ("axis * x", "wp.vec3(x, axis[1], axis[2])", "wp.normalize(axis) * wp.sin(x)")),),
    )
    rows += [
        tile("tile_map_user", "wp.tile_map({f}, {a})", REAL_LINE, "map", "responses", f=one, a=REAL_LINE),
        tile("tile_map_user2d", "wp.tile_map({f}, {a})", REAL_BLOCK, "map", "responses", f=one, a=REAL_BLOCK),
        tile(
            "tile_map_pair",
            "wp.tile_map({f}, {a}, {b})",
            REAL_BLOCK,
            "map",
            "paired",
            f=two,
            a=REAL_BLOCK,
            b=REAL_BLOCK,
        ),
        tile("tile_map_pair_value", "wp.tile_map({f}, {a}, {x})", REAL_LINE, "map", "paired", f=two, a=REAL_LINE, x=F),
        tile(
            "tile_map_three",
            "wp.tile_map({f}, {a}, {b}, {x})",
            REAL_LINE,
            "map",
            "mixed",
            f=three,
            a=REAL_LINE,
            b=REAL_LINE,
            x=Expr(F, varying=True),
        ),
        tile(
            "tile_map_three_tiles",
            "wp.tile_map({f}, {a}, {b}, {c})",
            REAL_BLOCK,
            "map",
            "mixed",
            f=three,
            a=REAL_BLOCK,
            b=REAL_BLOCK,
            c=REAL_BLOCK,
        ),
        tile(
            "tile_map_vectors",
            "wp.tile_map({f}, {a}, {v})",
            TileOf(FLOAT, (M,)),
            "map",
            "gaps",
            f=spring,
            a=TileOf(V3, (M,)),
            v=V3,
        ),
        tile(
            "tile_map_to_vectors",
            "wp.tile_map({f}, {a}, {v})",
            TileOf(V3, (M,)),
            "map",
            "lifted",
            f=lift,
            a=TileOf(FLOAT, (M,)),
            v=V3,
        ),
    ]
    return tuple(rows)


TILE_FUNCTIONS: tuple[Production, ...] = (*REDUCTIONS, *SCANS, *_maps())
