"""Triangle meshes: closest points, rays, faces near a place, and the geometry of faces."""

from __future__ import annotations

from grammar.catalogue.hosts import mesh
from grammar.holes import Block, Const, Expr, Fresh, Given, Hole, Items, Pointer, Thread, Zero
from grammar.production import Production, row, statement
from grammar.types import BOOL, FLOAT, INT, Opaque, Pattern, TypeVariable, Vector

V3 = Vector(3, FLOAT)
T = TypeVariable("T", (FLOAT, V3, INT))
MESH = mesh()
REACH = Given(FLOAT, "max_dist reach search_radius cutoff")
MARGIN = Given(FLOAT, "margin thickness contact_margin offset_dist")
Holes = dict[str, Hole | Pattern]

# The thread's point, in a local.
POINT: Holes = {
    "i": Thread(0),
    "points": Items(V3, "i", "points positions particle_q sample_points"),
    "p": Fresh(V3, "p", inner=True),
}
POINT_LINE = "{p} = {points}[{i}]\n"
HIT = Fresh(Opaque("MeshQueryPoint"), "query", inner=True)
CLOSEST = Fresh(V3, "closest", inner=True)
CLOSEST_LINE = "{closest} = wp.mesh_eval_position({mesh}, {query}.face, {query}.u, {query}.v)"

# The ways to find the closest point, each with what its sign rests on.
SIGNED = {
    "point": "wp.mesh_query_point({mesh}, {p}, {reach})",
    "parity": "wp.mesh_query_point_sign_parity({mesh}, {p}, {reach})",
    "parity_rays": "wp.mesh_query_point_sign_parity({mesh}, {p}, {reach}, 3, 0.2)",
    "normal": "wp.mesh_query_point_sign_normal({mesh}, {p}, {reach})",
    "normal_eps": "wp.mesh_query_point_sign_normal({mesh}, {p}, {reach}, 1.0e-4)",
    "winding": "wp.mesh_query_point_sign_winding_number({mesh}, {p}, {reach})",
    "winding_accuracy": "wp.mesh_query_point_sign_winding_number({mesh}, {p}, {reach}, accuracy=3.0, threshold=0.6)",
}
UNSIGNED = {
    "no_sign": "wp.mesh_query_point_no_sign({mesh}, {p}, {reach})",
    "furthest": "wp.mesh_query_furthest_point_no_sign({mesh}, {p}, 0.0)",
}


def _statement(name: str, template: str, tags: str = "", /, **holes: Hole | Pattern) -> Production:
    return statement(name, template, more=holes, tags=f"query idiom {tags}", needs="kernel")


