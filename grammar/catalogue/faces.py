"""Faces of triangle meshes near a place."""

from __future__ import annotations

from grammar.catalogue.boxes import COUNT_HITS
from grammar.catalogue.hosts import mesh
from grammar.holes import Block, Const, Counter, Define, Expr, Fresh, Given, Hole, Items, Thread, Zero
from grammar.production import Production, row, statement
from grammar.types import DOUBLE, FLOAT, INT, Opaque, Pattern, TypeVariable, Vector, VectorOf

V3 = Vector(3, FLOAT)
T = TypeVariable("T", (FLOAT, V3, INT))
D = TypeVariable("D", (FLOAT, DOUBLE))
V3D = VectorOf(3, D)
MESH, OWN = mesh(), mesh(own=True)  # of its own mesh, each thread has a face
RADIUS = Given(FLOAT, "radius search_radius contact_radius")
QUERY = Fresh(Opaque("MeshQuery"), "query", inner=True)
FACE = Counter("mesh", "face f tri face_index")
BODY = Block(loop=True, shares=True)
SPHERE, BOX = "wp.mesh_query_sphere({mesh}, {p}, {radius})", "wp.mesh_query_aabb({mesh}, {p} - {reach}, {p} + {reach})"
REACH = Given(V3, "half_extents reach margin_vec")
Holes = dict[str, Hole | Pattern]
POINT: Holes = {
    "i": Thread(0),
    "points": Items(V3, "i", "points positions particle_q centers"),
    "p": Fresh(V3, "p", inner=True),
}
POINT_LINE = "{p} = {points}[{i}]\n"


def _next(query: str, advance: str = "mesh_query_next") -> str:
    return f"{{query}} = {query}\n{{face}} = int(0)\nwhile wp.{advance}({{query}}, {{face}}):\n"


def _walk(name: str, template: str, tags: str = "", /, **holes: Hole | Pattern) -> Production:
    return statement(name, template, more=holes, tags=f"query idiom loop {tags}", needs="kernel")


NEAR: tuple[Production, ...] = (
    _walk(
        "mesh_faces_touched",
        POINT_LINE + "{count} = int(0)\n" + _next(BOX) + "    {count} += 1",
        "reduction",
        mesh=MESH,
        **POINT,
        reach=REACH,
        count=Fresh(INT, "touched", mutable=True),
        query=QUERY,
        face=FACE,
    ),
    _walk(
        "mesh_mean_normal",
        "{total} = {zero}\n" + _next(SPHERE) + "    {total} += wp.mesh_eval_face_normal({mesh}, {face})",
        "reduction vector",
        mesh=MESH,
        p=Expr(V3),
        radius=RADIUS,
        total=Fresh(V3, "normal", mutable=True),
        zero=Zero(V3),
        query=QUERY,
        face=FACE,
    ),
    _walk(
        "mesh_sum_near",
        "{total} = {zero}\n" + _next(SPHERE, "mesh_query_aabb_next") + "    {body}\n    {total} += {value}",
        "reduction",
        mesh=MESH,
        p=Expr(V3),
        radius=RADIUS,
        total=Fresh(T, "total", mutable=True),
        zero=Zero(T),
        query=QUERY,
        face=FACE,
        body=BODY,
        value=Expr(T),
    ),
    _walk(
        "mesh_sum_in_box",
        POINT_LINE + "{total} = {zero}\n" + _next(BOX, "mesh_query_aabb_next") + "    {total} += {value}",
        "reduction",
        mesh=MESH,
        **POINT,
        reach=REACH,
        total=Fresh(T, "total", mutable=True),
        zero=Zero(T),
        query=QUERY,
        face=FACE,
        value=Expr(T),
    ),
    _walk(
        "mesh_for_faces",
        POINT_LINE + "for {face} in " + BOX + ":\n"
        "    {normal} = wp.mesh_eval_face_normal({mesh}, {face})\n"
        "    {height} = wp.dot({p} - wp.mesh_get_point({mesh}, 3 * {face}), {normal})\n"
        "    if wp.abs({height}) < {radius}:\n"
        "        {body}",
        "branch",
        mesh=MESH,
        **POINT,
        reach=REACH,
        radius=RADIUS,
        face=FACE,
        normal=Fresh(V3, "n", inner=True),
        height=Fresh(FLOAT, "height", inner=True),
        body=Block(loop=True),
    ),
    _walk(
        "mesh_either",
        POINT_LINE + "if {wide} != 0:\n"
        "    {query} = " + SPHERE + "\nelse:\n    {query} = " + BOX + "\n"
        "{count} = int(0)\n{face} = int(0)\nwhile wp.mesh_query_next({query}, {face}):\n    {count} += 1",
        "branch reduction",
        mesh=MESH,
        **POINT,
        radius=RADIUS,
        reach=REACH,
        wide=Given(INT, "use_sphere wide_search"),
        query=QUERY,
        count=Fresh(INT, "touched", mutable=True),
        face=FACE,
    ),
    _walk(
        "mesh_bvh_faces",
        "{count} = int(0)\n{query} = wp.bvh_query_sphere(wp.mesh_get_bvh({mesh}), {p}, {radius})\n{face} = int(0)\n"
        "while wp.bvh_query_next({query}, {face}):\n"
        "    if wp.dot(wp.mesh_eval_face_normal({mesh}, {face}), {up}) > {slope}:\n"
        "        {count} += 1",
        "branch reduction",
        mesh=MESH,
        p=Expr(V3),
        radius=RADIUS,
        up=Given(V3, "up up_axis view_dir"),
        slope=Const(FLOAT, (0.0, 0.5, 0.7)),
        query=QUERY,
        count=Fresh(INT, "facing", mutable=True),
        face=FACE,
    ),
    _walk(
        "mesh_tri_tri",
        "{hits} = int(0)\n"
        "{a} = wp.mesh_get_point({mesh}, 3 * {i})\n"
        "{b} = wp.mesh_get_point({mesh}, 3 * {i} + 1)\n"
        "{c} = wp.mesh_get_point({mesh}, 3 * {i} + 2)\n"
        "{query} = wp.mesh_query_aabb({mesh}, wp.min(wp.min({a}, {b}), {c}), wp.max(wp.max({a}, {b}), {c}))\n"
        "{face} = int(0)\n"
        "while wp.mesh_query_next({query}, {face}):\n"
        "    {u} = wp.mesh_get_point({mesh}, 3 * {face})\n"
        "    {v} = wp.mesh_get_point({mesh}, 3 * {face} + 1)\n"
        "    {w} = wp.mesh_get_point({mesh}, 3 * {face} + 2)\n"
        "    if {face} > {i} and wp.intersect_tri_tri({a}, {b}, {c}, {u}, {v}, {w}) > 0:\n"
        "        {hits} += 1",
        "branch reduction",
        mesh=OWN,
        i=Thread(0),
        hits=Fresh(INT, "self_hits", mutable=True),
        **{name: Fresh(V3, f"{name}0", inner=True) for name in "abc"},
        query=QUERY,
        face=FACE,
        **{name: Fresh(V3, f"{name}1", inner=True) for name in "uvw"},
    ),
)

