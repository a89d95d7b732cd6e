"""What is done with tiles in several statements: products panel by panel, solves, transforms, sorts, threads by lanes, queries.

A launch gives a block to each index, so all threads of a block hold the same values and take the same branches. Rows that
ask for their lane work alone where lanes differ, and end with something that does not depend on how many there are.
"""

from __future__ import annotations

from collections.abc import Mapping

from grammar.catalogue.tile_shapes import CUBE, HYPERCUBE, SIDE, SORTED, V3, WIDE, C, F, M, R, S
from grammar.holes import (
    Axis,
    Const,
    Define,
    Expr,
    Fresh,
    Hole,
    Host,
    Index,
    Input,
    Length,
    Output,
    Spelled,
    Target,
    Thread,
    Zero,
)
from grammar.production import Effect, Production, row, statement
from grammar.types import FLOAT, INT, Opaque, Pattern, Tile, TileOf, TypeVariable, Vector, VectorOf

LINE, BLOCK = TileOf(F, (M,)), TileOf(F, (R, C))
OWN = Index("a", 0, own=True)


def idiom(
    name: str,
    template: str,
    /,
    needs: str = "",
    tags: str = "",
    effect: Effect = Effect.PURE,
    more: Mapping[str, Hole | Pattern] | None = None,
    **holes: Hole | Pattern,
) -> Production:
    """Several statements with a purpose; what stands in a hole never reads the row's own inner locals."""
    given = {**holes, **(more or {})}
    ordered = dict(sorted(given.items(), key=lambda item: isinstance(item[1], Fresh) and item[1].inner))
    return statement(
        name, template, effect=effect, tags=f"idiom tile {tags}", needs=f"kernel {needs}".strip(), more=ordered
    )


def inner(pattern: Pattern, noun: str) -> Fresh:
    """A local that nothing after the row sees."""
    return Fresh(pattern, noun, inner=True)


