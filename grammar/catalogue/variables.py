"""The type variables that rows are written with."""

from __future__ import annotations

from grammar.types import (
    FLOATS,
    INT,
    INTEGERS,
    NUMBERS,
    SIGNED,
    Matrix,
    MatrixOf,
    Quaternion,
    QuaternionOf,
    Scalar,
    Size,
    Transformation,
    TransformationOf,
    Type,
    TypeVariable,
    Vector,
    VectorOf,
)

S = TypeVariable("S", tuple(Scalar(name) for name in NUMBERS))
F = TypeVariable("F", tuple(Scalar(name) for name in FLOATS))
I = TypeVariable("I", tuple(Scalar(name) for name in INTEGERS))
Z = TypeVariable("Z", tuple(Scalar(name) for name in (*SIGNED, *FLOATS)))  # what has a sign
# The widths that atomics, and the updates they stand for, exist for: Warp refuses the narrow integers.
WIDE = TypeVariable(
    "S", tuple(of for of in S.over if not (isinstance(of, Scalar) and of.name.endswith(("t8", "int16"))))
)
# Where a rectangle has three sizes, two widths are enough.
F2 = TypeVariable("F", (Scalar("float32"), Scalar("float64")))
N = Size("N", (2, 3, 4))  # the lengths that Warp has names for
L = Size("L", (2, 3, 4, 5, 6))
SQUARE = Size("N", (2, 3, 4, 6))
R, C, K = Size("R", (2, 3, 4)), Size("C", (2, 3, 4)), Size("K", (2, 3, 4))

V = VectorOf(N, S)  # a vector of any number
VF = VectorOf(N, F)
VI = VectorOf(N, I)
VZ = VectorOf(N, Z)
V3F = VectorOf(3, F)
# The same of any length.
VL, VLF, VLI, VLZ = VectorOf(L, S), VectorOf(L, F), VectorOf(L, I), VectorOf(L, Z)
M = MatrixOf(N, N, F)  # the named matrices are square and of floats
M3, M4, M6 = MatrixOf(3, 3, F), MatrixOf(4, 4, F), MatrixOf(6, 6, F)
MS = MatrixOf(SQUARE, SQUARE, F)
MR = MatrixOf(R, C, F)
MI = MatrixOf(Size("N", (2, 3)), Size("N", (2, 3)), I)
Q = QuaternionOf(F)
T = TransformationOf(F)

VECTORS: tuple[Type, ...] = tuple(
    Vector(length, scalar) for length in L.over for scalar in S.over if isinstance(scalar, Scalar)
)
SHAPES = (*((rows, columns) for rows in N.over for columns in N.over), (6, 6), (3, 6), (6, 3))
MATRICES: tuple[Type, ...] = (
    *(Matrix(*shape, scalar) for shape in SHAPES for scalar in F.over if isinstance(scalar, Scalar)),
    *(Matrix(size, size, scalar) for size in (2, 3) for scalar in I.over if isinstance(scalar, Scalar)),
)
MA = TypeVariable("M", MATRICES)  # a matrix of any shape and number
# What locals hold that statements change and accumulate: everything with addition; of the sizes without a name, a few.
VALUES: tuple[Type, ...] = (
    *S.over,
    *(of for of in VECTORS if isinstance(of, Vector) and (of.length in N.over or of.scalar in F2.over)),
    *(
        of
        for of in MATRICES
        if isinstance(of, Matrix)
        and (of.scalar in F.over if of.rows == of.columns in N.over else of.scalar in F2.over or of.scalar == INT)
    ),
    *(Quaternion(scalar) for scalar in F.over if isinstance(scalar, Scalar)),
    *(Transformation(scalar) for scalar in F.over if isinstance(scalar, Scalar)),
)
