"""Tiles made of values, and computed with: constructors, operators, and what changes a tile in place."""

from __future__ import annotations

from grammar.catalogue.tile_shapes import (
    ANY,
    BLOCK,
    LINE,
    NUMBER,
    REAL,
    REAL_BLOCK,
    REAL_LINE,
    V3,
    WHOLE,
    C,
    E,
    F,
    K,
    M,
    R,
    S,
    tile,
)
from grammar.holes import Const, Domain, Expr, Fresh, Hole, Length, Spelled, Target
from grammar.production import Effect, Production, statement
from grammar.types import FLOAT, INT, Pattern, TileOf, TypeVariable

CONSTRUCTORS: tuple[Production, ...] = (
    tile("tile_zeros", "wp.tile_zeros(shape={m}, dtype={T})", LINE, "", "zeros", m=Length(M), T=Spelled(S)),
    tile(
        "tile_zeros2d",
        'wp.tile_zeros(shape=({m}, {n}), dtype={T}, storage="shared")',
        BLOCK,
        "",
        "zeros",
        m=Length(R),
        n=Length(C),
        T=Spelled(S),
    ),
    tile(
        "tile_ones",
        'wp.tile_ones(shape={m}, dtype={T}, storage="register")',
        LINE,
        "",
        "ones",
        m=Length(M),
        T=Spelled(S),
    ),
    tile(
        "tile_ones2d",
        "wp.tile_ones(shape=({m}, {n}), dtype={T})",
        BLOCK,
        "",
        "ones",
        m=Length(R),
        n=Length(C),
        T=Spelled(S),
    ),
    tile("tile_full", "wp.tile_full({m}, {value})", TileOf(E, (M,)), "", "filled", m=Length(M), value=E),
    tile(
        "tile_full2d",
        'wp.tile_full(shape=({m}, {n}), value={value}, dtype={T}, storage="shared")',
        BLOCK,
        "",
        "filled",
        m=Length(R),
        n=Length(C),
        value=S,
        T=Spelled(S),
    ),
    tile(
        "tile_arange",
        "wp.tile_arange({m}, dtype={T})",
        LINE,
        "constant",
        "ramp",
        m=Length(M),
        T=Spelled(S),
    ),
    tile("tile_arange_from", "wp.tile_arange(1, 17)", TileOf(FLOAT, (16,)), "constant", "ramp"),
    tile(
        "tile_arange_step",
        'wp.tile_arange(0, 128, 2, dtype=int, storage="shared")',
        TileOf(INT, (64,)),
        "constant",
        "even",
    ),
    # Every thread of a block has the same value here, so whose it is does not matter.
    tile(
        "tile_from_thread",
        "wp.tile_from_thread({m}, {value}, 0)",
        TileOf(E, (M,)),
        "",
        "shared_value",
        m=Length(M),
        value=Expr(E, varying=True),
    ),
    tile(
        "tile_from_thread2d",
        'wp.tile_from_thread(shape=({m}, {n}), value={value}, thread_idx=0, storage="shared")',
        BLOCK,
        "",
        "shared_value",
        m=Length(R),
        n=Length(C),
        value=Expr(S, varying=True),
    ),
)


def _random() -> tuple[Production, ...]:
    """Random tiles; what they hold depends on how many threads a block has."""
    rows: list[Production] = []
    for kind, of, most in (("f", FLOAT, ("", ", -1.0, 1.0")), ("i", INT, ("", ", 0, 10"))):
        for suffix, limits in zip(("", "_between"), most, strict=True):
            given: dict[str, Hole | Pattern] = {"seed": Const(INT, (42, 7, 1234)), "offset": Expr(INT, varying=True)}
            state = "wp.rand_init({seed}, {offset})"
            pattern = TileOf(of, (M,))
            rows.append(
                tile(
                    f"tile_rand{kind}{suffix}",
                    f"wp.tile_rand{kind}({{m}}, {state}{limits})",
                    pattern,
                    "random block_dim",
                    "noise",
                    m=Length(M),
                    **given,
                )
            )
            rows.append(
                tile(
                    f"tile_rand{kind}2d{suffix}",
                    f'wp.tile_rand{kind}(({{m}}, {{n}}), {state}{limits}, storage="shared")',
                    TileOf(of, (R, C)),
                    "random block_dim",
                    "noise",
                    m=Length(R),
                    n=Length(C),
                    **given,
                )
            )
    return tuple(rows)


OPERATORS: tuple[Production, ...] = (
    tile("tile_add", "{a} + {b}", ANY, "", "sums", a=ANY, b=ANY),
    tile("tile_sub", "{a} - {b}", ANY, "", "differences", a=ANY, b=ANY),
    tile("tile_mul", "{a} * {b}", NUMBER, "", "products", a=NUMBER, b=NUMBER),
    tile("tile_div", "{a} / {b}", REAL, "", "quotients", a=REAL, b=REAL),
    tile("tile_neg", "-{a}", ANY, "", "negated", a=ANY),
    tile("tile_bit_and", "{a} & {b}", WHOLE, "integer", "bits", a=WHOLE, b=WHOLE),
    tile("tile_bit_or", "{a} | {b}", WHOLE, "integer", "bits", a=WHOLE, b=WHOLE),
    tile("tile_bit_xor", "{a} ^ {b}", WHOLE, "integer", "bits", a=WHOLE, b=WHOLE),
    tile("tile_scale", "{a} * {x}", LINE, "", "scaled", a=LINE, x=S),
    tile("tile_scale2d", "{a} * {x}", BLOCK, "", "scaled", a=BLOCK, x=S),
    tile("tile_scale_by", "{x} * {a}", LINE, "", "scaled", x=S, a=LINE),
    tile("tile_scale2d_by", "{x} * {a}", BLOCK, "", "scaled", x=S, a=BLOCK),
    tile("tile_scale_vector", "{a} * {x}", TileOf(V3, (M,)), "", "scaled", a=TileOf(V3, (M,)), x=FLOAT),
    tile("tile_times_vector", "{a} * {v}", TileOf(V3, (M,)), "", "offsets", a=TileOf(FLOAT, (M,)), v=V3),
    tile("tile_mul_vectors", "{a} * {b}", TileOf(V3, (M,)), "", "scaled", a=TileOf(FLOAT, (M,)), b=TileOf(V3, (M,))),
    tile("tile_div_by", "{a} / {x}", REAL_LINE, "", "relative", a=REAL_LINE, x=Expr(F, Domain.NONZERO)),
    tile("tile_div2d_by", "{a} / {x}", REAL_BLOCK, "", "relative", a=REAL_BLOCK, x=Expr(F, Domain.NONZERO)),
    tile("tile_div_of", "{x} / {a}", REAL_LINE, "", "inverse_of", x=F, a=REAL_LINE),
    tile("tile_div_vectors", "{a} / {b}", TileOf(V3, (M,)), "", "relative", a=TileOf(V3, (M,)), b=TileOf(FLOAT, (M,))),
)