SIGNED_DISTANCES: tuple[Production, ...] = tuple(
    _statement(
        f"mesh_distance_{how}",
        f"{POINT_LINE}{{distance}} = {{reach}}\n{{query}} = {query}\nif {{query}}.result:\n    {CLOSEST_LINE}\n"
        "    {distance} = wp.length({p} - {closest}) * {query}.sign",
        "branch",
        mesh=MESH,
        **POINT,
        reach=REACH,
        distance=Fresh(FLOAT, "sdf", mutable=True),
        query=HIT,
        closest=CLOSEST,
    )
    for how, query in SIGNED.items()
)
PROJECTIONS: tuple[Production, ...] = (
    _statement(
        "mesh_project",
        POINT_LINE + "{target} = {p}\n{query} = " + UNSIGNED["no_sign"] + "\nif {query}.result:\n"
        "    {target} = wp.mesh_eval_position({mesh}, {query}.face, {query}.u, {query}.v)",
        "branch",
        mesh=MESH,
        **POINT,
        reach=REACH,
        target=Fresh(V3, "projected", mutable=True),
        query=HIT,
    ),
    _statement(
        "mesh_furthest",
        POINT_LINE + "{span} = float(0.0)\n{query} = " + UNSIGNED["furthest"] + "\nif {query}.result:\n"
        f"    {CLOSEST_LINE}\n"
        "    {span} = wp.length({closest} - {p})",
        "branch",
        mesh=MESH,
        **POINT,
        span=Fresh(FLOAT, "extent", mutable=True),
        query=HIT,
        closest=CLOSEST,
    ),
    _statement(
        "mesh_push_out",
        POINT_LINE + "{push} = {zero}\n{query} = " + SIGNED["normal"] + "\nif {query}.result:\n"
        f"    {CLOSEST_LINE}\n"
        "    {normal} = wp.mesh_eval_face_normal({mesh}, {query}.face)\n"
        "    {depth} = {margin} - wp.dot({p} - {closest}, {normal})\n"
        "    if {depth} > 0.0:\n"
        "        {push} = {normal} * {depth}",
        "branch vector",
        mesh=MESH,
        **POINT,
        reach=REACH,
        margin=MARGIN,
        push=Fresh(V3, "correction", mutable=True),
        zero=Zero(V3),
        query=HIT,
        closest=CLOSEST,
        normal=Fresh(V3, "normal", inner=True),
        depth=Fresh(FLOAT, "depth", inner=True),
    ),
    _statement(
        "mesh_relative_velocity",
        POINT_LINE + "{slip} = {v}\n{query} = " + SIGNED["point"] + "\nif {query}.result:\n"
        "    {slip} -= wp.mesh_eval_velocity({mesh}, {query}.face, {query}.u, {query}.v)",
        "branch vector",
        mesh=MESH,
        **POINT,
        reach=REACH,
        v=Expr(V3),
        slip=Fresh(V3, "slip", mutable=True),
        query=HIT,
    ),
    _statement(
        "mesh_face_value",
        POINT_LINE + "{value} = {zero}\n{query} = " + UNSIGNED["no_sign"] + "\nif {query}.result:\n"
        "    {value} = {attributes}[{query}.face]",
        "branch gather",
        mesh=MESH,
        attributes=Items(T, "mesh"),
        **POINT,
        reach=REACH,
        value=Fresh(T, "material", mutable=True),
        zero=Zero(T),
        query=HIT,
    ),
    _statement(
        "mesh_contact",
        POINT_LINE + "{query} = " + SIGNED["point"] + "\nif {query}.result:\n"
        "    {face} = {query}.face\n"
        "    {closest} = wp.mesh_eval_position({mesh}, {face}, {query}.u, {query}.v)\n"
        "    {distance} = wp.length({closest} - {p}) * {query}.sign\n"
        "    if {distance} < {margin}:\n"
        "        {body}",
        "branch",
        mesh=MESH,
        **POINT,
        reach=REACH,
        margin=MARGIN,
        query=HIT,
        face=Pointer("mesh", "face face_index tri", inner=True),
        closest=CLOSEST,
        distance=Fresh(FLOAT, "d", inner=True),
        body=Block(),
    ),
)