# Queries of a kind that is known only at run time.
COUNT_FACES, COUNT_FACES_OLD = (
    Define(
        "@wp.func\n"
        "def {name}(query: wp.MeshQuery) -> int:\n"
        "    count = int(0)\n"
        "    face = int(0)\n"
        f"    while wp.{advance}(query, face):\n"
        "        count += 1\n"
        "    return count\n",
        "count_faces faces_in num_touched",
    )
    for advance in ("mesh_query_next", "mesh_query_aabb_next")
)


def _counted(name: str, template: str, /, **holes: Hole | Pattern) -> Production:
    return row(name, template, INT, more=holes, tags="query", noun="touched", needs="kernel")


ANY: tuple[Production, ...] = (
    *(
        _counted(
            name,
            "{count}(wp.mesh_query_sphere({mesh}, {p}, {radius}))",
            count=count,
            mesh=MESH,
            p=Expr(V3),
            radius=RADIUS,
        )
        for name, count in (("mesh_count_faces", COUNT_FACES), ("mesh_count_faces_old", COUNT_FACES_OLD))
    ),
    _counted(
        "mesh_count_bounds",
        "{count}(wp.bvh_query_sphere(wp.mesh_get_bvh({mesh}), {p}, {radius}), {limit})",
        count=COUNT_HITS,
        mesh=MESH,
        p=Expr(V3),
        radius=RADIUS,
        limit=Const(INT, (16, 32, 64)),
    ),
)

# One query that the threads of a block share: each gets a face or none at a time.
TILED: tuple[Production, ...] = (
    statement(
        "mesh_aabb_tiled",
        "{count} = int(0)\n{query} = wp.mesh_query_aabb_tiled({mesh}, {lower}, {upper})\n"
        "while wp.tile_query_valid({query}):\n"
        "    if wp.untile(wp.mesh_query_aabb_next_tiled({query})) >= 0:\n"
        "        {count} += 1\n"
        "{total} = wp.tile_extract(wp.tile_sum(wp.tile({count})), 0)",
        mesh=MESH,
        lower=Expr(V3),
        upper=Expr(V3),
        count=Fresh(INT, "mine", inner=True),
        query=Fresh(Opaque("MeshQueryAABBTiled"), "query", inner=True),
        total=Fresh(INT, "found"),
        tags="query tile loop reduction",
        needs="kernel",
    ),
)

FACES = (*NEAR, *ANY, *TILED)
