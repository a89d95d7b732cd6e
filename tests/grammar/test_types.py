"""Patterns and the types they stand for: matching undoes binding and the reverse; how each type is spelled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.catalogue import CATALOGUE
from grammar.types import (
    BOOL,
    DOUBLE,
    FLOAT,
    FLOATS,
    HALF,
    INT,
    INTEGERS,
    NUMBERS,
    Array,
    Binding,
    Matrix,
    MatrixOf,
    Pattern,
    Quaternion,
    QuaternionOf,
    Scalar,
    Size,
    Struct,
    Transformation,
    Type,
    TypeVariable,
    Vector,
    VectorOf,
    bind,
    is_float,
    is_integer,
    match,
    scalar_of,
    spell,
    variables,
)

SPELLINGS: tuple[tuple[Type, str], ...] = (
    (FLOAT, "float"),
    (INT, "int"),
    (BOOL, "bool"),
    (HALF, "wp.float16"),
    (DOUBLE, "wp.float64"),
    *((Scalar(name), f"wp.{name}") for name in ("int8", "uint8", "int16", "uint16", "uint32", "int64", "uint64")),
    (Vector(2, HALF), "wp.vec2h"),
    (Vector(3, FLOAT), "wp.vec3"),
    (Vector(4, DOUBLE), "wp.vec4d"),
    (Vector(2, Scalar("int8")), "wp.vec2b"),
    (Vector(2, Scalar("uint8")), "wp.vec2ub"),
    (Vector(3, Scalar("int16")), "wp.vec3s"),
    (Vector(3, Scalar("uint16")), "wp.vec3us"),
    (Vector(4, INT), "wp.vec4i"),
    (Vector(4, Scalar("uint32")), "wp.vec4ui"),
    (Vector(2, Scalar("int64")), "wp.vec2l"),
    (Vector(2, Scalar("uint64")), "wp.vec2ul"),
    (Matrix(2, 2, HALF), "wp.mat22h"),
    (Matrix(3, 3, FLOAT), "wp.mat33"),
    (Matrix(4, 4, DOUBLE), "wp.mat44d"),
    (Quaternion(HALF), "wp.quath"),
    (Quaternion(FLOAT), "wp.quat"),
    (Quaternion(DOUBLE), "wp.quatd"),
    (Vector(6, FLOAT), "wp.spatial_vector"),
    (Vector(5, FLOAT), "vec5"),
    (Matrix(2, 3, DOUBLE), "mat23d"),
    (Transformation(FLOAT), "wp.transform"),
    (Transformation(HALF), "wp.transformh"),
    (Array(Vector(3, FLOAT), 1), "wp.array(dtype=wp.vec3)"),
    (Array(INT, 2), "wp.array2d(dtype=int)"),
    (Struct("Particle", (("mass", FLOAT),)), "Particle"),
)

scalars = st.sampled_from([Scalar(name) for name in (*NUMBERS, "bool")])
lengths = st.integers(2, 4)
types: st.SearchStrategy[Type] = st.one_of(
    scalars,
    st.builds(Vector, lengths, scalars),
    st.builds(Matrix, lengths, lengths, scalars),
    st.builds(Quaternion, scalars),
)


def some_variable(name: str) -> st.SearchStrategy[TypeVariable]:
    return st.lists(scalars, min_size=1, max_size=5, unique=True).map(lambda over: TypeVariable(name, tuple(over)))


def some_size(name: str) -> st.SearchStrategy[Size]:
    return st.lists(lengths, min_size=1, unique=True).map(lambda over: Size(name, tuple(over)))


patterns: st.SearchStrategy[Pattern] = st.one_of(
    st.lists(types, min_size=1, max_size=5, unique=True).map(lambda over: TypeVariable("T", tuple(over))),
    st.builds(VectorOf, some_size("N") | lengths, some_variable("S") | scalars),
    some_size("N").flatmap(
        lambda size: st.builds(MatrixOf, st.just(size), st.just(size), some_variable("S") | scalars)
    ),
    st.builds(MatrixOf, some_size("N") | lengths, some_size("M") | lengths, some_variable("S") | scalars),
    st.builds(QuaternionOf, some_variable("S") | scalars),
    types,
)


@st.composite
def bindings(draw: st.DrawFn, pattern: Pattern) -> Binding:
    return {variable.name: draw(st.sampled_from(variable.over)) for variable in variables(pattern)}


@given(st.data(), patterns)
def test_matching_undoes_binding(data: st.DataObject, pattern: Pattern) -> None:
    binding = data.draw(bindings(pattern))
    assert match(pattern, bind(pattern, binding)) == binding


@given(patterns, types)
def test_binding_undoes_matching(pattern: Pattern, of: Type) -> None:
    binding = match(pattern, of)
    if binding is not None:
        assert bind(pattern, binding) == of
        assert set(binding) == {variable.name for variable in variables(pattern)}
        assert all(binding[variable.name] in variable.over for variable in variables(pattern))


@given(st.data(), patterns)
def test_what_matches_is_what_some_binding_gives(data: st.DataObject, pattern: Pattern) -> None:
    """A type that no binding gives does not match: found by trying every binding."""
    of = data.draw(types)
    every: list[Binding] = [{}]
    for variable in dict.fromkeys(variables(pattern)):
        every = [{**binding, variable.name: value} for binding in every for value in variable.over]
    assert (match(pattern, of) is not None) == (of in [bind(pattern, binding) for binding in every])


def test_overloads_of_the_catalogue_match_their_rows() -> None:
    for row in CATALOGUE.rows:
        for overload in row.expand():
            pairs = [
                (hole.pattern, bound.pattern)  # type: ignore[union-attr]
                for (_, hole), (_, bound) in zip(row.holes, overload.holes, strict=True)
                if getattr(hole, "pattern", None) is not None
            ]
            if row.result is not None and overload.result is not None:
                pairs.append((row.result, overload.result))
            joint: Binding = {}
            for pattern, of in pairs:
                binding = match(pattern, of)  # type: ignore[arg-type]
                assert binding is not None, row.name
                for name, value in binding.items():
                    assert joint.setdefault(name, value) == value, f"{row.name}: two values of {name}"


@pytest.mark.parametrize(("of", "text"), SPELLINGS, ids=[text for _, text in SPELLINGS])
def test_spelling(of: Type, text: str) -> None:
    assert spell(of) == text


def test_no_two_types_are_spelled_alike() -> None:
    numbers = [Scalar(name) for name in NUMBERS]
    every: list[Type] = [*numbers, BOOL]
    every += [Vector(length, scalar) for length in (2, 3, 4) for scalar in numbers]
    every += [Matrix(rows, columns, scalar) for rows in (2, 3, 4) for columns in (2, 3, 4) for scalar in numbers]
    every += [Quaternion(scalar) for scalar in numbers]
    assert len({spell(of) for of in every}) == len(every)


@given(types)
def test_kinds_of_component_exclude_each_other(of: Type) -> None:
    scalar = scalar_of(of)
    assert scalar is not None
    assert is_float(of) == (scalar.name in FLOATS)
    assert is_integer(of) == (scalar.name in INTEGERS)
    assert is_float(of) + is_integer(of) + (scalar == BOOL) == 1


def test_a_struct_has_no_one_component_type() -> None:
    struct = Struct("Particle", (("mass", FLOAT),))
    assert scalar_of(struct) is None
    assert not is_float(struct)
    assert not is_integer(struct)
