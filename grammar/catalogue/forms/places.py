"""Assignments, plain and augmented, to every place: a local, its parts, an element of an array, its parts."""

from __future__ import annotations

from collections.abc import Mapping

from grammar.catalogue.definitions import Rows
from grammar.catalogue.variables import F, I, M, N
from grammar.holes import Const, Domain, Expr, Hole, Index, Output, Target
from grammar.production import Effect, statement
from grammar.types import (
    DOUBLE,
    FLOAT,
    INT,
    MatrixOf,
    Pattern,
    QuaternionOf,
    Scalar,
    TransformationOf,
    TypeVariable,
    VectorOf,
)

# Each operator's word, and what its operand must satisfy.
OPERATORS: Mapping[str, tuple[str, Domain]] = {
    "=": ("set", Domain.ANY),
    "+=": ("add", Domain.ANY),
    "-=": ("sub", Domain.ANY),
    "*=": ("mul", Domain.ANY),
    "/=": ("div", Domain.NONZERO),
    "//=": ("floordiv", Domain.NONZERO),
    "%=": ("mod", Domain.NONZERO),
    "&=": ("bit_and", Domain.ANY),
    "|=": ("bit_or", Domain.ANY),
    "^=": ("bit_xor", Domain.ANY),
    "<<=": ("lshift", Domain.SHIFT),
    ">>=": ("rshift", Domain.SHIFT),
    "@=": ("matmul", Domain.ANY),
}

REAL = ("=", "+=", "-=", "*=", "/=")

BITS = ("&=", "|=", "^=", "<<=", ">>=")

WHOLE = ("=", "+=", "-=", "*=", "//=", "%=", *BITS)

SOME_I = TypeVariable("I", tuple(map(Scalar, ("int32", "uint32", "int64", "uint8"))))

WIDE_I = TypeVariable("I", tuple(map(Scalar, ("int32", "uint32", "int64", "uint64"))))

NARROW_I = TypeVariable("I", tuple(map(Scalar, ("int8", "uint8", "int16", "uint16"))))

SOME_F = TypeVariable("F", (FLOAT, DOUBLE))

VF, VI, V3I, V3F, V2F = (
    VectorOf(N, F),
    VectorOf(N, SOME_I),
    VectorOf(3, SOME_I),
    VectorOf(3, SOME_F),
    VectorOf(2, SOME_F),
)

M2, Q, X = MatrixOf(2, 2, SOME_F), QuaternionOf(SOME_F), TransformationOf(SOME_F)

PART = Const(INT, (0, 1))


def _operand(over: Pattern, operator: str) -> Expr | Const:
    return Expr(over, OPERATORS[operator][1])


def _word(operator: str) -> str:
    return OPERATORS[operator][0]


def _local(
    name: str, place: str, target: Pattern, value: Pattern, operators: tuple[str, ...], tags: str, /, **holes: Hole
) -> Rows:
    """Rows that change a local, or a part of it, by each of some operators."""
    return tuple(
        statement(
            f"{name}_{_word(operator)}",
            f"{place} {operator} {{value}}",
            target=Target(target),
            more=holes,
            value=_operand(value, operator),
            effect=Effect.ASSIGNS,
            tags=f"assign place {tags}",
        )
        for operator in operators
    )


NAMES: Rows = (
    *_local("name_real", "{target}", F, F, ("//=", "%="), "augmented"),
    *_local("name_integer", "{target}", I, I, ("/=", "//=", "%=", "<<=", ">>="), "augmented"),
    *_local("name_vector", "{target}", VF, F, ("*=", "/="), "augmented vector"),
    *_local("name_vector_integer", "{target}", VI, VI, ("&=", "|=", "^="), "augmented vector"),
    *_local("name_matrix", "{target}", M, M, ("+=", "-=", "*=", "@="), "augmented matrix"),
    *_local("name_matrix_scaled", "{target}", M, F, ("*=", "/="), "augmented matrix"),
    *_local("name_vector_mapped", "{target}", VF, M, ("*=", "@="), "augmented vector matrix"),
    *_local("name_quaternion", "{target}", QuaternionOf(F), QuaternionOf(F), ("*=",), "augmented quaternion"),
    statement(
        "name_real_pow",
        "{target} **= {value}",
        target=Target(F),
        value=Const(F, (2.0, 3.0)),
        effect=Effect.ASSIGNS,
        tags="assign place augmented",
    ),
)

PARTS: Rows = (
    *_local("letter_real", "{target}.x", VF, F, REAL, "part vector"),
    *_local("letter_integer", "{target}.y", V3I, SOME_I, WHOLE, "part vector"),
    *_local("index_real", "{target}[{k}]", VF, F, REAL, "part vector", k=PART),
    *_local("index_integer", "{target}[{k}]", V3I, SOME_I, WHOLE, "part vector", k=PART),
    *_local("last_real", "{target}[-1]", VF, F, REAL, "part vector negative"),
    *_local("chosen_real", "{target}[{n} & 1]", V3F, SOME_F, ("=", "+="), "part vector", n=Expr(INT, varying=True)),
    *_local("element", "{target}[{r}, {c}]", M, F, REAL, "part matrix", r=PART, c=PART),
    *_local("element_twice", "{target}[{r}][{c}]", M2, SOME_F, ("=", "+=", "*="), "part matrix", r=PART, c=PART),
    *_local("row", "{target}[{r}]", M2, V2F, ("=", "+=", "-="), "part matrix", r=PART),
    *_local("row_scaled", "{target}[{r}]", M2, SOME_F, ("*=", "/="), "part matrix", r=PART),
    *_local("row_last", "{target}[-1, -2]", M2, SOME_F, ("=", "-="), "part matrix negative"),
    *_local(
        "quaternion_index", "{target}[{k}]", Q, SOME_F, ("=", "+=", "-=", "*="), "part quaternion", k=Const(INT, (3, 0))
    ),
    *_local("quaternion_letter", "{target}.w", Q, SOME_F, ("=", "+="), "part quaternion"),
    *_local("transform_position", "{target}.p", X, VectorOf(3, SOME_F), ("=", "+="), "part transform"),
    *_local("transform_rotation", "{target}.q", X, Q, ("=", "*="), "part transform"),
    *_local("transform_index", "{target}[{k}]", X, SOME_F, ("=", "+=", "-="), "part transform", k=PART),
)

