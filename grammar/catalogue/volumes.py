"""Sparse volumes: fields on a grid of voxels."""

from __future__ import annotations

from grammar.catalogue.hosts import TOPOLOGY, target_volume, volume
from grammar.holes import Const, Expr, Fresh, Given, Hole, Items, Spelled, Thread, Zero
from grammar.production import Effect, Production, row, statement
from grammar.types import (
    DOUBLE,
    FLOAT,
    INT,
    MatrixOf,
    Pattern,
    Scalar,
    Size,
    Type,
    TypeVariable,
    Vector,
    VectorOf,
)

V3 = Vector(3, FLOAT)
REALS: tuple[Type, ...] = (FLOAT, DOUBLE, V3, Vector(3, DOUBLE), Vector(4, FLOAT), Vector(4, DOUBLE))
WHOLES: tuple[Type, ...] = (INT, Scalar("int64"), Scalar("uint32"))
W = TypeVariable("W", REALS)  # what a volume may interpolate
H = TypeVariable("H", (*REALS, *WHOLES))  # … and what it may hold
D = TypeVariable("D", (FLOAT, DOUBLE))
V3D = VectorOf(3, D)
N = Size("N", (3, 4))
VD = VectorOf(N, D)
EPSILON = Const(D, (0.001, 0.01))
MARGIN = Given(FLOAT, "margin thickness contact_margin")
Holes = dict[str, Hole | Pattern]

# A coordinate that is read from an array is of a size that the conversion to a voxel can hold.
WORLD: Holes = {"i": Thread(0), "points": Items(V3, "i", "points positions particle_q sample_points")}
TO_INDEX = "{uvw} = wp.volume_world_to_index({volume}, {points}[{i}])\n"
UVW_LOCAL: Holes = {"uvw": Fresh(V3, "uvw", inner=True)}
VOXEL: Holes = {"i": Thread(0), "j": Thread(1), "k": Thread(2)}
AT = "{i}, {j}, {k}"


def _statement(name: str, template: str, tags: str = "", needs: str = "", /, **holes: Hole | Pattern) -> Production:
    return statement(name, template, more=holes, tags=f"query idiom {tags}", needs=f"kernel {needs}")


def _value(name: str, template: str, result: Pattern, noun: str, **holes: Hole | Pattern) -> Production:
    return row(name, template, result, more=holes, tags="query source", noun=noun, needs="kernel")


SAMPLES: tuple[Production, ...] = (
    _statement(
        "volume_world_sample",
        TO_INDEX + "{value} = wp.volume_sample_f({volume}, {uvw}, wp.Volume.LINEAR)",
        volume=volume(FLOAT),
        **WORLD,
        **UVW_LOCAL,
        value=Fresh(FLOAT, "sdf"),
    ),
    _statement(
        "volume_world_sample_typed",
        TO_INDEX + "{value} = wp.volume_sample({volume}, {uvw}, wp.Volume.LINEAR, dtype={T})",
        volume=volume(W),
        **WORLD,
        **UVW_LOCAL,
        T=Spelled(W),
        value=Fresh(W, "sampled"),
    ),
    _statement(
        "volume_world_sample_closest",
        TO_INDEX + "{value} = wp.volume_sample({volume}, {uvw}, wp.Volume.CLOSEST, dtype={T})",
        volume=volume(H),
        **WORLD,
        **UVW_LOCAL,
        T=Spelled(H),
        value=Fresh(H, "cell_value"),
    ),
    _statement(
        "volume_advect",
        TO_INDEX + "{x} = {points}[{i}] + {dt} * wp.volume_sample_v({volume}, {uvw}, wp.Volume.LINEAR)",
        "vector",
        volume=volume(V3),
        **WORLD,
        **UVW_LOCAL,
        dt=Given(FLOAT, "dt time_step h_step"),
        x=Fresh(V3, "advected"),
    ),
    _statement(
        "volume_label",
        TO_INDEX + "{label} = wp.volume_sample_i({volume}, {uvw})",
        volume=volume(INT),
        **WORLD,
        **UVW_LOCAL,
        label=Fresh(INT, "label"),
    ),
    *(
        _value(
            name,
            f"wp.{name}({{volume}}, {{coords}}[{{i}}], wp.Volume.CLOSEST)",
            of,
            noun,
            volume=volume(of),
            i=Thread(0),
            coords=Items(V3, "i", "uvw_coords sample_uvw grid_coords"),
        )
        for name, of, noun in (("volume_sample_f", FLOAT, "density"), ("volume_sample_v", V3, "wind"))
    ),
)

