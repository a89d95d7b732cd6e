"""The geometry of a mesh's faces, of triangles and of edges."""

from __future__ import annotations

from grammar.catalogue.hosts import mesh
from grammar.holes import Const, Domain, Expr, Fresh, Given, Hole, Items, Thread, Zero
from grammar.production import Production, row, statement
from grammar.types import DOUBLE, FLOAT, INT, Opaque, Pattern, TypeVariable, Vector, VectorOf

Holes = dict[str, Hole | Pattern]
V3 = Vector(3, FLOAT)
V3D = VectorOf(3, TypeVariable("D", (FLOAT, DOUBLE)))
MESH = mesh()
FACE: Holes = {"mesh": mesh(own=True), "i": Thread(0)}  # of its own mesh, each thread has a face
UNIT = Expr(FLOAT, Domain.UNIT)
CORNER = Const(INT, (1, 2))
EPSILON = Const(FLOAT, (1e-6, 1e-5, 1e-4))


def _value(name: str, template: str, result: Pattern, noun: str, /, **holes: Hole | Pattern) -> Production:
    return row(name, template, result, more=holes, tags="query source", noun=noun, needs="kernel")


def _statement(name: str, template: str, tags: str, /, **holes: Hole | Pattern) -> Production:
    return statement(name, template, more=holes, tags=f"query idiom {tags}", needs="kernel")


ACCESS: tuple[Production, ...] = (
    *(
        _value(name, f"wp.{name}({{mesh}}, {{i}}, {{u}}, {{v}})", V3, noun, **FACE, u=UNIT, v=UNIT)
        for name, noun in (("mesh_eval_position", "surface_point"), ("mesh_eval_velocity", "surface_velocity"))
    ),
    _value("mesh_eval_face_normal", "wp.mesh_eval_face_normal({mesh}, {i})", V3, "face_normal", **FACE),
    *(
        _value(name, f"wp.{name}({{mesh}}, 3 * {{i}} + {{corner}})", of, noun, **FACE, corner=CORNER)
        for name, of, noun in (
            ("mesh_get_point", V3, "vertex"),
            ("mesh_get_velocity", V3, "vertex_velocity"),
            ("mesh_get_index", INT, "vertex_index"),
        )
    ),
    _value("mesh_num_faces", "wp.mesh_get({mesh}).indices.shape[0] // 3", INT, "num_faces", mesh=MESH),
    _value("mesh_num_points", "wp.mesh_get({mesh}).points.shape[0]", INT, "num_vertices", mesh=MESH),
)

CORNERS = (
    "{m} = wp.mesh_get({mesh})\n"
    "{a} = {m}.points[{m}.indices[3 * {i}]]\n"
    "{b} = {m}.points[{m}.indices[3 * {i} + 1]]\n"
    "{c} = {m}.points[{m}.indices[3 * {i} + 2]]\n"
)
M = Fresh(Opaque("Mesh"), "m", inner=True)
TRIANGLE: Holes = {**FACE, "m": M, **{name: Fresh(V3, name, inner=True) for name in "abc"}}
TRIANGLES: tuple[Production, ...] = (
    *(
        _statement(name, CORNERS + "{result} = " + value, tags, **TRIANGLE, result=Fresh(of, noun))
        for name, value, of, noun, tags in (
            ("mesh_face_area", "0.5 * wp.length(wp.cross({b} - {a}, {c} - {a}))", FLOAT, "area", ""),
            ("mesh_face_volume", "wp.dot({a}, wp.cross({b}, {c})) / 6.0", FLOAT, "signed_volume", ""),
            ("mesh_face_center", "({a} + {b} + {c}) / 3.0", V3, "centroid", "vector"),
        )
    ),
    _statement(
        "mesh_face_velocity",
        "{m} = wp.mesh_get({mesh})\n{velocity} = {zero}\n"
        "for {k} in range(3):\n"
        "    {velocity} += {m}.velocities[{m}.indices[3 * {i} + {k}]] / 3.0",
        "loop vector",
        **FACE,
        m=M,
        velocity=Fresh(V3, "face_velocity", mutable=True),
        zero=Zero(V3),
        k=Fresh(INT, "k", inner=True),
    ),
    _statement(
        "mesh_bounds",
        "{m} = wp.mesh_get({mesh})\n{lower} = {m}.points[0]\n{upper} = {m}.points[0]\n"
        "for {k} in range({m}.points.shape[0]):\n"
        "    {lower} = wp.min({lower}, {m}.points[{k}])\n"
        "    {upper} = wp.max({upper}, {m}.points[{k}])\n"
        "{size} = {upper} - {lower}",
        "loop reduction vector",
        mesh=MESH,
        m=M,
        lower=Fresh(V3, "lower", inner=True),
        upper=Fresh(V3, "upper", inner=True),
        k=Fresh(INT, "k", inner=True),
        size=Fresh(V3, "size"),
    ),
)

EDGES: tuple[Production, ...] = (
    row(
        "intersect_tri_tri",
        "wp.intersect_tri_tri({a}, {b}, {c}, {u}, {v}, {w})",
        INT,
        more=dict.fromkeys("abcuvw", Expr(V3D)),
        tags="query",
        noun="intersects",
    ),
    row(
        "closest_point_edge_edge",
        "wp.closest_point_edge_edge({p1}, {q1}, {p2}, {q2}, {eps})",
        V3,
        more={**dict.fromkeys(("p1", "q1", "p2", "q2"), Expr(V3)), "eps": EPSILON},
        tags="query vector",
        noun="params",
    ),
    _statement(
        "edge_gap",
        "{p1} = {points}[{i}]\n{p2} = {others}[{i}]\n"
        "{st} = wp.closest_point_edge_edge({p1}, {p1} + {d1}, {p2}, {p2} + {d2}, {eps})\n"
        "{gap} = {p1} + {st}[0] * {d1} - {p2} - {st}[1] * {d2}",
        "vector",
        i=Thread(0),
        points=Items(V3, "i", "points starts edge_points positions"),
        others=Items(V3, "i", "others other_starts targets"),
        d1=Given(V3, "edge edge_a"),
        d2=Given(V3, "edge_b other_edge"),
        eps=EPSILON,
        p1=Fresh(V3, "p1", inner=True),
        p2=Fresh(V3, "p2", inner=True),
        st=Fresh(V3, "st", inner=True),
        gap=Fresh(V3, "gap"),
    ),
)

GEOMETRY = (*ACCESS, *TRIANGLES, *EDGES)