def _inplace(name: str, operator: str, over: TypeVariable) -> Production:
    return statement(
        f"tile_aug_{name}",
        f"{{target}} {operator} {{value}}",
        target=Target(over),
        value=Expr(over),
        effect=Effect.ASSIGNS,
        tags="assign augmented tile",
        needs="kernel",
    )


LET_TILE = statement("let_tile", "{name} = {value}", value=Expr(ANY), name=Fresh(ANY), tags="let tile", needs="kernel")
STATEMENTS: tuple[Production, ...] = (
    LET_TILE,
    # What later statements change is read from memory or computed: no view of another tile.
    statement(
        "tile_start_from",
        "{name} = {value} * {x}",
        value=Expr(LINE),
        x=Expr(S),
        name=Fresh(LINE, "state", mutable=True),
        tags="let mutable tile",
        needs="kernel",
    ),
    statement(
        "tile_start_from2d",
        "{name} = {value} + {other}",
        value=Expr(BLOCK),
        other=Expr(BLOCK),
        name=Fresh(BLOCK, "acc", mutable=True),
        tags="let mutable tile",
        needs="kernel",
    ),
    _inplace("add", "+=", ANY),
    _inplace("sub", "-=", ANY),
    _inplace("bit_and", "&=", WHOLE),
    _inplace("bit_or", "|=", WHOLE),
    _inplace("bit_xor", "^=", WHOLE),
    statement(
        "tile_axpy",
        "wp.tile_axpy({x}, {value}, {target})",
        target=Target(REAL_LINE),
        x=Expr(F),
        value=Expr(REAL_LINE),
        effect=Effect.ASSIGNS,
        tags="assign tile",
        needs="kernel",
    ),
    statement(
        "tile_axpy_vectors",
        "wp.tile_axpy(alpha={x}, src={value}, dest={target})",
        target=Target(TileOf(V3, (M,))),
        x=Expr(FLOAT),
        value=Expr(TileOf(V3, (M,))),
        effect=Effect.ASSIGNS,
        tags="assign tile",
        needs="kernel",
    ),
    statement(
        "tile_matmul_into",
        "wp.tile_matmul({a}, {b}, {target})",
        target=Target(REAL_BLOCK),
        a=Expr(TileOf(F, (R, K))),
        b=Expr(TileOf(F, (K, C))),
        effect=Effect.ASSIGNS,
        tags="assign tile",
        needs="kernel",
    ),
    statement(
        "tile_matmul_scaled_into",
        "wp.tile_matmul({a}, {b}, out={target}, alpha={alpha}, beta={beta})",
        target=Target(REAL_BLOCK),
        a=Expr(TileOf(F, (R, K))),
        b=Expr(TileOf(F, (K, C))),
        alpha=Const(FLOAT, (0.5, 2.0, -1.0)),
        beta=Const(FLOAT, (1.0, 0.5)),
        effect=Effect.ASSIGNS,
        tags="assign tile",
        needs="kernel",
    ),
    statement(
        "tile_assign",
        "wp.tile_assign({target}, {value})",
        target=Target(LINE),
        value=Expr(LINE),
        effect=Effect.ASSIGNS,
        tags="assign tile",
        needs="kernel",
    ),
    statement(
        "tile_assign_at",
        "wp.tile_assign({target}, {value}, offset=({r}, {c}))",
        target=Target(TileOf(S, (16, 16))),
        value=Expr(TileOf(S, (8, 8))),
        r=Const(INT, (0, 4, 8)),
        c=Const(INT, (0, 8)),
        effect=Effect.ASSIGNS,
        tags="assign tile",
        needs="kernel",
    ),
    # All threads of a block write the same value.
    statement(
        "tile_element_assign",
        "{target}[{k}] = {x}",
        target=Target(TileOf(E, (M,))),
        k=Const(INT, (0, 1, 7)),
        x=Expr(E),
        effect=Effect.ASSIGNS,
        tags="assign part tile",
        needs="kernel",
    ),
    statement(
        "tile_element_assign2d",
        "{target}[{r}, {c}] = {x}",
        target=Target(BLOCK),
        r=Const(INT, (0, 1, 7)),
        c=Const(INT, (0, 3)),
        x=Expr(S),
        effect=Effect.ASSIGNS,
        tags="assign part tile",
        needs="kernel",
    ),
)

TILE_VALUES: tuple[Production, ...] = (*CONSTRUCTORS, *_random(), *OPERATORS, *STATEMENTS)
