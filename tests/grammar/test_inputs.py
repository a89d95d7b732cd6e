"""Inputs: a pure function of a kernel, a shape and a seed, and values that a kernel can run on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sampled import sampled

from grammar.inputs import SHAPES, HostObject, Inputs, components, dtype_of, make_inputs, scalar_type
from grammar.printer import print_source
from grammar.reference.errors import OutOfBoundsError, UndefinedError, UnreferencedError
from grammar.reference.run import Reference
from grammar.signature import HOST, LOOKUP, OFFSETS, READ, SIZE, VALUE
from grammar.strategies import kernels
from grammar.term import Body, Extent, Kernel, Symbol, parts
from grammar.types import DOUBLE, FLOAT, FLOATS, HALF, INT, Array, Quaternion, Scalar, Struct, Type, Vector

QUICK = settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
PLAIN = next(shape for shape in SHAPES if shape.plain)
WILD = next(shape for shape in SHAPES if not shape.plain and all(size > 1 for size in shape.sizes[:2]))
SEEDS = st.integers(0, 2**32)


def leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The arrays in a value, with where they are."""
    if isinstance(value, HostObject):
        value = value.data
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from leaves(part, f"{path}.{name}")
    else:
        yield path, value


def frozen(inputs: Inputs) -> dict[str, Any]:
    """Inputs to the last bit."""
    found = (leaf for name, value in inputs.arguments.items() for leaf in leaves(value, name))
    return {"dim": inputs.dim} | {path: (a.dtype.name, a.shape, a.tobytes().hex()) for path, a in found}


def of(*symbols: Symbol) -> Kernel:
    """A kernel of these parameters that does nothing."""
    return Kernel("made", "made", (), (), symbols, 1, Body(()))


def sizes(kernel: Kernel, inputs: Inputs) -> Iterator[tuple[Extent, int]]:
    """Each axis of an array with the size that it was made in; sizes told to the kernel too."""
    for symbol in kernel.parameters:
        value = inputs.arguments[symbol.name]
        if symbol.size_of is not None:
            yield symbol.size_of, int(value)
        if symbol.extents:
            (_, first), *_ = leaves(value, symbol.name)
            yield from zip(symbol.extents, first.shape, strict=False)


# --- pure ------------------------------------------------------------------------------------------------------------


@QUICK
@given(kernels(), SEEDS)
def test_inputs_are_pure(kernel: Kernel, seed: int) -> None:
    for shape in SHAPES:
        first, again = make_inputs(kernel, shape, seed), make_inputs(replace(kernel), shape, seed)
        assert frozen(first) == frozen(again)
        assert [*first.arguments] == [symbol.name for symbol in kernel.parameters]


@QUICK
@given(kernels())
def test_seeds_and_shapes_matter(kernel: Kernel) -> None:
    """Seeds where floats go in: integers are few. Shapes unless a host object says how many threads there are."""
    made = [make_inputs(kernel, PLAIN, seed) for seed in range(4)]
    read = [symbol.name for symbol in kernel.parameters if symbol.role in {VALUE, READ}]
    floats = [array for name in read for _, array in leaves(made[0].arguments[name], name) if array.dtype.kind in "fV"]
    assert not floats or len({str(frozen(inputs)) for inputs in made}) > 1
    other = replace(PLAIN, name="other", sizes=(4, 3, 2, 2))
    is_hosted = any(symbol.role.startswith(HOST) and symbol.index_of is not None for symbol in kernel.parameters)
    assert is_hosted or make_inputs(kernel, other, 0).dim != make_inputs(kernel, PLAIN, 0).dim


HASHED = """
import json, sys
from sampled import sampled
from grammar.inputs import SHAPES, make_inputs
from test_inputs import frozen
json.dump([frozen(make_inputs(sampled(index).kernel, shape, 7)) for index in range(26) for shape in SHAPES], sys.stdout)
"""


