"""Idioms of meshes: areas, normals, volumes and energies of triangles and tetrahedra."""

from __future__ import annotations

from grammar.catalogue.definitions import Rows
from grammar.catalogue.idioms.roles import (
    M3,
    TRIANGLES,
    V2,
    V3,
    VERTICES,
    F,
    Holes,
    I,
    idiom,
    inner,
    items,
    spelled,
)
from grammar.holes import Expr, Fresh, Given, Pointer
from grammar.production import Effect
from grammar.types import INT

CORNERS: Holes = {
    "i": I,
    "faces": items(INT, TRIANGLES, "i 3", into="new"),
    "x": items(V3, VERTICES, "faces"),
    "a": inner(V3, "a"),
    "b": inner(V3, "b"),
    "c": inner(V3, "c"),
}

LOAD_CORNERS = "{a} = {x}[{faces}[{i}, 0]]\n{b} = {x}[{faces}[{i}, 1]]\n{c} = {x}[{faces}[{i}, 2]]\n"

TRIANGLES_AND_TETRAHEDRA: Rows = (
    idiom(
        "triangle_area",
        "computes areas of triangles",
        LOAD_CORNERS + "{area} = 0.5 * wp.length(wp.cross({b} - {a}, {c} - {a}))",
        "vector gather",
        area=Fresh(F, "area"),
        trailing=CORNERS,
    ),
    idiom(
        "triangle_normal",
        "computes normals of triangles",
        LOAD_CORNERS + "{normal} = wp.normalize(wp.cross({b} - {a}, {c} - {a}))",
        "vector gather",
        normal=Fresh(V3, "normal"),
        trailing=CORNERS,
    ),
    idiom(
        "barycentric",
        "interpolates inside triangles",
        LOAD_CORNERS + "{u} = wp.clamp({s}, 0.0, 1.0)\n{v} = wp.clamp({t}, 0.0, 1.0 - {u})\n"
        "{p} = {a} * (1.0 - {u} - {v}) + {b} * {u} + {c} * {v}",
        "vector gather",
        s=Expr(F),
        t=Expr(F),
        p=Fresh(V3, "p"),
        u=inner(F, "u"),
        v=inner(F, "v"),
        trailing=CORNERS,
    ),
    idiom(
        "vertex_normals",
        "scatters face normals to vertices",
        "{p} = {faces}[{i}, 0]\n{q} = {faces}[{i}, 1]\n{r} = {faces}[{i}, 2]\n"
        "{n} = wp.cross({x}[{q}] - {x}[{p}], {x}[{r}] - {x}[{p}])\n"
        "wp.atomic_add({normals}, {p}, {n})\nwp.atomic_add({normals}, {q}, {n})\nwp.atomic_add({normals}, {r}, {n})",
        "vector scatter",
        effect=Effect.UNORDERED,
        i=I,
        faces=items(INT, TRIANGLES, "i 3", into="new"),
        p=Pointer("faces", "i0 v0", inner=True),
        q=Pointer("faces", "i1 v1", inner=True),
        r=Pointer("faces", "i2 v2", inner=True),
        x=items(V3, VERTICES, "faces"),
        normals=items(V3, "vertex_normals normals_out", "faces", access="atomic_add"),
        n=inner(V3, "n"),
    ),
    idiom(
        "corner_cotangent",
        "finds cotangents of triangles' corners",
        LOAD_CORNERS
        + "{e} = {b} - {a}\n{f} = {c} - {a}\n{cot} = wp.dot({e}, {f}) / wp.max(wp.length(wp.cross({e}, {f})), 1.0e-6)",
        "vector gather",
        cot=Fresh(F, "cot"),
        e=inner(V3, "e0"),
        f=inner(V3, "e1"),
        trailing=CORNERS,
    ),
    idiom(
        "tetrahedron_volume",
        "computes volumes of tetrahedra",
        "{p} = {x}[{cells}[{i}, 0]]\n{a} = {x}[{cells}[{i}, 1]] - {p}\n{b} = {x}[{cells}[{i}, 2]] - {p}\n"
        "{c} = {x}[{cells}[{i}, 3]] - {p}\n{volume} = wp.dot(wp.cross({a}, {b}), {c}) / 6.0",
        "vector gather",
        i=I,
        volume=Fresh(F, "volume"),
        cells=items(INT, "tets tet_indices tetrahedra", "i 4", into="new"),
        x=items(V3, VERTICES, "cells"),
        p=inner(V3, "p"),
        a=inner(V3, "a"),
        b=inner(V3, "b"),
        c=inner(V3, "c"),
    ),
    idiom(
        "deformation_energy",
        "finds the elastic energy of deformed tetrahedra",
        "{p} = {x}[{cells}[{i}, 0]]\n"
        "{ds} = wp.matrix_from_cols({x}[{cells}[{i}, 1]] - {p}, {x}[{cells}[{i}, 2]] - {p}, {x}[{cells}[{i}, 3]] - {p})\n"
        "{f} = {ds} * {rest}[{i}]\n{strain} = 0.5 * (wp.transpose({f}) * {f} - wp.identity(n=3, dtype={T}))\n"
        "{trace} = wp.trace({strain})\n{energy} = {mu} * wp.ddot({strain}, {strain}) + 0.5 * {lam} * {trace} * {trace}",
        "vector matrix gather",
        i=I,
        energy=Fresh(F, "energy"),
        cells=items(INT, "tets tet_indices tetrahedra", "i 4", into="new"),
        x=items(V3, VERTICES, "cells"),
        rest=items(M3, "rest_inverses inv_rest_shapes dm_inv"),
        mu=Given(F, "mu shear_modulus"),
        lam=Given(F, "lam lame_lambda"),
        T=spelled(),
        p=inner(V3, "p"),
        ds=inner(M3, "ds"),
        f=inner(M3, "f"),
        strain=inner(M3, "strain"),
        trace=inner(F, "trace"),
    ),
    idiom(
        "polygon_area",
        "sums shoelace terms of edges",
        "{a} = {x}[{edges}[{i}, 0]]\n{b} = {x}[{edges}[{i}, 1]]\nwp.atomic_add({area}, 0, 0.5 * ({a}[0] * {b}[1] - {b}[0] * {a}[1]))",
        "vector scatter",
        effect=Effect.UNORDERED,
        i=I,
        a=inner(V2, "a"),
        b=inner(V2, "b"),
        edges=items(INT, "edges segments", "i 2", into="new"),
        x=items(V2, "vertices points outline", "edges"),
        area=items(F, "area total_area", "1", access="atomic_add"),
    ),
)