AXES = "ijkl"


def _element(
    name: str,
    part: str,
    element: Pattern,
    value: Pattern,
    operators: tuple[str, ...],
    tags: str = "",
    /,
    *,
    ranks: tuple[int, ...] = (1,),
    subscript: str = "",
    **holes: Hole,
) -> Rows:
    """Rows that change the thread's own element of an array, or a part of it, by each of some operators."""
    return tuple(
        statement(
            f"{name}{rank if rank > 1 else ''}_{_word(operator)}",
            f"{{out}}{subscript or _subscript(rank)}{part} {operator} {{value}}",
            out=Output(element, rank, "update"),
            more={**{axis: Index("out", place, own=True) for place, axis in enumerate(AXES[:rank])}, **holes},
            value=_operand(value, operator),
            effect=Effect.WRITES,
            needs=f"kernel rank{rank}",
            tags=f"place {tags}",
        )
        for rank in ranks
        for operator in operators
    )


def _subscript(rank: int) -> str:
    return "[" + ", ".join("{" + axis + "}" for axis in AXES[:rank]) + "]"


ELEMENTS: Rows = (
    *_element("array_real", "", SOME_F, SOME_F, ("*=", "/=", "//=", "%=")),
    *_element("array_integer", "", WIDE_I, WIDE_I, ("*=", "//=", "%=", *BITS)),
    *_element("array_narrow", "", NARROW_I, NARROW_I, ("+=", "-=", "*=", "&=", "|=", "^=")),
    *_element("array_ranks", "", FLOAT, FLOAT, ("+=", "*="), ranks=(2, 3, 4)),
    *_element("array_ranks_integer", "", INT, INT, ("|=", "%="), ranks=(2, 3, 4)),
    *_element("array_brackets", "", FLOAT, FLOAT, ("=", "+=", "/="), ranks=(2,), subscript="[{i}][{j}]"),
    *_element("array_brackets_mixed", "", FLOAT, FLOAT, ("=", "-="), ranks=(3,), subscript="[{i}, {j}][{k}]"),
    *_element("array_brackets_first", "", FLOAT, FLOAT, ("=", "+="), ranks=(3,), subscript="[{i}][{j}, {k}]"),
    *_element("array_brackets_all", "", INT, INT, ("=", "*="), ranks=(4,), subscript="[{i}][{j}][{k}, {l}]"),
    *_element("array_vector", "", V3F, V3F, ("+=", "-="), "vector"),
    *_element("array_vector_scaled", "", V3F, SOME_F, ("*=", "/="), "vector"),
    *_element("array_vector_narrow", "", VectorOf(2, NARROW_I), VectorOf(2, NARROW_I), ("+=", "-="), "vector"),
    *_element("array_vector_bits", "", V3I, V3I, ("&=", "|=", "^="), "vector"),
    *_element("array_matrix", "", M2, M2, ("+=", "-=", "@="), "matrix"),
    *_element("array_quaternion", "", Q, Q, ("+=", "*="), "quaternion"),
    *_element("array_letter", ".x", V3F, SOME_F, ("=", "+=", "-="), "vector"),
    *_element("array_letter_integer", ".z", VectorOf(3, WIDE_I), WIDE_I, WHOLE, "vector"),
    *_element("array_letter_narrow", ".y", VectorOf(2, NARROW_I), NARROW_I, ("=", "+=", "|="), "vector"),
    *_element("array_index", "[{c}]", V3F, SOME_F, ("=", "+=", "-="), "vector", c=PART),
    *_element("array_index_last", "[-1]", V3F, SOME_F, ("=", "+="), "vector negative"),
    *_element("array_index_chosen", "[{n} & 1]", V3F, SOME_F, ("=", "-="), "vector", n=Expr(INT, varying=True)),
    *_element("array_index_integer", "[{c}]", VectorOf(3, WIDE_I), WIDE_I, WHOLE, "vector", c=PART),
    *_element("array_index_ranks", "[{c}]", VectorOf(3, FLOAT), FLOAT, ("=", "+="), "vector", ranks=(2, 3), c=PART),
    *_element("array_element", "[{r}, {c}]", M2, SOME_F, ("=", "+=", "-="), "matrix", r=PART, c=PART),
    *_element("array_element_twice", "[{r}][{c}]", M2, SOME_F, ("=", "+="), "matrix", r=PART, c=PART),
    *_element("array_row", "[{r}]", M2, V2F, ("=", "+=", "-="), "matrix", r=PART),
    *_element("array_part", "[{c}]", Q, SOME_F, ("=", "+="), "quaternion", c=Const(INT, (3, 0))),
    *_element("array_part_letter", ".w", Q, SOME_F, ("=", "-="), "quaternion"),
    *_element("array_position", ".p", X, VectorOf(3, SOME_F), ("=", "+="), "transform"),
    *_element("array_rotation", ".q", X, Q, ("=",), "transform"),
    *_element("array_position_letter", ".p.x", X, SOME_F, ("=", "+="), "transform"),
    *_element("array_transform_index", "[{c}]", X, SOME_F, ("=", "+="), "transform", c=PART),
)

PLACES: Rows = (*NAMES, *PARTS, *ELEMENTS)