@pytest.mark.slow
def test_inputs_do_not_depend_on_the_hash_seed() -> None:
    path = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": path}
    run = subprocess.run([sys.executable, "-c", HASHED], env=environment, capture_output=True, check=True)
    here = [frozen(make_inputs(sampled(index).kernel, shape, 7)) for index in range(26) for shape in SHAPES]
    assert json.loads(run.stdout) == json.loads(json.dumps(here))


# --- sizes -----------------------------------------------------------------------------------------------------------


@QUICK
@given(kernels(), SEEDS)
def test_sizes_fit_extents(kernel: Kernel, seed: int) -> None:
    for shape in SHAPES:
        inputs = make_inputs(kernel, shape, seed)
        named: dict[str, int] = {}
        for extent, size in sizes(kernel, inputs):
            assert (size - extent.beyond) % extent.each == 0, extent
            base = (size - extent.beyond) // extent.each
            assert base == (named.setdefault(extent.name, base) if extent.fixed is None else extent.fixed), extent
        for symbol in parts(kernel):  # one thread for each index into the extent, where an array has that
            if isinstance(symbol, Symbol) and symbol.role == "thread":
                assert symbol.index_of is not None
                assert named.get(symbol.index_of.name, inputs.dim[0]) in inputs.dim
        assert all(size >= 0 for size in named.values())


@QUICK
@given(kernels(), SEEDS)
def test_values_are_of_their_type(kernel: Kernel, seed: int) -> None:
    for shape in SHAPES:
        inputs = make_inputs(kernel, shape, seed)
        for symbol in kernel.parameters:
            value = inputs.arguments[symbol.name]
            if symbol.role.startswith(HOST):
                assert isinstance(value, np.ndarray if symbol.role == HOST + "seed" else HostObject)
                continue
            for path, array, expected, rank in typed(symbol.type, value, len(symbol.extents), symbol.name):
                assert array.dtype == dtype_of(scalar_type(expected)), path
                assert array.shape[rank:] == components(expected), path
                if array.dtype.kind in "fV" and not shape.special:
                    assert np.isfinite(array.astype(np.float64)).all(), path


def typed(of_type: Type, value: Any, rank: int, path: str) -> Iterator[tuple[str, Any, Type, int]]:
    """The arrays in a value, each with the type of its elements and how many axes come before their components."""
    if isinstance(of_type, Struct):
        for name, field in of_type.fields:
            yield from typed(field, value[name], rank, f"{path}.{name}")
    elif isinstance(of_type, Array):
        yield from typed(of_type.element, value, rank + of_type.rank, path)
    else:
        yield path, value, of_type, rank


N = Extent("n")


def test_extents_by_hand() -> None:
    """Three parameters of one extent: itself, one more, and four for each; one of a fixed size; two that say sizes."""
    kernel = of(
        Symbol("a", FLOAT, READ, (N,)),
        Symbol("offsets", INT, OFFSETS, (replace(N, beyond=1),), index_of=Extent("m")),
        Symbol("tiles", FLOAT, READ, (replace(N, each=4), Extent("fixed3", 3))),
        Symbol("ends", FLOAT, READ, (Extent("fixed3", 3, beyond=1, each=2),)),
        Symbol("n", INT, SIZE, size_of=N),
        Symbol("m", INT, SIZE, size_of=Extent("m")),
        Symbol("other", FLOAT, READ, (Extent("m"),)),
    )
    for shape in SHAPES:
        for seed in range(20):
            made = make_inputs(kernel, shape, seed).arguments
            n, m = int(made["n"]), int(made["m"])
            assert n >= 1
            assert made["a"].shape == (n,)
            assert made["offsets"].shape == (n + 1,)
            assert made["tiles"].shape == (4 * n, 3)
            assert made["ends"].shape == (7,)
            assert made["other"].shape == (m,)
            assert made["offsets"][-1] == m


