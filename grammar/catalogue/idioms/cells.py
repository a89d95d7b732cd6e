"""Idioms between points and grids: sampling between nodes, deposits into cells, histograms."""

from __future__ import annotations

from grammar.catalogue.definitions import Rows, define
from grammar.catalogue.idioms.roles import (
    DT,
    POSITIONS,
    V2,
    V3,
    F,
    I,
    J,
    at_both,
    idiom,
    inner,
    items,
    spelled,
)
from grammar.holes import Bound, Const, Expr, Fresh, Given
from grammar.production import Effect
from grammar.types import INT, TypeVariable, VectorOf

DEPOSITS: Rows = (
    idiom(
        "table_lookup",
        "interpolates in a table",
        "{x} = wp.clamp({at}, 0.0, 1.0) * {T}({n} - 1)\n{k} = wp.min(int(wp.floor({x})), {n} - 1)\n"
        "{next} = wp.min({k} + 1, {n} - 1)\n{y} = wp.lerp({table}[{k}], {table}[{next}], {x} - wp.floor({x}))",
        "math",
        at=Expr(F),
        n=Bound("extent"),
        table=items(F, "table lut curve", "n"),
        T=spelled(),
        x=inner(F, "x"),
        k=inner(INT, "k"),
        next=inner(INT, "k_next"),
        y=Fresh(F, "y"),
    ),
    idiom(
        "grid_cell",
        "deposits mass into the cells of a grid",
        "{p} = {positions}[{i}]\n{x} = int(wp.clamp({p}[0] * {inv}, 0.0, {T}({nx} - 1)))\n"
        "{y} = int(wp.clamp({p}[1] * {inv}, 0.0, {T}({ny} - 1)))\nwp.atomic_add({grid}, {x}, {y}, {mass})",
        "vector scatter",
        effect=Effect.UNORDERED,
        i=I,
        mass=Expr(F),
        positions=items(V2, POSITIONS),
        nx=Bound("extent"),
        ny=Bound("extent"),
        inv=Given(F, "inv_dx inv_cell_size"),
        grid=items(F, "grid grid_mass cells", "nx ny", access="atomic_add"),
        T=spelled(),
        p=inner(V2, "p"),
        x=inner(INT, "cell_x"),
        y=inner(INT, "cell_y"),
    ),
    idiom(
        "splat",
        "splats values onto the two nearest nodes",
        "{x} = wp.clamp({positions}[{i}] * {inv}, 0.0, {T}({n} - 1))\n{k} = int({x})\n{w} = {x} - {T}({k})\n"
        "wp.atomic_add({grid}, {k}, {value} * (1.0 - {w}))\nwp.atomic_add({grid}, wp.min({k} + 1, {n} - 1), {value} * {w})",
        "scatter",
        effect=Effect.UNORDERED,
        i=I,
        value=Expr(F),
        positions=items(F, "positions coords x_in"),
        n=Bound("extent"),
        inv=Given(F, "inv_dx inv_cell_size"),
        grid=items(F, "grid nodes grid_mass", "n", access="atomic_add"),
        T=spelled(),
        x=inner(F, "x"),
        k=inner(INT, "k"),
        w=inner(F, "w"),
    ),
    idiom(
        "wrap_position",
        "wraps positions into a periodic box",
        "{p} = {positions}[{i}] + {shift}\n{wrapped} = {p} - wp.floor({p} / {size}) * {size}",
        "math",
        i=I,
        shift=Expr(F),
        positions=items(F, "positions coords x_in"),
        size=Const(F, (2.0, 4.0, 10.0)),
        p=inner(F, "p"),
        wrapped=Fresh(F, "p_wrapped"),
    ),
    idiom(
        "minimum_image",
        "measures distances to the nearest image",
        "{d} = {positions}[{i}] - {center}\n"
        "{d} = {d} - {V}(wp.round({d}[0] / {box}), wp.round({d}[1] / {box}), wp.round({d}[2] / {box})) * {box}\n{r} = wp.length({d})",
        "vector math",
        i=I,
        r=Fresh(F, "r"),
        positions=items(V3, POSITIONS),
        center=Expr(V3),
        box=Const(F, (2.0, 4.0, 10.0)),
        V=spelled(V3),
        d=inner(V3, "d"),
    ),
    idiom(
        "weighted_histogram",
        "bins weights into a histogram",
        "{bin} = int(wp.clamp({x} * {T}({bins}), 0.0, {T}({bins} - 1)))\nwp.atomic_add({counts}, {bin}, {w}[{i}])",
        "scatter",
        effect=Effect.UNORDERED,
        i=I,
        x=Expr(F),
        bins=Bound("extent"),
        counts=items(F, "histogram bin_weights bins_out", "bins", access="atomic_add"),
        w=items(F, "weights sample_weights"),
        T=spelled(),
        bin=inner(INT, "bin"),
    ),
)


