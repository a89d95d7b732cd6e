"""Built-ins on vectors, matrices and quaternions."""

from __future__ import annotations

from grammar.catalogue.constructors import CONSTRUCTORS
from grammar.catalogue.variables import (
    M3,
    M4,
    M6,
    MA,
    MI,
    MR,
    V3F,
    VF,
    VL,
    VLF,
    VZ,
    C,
    F,
    M,
    N,
    Q,
    R,
    S,
    V,
)
from grammar.holes import Const, Domain, Expr, Fresh, Hole, Zero
from grammar.production import Production, call, row, statement
from grammar.types import (
    BOOL,
    FLOAT,
    MatrixOf,
    Pattern,
    Quaternion,
    Scalar,
    Vector,
    VectorOf,
)

QF, V3 = Quaternion(FLOAT), Vector(3, FLOAT)
UNSIGNED = Scalar("uint32")
UNIT = Expr(F, Domain.UNIT)
M2 = MatrixOf(2, 2, F)

VECTOR: tuple[Production, ...] = (
    call("dot", S, a=VL, b=VL, tags="vector", noun="projection"),
    call("length", F, a=VLF, tags="vector", noun="distance"),
    call("length_sq", S, a=VL, tags="vector", noun="distance_sq"),
    call("normalize", VLF, a=VLF, tags="vector", noun="direction"),
    call("cross", VectorOf(3, S), a=VectorOf(3, S), b=VectorOf(3, S), tags="vector", noun="normal"),
    call("cw_mul", VL, a=VL, b=VL, tags="vector", noun="scaled"),
    call("cw_div", VL, a=VL, b=Expr(VL, Domain.NONZERO), tags="vector", noun="relative"),
    call("min", V, a=V, b=V, tags="vector", noun="lower", row_name="min_vec"),
    call("max", V, a=V, b=V, tags="vector", noun="upper", row_name="max_vec"),
    call("min", S, a=V, tags="vector", noun="smallest", row_name="min_component"),
    call("max", S, a=V, tags="vector", noun="largest", row_name="max_component"),
    call("argmin", UNSIGNED, a=V, tags="vector", noun="axis"),
    call("argmax", UNSIGNED, a=V, tags="vector", noun="axis"),
    call("lerp", VF, a=VF, b=VF, t=UNIT, tags="vector", noun="blended", row_name="lerp_vec"),
    call("abs", VZ, x=VZ, tags="vector", noun="magnitude", row_name="abs_vec"),
    call("sign", VZ, x=VZ, tags="vector", noun="side", row_name="sign_vec"),
    call("norm_l1", F, v=VF, tags="vector", noun="norm"),
    call("norm_l2", F, v=VF, tags="vector", noun="norm"),
    row(
        "norm_huber",
        "wp.norm_huber({v}, {delta})",
        FLOAT,
        v=VectorOf(N, FLOAT),
        delta=Const(FLOAT, (1.0, 0.5)),
        tags="vector",
        noun="norm",
    ),
    row(
        "norm_pseudo_huber",
        "wp.norm_pseudo_huber({v}, {delta})",
        FLOAT,
        v=VectorOf(N, FLOAT),
        delta=Const(FLOAT, (1.0, 0.5)),
        tags="vector",
        noun="norm",
    ),
    row(
        "smooth_normalize",
        "wp.smooth_normalize({v}, {delta})",
        VectorOf(N, FLOAT),
        v=VectorOf(N, FLOAT),
        delta=Const(FLOAT, (1.0, 0.1)),
        tags="vector",
        noun="direction",
    ),
    call("isfinite", BOOL, a=VF, tags="vector condition", noun="finite", row_name="isfinite_vec"),
    call("isnan", BOOL, a=VF, tags="vector condition", noun="invalid", row_name="isnan_vec"),
    call("isinf", BOOL, a=VF, tags="vector condition", noun="overflow", row_name="isinf_vec"),
)

MATRIX: tuple[Production, ...] = (
    call("transpose", MatrixOf(C, R, F), a=MR, tags="matrix", noun="transposed"),
    call("transpose", M6, a=M6, tags="matrix spatial", noun="transposed", row_name="transpose6"),
    call("transpose", MI, a=MI, tags="matrix", noun="transposed", row_name="transpose_int"),
    call("determinant", F, a=M, tags="matrix", noun="volume"),
    call("inverse", M, a=M, tags="matrix", noun="inverse"),
    call("inverse_approx", M, a=M, tags="matrix", noun="inverse"),
    call("trace", F, a=M, tags="matrix", noun="trace"),
    call("outer", MR, a=VectorOf(R, F), b=VectorOf(C, F), tags="matrix vector", noun="outer"),
    call("diag", M, vec=VF, tags="matrix vector", noun="diagonal"),
    call("get_diag", VF, mat=M, tags="matrix vector", noun="diagonal"),
    call("skew", M3, vec=V3F, tags="matrix vector", noun="skew"),
    call("ddot", F, a=MR, b=MR, tags="matrix", noun="energy"),
    call("cw_mul", MA, a=MA, b=MA, tags="matrix", noun="scaled", row_name="cw_mul_mat"),
    call("cw_div", MR, a=MR, b=Expr(MR, Domain.NONZERO), tags="matrix", noun="relative", row_name="cw_div_mat"),
    call("lerp", M, a=M, b=M, t=UNIT, tags="matrix", noun="blended", row_name="lerp_mat"),
    call("transform_point", V3F, mat=M4, point=V3F, tags="matrix vector", noun="world", row_name="transform_point_mat"),
    call("transform_vector", V3F, mat=M4, vec=V3F, tags="matrix vector", noun="world", row_name="transform_vector_mat"),
    call("isfinite", BOOL, a=M, tags="matrix condition", noun="finite", row_name="isfinite_mat"),
    call("isnan", BOOL, a=M, tags="matrix condition", noun="invalid", row_name="isnan_mat"),
    call("isinf", BOOL, a=M, tags="matrix condition", noun="overflow", row_name="isinf_mat"),
)

