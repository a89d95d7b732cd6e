"""The type variables that rows are written with."""

from __future__ import annotations

from grammar.types import (
    FLOATS,
    INTEGERS,
    NUMBERS,
    SIGNED,
    MatrixOf,
    QuaternionOf,
    Scalar,
    Size,
    TypeVariable,
    VectorOf,
)

S = TypeVariable("S", tuple(Scalar(name) for name in NUMBERS))
F = TypeVariable("F", tuple(Scalar(name) for name in FLOATS))
I = TypeVariable("I", tuple(Scalar(name) for name in INTEGERS))
Z = TypeVariable("Z", tuple(Scalar(name) for name in (*SIGNED, *FLOATS)))  # what has a sign
N = Size("N", (2, 3, 4))

V = VectorOf(N, S)  # a vector of any number
VF = VectorOf(N, F)
VI = VectorOf(N, I)
VZ = VectorOf(N, Z)
V3F = VectorOf(3, F)
M = MatrixOf(N, N, F)  # the named matrices are square and of floats
Q = QuaternionOf(F)