def test_sizes_vary() -> None:
    kernel = of(Symbol("a", FLOAT, READ, (N,)))
    assert len({make_inputs(kernel, WILD, seed).arguments["a"].shape for seed in range(40)}) > 1


# --- indices ---------------------------------------------------------------------------------------------------------


def bound_of(kernel: Kernel, inputs: Inputs, extent: Extent) -> int | None:
    """The size of an extent as the inputs show it: by an array of it, a launch along it, a fixed number."""
    if extent.fixed is not None:
        return extent.fixed
    for other, size in sizes(kernel, inputs):
        if other.name == extent.name:
            return (size - other.beyond) // other.each * extent.each + extent.beyond
    return None


@QUICK
@given(kernels(), SEEDS)
def test_lookups_are_in_range_and_offsets_ascend(kernel: Kernel, seed: int) -> None:
    for shape in SHAPES:
        inputs = make_inputs(kernel, shape, seed)
        for symbol in kernel.parameters:
            value = inputs.arguments[symbol.name]
            if symbol.role not in {LOOKUP, OFFSETS}:
                continue
            assert symbol.index_of is not None
            assert value.dtype == np.int32
            bound = bound_of(kernel, inputs, symbol.index_of)
            if symbol.role == OFFSETS:
                assert (np.diff(value) >= 0).all()
                assert value.size == 0 or value[0] == 0
                assert bound is None or value.size < 2 or value[-1] == bound
            else:
                assert (value >= 0).all()
                assert bound is None or (value < bound).all()


def test_lookups_by_hand() -> None:
    kernel = of(Symbol("looked_up", INT, LOOKUP, (N,), index_of=Extent("m")), Symbol("a", FLOAT, READ, (Extent("m"),)))
    seen: set[int] = set()
    for seed in range(60):
        made = make_inputs(kernel, WILD, seed).arguments
        assert ((made["looked_up"] >= 0) & (made["looked_up"] < len(made["a"]))).all()
        seen |= set(made["looked_up"].tolist())
    assert len(seen) > 2


@QUICK
@given(kernels(), SEEDS)
def test_no_kernel_leaves_its_arrays(kernel: Kernel, seed: int) -> None:
    """What is in range by the roles of symbols is in range where the reference runs the text."""
    reference = Reference(kernel, print_source(kernel))
    for shape in SHAPES:
        try:
            after = reference.run(make_inputs(kernel, shape, seed))
        except (UnreferencedError, UndefinedError):
            continue
        except OutOfBoundsError as error:
            raise AssertionError(print_source(kernel)) from error
        assert after.keys() == {symbol.name for symbol in kernel.parameters}


# --- values ----------------------------------------------------------------------------------------------------------

REALS: list[Type] = [FLOAT, DOUBLE, HALF, Vector(3, FLOAT), Quaternion(FLOAT)]


@QUICK
@given(kernels(), SEEDS)
def test_plain_floats_are_moderate_and_not_zero(kernel: Kernel, seed: int) -> None:
    assume(not any(symbol.role.startswith(HOST) for symbol in kernel.parameters))  # whose points are where they are
    made = make_inputs(kernel, PLAIN, seed).arguments
    for symbol in kernel.parameters:
        if symbol.role not in {VALUE, READ}:
            continue
        for path, array, expected, _ in typed(symbol.type, made[symbol.name], len(symbol.extents), symbol.name):
            if scalar_type(expected).name in FLOATS:
                size = np.abs(array.astype(np.float64))
                # The components of a rotation are divided by its length, at most 4.
                assert ((size >= 0.012) & (size <= 2.0625)).all(), (path, array)


@pytest.mark.parametrize("expected", REALS[:2], ids=str)
def test_plain_floats_are_distinct_in_a_small_array(expected: Type) -> None:
    found = [
        make_inputs(of(Symbol("a", expected, READ, (Extent("fixed6", 6),))), PLAIN, seed).arguments["a"]
        for seed in range(20)
    ]
    assert sum(len(set(array.tolist())) == 6 for array in found) >= 18