QUATERNION: tuple[Production, ...] = (
    call("quat_rotate", V3F, quat=Q, vec=V3F, tags="quaternion vector", noun="rotated"),
    call("quat_rotate_inv", V3F, quat=Q, vec=V3F, tags="quaternion vector", noun="local"),
    call("quat_inverse", Q, quat=Q, tags="quaternion", noun="inverse"),
    call("quat_from_axis_angle", Q, axis=V3F, angle=F, tags="quaternion vector", noun="rotation"),
    call("quat_to_matrix", M3, quat=Q, tags="quaternion matrix", noun="basis"),
    call("quat_from_matrix", Q, mat=M3, tags="quaternion matrix", noun="rotation"),
    call("quat_from_matrix", Q, mat=M4, tags="quaternion matrix", noun="rotation", row_name="quat_from_matrix4"),
    call("lerp", Q, a=Q, b=Q, t=UNIT, tags="quaternion", noun="blended", row_name="lerp_quat"),
    call("quat_rpy", Q, roll=F, pitch=F, yaw=F, tags="quaternion", noun="rotation"),
    call("quat_slerp", Q, a=Q, b=Q, t=Expr(F, Domain.UNIT), tags="quaternion", noun="blended"),
    call("normalize", Q, a=Q, tags="quaternion", noun="unit", row_name="normalize_quat"),
    call("length", F, a=Q, tags="quaternion", noun="norm", row_name="length_quat"),
    call("length_sq", F, a=Q, tags="quaternion", noun="norm_sq", row_name="length_sq_quat"),
    call("dot", F, a=Q, b=Q, tags="quaternion", noun="cosine", row_name="dot_quat"),
    call("quat_twist_angle", FLOAT, axis=V3, q=QF, tags="quaternion vector", noun="twist_angle"),
    call("quat_twist_angle_signed", FLOAT, axis=V3, q=QF, tags="quaternion vector", noun="twist_angle"),
    call("quat_twist", QF, axis=V3, q=QF, tags="quaternion vector", noun="twist"),
    call("quat_to_rpy", V3, q=QF, tags="quaternion vector", noun="euler"),
    row("quat_to_euler", "wp.quat_to_euler({q}, 2, 1, 0)", V3, q=QF, tags="quaternion vector", noun="euler"),
    row("quat_from_euler", "wp.quat_from_euler({e}, 2, 1, 0)", QF, e=V3, tags="quaternion vector", noun="rotation"),
    call("isfinite", BOOL, a=Q, tags="quaternion condition", noun="finite", row_name="isfinite_quat"),
    call("isnan", BOOL, a=Q, tags="quaternion condition", noun="invalid", row_name="isnan_quat"),
    call("isinf", BOOL, a=Q, tags="quaternion condition", noun="overflow", row_name="isinf_quat"),
)


def _decompositions() -> tuple[Production, ...]:
    """Built-ins with several results: unpacked, or written to locals that are passed."""
    rows: list[Production] = []
    given: tuple[tuple[str, Pattern, tuple[tuple[str, Pattern], ...], str], ...] = (
        ("svd2", M2, (("U", M2), ("sigma", VectorOf(2, F)), ("V", M2)), "matrix"),
        ("svd3", M3, (("U", M3), ("sigma", V3F), ("V", M3)), "matrix"),
        ("qr3", M3, (("Q", M3), ("R", M3)), "matrix"),
        ("eig3", M3, (("Q", M3), ("d", V3F)), "matrix"),
        ("quat_to_axis_angle", Q, (("axis", V3F), ("angle", F)), "quaternion"),
    )
    for name, taken, results, tag in given:
        names = [f"r{place}" for place in range(len(results))]
        fresh: dict[str, Hole | Pattern] = {
            key: Fresh(of, noun) for key, (noun, of) in zip(names, results, strict=True)
        }
        listed = ", ".join("{" + key + "}" for key in names)
        rows.append(statement(name, f"{listed} = wp.{name}({{a}})", a=taken, tags=f"decomposition {tag}", more=fresh))
        zeros: dict[str, Hole | Pattern] = {f"z{key}": Zero(of) for key, (_, of) in zip(names, results, strict=True)}
        lines = "".join(f"{{{key}}} = {{z{key}}}\n" for key in names)
        rows.append(
            statement(
                f"{name}_into",
                f"{lines}wp.{name}({{a}}, {listed})",
                a=taken,
                tags=f"decomposition {tag}",
                more={**fresh, **zeros},
            )
        )
    return tuple(rows)


LINEAR = (*VECTOR, *MATRIX, *QUATERNION, *CONSTRUCTORS, *_decompositions())