PANELS: tuple[Production, ...] = (
    idiom(
        "tile_gemm",
        "{acc} = wp.tile_zeros(shape=({m}, {n}), dtype={T})\n"
        "for {k} in range({a}.shape[1] // 16):\n"
        "    {left} = wp.tile_load({a}, shape=({m}, 16), offset=({i} * {m}, {k} * 16))\n"
        "    {right} = wp.tile_load({b}, shape=(16, {n}), offset=({k} * 16, {j} * {n}))\n"
        "    wp.tile_matmul({left}, {right}, {acc})",
        "rank2",
        a=Input(F, 2, ((0, R), (None, 64))),
        b=Input(F, 2, ((None, 64), (1, C))),
        i=Thread(0),
        j=Thread(1),
        m=Length(R),
        n=Length(C),
        T=Spelled(F),
        k=inner(INT, "k"),
        left=inner(TileOf(F, (R, 16)), "tile_a"),
        right=inner(TileOf(F, (16, C)), "tile_b"),
        acc=Fresh(BLOCK, "acc"),
    ),
    idiom(
        "tile_gemm_strip",
        "{acc} = wp.tile_zeros(shape=({m}, {n}), dtype={T})\n"
        "for {k} in range(4):\n"
        "    {left} = wp.tile_load({a}, shape=({m}, 16), offset=({i} * {m}, {k} * 16))\n"
        "    {acc} += wp.tile_matmul({left}, wp.tile_load({b}, shape=(16, {n}), offset=({k} * 16, 0)))",
        a=Input(F, 2, ((0, R), (None, 64))),
        b=Input(F, 2, ((None, 64), (None, C))),
        i=Thread(0),
        m=Length(R),
        n=Length(C),
        T=Spelled(F),
        k=inner(INT, "k"),
        left=inner(TileOf(F, (R, 16)), "tile_a"),
        acc=Fresh(BLOCK, "acc"),
    ),
    idiom(
        "tile_copy",
        '{panel} = wp.tile_load({a}, shape=({m}, 16), offset=({i} * {m}, {j} * 16), storage="shared", aligned=True)\n'
        "wp.tile_store({out}, {panel}, offset=({i} * {m}, {j} * 16), aligned=True)",
        "rank2",
        effect=Effect.WRITES,
        a=Input(WIDE, 2, ((0, R), (1, 16))),
        i=Thread(0),
        j=Thread(1),
        m=Length(R),
        panel=inner(TileOf(WIDE, (R, 16)), "panel"),
        out=Output(WIDE, 2, "write", ((0, R), (1, 16))),
    ),
    idiom(
        "tile_accumulate",
        "{total} = wp.tile_zeros(shape={m}, dtype={T})\n"
        "for {k} in range({a}.shape[1] // {m}):\n"
        "    {total} += wp.tile_load({a}[{i}], shape={m}, offset={k} * {m})",
        a=Input(S, 2, ((0, 1), (None, 256))),
        i=Thread(0),
        m=Length(M),
        T=Spelled(S),
        k=inner(INT, "k"),
        total=Fresh(TileOf(S, (M,)), "total"),
    ),
    idiom(
        "tile_walk",
        "{chunk} = {value}\n{total} = {zero}\nfor {k} in range({m}):\n    {total} += {chunk}[{k}] * {x}",
        tags="let",
        value=TileOf(S, (M,)),
        zero=Zero(S),
        m=Length(M),
        x=Expr(S, varying=True),
        chunk=inner(TileOf(S, (M,)), "chunk"),
        k=inner(INT, "k"),
        total=Fresh(S, "total"),
    ),
    idiom(
        "tile_mean",
        "{values} = {value}\n{mean} = wp.tile_sum({values})[0] / float(len({values}))",
        tags="let",
        value=TileOf(FLOAT, (M,)),
        values=inner(TileOf(FLOAT, (M,)), "values"),
        mean=Fresh(FLOAT, "mean"),
    ),
    idiom(
        "tile_empty",
        "{name} = wp.tile_empty(shape={m}, dtype={T})\nwp.tile_assign({name}, {value})",
        value=TileOf(S, (M,)),
        m=Length(M),
        T=Spelled(S),
        name=Fresh(TileOf(S, (M,)), "staged"),
    ),
    idiom(
        "tile_empty2d",
        '{name} = wp.tile_empty(shape=({m}, {n}), dtype={T}, storage="shared")\nwp.tile_assign({name}, {value}, offset=(0, 0))',
        value=BLOCK,
        m=Length(R),
        n=Length(C),
        T=Spelled(F),
        name=Fresh(BLOCK, "staged"),
    ),
    idiom(
        "tile_softmax",
        "{scores} = {value}\n"
        "{raised} = wp.tile_map(wp.exp, {scores} - wp.tile_broadcast(wp.tile_max({scores}), shape=({m},)))\n"
        "{name} = {raised} / wp.tile_broadcast(wp.tile_sum({raised}), shape=({m},))",
        tags="let",
        value=LINE,
        m=Length(M),
        scores=inner(LINE, "scores"),
        raised=inner(LINE, "raised"),
        name=Fresh(LINE, "probabilities"),
    ),
    idiom(
        "tile_standardize",
        "{values} = {value}\n"
        "{mean} = wp.tile_sum({values})[0] / {T}({m})\n"
        "{centered} = wp.tile_map(wp.sub, {values}, {mean})\n"
        "{variance} = wp.tile_dot({centered}, {centered})[0] / {T}({m})\n"
        "{name} = {centered} / wp.sqrt({variance} + {epsilon})",
        tags="let",
        value=LINE,
        m=Length(M),
        T=Spelled(F),
        epsilon=Const(F, (0.01, 0.1)),
        values=inner(LINE, "values"),
        mean=inner(F, "mean"),
        centered=inner(LINE, "centered"),
        variance=inner(F, "variance"),
        name=Fresh(LINE, "standardized"),
    ),
    idiom(
        "tile_sort",
        "{keys} = wp.tile_load({a}, shape={m}, offset={i} * {m})\n"
        "{order} = wp.tile_arange({m}, dtype=int)\n"
        "wp.tile_sort({keys}, {order})",
        "rank1",
        a=Input(SORTED, 1, ((0, M),)),
        i=OWN,
        m=Length(M),
        keys=Fresh(TileOf(SORTED, (M,)), "keys"),
        order=Fresh(TileOf(INT, (M,)), "order"),
    ),
)

