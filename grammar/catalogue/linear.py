"""Built-ins on vectors, matrices and quaternions, and their constructors."""

from __future__ import annotations

from grammar.catalogue.variables import V3F, VF, VZ, F, M, N, Q, S, V
from grammar.production import Const, Domain, Expr, Production, call, row
from grammar.types import BOOL, FLOAT, FLOATS, NUMBERS, Matrix, MatrixOf, Quaternion, Scalar, Vector, VectorOf, spell

M3 = MatrixOf(3, 3, F)
M4 = MatrixOf(4, 4, F)
SCALARS = tuple(Scalar(name) for name in NUMBERS)
REALS = tuple(Scalar(name) for name in FLOATS)
QF, V3 = Quaternion(FLOAT), Vector(3, FLOAT)

VECTOR: tuple[Production, ...] = (
    call("dot", S, a=V, b=V, tags="vector", noun="projection"),
    call("length", F, a=VF, tags="vector", noun="distance"),
    call("length_sq", S, a=V, tags="vector", noun="distance_sq"),
    call("normalize", VF, a=VF, tags="vector", noun="direction"),
    call("cross", VectorOf(3, S), a=VectorOf(3, S), b=VectorOf(3, S), tags="vector", noun="normal"),
    call("cw_mul", V, a=V, b=V, tags="vector", noun="scaled"),
    call("cw_div", V, a=V, b=Expr(V, Domain.NONZERO), tags="vector", noun="relative"),
    call("min", V, a=V, b=V, tags="vector", noun="lower", row_name="min_vec"),
    call("max", V, a=V, b=V, tags="vector", noun="upper", row_name="max_vec"),
    call("min", S, a=V, tags="vector", noun="smallest", row_name="min_component"),
    call("max", S, a=V, tags="vector", noun="largest", row_name="max_component"),
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
    call("transpose", M, a=M, tags="matrix", noun="transposed"),
    call("determinant", F, a=M, tags="matrix", noun="volume"),
    call("inverse", M, a=M, tags="matrix", noun="inverse"),
    call("trace", F, a=M, tags="matrix", noun="trace"),
    call("outer", M, a=VF, b=VF, tags="matrix vector", noun="outer"),
    call("diag", M, vec=VF, tags="matrix vector", noun="diagonal"),
    call("get_diag", VF, mat=M, tags="matrix vector", noun="diagonal"),
    call("skew", M3, vec=V3F, tags="matrix vector", noun="skew"),
    call("ddot", F, a=M, b=M, tags="matrix", noun="energy"),
    call("cw_mul", M, a=M, b=M, tags="matrix", noun="scaled", row_name="cw_mul_mat"),
    call("cw_div", M, a=M, b=Expr(M, Domain.NONZERO), tags="matrix", noun="relative", row_name="cw_div_mat"),
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


def _constructors() -> tuple[Production, ...]:
    """Constructors, one row a spelling: the name of the type is part of the template."""
    rows: list[Production] = []
    for length in N.over:
        letters = "xyzw"[:length]
        for scalar in SCALARS:
            vector = Vector(length, scalar)
            name = spell(vector)
            pieces = ", ".join(f"{{{letter}}}" for letter in letters)
            rows.append(
                row(
                    f"{name[3:]}",
                    f"{name}({pieces})",
                    vector,
                    tags="vector constructor",
                    noun="point",
                    more=dict.fromkeys(letters, Expr(scalar)),
                )
            )
    for scalar in REALS:
        for size in N.over:
            of = Matrix(size, size, scalar)
            column = Vector(size, scalar)
            columns = [f"c{k}" for k in range(size)]
            listed = ", ".join("{" + c + "}" for c in columns)
            suffix = spell(of)[3:]
            rows += [
                row(
                    f"{suffix}_from_{how}",
                    f"wp.matrix_from_{how}({listed})",
                    of,
                    tags="matrix constructor vector",
                    noun="frame",
                    more=dict.fromkeys(columns, Expr(column)),
                )
                for how in ("cols", "rows")
            ]
            cells = [f"m{r}{c}" for r in range(size) for c in range(size)]
            if size == 2:
                listed = ", ".join("{" + c + "}" for c in cells)
                rows.append(
                    row(
                        suffix,
                        f"{spell(of)}({listed})",
                        of,
                        tags="matrix constructor",
                        noun="block",
                        more=dict.fromkeys(cells, Expr(scalar)),
                    )
                )
            rows.append(
                row(
                    f"identity_{suffix}",
                    f"wp.identity(n={size}, dtype={spell(scalar)})",
                    of,
                    tags="matrix constructor constant",
                    noun="identity",
                )
            )
        quaternion = Quaternion(scalar)
        name = spell(quaternion)
        rows.append(
            row(
                name[3:],
                f"{name}({{x}}, {{y}}, {{z}}, {{w}})",
                quaternion,
                tags="quaternion constructor",
                noun="q",
                more=dict.fromkeys("xyzw", Expr(scalar)),
            )
        )
        rows.append(
            row(
                f"{name[3:]}_vector",
                f"{name}({{ijk}}, {{w}})",
                quaternion,
                tags="quaternion constructor vector",
                noun="q",
                ijk=Vector(3, scalar),
                w=scalar,
            )
        )
        rows.append(
            row(
                f"{name[3:]}_identity",
                f"wp.quat_identity(dtype={spell(scalar)})",
                quaternion,
                tags="quaternion constructor constant",
                noun="q",
            )
        )
    return tuple(rows)


LINEAR = (*VECTOR, *MATRIX, *QUATERNION, *_constructors())