def test_wild_floats_are_wild() -> None:
    """Zero of either sign, denormal, large, again: all of it in a thousand values."""
    array = make_inputs(of(Symbol("a", FLOAT, READ, (Extent("fixed1000", 1000),))), WILD, 0).arguments["a"]
    assert {"0.0", "-0.0", "250.0"} <= {str(x) for x in array}
    assert (np.abs(array[array != 0]) < np.finfo(np.float32).tiny).any()
    assert len(set(array.tolist())) < 900
    assert np.isfinite(array).all()


def test_special_floats_are_no_numbers_and_infinite() -> None:
    special = next(shape for shape in SHAPES if shape.special)
    array = make_inputs(of(Symbol("a", FLOAT, READ, (Extent("fixed200", 200),))), special, 0).arguments["a"]
    assert {"nan", "inf", "-inf"} <= {str(x) for x in array}
    assert np.isfinite(array).sum() > 100


@pytest.mark.parametrize("name", ["int8", "uint8", "int32", "uint64"])
def test_wild_integers_fit_the_narrowest_width(name: str) -> None:
    kernel = of(Symbol("a", Scalar(name), READ, (Extent("fixed500", 500),)))
    array = make_inputs(kernel, WILD, 0).arguments["a"]
    assert array.dtype.name == name
    assert array.max() == 127
    assert array.min() == (0 if name.startswith("u") else -100)


def test_rotations_are_of_unit_length() -> None:
    kernel = of(Symbol("a", Quaternion(FLOAT), READ, (Extent("fixed50", 50),)))
    for shape in (PLAIN, WILD):
        lengths = np.linalg.norm(make_inputs(kernel, shape, 0).arguments["a"].astype(np.float64), axis=-1)
        assert np.allclose(lengths[lengths > 0.0], 1.0, atol=1e-6)
        assert (lengths > 0.0).sum() > 40


# --- one by one ------------------------------------------------------------------------------------------------------


@QUICK
@given(kernels(), SEEDS, st.integers(0, 100))
def test_an_argument_less_leaves_the_others_as_they_are(kernel: Kernel, seed: int, which: int) -> None:
    """But for what an object of the host is made of, or says the size of: those go by it."""
    if any(symbol.role.startswith(HOST) for symbol in kernel.parameters) or not kernel.parameters:
        return
    gone = kernel.parameters[which % len(kernel.parameters)]
    less = replace(kernel, parameters=tuple(symbol for symbol in kernel.parameters if symbol != gone))
    for shape in SHAPES:
        whole, rest = frozen(make_inputs(kernel, shape, seed)), frozen(make_inputs(less, shape, seed))
        assert rest == {
            path: value for path, value in whole.items() if path.partition(".")[0] != gone.name or path == "dim"
        }


def test_an_argument_less_by_hand() -> None:
    a, b = Symbol("a", FLOAT, READ, (N,)), Symbol("b", DOUBLE, READ, (Extent("m"), N))
    for seed in range(20):
        both, alone = make_inputs(of(a, b), WILD, seed), make_inputs(of(b), WILD, seed)
        assert both.arguments["b"].tobytes() == alone.arguments["b"].tobytes()


@pytest.mark.slow
def test_inputs_of_every_category() -> None:
    """Host objects too: every kernel of a sample gets inputs of every shape, and arrays without elements have none."""
    hosted = 0
    for index in range(104):
        kernel = sampled(index, "inputs").kernel
        hosted += any(symbol.role.startswith(HOST) for symbol in kernel.parameters)
        for shape in SHAPES:
            inputs = make_inputs(kernel, shape, index)
            assert len(inputs.dim) >= 1
            assert (0 in inputs.dim) == (shape.sizes[0] == 0)
    assert hosted > 5