GRADIENTS: tuple[Production, ...] = (
    _statement(
        "volume_collide",
        TO_INDEX + "{gradient} = wp.vec3()\n"
        "{distance} = wp.volume_sample_grad_f({volume}, {uvw}, wp.Volume.LINEAR, {gradient})\n"
        "{push} = {zero}\n"
        "if {distance} < {margin}:\n"
        "    {normal} = wp.normalize(wp.volume_index_to_world_dir({volume}, {gradient}))\n"
        "    {push} = {normal} * ({margin} - {distance})",
        "branch vector",
        volume=volume(FLOAT),
        **WORLD,
        **UVW_LOCAL,
        gradient=Fresh(V3, "gradient", inner=True),
        distance=Fresh(FLOAT, "distance", inner=True),
        push=Fresh(V3, "correction", mutable=True),
        zero=Zero(V3),
        margin=MARGIN,
        normal=Fresh(V3, "normal", inner=True),
    ),
    _statement(
        "volume_gradient",
        TO_INDEX + "{gradient} = {zero}\n"
        "{value} = wp.volume_sample_grad({volume}, {uvw}, wp.Volume.LINEAR, {gradient}, dtype={T})\n"
        "{step} = {gradient} * (-{value} / (wp.length_sq({gradient}) + {eps}))",
        "vector",
        volume=volume(D),
        **WORLD,
        **UVW_LOCAL,
        gradient=Fresh(V3D, "gradient", inner=True),
        zero=Zero(V3D),
        T=Spelled(D),
        value=Fresh(D, "value", inner=True),
        eps=EPSILON,
        step=Fresh(V3D, "to_surface"),
    ),
    _statement(
        "volume_jacobian",
        TO_INDEX + "{jacobian} = {M}()\n"
        "{value} = wp.volume_sample_grad({volume}, {uvw}, wp.Volume.LINEAR, {jacobian}, dtype={T})\n"
        "{ahead} = {value} + {jacobian} * {delta}",
        "vector matrix",
        volume=volume(VD),
        **WORLD,
        delta=Expr(V3D),
        **UVW_LOCAL,
        jacobian=Fresh(MatrixOf(N, 3, D), "jacobian", inner=True),
        M=Spelled(MatrixOf(N, 3, D)),
        T=Spelled(VD),
        value=Fresh(VD, "flow", inner=True),
        ahead=Fresh(VD, "flow_ahead"),
    ),
    _statement(
        "volume_march",
        "{start} = {origins}[{i}]\n{dir} = wp.normalize({direction})\n{t} = float(0.0)\n"
        "for {k} in range({steps}):\n"
        "    {uvw} = wp.volume_world_to_index({volume}, {start} + {t} * {dir})\n"
        "    {distance} = wp.volume_sample_f({volume}, {uvw}, wp.Volume.LINEAR)\n"
        "    if {distance} < {close} or {t} > {far}:\n"
        "        break\n"
        "    {t} += {distance}",
        "loop branch",
        volume=volume(FLOAT),
        i=Thread(0),
        origins=Items(V3, "i", "origins ray_origins ray_starts"),
        direction=Expr(V3),
        start=Fresh(V3, "start", inner=True),
        dir=Fresh(V3, "dir", inner=True),
        t=Fresh(FLOAT, "t", mutable=True),
        k=Fresh(INT, "step", inner=True),
        steps=Const(INT, (32, 48, 64)),
        **UVW_LOCAL,
        distance=Fresh(FLOAT, "d", inner=True),
        close=Const(FLOAT, (0.001, 0.01)),
        far=Const(FLOAT, (10.0, 100.0)),
    ),
)

# Single voxels: any integers name one, and where there is none its value is the background's.
LOOKUPS: tuple[Production, ...] = (
    *(
        _value(name, f"wp.{name}({{volume}}, {AT})", of, noun, volume=volume(of), i=Expr(INT), j=Expr(INT), k=Expr(INT))
        for name, of, noun in (
            ("volume_lookup_f", FLOAT, "density"),
            ("volume_lookup_v", V3, "velocity"),
            ("volume_lookup_i", INT, "label"),
        )
    ),
    _value(
        "volume_lookup",
        f"wp.volume_lookup({{volume}}, {AT}, dtype={{T}})",
        H,
        "voxel",
        volume=volume(H),
        i=Expr(INT),
        j=Expr(INT),
        k=Expr(INT),
        T=Spelled(H),
    ),
    _statement(
        "volume_laplacian",
        "{laplacian} = -6.0 * wp.volume_lookup_f({volume}, {i}, {j}, {k})\n"
        "for {s} in range(2):\n"
        "    {laplacian} += wp.volume_lookup_f({volume}, {i} + 2 * {s} - 1, {j}, {k})\n"
        "    {laplacian} += wp.volume_lookup_f({volume}, {i}, {j} + 2 * {s} - 1, {k})\n"
        "    {laplacian} += wp.volume_lookup_f({volume}, {i}, {j}, {k} + 2 * {s} - 1)",
        "loop",
        "rank3",
        volume=volume(FLOAT),
        **VOXEL,
        s=Fresh(INT, "side", inner=True),
        laplacian=Fresh(FLOAT, "laplacian", mutable=True),
    ),
)
STORES: tuple[Production, ...] = tuple(
    statement(
        f"volume_store{suffix}",
        f"wp.volume_store{suffix}({{volume}}, {AT}, {{value}})",
        volume=target_volume(of),
        more=VOXEL,
        value=Expr(of),
        effect=Effect.WRITES,
        tags="query idiom",
        needs="kernel rank3",
    )
    for suffix, of in (("_f", FLOAT), ("_v", V3), ("_i", INT), ("", H))
)