# Rays, from where the thread stands or looks from.
RAY: Holes = {
    "i": Thread(0),
    "origins": Items(V3, "i", "origins ray_origins ray_starts"),
    "direction": Expr(V3),
    "far": Given(FLOAT, "max_t max_dist far"),
    "start": Fresh(V3, "start", inner=True),
    "dir": Fresh(V3, "dir", inner=True),
}
RAY_LINES = "{start} = {origins}[{i}]\n{dir} = wp.normalize({direction})\n"
CAST = "{query} = wp.mesh_query_ray({mesh}, {start}, {dir}, {far})\nif {query}.result:\n"
RAY_HIT = Fresh(Opaque("MeshQueryRay"), "query", inner=True)
RAYS: tuple[Production, ...] = (
    _statement(
        "mesh_ray_distance",
        RAY_LINES + "{t} = {far}\n" + CAST + "    {t} = {query}.t * {query}.sign",
        "branch",
        mesh=MESH,
        **RAY,
        t=Fresh(FLOAT, "hit_t", mutable=True),
        query=RAY_HIT,
    ),
    _statement(
        "mesh_ray_shade",
        RAY_LINES + "{shade} = float(0.0)\n" + CAST + "    {shade} = wp.max(-wp.dot({query}.normal, {dir}), 0.0)",
        "branch",
        mesh=MESH,
        **RAY,
        shade=Fresh(FLOAT, "shade", mutable=True),
        query=RAY_HIT,
    ),
    _statement(
        "mesh_ray_position",
        RAY_LINES + "{x} = {start}\n" + CAST + "    {x} = {start} + {query}.t * {dir} + {margin} * {query}.normal",
        "branch vector",
        mesh=MESH,
        **RAY,
        margin=MARGIN,
        x=Fresh(V3, "hit_point", mutable=True),
        query=RAY_HIT,
    ),
    _statement(
        "mesh_ray_color",
        RAY_LINES
        + "{color} = {zero}\n"
        + CAST
        + "    {color} = wp.vec3({query}.u, {query}.v, 1.0 - {query}.u - {query}.v)",
        "branch vector",
        mesh=MESH,
        **RAY,
        color=Fresh(V3, "color", mutable=True),
        zero=Zero(V3),
        query=RAY_HIT,
    ),
    _statement(
        "mesh_ray_hit",
        RAY_LINES + CAST + "    {face} = {query}.face\n"
        "    {normal} = wp.mesh_eval_face_normal({mesh}, {face})\n"
        "    if wp.dot({normal}, {dir}) < 0.0:\n"
        "        {body}",
        "branch",
        mesh=MESH,
        **RAY,
        query=RAY_HIT,
        face=Pointer("mesh", "face face_index tri", inner=True),
        normal=Fresh(V3, "n", inner=True),
        body=Block(),
    ),
    _statement(
        "mesh_ray_group",
        RAY_LINES + "{face} = int(-1)\n{root} = wp.mesh_get_group_root({mesh}, {group})\n"
        "{query} = wp.mesh_query_ray({mesh}, {start}, {dir}, {far}, {root})\nif {query}.result:\n"
        "    {face} = {query}.face",
        "branch",
        mesh=MESH,
        group=Expr(INT),
        **RAY,
        root=Fresh(INT, "root", inner=True),
        face=Fresh(INT, "hit_face", mutable=True),
        query=RAY_HIT,
    ),
    _statement(
        "mesh_occlusion",
        RAY_LINES + "{lit} = float(1.0)\nif wp.mesh_query_ray_anyhit({mesh}, {start} + {dir} * {bias}, {dir}, {far}):\n"
        "    {lit} = {ambient}",
        "branch",
        mesh=MESH,
        **RAY,
        bias=Const(FLOAT, (0.001, 0.01, 0.0001)),
        ambient=Const(FLOAT, (0.0, 0.2, 0.5)),
        lit=Fresh(FLOAT, "visibility", mutable=True),
    ),
    row(
        "mesh_query_ray_anyhit",
        "wp.mesh_query_ray_anyhit({mesh}, {start}, {dir}, {far})",
        BOOL,
        mesh=MESH,
        start=Expr(V3),
        dir=Expr(V3),
        far=Expr(FLOAT),
        tags="query condition",
        noun="occluded",
        needs="kernel",
    ),
    row(
        "mesh_anyhit_group",
        "wp.mesh_query_ray_anyhit({mesh}, {start}, {dir}, {far}, wp.mesh_get_group_root({mesh}, {group}))",
        BOOL,
        mesh=MESH,
        start=Expr(V3),
        dir=Expr(V3),
        far=Const(FLOAT, (10.0, 100.0, 1000.0)),
        group=Expr(INT),
        tags="query condition",
        noun="occluded",
        needs="kernel",
    ),
    row(
        "mesh_query_ray_count_intersections",
        "wp.mesh_query_ray_count_intersections({mesh}, {start}, {dir})",
        INT,
        mesh=MESH,
        start=Expr(V3),
        dir=Expr(V3),
        tags="query",
        noun="crossings",
        needs="kernel",
    ),
    row(
        "mesh_count_group",
        "wp.mesh_query_ray_count_intersections({mesh}, {start}, {dir}, wp.mesh_get_group_root({mesh}, {group}))",
        INT,
        mesh=MESH,
        start=Expr(V3),
        dir=Expr(V3),
        group=Expr(INT),
        tags="query",
        noun="crossings",
        needs="kernel",
    ),
    row(
        "mesh_is_inside",
        "wp.mesh_query_ray_count_intersections({mesh}, {p}, {dir}) % 2 == 1",
        BOOL,
        mesh=MESH,
        p=Expr(V3),
        dir=Expr(V3),
        tags="query condition",
        noun="inside",
        needs="kernel",
    ),
)

MESHES = (*SIGNED_DISTANCES, *PROJECTIONS, *RAYS)
