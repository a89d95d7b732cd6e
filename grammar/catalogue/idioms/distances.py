"""Idioms of signed distances and of rays to them, each a function above the kernel."""

from __future__ import annotations

from grammar.catalogue.definitions import Rows, define
from grammar.catalogue.idioms.roles import (
    I,
    at_both,
    formula,
    idiom,
    inner,
    items,
)
from grammar.holes import Const, Expr, Fresh, Given, Hole, Zero
from grammar.types import INT, MatrixOf, TypeVariable, VectorOf


def _distances(F: TypeVariable, suffix: str) -> Rows:
    """Signed distances, falloffs and intersections, each a function above the kernel."""
    V3, M2 = VectorOf(3, F), MatrixOf(2, 2, F)
    sphere = define(
        """
@wp.func
def {name}(p: {V}, radius: {T}):
    return wp.length(p) - radius
""",
        "sdf_sphere sphere_distance",
        F,
        types={"V": V3},
    )
    box = define(
        """
@wp.func
def {name}(p: {V}, size: {V}) -> {T}:
    q = wp.abs(p) - size
    outside = wp.length(wp.max(q, {V}(0.0, 0.0, 0.0)))
    inside = wp.min(wp.max(q[0], wp.max(q[1], q[2])), 0.0)
    return outside + inside
""",
        "sdf_box box_distance",
        F,
        types={"V": V3},
    )
    capsule = define(
        """
@wp.func
def {name}(p: {V}, a: {V}, b: {V}, radius: {T}) -> {T}:
    pa = p - a
    ba = b - a
    h = wp.clamp(wp.dot(pa, ba) / wp.max(wp.dot(ba, ba), 1.0e-6), 0.0, 1.0)
    return wp.length(pa - ba * h) - radius
""",
        "sdf_capsule capsule_distance",
        F,
        types={"V": V3},
    )
    torus = define(
        """
@wp.func
def {name}(p: {V}, major: {T}, minor: {T}):
    ring = wp.sqrt(p[0] * p[0] + p[2] * p[2]) - major
    return wp.sqrt(ring * ring + p[1] * p[1]) - minor
""",
        "sdf_torus torus_distance",
        F,
        types={"V": V3},
    )
    union = define(
        """
@wp.func
def {name}(a: {T}, b: {T}, k: {T}) -> {T}:
    h = wp.max(k - wp.abs(a - b), 0.0) / wp.max(k, 1.0e-6)
    return wp.min(a, b) - 0.25 * h * h * k
""",
        "smooth_union blend_distances",
        F,
    )
    segment = define(
        """
@wp.func
def {name}(p: {V}, a: {V}, b: {V}) -> {V}:
    ab = b - a
    t = wp.dot(p - a, ab) / wp.max(wp.dot(ab, ab), 1.0e-6)
    return a + ab * wp.clamp(t, 0.0, 1.0)
""",
        "closest_on_segment nearest_on_edge",
        F,
        types={"V": V3},
    )
    ball = define(
        """
@wp.func
def {name}(origin: {V}, direction: {V}, center: {V}, radius: {T}) -> {T}:
    offset = origin - center
    b = wp.dot(offset, direction)
    c = wp.dot(offset, offset) - radius * radius
    discriminant = b * b - c
    t = -b - wp.sqrt(wp.max(discriminant, 0.0))
    return wp.where(discriminant > 0.0, t, -1.0)
""",
        "ray_sphere hit_sphere",
        F,
        types={"V": V3},
    )
    turn = define(
        """
@wp.func
def {name}(angle: {T}) -> {M}:
    c = wp.cos(angle)
    s = wp.sin(angle)
    return {M}(c, -s, s, c)
""",
        "rotation_2d turn_matrix",
        F,
        types={"M": M2},
    )
    extent: Hole = Given(V3, "half_extents box_size")
    return (
        formula(
            f"sdf_sphere{suffix}",
            "measures distances to spheres",
            "{f}({p}, {radius})",
            "vector helper",
            "distance",
            F,
            F,
            f=sphere,
            p=Expr(V3),
            radius=Given(F, "radius sphere_radius"),
        ),
        formula(
            f"sdf_box{suffix}",
            "measures distances to boxes",
            "{f}({p}, {size})",
            "vector helper",
            "distance",
            F,
            F,
            f=box,
            p=Expr(V3),
            size=extent,
        ),
        formula(
            f"sdf_capsule{suffix}",
            "measures distances to capsules",
            "{f}({p}, {a}, {b}, {radius})",
            "vector helper",
            "distance",
            F,
            F,
            f=capsule,
            p=Expr(V3),
            a=Given(V3, "capsule_a tail"),
            b=Given(V3, "capsule_b head"),
            radius=Given(F, "radius capsule_radius"),
        ),
        formula(
            f"sdf_torus{suffix}",
            "measures distances to tori",
            "{f}({p}, {major}, {minor})",
            "vector helper",
            "distance",
            F,
            F,
            f=torus,
            p=Expr(V3),
            major=Given(F, "major_radius ring_radius"),
            minor=Given(F, "minor_radius tube_radius"),
        ),
        formula(
            f"smooth_union{suffix}",
            "blends distances smoothly",
            "{f}({a}, {b}, {k})",
            "helper",
            "blended",
            F,
            F,
            f=union,
            a=Expr(F),
            b=Expr(F),
            k=Const(F, (0.1, 0.25, 0.5)),
        ),
        idiom(
            f"box_and_sphere{suffix}",
            "carves a sphere out of a box",
            "{p} = {points}[{i}] - {center}\n{d} = wp.max({f}({p}, {size}), -{g}({p}, {radius}))",
            "vector helper",
            over=F,
            i=I,
            f=box,
            g=sphere,
            radius=Expr(F),
            points=items(V3, "points positions samples"),
            center=Given(V3, "center origin"),
            size=extent,
            p=inner(V3, "p"),
            d=Fresh(F, "d"),
        ),
        idiom(
            f"segment_distance{suffix}",
            "measures distances from points to segments",
            "{p} = {points}[{i}]\n{d} = wp.length({p} - {f}({p}, {a}, {b}))",
            "vector helper",
            over=F,
            i=I,
            f=segment,
            a=Expr(V3),
            b=Expr(V3),
            points=items(V3, "points positions queries"),
            p=inner(V3, "p"),
            d=Fresh(F, "distance"),
        ),
        idiom(
            f"ray_sphere{suffix}",
            "intersects rays with a sphere",
            "{d} = wp.normalize({directions}[{i}])\n{t} = {f}({origins}[{i}], {d}, {center}, {radius})\n"
            "{hit} = {origins}[{i}] + {d} * wp.max({t}, 0.0)",
            "vector helper",
            over=F,
            i=I,
            hit=Fresh(V3, "hit_point"),
            f=ball,
            radius=Expr(F),
            origins=items(V3, "origins ray_origins"),
            directions=items(V3, "directions ray_directions"),
            center=Given(V3, "center sphere_center"),
            d=inner(V3, "d"),
            t=inner(F, "t"),
        ),
        idiom(
            f"march{suffix}",
            "marches rays to a surface",
            "{o} = {origins}[{i}]\n{t} = {zero}\nfor {k} in range({most}):\n"
            "    {d} = {f}({o} + {direction} * {t}, {size})\n    if {d} < 0.001:\n        break\n    {t} += {d}",
            "vector loop branch helper",
            over=F,
            i=I,
            direction=Expr(V3),
            f=box,
            origins=items(V3, "origins ray_origins"),
            size=extent,
            most=Const(INT, (16, 32, 64)),
            zero=Zero(F),
            k=inner(INT, "step"),
            o=inner(V3, "o"),
            d=inner(F, "d"),
            t=Fresh(F, "t", mutable=True),
        ),
        idiom(
            f"plane_turn{suffix}",
            "turns points in the plane",
            "{p} = {f}({angle}) * ({points}[{i}] - {center})",
            "vector matrix helper",
            over=F,
            i=I,
            f=turn,
            angle=Expr(F),
            points=items(VectorOf(2, F), "points uvs positions"),
            center=Given(VectorOf(2, F), "center pivot"),
            p=Fresh(VectorOf(2, F), "turned"),
        ),
    )


DISTANCES: Rows = at_both(_distances)