# Values beside the volume: an element for each voxel.
INDEXED: tuple[Production, ...] = (
    _statement(
        "volume_voxel_data",
        f"{{voxel}} = wp.volume_lookup_index({{volume}}, {AT})\n{{value}} = {{background}}\nif {{voxel}} >= 0:\n"
        "    {value} = {data}[{voxel}]",
        "branch gather",
        volume=TOPOLOGY,
        data=Items(H, "volume"),
        i=Expr(INT),
        j=Expr(INT),
        k=Expr(INT),
        background=Expr(H),
        voxel=Fresh(INT, "voxel", inner=True),
        value=Fresh(H, "value", mutable=True),
    ),
    _statement(
        "volume_sample_data",
        TO_INDEX + "{value} = wp.volume_sample_index({volume}, {uvw}, wp.Volume.LINEAR, {data}, {background})",
        volume=TOPOLOGY,
        **WORLD,
        **UVW_LOCAL,
        data=Items(W, "volume", "voxel_data voxel_values node_values"),
        background=Expr(W),
        value=Fresh(W, "sampled"),
    ),
    _statement(
        "volume_sample_labels",
        TO_INDEX + "{value} = wp.volume_sample_index({volume}, {uvw}, wp.Volume.CLOSEST, {data}, {background})",
        volume=TOPOLOGY,
        **WORLD,
        **UVW_LOCAL,
        data=Items(INT, "volume", "voxel_labels voxel_flags"),
        background=Const(INT, (0, -1)),
        value=Fresh(INT, "label"),
    ),
    _statement(
        "volume_gradient_data",
        TO_INDEX + "{gradient} = {zero}\n"
        "{value} = wp.volume_sample_grad_index({volume}, {uvw}, wp.Volume.LINEAR, {data}, {background}, {gradient})\n"
        "{step} = {gradient} * ({value} / (wp.length({gradient}) + {eps}))",
        "vector",
        volume=TOPOLOGY,
        **WORLD,
        **UVW_LOCAL,
        data=Items(D, "volume", "voxel_data voxel_values node_values"),
        background=Expr(D),
        gradient=Fresh(V3D, "gradient", inner=True),
        zero=Zero(V3D),
        value=Fresh(D, "value", inner=True),
        eps=EPSILON,
        step=Fresh(V3D, "drift"),
    ),
    _statement(
        "volume_jacobian_data",
        TO_INDEX + "{jacobian} = {M}()\n"
        "{value} = wp.volume_sample_grad_index({volume}, {uvw}, wp.Volume.LINEAR, {data}, {background}, {jacobian})\n"
        "{ahead} = {value} + {jacobian} * {delta}",
        "vector matrix",
        volume=TOPOLOGY,
        **WORLD,
        **UVW_LOCAL,
        data=Items(VD, "volume", "voxel_vectors node_velocities"),
        background=Expr(VD),
        delta=Expr(V3D),
        jacobian=Fresh(MatrixOf(N, 3, D), "jacobian", inner=True),
        M=Spelled(MatrixOf(N, 3, D)),
        value=Fresh(VD, "flow", inner=True),
        ahead=Fresh(VD, "flow_ahead"),
    ),
    _value("volume_voxel_count", "wp.volume_voxel_count({volume})", INT, "num_voxels", volume=TOPOLOGY),
)

FRAMES: tuple[Production, ...] = tuple(
    row(
        name,
        f"wp.{name}({{volume}}, {{x}})",
        V3D,
        volume=volume(FLOAT),
        x=Expr(V3D),
        tags="query vector",
        noun=noun,
        needs="kernel",
    )
    for name, noun in (
        ("volume_index_to_world", "world"),
        ("volume_world_to_index", "uvw"),
        ("volume_index_to_world_dir", "world_dir"),
        ("volume_world_to_index_dir", "index_dir"),
    )
)

VOLUMES = (*SAMPLES, *GRADIENTS, *LOOKUPS, *STORES, *INDEXED, *FRAMES)
