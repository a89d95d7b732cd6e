"""Constructors of vectors, matrices and quaternions: by the name of the type, and generic ones given a width."""

from __future__ import annotations

from grammar.catalogue.variables import MA, MR, SQUARE, V3F, VL, C, F, I, L, N, Q, R, S, V
from grammar.holes import Expr, Hole, Length, Spelled
from grammar.production import Production, row
from grammar.types import MatrixOf, Pattern, QuaternionOf, TypeVariable, VectorOf


def _vectors() -> tuple[Production, ...]:
    """Constructors of vectors: from components, from one value for all, at nothing; by the type's name and `wp.vector`."""
    rows = [
        row(
            f"vec{length}",
            f"{{of}}({', '.join('{' + letter + '}' for letter in letters)})",
            VectorOf(length, S),
            of=Spelled(VectorOf(length, S)),
            tags="vector constructor",
            noun="point",
            more=dict.fromkeys(letters, Expr(S)),
        )
        for length in L.over
        for letters in (("x", "y", "z", "w")[:length] if length < 5 else tuple(f"c{k}" for k in range(length)),)
    ]
    return (
        *rows,
        row(
            "vec_fill", "{of}({x})", VL, of=Spelled(VL), x=Expr(S, varying=True), tags="vector constructor", noun="fill"
        ),
        row("vec_copy", "{of}({v})", V, of=Spelled(V), v=V, tags="vector constructor", noun="copy"),
        row("vec_zero", "{of}()", VL, of=Spelled(VL), tags="vector constructor constant", noun="zero"),
        row(
            "vector",
            "wp.vector({x}, {y}, {z}, dtype={of})",
            VectorOf(3, S),
            x=Expr(S, varying=True),
            y=S,
            z=S,
            of=Spelled(S),
            tags="vector constructor",
            noun="point",
        ),
        row("vector_untyped", "wp.vector({x}, {y})", VectorOf(2, S), x=S, y=S, tags="vector constructor", noun="point"),
        row(
            "vector_fill",
            "wp.vector({x}, length={n}, dtype={of})",
            VL,
            x=Expr(S, varying=True),
            n=Length(L),
            of=Spelled(S),
            tags="vector constructor",
            noun="fill",
        ),
        row(
            "vector_zero",
            "wp.vector(length={n}, dtype={of})",
            VL,
            n=Length(L),
            of=Spelled(S),
            tags="vector constructor constant",
            noun="zero",
        ),
    )


def _matrices() -> tuple[Production, ...]:
    """Constructors of matrices: from columns, rows and elements, from one value for all, at nothing, the identity."""
    rows: list[Production] = []
    for count in N.over:
        parts = [f"c{k}" for k in range(count)]
        listed = ", ".join("{" + part + "}" for part in parts)
        for how, column, of in (
            ("cols", VectorOf(R, F), MatrixOf(R, count, F)),
            ("rows", VectorOf(C, F), MatrixOf(count, C, F)),
        ):
            rows.append(
                row(
                    f"from_{how}{count}",
                    f"wp.matrix_from_{how}({listed})",
                    of,
                    tags="matrix constructor vector",
                    noun="frame",
                    more=dict.fromkeys(parts, Expr(column)),
                )
            )
    for height, width, scalar, suffix in ((2, 2, F, ""), (3, 3, F, ""), (2, 3, F, ""), (2, 2, I, "_int")):
        cells = [f"m{r}{c}" for r in range(height) for c in range(width)]
        listed = ", ".join("{" + cell + "}" for cell in cells)
        shaped = MatrixOf(height, width, scalar)
        holes: dict[str, Hole | Pattern] = dict.fromkeys(cells, Expr(scalar))
        rows.append(
            row(
                f"mat{height}{width}{suffix}",
                f"{{of}}({listed})",
                shaped,
                of=Spelled(shaped),
                tags="matrix constructor",
                noun="block",
                more=holes,
            )
        )
        if height != width:
            rows.append(
                row(
                    "matrix",
                    f"wp.matrix({listed}, shape=({height}, {width}), dtype={{of}})",
                    shaped,
                    of=Spelled(scalar),
                    tags="matrix constructor",
                    noun="block",
                    more=holes,
                )
            )
    return (
        *rows,
        row(
            "mat_fill", "{of}({x})", MR, of=Spelled(MR), x=Expr(F, varying=True), tags="matrix constructor", noun="fill"
        ),
        row("mat_zero", "{of}()", MA, of=Spelled(MA), tags="matrix constructor constant", noun="zero"),
        row(
            "matrix_fill",
            "wp.matrix({x}, shape=({r}, {c}), dtype={of})",
            MR,
            x=Expr(F, varying=True),
            r=Length(R),
            c=Length(C),
            of=Spelled(F),
            tags="matrix constructor",
            noun="fill",
        ),
        row(
            "matrix_zero",
            "wp.matrix(shape=({r}, {c}), dtype={of})",
            MR,
            r=Length(R),
            c=Length(C),
            of=Spelled(F),
            tags="matrix constructor constant",
            noun="zero",
        ),
        row(
            "identity",
            "wp.identity(n={n}, dtype={of})",
            MatrixOf(SQUARE, SQUARE, F),
            n=Length(SQUARE),
            of=Spelled(F),
            tags="matrix constructor constant",
            noun="identity",
        ),
    )


QUATERNIONS: tuple[Production, ...] = (
    row(
        "quat",
        "{of}({x}, {y}, {z}, {w})",
        Q,
        of=Spelled(Q),
        x=F,
        y=F,
        z=F,
        w=F,
        tags="quaternion constructor",
        noun="q",
    ),
    row(
        "quat_vector",
        "{of}({ijk}, {w})",
        Q,
        of=Spelled(Q),
        ijk=V3F,
        w=F,
        tags="quaternion constructor vector",
        noun="q",
    ),
    row("quat_zero", "{of}()", Q, of=Spelled(Q), tags="quaternion constructor constant", noun="zero"),
    row(
        "quat_identity",
        "wp.quat_identity(dtype={of})",
        Q,
        of=Spelled(F),
        tags="quaternion constructor constant",
        noun="q",
    ),
    row(
        "quaternion",
        "wp.quaternion({x}, {y}, {z}, {w}, dtype={of})",
        Q,
        x=F,
        y=F,
        z=F,
        w=F,
        of=Spelled(F),
        tags="quaternion constructor",
        noun="q",
    ),
    row(
        "quaternion_vector",
        "wp.quaternion({ijk}, {w}, dtype={of})",
        Q,
        ijk=V3F,
        w=F,
        of=Spelled(F),
        tags="quaternion constructor vector",
        noun="q",
    ),
    row(
        "quaternion_zero",
        "wp.quaternion(dtype={of})",
        Q,
        of=Spelled(F),
        tags="quaternion constructor constant",
        noun="zero",
    ),
    row(
        "quaternion_copy",
        "wp.quaternion({q}, dtype={of})",
        Q,
        q=QuaternionOf(TypeVariable("From", F.over)),
        of=Spelled(F),
        tags="quaternion constructor conversion",
        noun="q",
    ),
)


CONSTRUCTORS = (*QUATERNIONS, *_vectors(), *_matrices())