SQUARE, SIDED = TileOf(WIDE, (SIDE, SIDE)), TileOf(WIDE, (SIDE,))
# A panel times its transpose, with something added to the diagonal, is positive definite whatever the panel holds.
GRAM = (
    "{panel} = {value}\n"
    "{gram} = wp.tile_diag_add(\n"
    "    wp.tile_matmul({panel}, wp.tile_transpose({panel})), wp.tile_full({n}, {ridge}, dtype={T})\n"
    ")\n"
)


def _solve(name: str, template: str, /, **holes: Hole | Pattern) -> Production:
    """A solve of a system that is made positive definite first."""
    return idiom(
        name,
        GRAM + template,
        "",
        "solve let",
        value=SQUARE,
        n=Length(SIDE),
        T=Spelled(WIDE),
        ridge=Const(WIDE, (1.0, 0.5, 4.0)),
        panel=inner(SQUARE, "panel"),
        gram=inner(SQUARE, "gram"),
        more=holes,
    )


FACTOR = inner(SQUARE, "factor")
SOLVES: tuple[Production, ...] = (
    _solve("tile_cholesky", "{factor} = wp.tile_cholesky({gram})", factor=Fresh(SQUARE, "factor")),
    _solve(
        "tile_cholesky_solve",
        "{factor} = wp.tile_cholesky({gram})\n{name} = wp.tile_cholesky_solve({factor}, {right})",
        right=SIDED,
        factor=FACTOR,
        name=Fresh(SIDED, "solution"),
    ),
    _solve(
        "tile_cholesky_solve_upper",
        '{factor} = wp.tile_cholesky({gram}, fill_mode="upper")\n'
        '{name} = wp.tile_cholesky_solve({factor}, {right}, fill_mode="upper")',
        right=SQUARE,
        factor=FACTOR,
        name=Fresh(SQUARE, "solution"),
    ),
    _solve(
        "tile_cholesky_solve_inplace",
        "wp.tile_cholesky_inplace({gram})\n{name} = {right} * {x}\nwp.tile_cholesky_solve_inplace({gram}, {name})",
        right=SIDED,
        x=WIDE,
        name=Fresh(SIDED, "solution"),
    ),
    _solve(
        "tile_cholesky_upper_inplace",
        'wp.tile_cholesky_inplace({gram}, fill_mode="upper")\n'
        "{name} = {right} * {x}\n"
        'wp.tile_cholesky_solve_inplace({gram}, {name}, fill_mode="upper")',
        right=SIDED,
        x=WIDE,
        name=Fresh(SIDED, "solution"),
    ),
    _solve(
        "tile_triangular_solve",
        "{factor} = wp.tile_cholesky({gram})\n"
        "{half} = wp.tile_lower_solve({factor}, {right})\n"
        "{name} = wp.tile_upper_solve(wp.tile_transpose({factor}), {half})",
        right=SIDED,
        factor=FACTOR,
        half=inner(SIDED, "half"),
        name=Fresh(SIDED, "solution"),
    ),
    _solve(
        "tile_triangular_solve_inplace",
        "{factor} = wp.tile_cholesky({gram})\n"
        "{name} = {right} * {x}\n"
        "wp.tile_lower_solve_inplace({factor}, {name})\n"
        "wp.tile_upper_solve_inplace(wp.tile_transpose({factor}), {name})",
        right=SIDED,
        x=WIDE,
        factor=FACTOR,
        name=Fresh(SIDED, "solution"),
    ),
)

