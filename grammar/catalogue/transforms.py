"""Rigid transformations, and the spatial vectors and matrices of rigid-body mechanics."""

from __future__ import annotations

from grammar.catalogue.variables import M3, M6, V3F, F, Q, T
from grammar.holes import Const, Domain, Expr, Fresh, Spelled, Target
from grammar.production import Effect, Production, call, infix, row, statement
from grammar.types import (
    FLOAT,
    INT,
    MatrixOf,
    QuaternionOf,
    Scalar,
    Transformation,
    TransformationOf,
    TypeVariable,
    Vector,
    VectorOf,
)

UNIT = Expr(F, Domain.UNIT)
V6F = VectorOf(6, F)
WIDE = TypeVariable("F", (Scalar("float64"), Scalar("float16")))
# Between matrices and transformations Warp has functions at three widths, not at bfloat16.
F3 = TypeVariable("F", (Scalar("float32"), Scalar("float64"), Scalar("float16")))
T3, M43, V33, Q3 = TransformationOf(F3), MatrixOf(4, 4, F3), VectorOf(3, F3), QuaternionOf(F3)
TF, V6, V3 = Transformation(FLOAT), Vector(6, FLOAT), Vector(3, FLOAT)

CONSTRUCTORS: tuple[Production, ...] = (
    row("transform", "{of}({p}, {q})", T, of=Spelled(T), p=V3F, q=Q, tags="transform constructor", noun="frame"),
    row("transform_at", "{of}({p})", T, of=Spelled(T), p=V3F, tags="transform constructor", noun="frame"),
    row("transform_copy", "{of}({t})", T, of=Spelled(T), t=T, tags="transform constructor", noun="copy"),
    row("transform_zero", "{of}()", T, of=Spelled(T), tags="transform constructor constant", noun="frame"),
    row(
        "transformation",
        "wp.transformation({p}, {q}, dtype={of})",
        T,
        p=V3F,
        q=Q,
        of=Spelled(F),
        tags="transform constructor",
        noun="frame",
    ),
    row(
        "transformation_parts",
        "wp.transformation({px}, {py}, {pz}, {qx}, {qy}, {qz}, {qw}, dtype={of})",
        T,
        of=Spelled(F),
        more=dict.fromkeys(("px", "py", "pz", "qx", "qy", "qz", "qw"), Expr(F)),
        tags="transform constructor",
        noun="frame",
    ),
    row(
        "transform_identity",
        "wp.transform_identity(dtype={of})",
        T,
        of=Spelled(F),
        tags="transform constructor constant",
        noun="identity",
    ),
    call("transform_from_matrix", T3, mat=M43, tags="transform matrix constructor", noun="frame"),
)

PARTS: tuple[Production, ...] = (
    row("translation", "{t}.p", V3F, t=T, tags="transform component vector", noun="position"),
    row("rotation", "{t}.q", Q, t=T, tags="transform component quaternion", noun="orientation"),
    row("component_transform", "{t}[{k}]", F, t=T, k=Const(INT, (0, 1, 2, 3, 6, -1, -6)), tags="transform component"),
    call("transform_get_translation", V3F, xform=T, tags="transform vector", noun="position"),
    call("transform_get_rotation", Q, xform=T, tags="transform quaternion", noun="orientation"),
    *(
        statement(
            name,
            template,
            target=Target(T),
            value=Expr(of),
            effect=Effect.ASSIGNS,
            tags="assign part transform",
        )
        for name, template, of in (
            ("transform_set_translation", "wp.transform_set_translation({target}, {value})", V3F),
            ("transform_set_rotation", "wp.transform_set_rotation({target}, {value})", Q),
            ("translation_assign", "{target}.p = {value}", V3F),
            ("rotation_assign", "{target}.q = {value}", Q),
        )
    ),
)

ALGEBRA: tuple[Production, ...] = (
    infix("mul_transform", "*", T, T, tags="transform", noun="composed"),
    infix("add_transform", "+", T, T, tags="transform", noun="total"),
    infix("sub_transform", "-", T, T, tags="apart transform", noun="delta"),
    infix("scale_transform", "*", T, T, right=F, tags="transform", noun="scaled"),
    infix("scaled_transform", "*", F, T, right=T, tags="transform", noun="scaled"),
    call("transform_multiply", T, a=T, b=T, tags="transform", noun="composed"),
    call("transform_inverse", T, xform=T, tags="transform", noun="inverse"),
    call("transform_point", V3F, xform=T, point=V3F, tags="transform vector", noun="world"),
    call("transform_vector", V3F, xform=T, vec=V3F, tags="transform vector", noun="world"),
    call("lerp", T, a=T, b=T, t=UNIT, tags="transform", noun="blended", row_name="lerp_transform"),
    call("transform_to_matrix", M43, xform=T3, tags="transform matrix", noun="matrix"),
    call("transform_compose", M43, position=V33, rotation=Q3, scale=V33, tags="transform matrix", noun="matrix"),
    statement(
        "transform_decompose",
        "{position}, {rotation}, {scale} = wp.transform_decompose({m})",
        m=M43,
        position=Fresh(V33, "position"),
        rotation=Fresh(Q3, "orientation"),
        scale=Fresh(V33, "scale"),
        tags="transform matrix decomposition",
    ),
)

SPATIAL: tuple[Production, ...] = (
    row(
        "spatial_vector",
        "wp.spatial_vector({w}, {v})",
        V6,
        w=V3,
        v=V3,
        tags="spatial vector constructor",
        noun="twist",
    ),
    row(
        "spatial_vector_typed",
        "wp.spatial_vector({w}, {v}, dtype=wp.float32)",
        V6,
        w=V3,
        v=V3,
        tags="spatial vector constructor",
        noun="twist",
    ),
    row(
        "spatial_vector_wide",
        "wp.spatial_vector({w}, {v}, dtype={of})",
        VectorOf(6, WIDE),
        w=VectorOf(3, WIDE),
        v=VectorOf(3, WIDE),
        of=Spelled(WIDE),
        tags="spatial vector constructor",
        noun="twist",
    ),
    row("spatial_vector_zero", "wp.spatial_vector()", V6, tags="spatial vector constructor constant", noun="zero"),
    call("spatial_adjoint", M6, r=M3, s=M3, tags="spatial matrix", noun="adjoint"),
    call("spatial_dot", F, a=V6F, b=V6F, tags="spatial vector", noun="power"),
    call("spatial_cross", V6F, a=V6F, b=V6F, tags="spatial vector", noun="motion"),
    call("spatial_cross_dual", V6F, a=V6F, b=V6F, tags="spatial vector", noun="force"),
    call("spatial_top", V3F, svec=V6F, tags="spatial vector", noun="angular"),
    call("spatial_bottom", V3F, svec=V6F, tags="spatial vector", noun="linear"),
    call("velocity_at_point", V3, qd=V6, r=V3, tags="spatial vector", noun="velocity"),
    call("transform_twist", V6, t=TF, x=V6, tags="spatial transform vector", noun="twist"),
    call("transform_wrench", V6, t=TF, x=V6, tags="spatial transform vector", noun="wrench"),
)

TRANSFORMS = (*CONSTRUCTORS, *PARTS, *ALGEBRA, *SPATIAL)