def _sampling(F: TypeVariable, suffix: str) -> Rows:
    """Sampling between the nodes of a grid."""
    V2, V3 = VectorOf(2, F), VectorOf(3, F)
    bilinear = define(
        """
@wp.func
def {name}(u: wp.array2d(dtype={T}), x: {T}, y: {T}) -> {T}:
    i0 = int(wp.floor(x))
    j0 = int(wp.floor(y))
    i1 = wp.min(i0 + 1, u.shape[0] - 1)
    j1 = wp.min(j0 + 1, u.shape[1] - 1)
    s = x - wp.floor(x)
    t = y - wp.floor(y)
    return wp.lerp(wp.lerp(u[i0, j0], u[i1, j0], s), wp.lerp(u[i0, j1], u[i1, j1], s), t)
""",
        "bilinear sample_bilinear interpolate_plane",
        F,
    )
    trilinear = define(
        """
@wp.func
def {name}(u: wp.array3d(dtype={T}), p: {V}) -> {T}:
    i0 = int(wp.floor(p[0]))
    j0 = int(wp.floor(p[1]))
    k0 = int(wp.floor(p[2]))
    i1 = wp.min(i0 + 1, u.shape[0] - 1)
    j1 = wp.min(j0 + 1, u.shape[1] - 1)
    k1 = wp.min(k0 + 1, u.shape[2] - 1)
    r = p[0] - wp.floor(p[0])
    s = p[1] - wp.floor(p[1])
    t = p[2] - wp.floor(p[2])
    near = wp.lerp(wp.lerp(u[i0, j0, k0], u[i1, j0, k0], r), wp.lerp(u[i0, j1, k0], u[i1, j1, k0], r), s)
    far = wp.lerp(wp.lerp(u[i0, j0, k1], u[i1, j0, k1], r), wp.lerp(u[i0, j1, k1], u[i1, j1, k1], r), s)
    return wp.lerp(near, far, t)
""",
        "trilinear sample_trilinear interpolate_volume",
        F,
        types={"V": V3},
    )
    return (
        idiom(
            f"bilinear{suffix}",
            "interpolates bilinearly",
            "{p} = {points}[{i}] * {inv}\n{x} = wp.clamp({p}[0], 0.0, {T}({u}.shape[0] - 1))\n"
            "{y} = wp.clamp({p}[1], 0.0, {T}({u}.shape[1] - 1))\n{value} = {f}({u}, {x}, {y})",
            "vector helper",
            over=F,
            i=I,
            f=bilinear,
            u=items(F, "grid field height_map", "new new"),
            points=items(V2, "points positions uvs"),
            inv=Given(F, "inv_dx inv_cell_size"),
            T=spelled(F),
            p=inner(V2, "p"),
            x=inner(F, "x"),
            y=inner(F, "y"),
            value=Fresh(F, "value"),
        ),
        idiom(
            f"semi_lagrangian{suffix}",
            "advects by tracing back along the flow",
            "{v} = {velocity}[{i}, {j}]\n{x} = wp.clamp({T}({i}) - {v}[0] * {dt}, 0.0, {T}({u}.shape[0] - 1))\n"
            "{y} = wp.clamp({T}({j}) - {v}[1] * {dt}, 0.0, {T}({u}.shape[1] - 1))\n{new} = {f}({u}, {x}, {y})",
            "vector helper",
            over=F,
            i=I,
            j=J,
            f=bilinear,
            u=items(F, "u density dye temperature", "i j"),
            velocity=items(V2, "velocity velocities flow", "i j"),
            dt=Given(F, DT),
            T=spelled(F),
            v=inner(V2, "v"),
            x=inner(F, "x"),
            y=inner(F, "y"),
            new=Fresh(F, "advected"),
            needs="kernel rank2",
        ),
        idiom(
            f"trilinear{suffix}",
            "interpolates trilinearly",
            "{high} = {V}({T}({u}.shape[0] - 1), {T}({u}.shape[1] - 1), {T}({u}.shape[2] - 1))\n"
            "{p} = wp.min(wp.max(({points}[{i}] - {origin}) * {inv}, {V}(0.0, 0.0, 0.0)), {high})\n{value} = {f}({u}, {p})",
            "vector helper",
            over=F,
            i=I,
            value=Fresh(F, "value"),
            f=trilinear,
            u=items(F, "volume density_grid phi", "new new new"),
            points=items(V3, "points positions samples"),
            origin=Given(V3, "origin grid_origin"),
            inv=Given(F, "inv_dx inv_cell_size"),
            T=spelled(F),
            V=spelled(V3),
            high=inner(V3, "last"),
            p=inner(V3, "p"),
        ),
    )


CELLS: Rows = (*DEPOSITS, *at_both(_sampling))