COMPLEX = VectorOf(2, WIDE)
# The length is what both ways of transforming on CUDA take with blocks of up to 256 threads. The transformed tile has to
# stay in registers, so nothing but the row itself works on it.
SPECTRUM: tuple[Axis, ...] = ((0, 1), (None, 2), (None, 512))
SIGNAL = inner(TileOf(COMPLEX, (2, 512)), "signal")
FOURIER: tuple[Production, ...] = (
    idiom(
        "tile_fft",
        "{signal} = wp.tile_load({a}[{i}], shape=(2, 512))\n"
        "wp.tile_fft({signal})\n"
        "{power} = wp.tile_sum(wp.tile_map(wp.length_sq, {signal}))[0]",
        a=Input(COMPLEX, 3, SPECTRUM),
        i=Thread(0),
        signal=SIGNAL,
        power=Fresh(WIDE, "power"),
    ),
    idiom(
        "tile_ifft",
        "{signal} = wp.tile_load({a}[{i}], shape=(2, 512))\n"
        "wp.tile_fft({signal})\n"
        "{damped} = {signal} * {x}\n"
        "wp.tile_ifft({damped})\n"
        "wp.tile_store({out}[{i}], {damped})",
        "rank1",
        effect=Effect.WRITES,
        a=Input(COMPLEX, 3, SPECTRUM),
        i=Thread(0),
        x=WIDE,
        signal=SIGNAL,
        damped=inner(TileOf(COMPLEX, (2, 512)), "damped"),
        out=Output(COMPLEX, 3, "write", SPECTRUM),
    ),
)

TRIPS = (
    "for {trip} in range((64 + wp.block_dim() - 1) // wp.block_dim()):\n    {slot} = {trip} * wp.block_dim() + {lane}\n"
)
LANES: dict[str, Hole | Pattern] = {
    "block": inner(INT, "block"),
    "lane": inner(INT, "lane"),
    "trip": inner(INT, "trip"),
    "slot": inner(INT, "slot"),
}
SCATTERS = {
    1: ((64,), "{slot}"),
    2: ((8, 8), "{slot} // 8, {slot} % 8"),
    3: (CUBE, "{slot} // 16, {slot} // 4 % 4, {slot} % 4"),
    4: (HYPERCUBE, "{slot} // 32, {slot} // 16 % 2, {slot} // 4 % 4, {slot} % 4"),
}


def _scatters() -> tuple[Production, ...]:
    """Threads put elements of a row into a tile, each its own."""
    rows: list[Production] = []
    for rank, (shape, places) in SCATTERS.items():
        element = F if rank < 3 else TypeVariable("F", (FLOAT,))
        size = "64" if rank == 1 else str(shape)
        for name, call in (
            (
                "add",
                f"wp.tile_scatter_add({{t}}, {places}, {{item}}, {{slot}} < 64{', atomic=False' if rank == 2 else ''})",
            ),
            ("masked", f"wp.tile_scatter_masked({{t}}, {places}, {{item}}, {{slot}} < 64 and {{item}} > {{x}})"),
        ):
            given: dict[str, Hole | Pattern] = {"x": Expr(element)} if name == "masked" else {}
            rows.append(
                idiom(
                    f"tile_scatter_{name}{rank}d",
                    f'{{t}} = wp.tile_zeros(shape={size}, dtype={{T}}, storage="shared")\n'
                    "{block}, {lane} = wp.tid()\n" + TRIPS + "    {item} = {a}[{block}, wp.min({slot}, 63)]\n"
                    f"    {call}",
                    "rank1",
                    "lane",
                    a=Input(element, 2, ((0, 1), (None, 64))),
                    T=Spelled(element),
                    item=inner(element, "item"),
                    t=Fresh(TileOf(element, shape), "scattered"),
                    more={**given, **LANES},
                )
            )
    return tuple(rows)


STACK = inner(Opaque("tile_stack"), "stack")
PUSHES = (
    TRIPS + "    {item} = {a}[{block}, wp.min({slot}, 63)]\n"
    "    wp.tile_stack_push({stack}, {item}, {slot} < 64 and {item} > {x})\n"
)
LISTED: dict[str, Hole | Pattern] = {
    "a": Input(SORTED, 2, ((0, 1), (None, 64))),
    "x": Expr(SORTED),
    "T": Spelled(SORTED),
    "stack": STACK,
    "item": inner(SORTED, "item"),
    **LANES,
}
BY_LANES: tuple[Production, ...] = (
    idiom(
        "tile_histogram",
        '{bins} = wp.tile_zeros(shape=16, dtype=int, storage="shared")\n'
        "{block}, {lane} = wp.tid()\n" + TRIPS + "    {key} = {a}[{block}, wp.min({slot}, 63)] & 15\n"
        "    wp.tile_scatter_add({bins}, {key}, 1, {slot} < 64)",
        "rank1",
        "lane",
        a=Input(INT, 2, ((0, 1), (None, 64))),
        key=inner(INT, "key"),
        bins=Fresh(Tile(INT, (16,)), "bins"),
        more=LANES,
    ),
    *_scatters(),
    idiom(
        "tile_stack",
        "{stack} = wp.tile_stack(capacity=64, dtype={T})\n{block}, {lane} = wp.tid()\n"
        + PUSHES
        + "{count} = wp.tile_stack_count({stack})",
        "rank1",
        "lane",
        count=Fresh(INT, "num_kept"),
        more=LISTED,
    ),
    idiom(
        "tile_stack_pop",
        "{stack} = wp.tile_stack(capacity=64, dtype={T})\n{block}, {lane} = wp.tid()\n"
        + PUSHES
        + "while wp.tile_stack_count({stack}) > 0:\n"
        "    {popped}, {place} = wp.tile_stack_pop({stack})\n"
        "    if {place} >= 0:\n"
        "        wp.atomic_add({out}, {block}, {popped})",
        "rank1",
        "lane",
        effect=Effect.UNORDERED,
        out=Output(SORTED, 1, "atomic_add", ((0, 1),)),
        popped=inner(SORTED, "popped"),
        place=inner(INT, "place"),
        more=LISTED,
    ),
    idiom(
        "tile_stack_clear",
        "{stack} = wp.tile_stack(capacity=64, dtype={T})\n{block}, {lane} = wp.tid()\n"
        + PUSHES
        + "{count} = wp.tile_stack_count({stack})\n"
        "wp.tile_stack_clear({stack})\n"
        "wp.tile_stack_push({stack}, {x}, {lane} == 0)\n"
        "{left} = {count} + wp.tile_stack_count({stack})",
        "rank1",
        "lane",
        count=inner(INT, "count"),
        left=Fresh(INT, "num_seen"),
        more=LISTED,
    ),
    # Every thread that adds to an element adds to it once more: one does.
    statement(
        "tile_element_add",
        "{block}, {lane} = wp.tid()\n{target}[{k}] += wp.where({lane} == 0, {x}, {zero})",
        target=Target(TileOf(S, (M,))),
        k=Const(INT, (0, 1, 7)),
        x=Expr(S),
        zero=Const(S, (0,)),
        block=inner(INT, "block"),
        lane=inner(INT, "lane"),
        effect=Effect.ASSIGNS,
        tags="assign part tile lane",
        needs="kernel rank1",
    ),
    statement(
        "tile_element_sub2d",
        "{block}, {lane} = wp.tid()\n{target}[{r}, {c}] -= wp.where({lane} == 0, {x}, {zero})",
        target=Target(TileOf(S, (R, C))),
        r=Const(INT, (0, 7)),
        c=Const(INT, (1, 5)),
        x=Expr(S),
        zero=Const(S, (0,)),
        block=inner(INT, "block"),
        lane=inner(INT, "lane"),
        effect=Effect.ASSIGNS,
        tags="assign part tile lane",
        needs="kernel rank1",
    ),
    # Once or many times is the same here.
    *(
        statement(
            f"tile_element_{name}",
            f"{{target}}[{{k}}] {operator} {{x}}",
            target=Target(TileOf(INT, (M,))),
            k=Const(INT, (0, 1, 7)),
            x=Expr(INT),
            effect=Effect.ASSIGNS,
            tags="assign part tile",
            needs="kernel",
        )
        for name, operator in (("or", "|="), ("and", "&="))
    ),
)


def _thread(name: str, template: str, result: Pattern, noun: str, /, **holes: Hole | Pattern) -> Production:
    """A row of what each thread holds, as a tile of as many elements as a block has threads."""
    return row(name, template, result, tags="tile", noun=noun, needs="kernel", more=holes)


THREADS: tuple[Production, ...] = (
    _thread("tile_of_threads", "wp.tile_max(wp.tile({x} * {y}))[0]", F, "block_peak", x=F, y=F),
    _thread(
        "tile_of_threads_mean",
        "wp.tile_sum(wp.tile({x} + {y}))[0] / float(wp.block_dim())",
        FLOAT,
        "block_mean",
        x=FLOAT,
        y=FLOAT,
    ),
    _thread("untile", "wp.untile(wp.tile({x} - {z}) * {y})", F, "scaled", x=F, z=F, y=F),
    _thread("untile_vector", "wp.untile(wp.tile({v} - {p}) * {y})", V3, "scaled", v=V3, p=V3, y=FLOAT),
    _thread(
        "untile_whole", "wp.untile(wp.tile({v} + {p}, preserve_type=True) * {y})", V3, "scaled", v=V3, p=V3, y=FLOAT
    ),
    _thread(
        "tile_function",
        "{f}({a}, {x})",
        LINE,
        "adjusted",
        f=Define(
            "@wp.func\ndef {name}(t: {T}, x: {S}):\n    return {body}\n",
            "shift_tile rescale weigh_tile",
            (("T", LINE), ("S", F)),
            (("body", ("t * x + t", "t - t * x", "wp.tile_map(wp.max, t * x, t)")),),
        ),
        a=LINE,
        x=F,
    ),
)

BOUNDS: dict[str, Hole | Pattern] = {"low": Vector(3, FLOAT), "high": Vector(3, FLOAT)}
IS_HIT = Define(
    "@wp.func\ndef {name}(index: int) -> int:\n    return wp.where(index >= 0, 1, 0)\n", "is_hit is_found counts_as_hit"
)


def _queries() -> tuple[Production, ...]:
    """A whole block looks into one hierarchy: how many hits there are, and which."""
    rows: list[Production] = []
    bvh, mesh = Host("bvh", "bvh_id"), Host("mesh", "mesh_id mesh")
    box = "wp.{0}({{host}}, wp.min({{low}}, {{high}}), wp.max({{low}}, {{high}}))"
    ray = "wp.tile_bvh_query_ray({host}, {low}, wp.vec3({x}, {y}, 1.0))"
    aimed: dict[str, Hole | Pattern] = {"low": V3, "x": FLOAT, "y": FLOAT}
    for name, host, start, following, given in (
        ("tile_bvh_query_aabb", bvh, box.format("tile_bvh_query_aabb"), "tile_bvh_query_next", BOUNDS),
        ("tile_bvh_query_ray", bvh, ray, "tile_bvh_query_next", aimed),
        ("tile_mesh_query_aabb", mesh, box.format("tile_mesh_query_aabb"), "tile_mesh_query_aabb_next", BOUNDS),
    ):
        begins = f"{{query}} = {start}\n"
        query = inner(Opaque("query"), "query")
        rows.append(
            idiom(
                name,
                begins + "{count} = {zero}\n"
                "while wp.tile_query_valid({query}):\n"
                f"    {{found}} = wp.{following}({{query}})\n"
                "    {count} += wp.tile_sum(wp.tile_map({is_hit}, {found}))[0]",
                needs="rank1",
                host=host,
                more=given,
                is_hit=IS_HIT,
                zero=Zero(INT),
                query=query,
                found=inner(Opaque("tile"), "found"),
                count=Fresh(INT, "num_hits"),
            )
        )
        rows.append(
            idiom(
                f"{name}_each",
                begins + "while wp.tile_query_valid({query}):\n"
                f"    {{found}} = wp.untile(wp.{following}({{query}}))\n"
                "    if {found} >= 0:\n"
                "        wp.atomic_add({out}, {found} % 64, 1)",
                effect=Effect.UNORDERED,
                needs="rank1",
                host=host,
                more=given,
                query=query,
                found=inner(INT, "found"),
                out=Output(INT, 1, "atomic_add", ((None, 64),)),
            )
        )
    return tuple(rows)


TILE_IDIOMS: tuple[Production, ...] = (*PANELS, *SOLVES, *FOURIER, *BY_LANES, *THREADS, *_queries())
