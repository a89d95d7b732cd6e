"""The reference: what a kernel's text means, against values worked out by hand or from Warp's documentation."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from numpy import float16, float32, float64, int8, int16, int32, int64, uint8, uint16, uint32, uint64
from sampled import sampled
from written import HEAD, bits, called, computed, launched, written

from grammar.catalogue import CATALOGUE
from grammar.census import builtins_of
from grammar.holes import Define
from grammar.inputs import SHAPES, HostObject, Inputs, make_inputs
from grammar.reference.errors import OutOfBoundsError, UndefinedError, UnreferencedError
from grammar.reference.machine import Machine, Meaning
from grammar.reference.meanings import MEANINGS
from grammar.reference.namespace import Namespace
from grammar.reference.run import Reference
from grammar.types import INTEGERS

NAN, INF = float32(math.nan), float32(math.inf)
YES, NO = np.bool_(True), np.bool_(False)

# --- expressions -----------------------------------------------------------------------------------------------------

LITERALS = {
    "0.1": float32(0.1),
    "3": int32(3),
    "-3": int32(-3),
    "True": YES,
    "1e-45": float32(1e-45),
    "1e39": INF,
    "16777217.0": float32(16777216.0),
    "0.1 + 0.2": float32(0.1) + float32(0.2),
    "float(3)": float32(3.0),
    "int(2.7)": int32(2),
    "int(-2.7)": int32(-2),
    "bool(0.5)": YES,
    "wp.float64(0.1)": float64(0.1),
    "wp.float64(-0.1)": float64(-0.1),
    "wp.int64(4294967296)": int64(4294967296),
    "wp.float16(0.1)": float16(0.1),
    "wp.bfloat16(0.1)": ml_dtypes.bfloat16(0.10009765625),
    "wp.pi": float32(math.pi),
    "wp.float64(wp.pi)": float64(math.pi),
    "wp.INF": INF,
}
OPERATORS = {
    "7 / 2": int32(3),
    "-7 / 2": int32(-3),
    "7 / -2": int32(-3),
    "-7 / -2": int32(3),
    "7 // 2": int32(3),
    "-7 // 2": int32(-4),
    "7 // -2": int32(-4),
    "-7 % 2": int32(-1),
    "7 % -2": int32(1),
    "7.0 / 2.0": float32(3.5),
    "-7.0 // 2.0": float32(-4.0),
    "-7.5 % 2.0": float32(-1.5),
    "7.5 % -2.0": float32(1.5),
    "1.0 / 0.0": INF,
    "-1.0 / 0.0": -INF,
    "wp.uint8(7) / wp.uint8(2)": uint8(3),
    "wp.int64(-7) / wp.int64(2)": int64(-3),
    "wp.int8(-7) % wp.int8(3)": int8(-1),
    "wp.int8(-128) / wp.int8(-1)": int8(-128),  # divided as int32, then narrowed
    "2147483647 + 1": int32(-2147483648),
    "65536 * 65536": int32(0),
    "wp.int8(100) * wp.int8(3)": int8(44),
    "wp.uint16(1) - wp.uint16(2)": uint16(65535),
    "wp.uint64(0) - wp.uint64(1)": uint64(2**64 - 1),
    "1 << 31": int32(-2147483648),
    "-8 >> 1": int32(-4),
    "wp.uint8(200) >> wp.uint8(1)": uint8(100),
    "wp.uint8(200) << wp.uint8(1)": uint8(144),
    "~5": int32(-6),
    "~wp.uint8(5)": uint8(250),
    "6 & 3": int32(2),
    "6 | 3": int32(7),
    "6 ^ 3": int32(5),
    "2.0 ** 10.0": float32(1024.0),
    "1.5 if 2 > 1 else 2.5": float32(1.5),
    "1 < 2 < 3": YES,
    "3 < 2 < 1": NO,
}
TRUTH = {
    "3 and 5": YES,
    "0 and 5": NO,
    "0 or 2": YES,
    "0 or 0": NO,
    "0.5 and True": YES,
    "not 3": NO,
    "not 0": YES,
    "not 0.0": YES,
}
ROUNDING = {
    "wp.round(0.5)": float32(1.0),
    "wp.round(-0.5)": float32(-1.0),
    "wp.round(2.5)": float32(3.0),
    "wp.round(-2.5)": float32(-3.0),
    "wp.round(0.49999997)": float32(0.0),
    "wp.round(8388609.0)": float32(8388609.0),
    "wp.rint(0.5)": float32(0.0),
    "wp.rint(1.5)": float32(2.0),
    "wp.rint(2.5)": float32(2.0),
    "wp.trunc(-1.7)": float32(-1.0),
    "wp.floor(-1.2)": float32(-2.0),
    "wp.ceil(1.2)": float32(2.0),
    "wp.frac(-1.25)": float32(-0.25),
}
SCALAR = {
    "wp.min(wp.nan, 1.0)": float32(1.0),
    "wp.min(1.0, wp.nan)": float32(1.0),
    "wp.max(wp.nan, 1.0)": float32(1.0),
    "wp.max(1.0, wp.nan)": float32(1.0),
    "wp.min(wp.nan, wp.nan)": NAN,
    "min(3, -2)": int32(-2),
    "max(3, -2)": int32(3),
    "wp.min(wp.vec3(2.0, -1.0, 5.0))": float32(-1.0),
    "wp.max(wp.vec3(2.0, wp.nan, 5.0))": float32(5.0),
    "wp.argmax(wp.vec3(2.0, 5.0, 5.0))": uint32(1),
    "wp.clamp(5.0, 0.0, 1.0)": float32(1.0),
    "wp.clamp(-5, -2, 1)": int32(-2),
    "wp.abs(-3)": int32(3),
    "abs(-2.5)": float32(2.5),
    "wp.sign(0.0)": float32(1.0),
    "wp.sign(-2.0)": float32(-1.0),
    "wp.step(-1.0)": float32(1.0),
    "wp.step(1.0)": float32(0.0),
    "wp.nonzero(0.5)": float32(1.0),
    "wp.lerp(1.0, 3.0, 0.25)": float32(1.5),
    "wp.smoothstep(0.0, 1.0, 0.5)": float32(0.5),
    "wp.where(False, 1, 2)": int32(2),
    "wp.isnan(wp.nan)": YES,
    "wp.isfinite(wp.vec2(1.0, wp.inf))": NO,
    "wp.bit_count(-1)": int32(32),
    "wp.sqrt(2.0)": float32(1.4142135),
    "wp.degrees(wp.float64(0.5))": float64(28.64788975654116),
    "wp.sin(0.0)": float32(0.0),
    "wp.atan2(1.0, -1.0)": float32(2.3561945),
    "wp.acos(2.0)": float32(0.0),  # the argument is clamped
    "wp.cast(1.0, wp.int32)": int32(0x3F800000),
}
# Integers that Warp 1.19 gives on the CPU; the first is the hash of the seed, hashed once more.
RANDOM = {
    "wp.randu(wp.rand_init(42))": uint32(2785308739),
    "wp.randi(wp.rand_init(42))": int32(-1509658557),
    "wp.randi(wp.rand_init(42, 7))": int32(2122909397),
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [*(LITERALS | OPERATORS | TRUTH | ROUNDING | SCALAR | RANDOM).items()],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_expression(expression: str, expected: np.generic) -> None:
    """The value to the bit, and its width."""
    found = computed(expression)
    assert isinstance(found, np.generic)
    assert bits(found) == bits(expected), f"{expression} is {found!r}, not {expected!r}"


def test_the_minus_of_a_constant_is_part_of_it() -> None:
    assert bits(called("@wp.func\ndef f():\n    return 1.0 / -0.0")) == bits(-INF)


def test_a_literal_may_be_beyond_float32() -> None:
    found = launched("@wp.kernel\ndef k(out: wp.array(dtype=float)):\n    out[0] = 1e39", out=[0.0])
    assert found["out"].tolist() == [math.inf]


@pytest.mark.parametrize("name", INTEGERS)
def test_integers_wrap(name: str) -> None:
    limits = np.iinfo(name)
    of = np.dtype(name).type
    greatest, least = of(limits.max), of(limits.min)
    assert bits(computed("x + x / x", x=greatest)) == bits(least)
    assert bits(computed("x - y / y", x=least, y=greatest)) == bits(greatest)
    assert bits(computed("x * x", x=greatest)) == bits(of(1))  # -1 or 2**(n - 1) - 1, squared
    assert bits(computed("x + x", x=least)) == bits(of(0))


CONVERSIONS: list[tuple[str, Any, Any]] = [
    ("wp.float64(x)", float32(0.1), float64(0.10000000149011612)),
    ("wp.uint8(x)", int32(-1), uint8(255)),
    ("wp.int16(x)", uint32(65535), int16(-1)),
    ("wp.int8(x)", float32(-1.9), int8(-1)),
    ("wp.float32(x)", int32(16777217), float32(16777216.0)),
    (
        "wp.float16(x)",
        float64(1.0 + 2.0**-11 + 2.0**-40),
        float16(1.0),
    ),  # by way of float32, where the last bit is lost
    ("wp.float16(x)", float64(1.0 + 2.0**-11 + 2.0**-20), float16(1.0 + 2.0**-10)),
    ("bool(x)", float32(math.nan), YES),
    ("wp.where(x, 1, 2)", YES, int32(1)),
    ("-x", float32(0.0), float32(0.0)),  # 0 - x
    ("-x", float32(-0.0), float32(0.0)),
    ("-x", uint8(1), uint8(255)),
    ("x or 1 / x > 0", int32(3), YES),  # the right side is fine, too
]


@pytest.mark.parametrize(("expression", "x", "expected"), CONVERSIONS)
def test_expression_of_a_local(expression: str, x: Any, expected: Any) -> None:
    found = computed(expression, x=x)
    assert bits(found) == bits(expected), f"{expression} of {x!r} is {found!r}, not {expected!r}"


def test_the_right_side_is_not_computed_in_vain() -> None:
    assert bits(computed("x != 0 and 10 / x > 1", x=int32(0))) == bits(NO)
    assert bits(computed("x == 0 or 10 / x > 1", x=int32(0))) == bits(YES)
    assert bits(computed("10 / x if x != 0 else 7", x=int32(0))) == bits(int32(7))
    with pytest.raises(UndefinedError):
        computed("x == 0 and 10 / x > 1", x=int32(0))


UNDEFINED: list[tuple[str, Any]] = [
    ("1 / x", int32(0)),
    ("1 // x", int32(0)),
    ("1 % x", int32(0)),
    ("wp.uint8(1) / x", uint8(0)),
    ("wp.vec2i(1, 2) / x", int32(0)),
    ("x / -1", int32(-2147483648)),
    ("x % -1", int32(-2147483648)),
    ("int(x)", float32(math.nan)),
    ("int(x)", float32(2147483648.0)),
    ("wp.uint8(x)", float32(-1.0)),
    ("wp.int8(x)", float32(128.0)),
]


@pytest.mark.parametrize(("expression", "x"), UNDEFINED)
def test_what_is_undefined_is_said_so(expression: str, x: Any) -> None:
    with pytest.raises(UndefinedError):
        computed(expression, x=x)


def test_what_is_only_just_defined() -> None:
    assert bits(computed("int(x)", x=float32(2147483520.0))) == bits(int32(2147483520))
    assert bits(computed("int(x)", x=float32(-2147483648.0))) == bits(int32(-2147483648))
    assert bits(computed("wp.int8(x)", x=float32(-128.0))) == bits(int8(-128))


# --- compounds -------------------------------------------------------------------------------------------------------

VECTORS: dict[str, Any] = {
    "wp.vec3(2.0)": [2, 2, 2],
    "wp.vec3()": [0, 0, 0],
    "wp.vec2(1.0, 2.0) + wp.vec2(3.0, 4.0)": [4, 6],
    "2.0 * wp.vec2(1.0, 2.0)": [2, 4],
    "wp.vec2(1.0, 2.0) / 2.0": [0.5, 1],
    "-wp.vec2(0.0, 1.0)": [-0.0, -1],  # of a component the sign of zero turns
    "wp.cross(wp.vec3(1.0, 2.0, 3.0), wp.vec3(4.0, 5.0, 6.0))": [-3, 6, -3],
    "wp.cw_mul(wp.vec2(1.0, 2.0), wp.vec2(3.0, 4.0))": [3, 8],
    "wp.mat22(1.0, 2.0, 3.0, 4.0) * wp.vec2(5.0, 6.0)": [17, 39],
    "wp.vec2(5.0, 6.0) * wp.mat22(1.0, 2.0, 3.0, 4.0)": [23, 34],
    "wp.mat22(1.0, 2.0, 3.0, 4.0)[1]": [3, 4],
    "wp.get_diag(wp.mat22(1.0, 2.0, 3.0, 4.0))": [1, 4],
    "wp.mat22(1.0, 2.0, 3.0, 4.0) @ wp.mat22(1.0, 2.0, 3.0, 4.0)": [[7, 10], [15, 22]],
    "wp.transpose(wp.mat22(1.0, 2.0, 3.0, 4.0))": [[1, 3], [2, 4]],
    "wp.inverse(wp.mat22(2.0, 0.0, 0.0, 4.0))": [[0.5, 0], [0, 0.25]],
    "wp.outer(wp.vec2(1.0, 2.0), wp.vec2(3.0, 4.0))": [[3, 4], [6, 8]],
    "wp.skew(wp.vec3(1.0, 2.0, 3.0))": [[0, -3, 2], [3, 0, -1], [-2, 1, 0]],
    "wp.diag(wp.vec2(1.0, 2.0))": [[1, 0], [0, 2]],
    "wp.identity(n=2, dtype=float)": [[1, 0], [0, 1]],
    "wp.matrix_from_cols(wp.vec2(1.0, 2.0), wp.vec2(3.0, 4.0))": [[1, 3], [2, 4]],
    "wp.matrix_from_rows(wp.vec2(1.0, 2.0), wp.vec2(3.0, 4.0))": [[1, 2], [3, 4]],
    "wp.quat(0.0, 0.0, 1.0, 0.0) * wp.quat(1.0, 0.0, 0.0, 0.0)": [0, 1, 0, 0],  # k i = j
    "wp.quat_rotate(wp.quat(0.0, 0.0, 1.0, 0.0), wp.vec3(1.0, 2.0, 3.0))": [-1, -2, 3],  # half a turn
    "wp.quat_identity()": [0, 0, 0, 1],
    "wp.transform_point(wp.transform(wp.vec3(1.0, 1.0, 1.0), wp.quat(0.0, 0.0, 1.0, 0.0)), wp.vec3(1.0, 2.0, 3.0))": [
        *[0, -1, 4]
    ],
}


@pytest.mark.parametrize(
    ("expression", "expected"), VECTORS.items(), ids=lambda part: part if type(part) is str else ""
)
def test_compound(expression: str, expected: Any) -> None:
    found = computed(expression)
    assert found.data.dtype == float32
    assert found.data.shape == np.shape(expected)
    assert np.array_equal(found.data, np.array(expected, float32)), found
    if expression.startswith("-"):
        assert np.signbit(found.data).all()


NUMBERS_OF: dict[str, np.generic] = {
    "wp.dot(wp.vec3(1.0, 2.0, 3.0), wp.vec3(4.0, 5.0, 6.0))": float32(32.0),
    "wp.length(wp.vec2(3.0, 4.0))": float32(5.0),
    "wp.length_sq(wp.vec2(3.0, 4.0))": float32(25.0),
    "wp.determinant(wp.mat22(1.0, 2.0, 3.0, 4.0))": float32(-2.0),
    "wp.trace(wp.mat22(1.0, 2.0, 3.0, 4.0))": float32(5.0),
    "wp.ddot(wp.mat22(1.0, 2.0, 3.0, 4.0), wp.mat22(1.0, 2.0, 3.0, 4.0))": float32(30.0),
    "wp.vec2(1.0, 2.0) == wp.vec2(1.0, 2.0)": YES,
    "wp.vec2(1.0, 2.0) != wp.vec2(1.0, 2.0)": NO,
    "wp.vec3(1.0, 2.0, 3.0)[-1]": float32(3.0),
    "wp.vec4(1.0, 2.0, 3.0, 4.0).w": float32(4.0),
    "wp.mat22(1.0, 2.0, 3.0, 4.0)[1, 0]": float32(3.0),
    "wp.vec3h(1.0, 2.0, 3.0)[0]": float16(1.0),
    "wp.vec2ub(wp.uint8(255), wp.uint8(1))[0] + wp.uint8(2)": uint8(1),
}


@pytest.mark.parametrize(("expression", "expected"), NUMBERS_OF.items(), ids=str)
def test_number_of_a_compound(expression: str, expected: np.generic) -> None:
    assert bits(computed(expression)) == bits(expected)


def test_decompositions_give_back_the_matrix() -> None:
    matrix = [[2.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 1.0, 4.0]]
    source = """
@wp.kernel
def decomposed(a: wp.mat33d, out_svd: wp.array(dtype=wp.mat33d), out_qr: wp.array(dtype=wp.mat33d),
               out_eigen: wp.array(dtype=wp.mat33d), out_values: wp.array(dtype=wp.vec3d)):
    u, sigma, v = wp.svd3(a)
    out_svd[0] = u * wp.diag(sigma) * wp.transpose(v)
    q, r = wp.qr3(a)
    out_qr[0] = q * r
    vectors, values = wp.eig3(a)
    out_eigen[0] = vectors * wp.diag(values) * wp.transpose(vectors)
    out_values[0] = sigma
"""
    zeros = {name: np.zeros((1, 3, 3)) for name in ("out_svd", "out_qr", "out_eigen")}
    found = launched(source, a=matrix, out_values=np.zeros((1, 3)), **zeros)
    for name in zeros:
        assert np.allclose(found[name][0], matrix, atol=1e-6), (name, found[name])
    singular = np.linalg.svd(np.array(matrix), compute_uv=False)
    assert np.allclose(found["out_values"][0], singular, atol=1e-6)


# --- copies and views ------------------------------------------------------------------------------------------------

PAIR = """
@wp.struct
class Pair:
    x: float
    v: wp.vec2
"""
BODIES: dict[str, tuple[str, Any]] = {
    "a vector is copied": (
        """
@wp.func
def f():
    v = wp.vec2(1.0, 2.0)
    w = v
    w[0] = 9.0
    return v[0]
""",
        float32(1.0),
    ),
    "a chain of assignments copies for each": (
        """
@wp.func
def f():
    v = w = wp.vec2(1.0, 2.0)
    w[0] = 9.0
    return v[0]
""",
        float32(1.0),
    ),
    "a struct is copied": (
        f"""{PAIR}
@wp.func
def f():
    p = Pair(1.0, wp.vec2(2.0, 3.0))
    q = p
    q.x = 9.0
    q.v[0] = 9.0
    return p.x + p.v[0]
""",
        float32(3.0),
    ),
    "a field keeps what is written through it": (
        f"""{PAIR}
@wp.func
def f():
    p = Pair()
    p.x = 1.0
    p.v[1] = 2.0
    p.v[1] += 0.5
    p.x *= 4.0
    return p.x + p.v[0] + p.v[1]
""",
        float32(6.5),
    ),
    "a vector given to a function is its own": (
        """
@wp.func
def change(v: wp.vec2):
    v[0] = 9.0
    return v[0]

@wp.func
def f():
    v = wp.vec2(1.0, 2.0)
    w = change(v)
    return v[0] + w
""",
        float32(10.0),
    ),
    "a struct given to a function is its own": (
        f"""{PAIR}
@wp.func
def change(p: Pair):
    p.x = 9.0
    return p

@wp.func
def f():
    p = Pair(1.0, wp.vec2(2.0, 3.0))
    q = change(p)
    return p.x + q.x
""",
        float32(10.0),
    ),
    "an element of a matrix is written through its row": (
        """
@wp.func
def f():
    m = wp.mat22(1.0, 2.0, 3.0, 4.0)
    m[0][1] = 9.0
    m[1, 0] = 7.0
    m[1][1] += 0.5
    return wp.vec3(m[0, 1], m[1][0], m[1, 1])
""",
        [9.0, 7.0, 4.5],
    ),
    "a row of a matrix with a name is a copy": (
        """
@wp.func
def f():
    m = wp.mat22(1.0, 2.0, 3.0, 4.0)
    row = m[0]
    row[1] = 9.0
    return m[0, 1]
""",
        float32(2.0),
    ),
    "operators assign": (
        """
@wp.func
def f():
    i = int(7)
    i //= 2
    i <<= 3
    i -= 1
    i %= 7
    i |= 8
    return i
""",
        int32(10),
    ),
    "a tuple exchanges": (
        """
@wp.func
def f():
    a = int(1)
    b = int(2)
    a, b = b, a
    return 10 * a + b
""",
        int32(21),
    ),
    "loops count, stop and go on": (
        """
@wp.func
def f():
    total = int(0)
    for i in range(9, -1, -2):
        if i == 5:
            continue
        if i == 1:
            break
        total = 100 * total + i
    while total > 90000:
        total -= 1
    return total + i
""",
        int32(90001),
    ),
    "a parameter has a default": (
        """
@wp.func
def power(x: float, n: int = 3):
    y = float(1.0)
    for _ in range(n):
        y *= x
    return y

@wp.func
def f():
    return power(2.0) + power(2.0, n=1)
""",
        float32(10.0),
    ),
    "a reference changes what it is given": (
        """
@wp.func
def change(x: wp.ref[float], y: float):
    x = x + y
    y = 0.0

@wp.func
def f():
    a = float(1.0)
    b = float(2.0)
    change(a, b)
    return 10.0 * a + b
""",
        float32(32.0),
    ),
    "a check changes nothing": (
        """
@wp.func
def f():
    assert 1 == 2, "not part of a release"
    wp.expect_eq(1, 2)
    print("nothing")
    return 1
""",
        int32(1),
    ),
    "a local array is the thread's own": (
        """
@wp.func
def f():
    a = wp.zeros(shape=3, dtype=int)
    a[1] = 5
    b = a
    b[1] += 1
    return a[0] + a[1]
""",
        int32(6),
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_body(name: str) -> None:
    source, expected = BODIES[name]
    found = called(source)
    assert bits(found) == bits(expected if isinstance(expected, np.generic) else np.array(expected, float32)), found


def test_rows_and_slices_of_arrays_are_views() -> None:
    source = """
@wp.kernel
def views(out: wp.array2d(dtype=float), out_flat: wp.array(dtype=float)):
    row = out[1]
    row[2] = 5.0
    part = out_flat[1:4]
    part[0] = 6.0
    part[-1] = 7.0
    every = out_flat[::3]
    every[1] += 0.5
    element = out[0, 0]
    element = 9.0
"""
    found = launched(source, out=np.zeros((2, 3)), out_flat=np.zeros(6))
    assert found["out"].tolist() == [[0, 0, 0], [0, 0, 5]]
    assert found["out_flat"].tolist() == [0, 6, 0, 7.5, 0, 0]


def test_an_element_with_a_name_is_a_copy() -> None:
    source = """
@wp.kernel
def copied(out: wp.array(dtype=wp.vec2)):
    v = out[0]
    v[0] = 9.0
    out[1] = v
    out[2][1] = 4.0
    out[2] += wp.vec2(1.0, 1.0)
"""
    found = launched(source, out=[[1, 2], [0, 0], [0, 0]])
    assert found["out"].tolist() == [[1, 2], [9, 2], [1, 5]]


# --- definitions of a module -----------------------------------------------------------------------------------------

MODULES: dict[str, tuple[str, Any]] = {
    "static": ("@wp.func\ndef f():\n    return wp.static(2 + 3 * 4)", int32(14)),
    "static is Python's": ("@wp.func\ndef f():\n    return wp.static(7 / 2)", float32(3.5)),
    "static rounds as Python": ("N = 7\n\n@wp.func\ndef f():\n    return wp.static(-N // 2 + round(2.5))", int32(-2)),
    "static calls": (
        "def twice(n):\n    return 2 * n\n\n@wp.func\ndef f():\n    return wp.static(twice(3) ** 20)",
        int32(6**20 % 2**32 - 2**32 if 6**20 % 2**32 >= 2**31 else 6**20 % 2**32),
    ),
    "a constant": ("SCALE = wp.constant(0.1)\n\n@wp.func\ndef f():\n    return SCALE * 3.0", float32(0.1) * float32(3)),
    "a number of the module": ("N = 3\n\n@wp.func\ndef f():\n    return N / 2", int32(1)),
    "an exact constant": ("TENTH = 0.1\n\n@wp.func\ndef f():\n    return wp.float64(TENTH)", float64(0.1)),
    "an enumeration": (
        """from enum import IntEnum
import warp as wp

class Kind(IntEnum):
    SOLID = 1
    FLUID = 5

@wp.func
def f():
    return Kind.FLUID / 2 + Kind.SOLID
""",
        int32(3),
    ),
    "flags": (
        """from enum import IntFlag
import warp as wp

class Flags(IntFlag):
    A = 1
    B = 4

@wp.func
def f():
    return Flags.A | Flags.B
""",
        int32(5),
    ),
    "an enumeration's value": (
        """from enum import Enum
import warp as wp

class Weight(Enum):
    HALF = 0.5

@wp.func
def f():
    return Weight.HALF.value
""",
        float32(0.5),
    ),
    "a closure": (
        """
def make(scale):
    @wp.func
    def inner(x: float):
        return scale * x

    return inner

half = make(0.5)
double = make(2.0)

@wp.func
def f():
    return half(3.0) + double(4.0)
""",
        float32(9.5),
    ),
    "overloads": (
        """
@wp.func
def kind(x: float):
    return 1

@wp.func
def kind(x: int):
    return 2

@wp.func
def kind(x: wp.vec2):
    return 3

@wp.func
def kind(x: float, y: float):
    return 4

@wp.func
def f():
    return 1000 * kind(1.0) + 100 * kind(1) + 10 * kind(wp.vec2()) + kind(1.0, 1.0)
""",
        int32(1234),
    ),
    "a generic function": (
        """from typing import Any
import warp as wp

@wp.func
def half(x: Any):
    return x / type(x)(2)

@wp.func
def f():
    return float(half(7)) + half(7.0)
""",
        float32(6.5),
    ),
    "functions call functions": (
        "@wp.func\ndef g(x: int):\n    return x % 3\n\n@wp.func\ndef f():\n    return g(-7) * g(8)",
        int32(-2),
    ),
    "a function of several values": (
        "@wp.func\ndef g():\n    return 1, 2.5\n\n@wp.func\ndef f():\n    i, x = g()\n    return float(i) + x",
        float32(3.5),
    ),
}


@pytest.mark.parametrize("name", MODULES)
def test_module(name: str) -> None:
    source, expected = MODULES[name]
    found = called(source)
    assert bits(found) == bits(expected), found


def test_a_factory_makes_the_kernel() -> None:
    source = """
def make_scaled(scale, offset):
    @wp.kernel
    def scaled(x: wp.array(dtype=float), out: wp.array(dtype=float)):
        i = wp.tid()
        out[i] = scale * x[i] + offset

    return scaled


scaled = make_scaled(2.0, 0.5)
"""
    assert launched(source, 2, x=[1.0, 3.0], out=[0, 0])["out"].tolist() == [2.5, 6.5]


def test_structs_hold_arrays() -> None:
    source = """
@wp.struct
class Bodies:
    mass: wp.array(dtype=float)
    velocity: wp.array(dtype=wp.vec2)
    scale: float


@wp.func
def momentum(bodies: Bodies, i: int):
    bodies.scale = 0.0
    return bodies.mass[i] * bodies.velocity[i]


@wp.kernel
def push(out_bodies: Bodies, out: wp.array(dtype=wp.vec2)):
    i = wp.tid()
    out[i] = momentum(out_bodies, i) * out_bodies.scale
    out_bodies.mass[i] += 1.0
"""
    bodies = {"mass": [2.0, 3.0], "velocity": [[1.0, 2.0], [3.0, 4.0]], "scale": 10.0}
    found = launched(source, 2, out_bodies=bodies, out=np.zeros((2, 2)))
    assert found["out"].tolist() == [[20, 40], [90, 120]]
    assert found["out_bodies"]["mass"].tolist() == [3, 4]
    assert found["out_bodies"]["scale"].tolist() == 10


def test_arrays_of_structs() -> None:
    source = f"""{PAIR}

@wp.kernel
def moved(pairs: wp.array(dtype=Pair), out: wp.array(dtype=Pair)):
    i = wp.tid()
    p = pairs[i]
    p.x += 1.0
    out[i] = p
    out[i].v[1] = 7.0
"""
    pairs = {"x": [1.0, 2.0], "v": [[3.0, 4.0], [5.0, 6.0]]}
    found = launched(source, 2, pairs=pairs, out={"x": [0, 0], "v": np.zeros((2, 2))})
    assert found["pairs"]["x"].tolist() == [1, 2]
    assert found["out"]["x"].tolist() == [2, 3]
    assert found["out"]["v"].tolist() == [[3, 7], [5, 7]]


# --- launches --------------------------------------------------------------------------------------------------------


def test_threads_run_in_order() -> None:
    source = """
@wp.kernel
def numbered(out: wp.array(dtype=int), out_order: wp.array2d(dtype=int)):
    i, j = wp.tid()
    out_order[i, j] = wp.atomic_add(out, 0, 1)
"""
    found = launched(source, (2, 3), out=[10], out_order=np.zeros((2, 3)))
    assert found["out"].tolist() == [16]
    assert found["out_order"].tolist() == [[10, 11, 12], [13, 14, 15]]


ATOMICS: dict[str, tuple[int, int, int]] = {  # what is there, what is given, what is there afterwards
    "wp.atomic_add(out, 0, x)": (12, 10, 22),
    "wp.atomic_sub(out, 0, x)": (12, 10, 2),
    "wp.atomic_min(out, 0, x)": (12, 10, 10),
    "wp.atomic_max(out, 0, x)": (12, 10, 12),
    "wp.atomic_and(out, 0, x)": (12, 10, 8),
    "wp.atomic_or(out, 0, x)": (12, 10, 14),
    "wp.atomic_xor(out, 0, x)": (12, 10, 6),
    "wp.atomic_exch(out, 0, x)": (12, 10, 10),
    "wp.atomic_cas(out, 0, 12, x)": (12, 10, 10),
    "wp.atomic_cas(out, 0, 11, x)": (12, 10, 12),
}


@pytest.mark.parametrize("call", ATOMICS)
def test_atomics_give_what_was_there(call: str) -> None:
    before, given, after = ATOMICS[call]
    source = f"""
@wp.kernel
def atomic(x: int, out: wp.array(dtype=int), out_old: wp.array(dtype=int)):
    out_old[0] = {call}
"""
    found = launched(source, x=given, out=[before], out_old=[0])
    assert (found["out_old"].tolist(), found["out"].tolist()) == ([before], [after])


OUTSIDE = ["out[3]", "out[-4]", "grid[0, 2]", "grid[2, 0]", "grid[1][2]", "grid[2]", "wp.vec3(1.0, 2.0, 3.0)[i]"]


@pytest.mark.parametrize("place", OUTSIDE)
def test_out_of_bounds(place: str) -> None:
    source = f"""
@wp.kernel
def outside(i: int, grid: wp.array2d(dtype=float), out: wp.array(dtype=float)):
    x = {place}
"""
    with pytest.raises(OutOfBoundsError):
        launched(source, i=3, grid=np.zeros((2, 2)), out=[0, 0, 0])


def test_storing_out_of_bounds() -> None:
    source = """
@wp.kernel
def outside(i: int, out: wp.array(dtype=float)):
    out[i] = 1.0
"""
    assert launched(source, i=2, out=[0, 0, 0])["out"].tolist() == [0, 0, 1]
    assert launched(source, i=-1, out=[0, 0, 0])["out"].tolist() == [0, 0, 1]
    for i in (3, -4):
        with pytest.raises(OutOfBoundsError):
            launched(source, i=i, out=[0, 0, 0])


def test_searching() -> None:
    source = """
@wp.kernel
def search(a: wp.array(dtype=float), x: wp.array(dtype=float), out: wp.array(dtype=int)):
    i = wp.tid()
    out[i] = wp.lower_bound(a, x[i])
"""
    found = launched(source, 4, a=[1.0, 3.0, 3.0, 5.0], x=[0.0, 3.0, 4.0, 9.0], out=np.zeros(4))
    assert found["out"].tolist() == [0, 1, 3, 3]


def test_tiles() -> None:
    source = """
@wp.kernel
def tiled(a: wp.array(dtype=float), m: wp.array2d(dtype=float), out: wp.array(dtype=float),
          out_sum: wp.array(dtype=float), out_product: wp.array2d(dtype=float)):
    i = wp.tid()
    t = wp.tile_load(a, shape=2, offset=2)
    wp.tile_store(out, t + t, offset=1)
    wp.tile_store(out_sum, wp.tile_sum(t))
    p = wp.tile_load(m, shape=(2, 2))
    wp.tile_store(out_product, wp.tile_matmul(p, p))
"""
    arrays = {"a": [1, 2, 3, 4], "m": [[1, 2], [3, 4]], "out": [0, 0, 0, 0], "out_sum": [0]}
    found = launched(source, **arrays, out_product=np.zeros((2, 2)))
    assert found["out"].tolist() == [0, 6, 8, 0]
    assert found["out_sum"].tolist() == [7]
    assert found["out_product"].tolist() == [[7, 10], [15, 22]]


def test_a_ray_hits_a_mesh() -> None:
    """A triangle in the plane z = 1, seen from the origin."""
    source = """
@wp.kernel
def hit(mesh: wp.uint64, out: wp.array(dtype=float)):
    query = wp.mesh_query_ray(mesh, wp.vec3(0.1, 0.1, 0.0), wp.vec3(0.0, 0.0, 1.0), 10.0)
    if query.result:
        out[0] = query.t
        out[1] = float(query.face)
    other = wp.mesh_query_ray(mesh, wp.vec3(0.1, 0.1, 0.0), wp.vec3(0.0, 0.0, -1.0), 10.0)
    if other.result:
        out[2] = 1.0
"""
    kernel, text = written(source)
    mesh, out = kernel.parameters
    hosted = type(mesh)(mesh.name, mesh.type, "host mesh", index_of=out.extents[0])
    kernel = type(kernel)(kernel.name, "written", (), (), (hosted, out), 1, kernel.body)
    data = {
        "points": float32([[0, 0, 1], [1, 0, 1], [0, 1, 1]]),
        "indices": int32([0, 1, 2]),
        "velocities": np.zeros((3, 3), float32),
        "groups": np.zeros(1, int32),
    }
    inputs = Inputs((1,), {"mesh": HostObject("mesh", data), "out": np.array([0, -1, 0], float32)})
    assert Reference(kernel, text).run(inputs)["out"].tolist() == [1, 0, 0]


def test_inputs_stay_as_they_are() -> None:
    kernel, text = written("@wp.kernel\ndef k(out: wp.array(dtype=float)):\n    out[wp.tid()] += 1.0")
    given = np.zeros(3, float32)
    reference = Reference(kernel, text)
    for _ in range(2):
        assert reference.run(Inputs((3,), {"out": given}))["out"].tolist() == [1, 1, 1]
    assert given.tolist() == [0, 0, 0]


def test_an_empty_launch_does_nothing() -> None:
    found = launched("@wp.kernel\ndef k(out: wp.array(dtype=int)):\n    out[0] = 1 / 0", (0,), out=[5])
    assert found["out"].tolist() == [5]


# --- what has no reference -------------------------------------------------------------------------------------------

ENDLESS = ["while True:\n        i += 1", "for j in range(2000000000):\n        i += j"]


@pytest.mark.parametrize("loop", ENDLESS)
def test_fuel_runs_out(loop: str) -> None:
    source = f"@wp.kernel\ndef k(out: wp.array(dtype=int)):\n    i = int(0)\n    {loop}\n    out[0] = i"
    with pytest.raises(UnreferencedError, match="too long"):
        launched(source, 1, Machine(fuel=1_000), out=[0])


def test_fuel_is_shared_by_all_threads() -> None:
    source = "@wp.kernel\ndef k(out: wp.array(dtype=int)):\n    for i in range(10):\n        out[wp.tid()] += i"
    assert launched(source, 10, Machine(fuel=100), out=[0] * 10)["out"].tolist() == [45] * 10
    with pytest.raises(UnreferencedError):
        launched(source, 10, Machine(fuel=99), out=[0] * 10)


WITHOUT_REFERENCE = {
    "a name that Warp may have": "wp.no_such_thing(1.0)",
    "the bits of a float in double precision": "wp.cast(1.0, wp.int32)",
}


@pytest.mark.parametrize("name", WITHOUT_REFERENCE)
def test_what_has_no_meaning_is_said_so(name: str) -> None:
    source = f"@wp.func\ndef g(x: float):\n    return x\n\n@wp.func\ndef f():\n    return {WITHOUT_REFERENCE[name]}"
    with pytest.raises(UnreferencedError):
        called(source, machine=Machine(double=True))


# --- machines --------------------------------------------------------------------------------------------------------

MIXED = """
@wp.kernel
def mixed(x: wp.array(dtype=float), out: wp.array(dtype=float), out_exact: wp.array(dtype=float),
          out_int: wp.array(dtype=int)):
    i = wp.tid()
    out[i] = wp.sin(x[i]) * 0.5
    out_exact[i] = wp.sqrt(x[i] * x[i] + 0.1) / 3.0
    out_int[i] = int(x[i] * 100.0) % 7
"""
ARGUMENTS = {"x": [0.3, 0.7, 1.1], "out": [0, 0, 0], "out_exact": [0, 0, 0], "out_int": [0, 0, 0]}


def test_in_double_precision_floats_are_float64() -> None:
    assert bits(computed("0.1 + x", Machine(double=True), x=float64(0.2))) == bits(float64(0.1) + float64(0.2))
    assert bits(computed("7 / 2", Machine(double=True))) == bits(int32(3))
    assert bits(computed("wp.float16(0.1)", Machine(double=True))) == bits(float64(0.1))
    found = launched(MIXED, 3, Machine(double=True), **ARGUMENTS)
    x = np.array(ARGUMENTS["x"], float32).astype(float64)
    assert found["out"].dtype == found["out_exact"].dtype == float64
    assert found["out_int"].dtype == int32
    assert np.allclose(found["out"], np.sin(x) * 0.5, rtol=1e-15, atol=0.0)
    assert np.array_equal(found["out_exact"], np.sqrt(x * x + 0.1) / 3.0)


def test_perturbed_runs_differ_only_where_something_is_inexact() -> None:
    nominal = Machine()
    first = launched(MIXED, 3, nominal, **ARGUMENTS)
    assert nominal.inexact
    runs = [launched(MIXED, 3, Machine(perturbation=np.random.default_rng(i)), **ARGUMENTS) for i in range(8)]
    for run in runs:
        assert bits(run["out_exact"]) == bits(first["out_exact"])
        assert bits(run["out_int"]) == bits(first["out_int"])
        assert np.allclose(run["out"], first["out"], rtol=2.0**-21, atol=0.0)  # two units of the last place, or four
    assert len({bits(run["out"]) for run in runs}) > 4


@pytest.mark.parametrize("x", [9.9, 10.0, 10.05])
def test_denormals_are_off_by_units_in_the_last_place_too(x: float) -> None:
    """The complementary error function of 10 is 1.5 times the smallest float32."""
    head = "@wp.kernel\ndef k(x: wp.array(dtype=float), out: wp.array(dtype=float)):\n"
    source = head + "    i = wp.tid()\n    out[i] = wp.erfc(x[i])\n"
    machines = [Machine(perturbation=np.random.default_rng(seed)) for seed in range(32)]
    found = {float(launched(source, 1, machine, x=[x], out=[0.0])["out"][0]) for machine in machines}
    assert len(found) > 2
    assert max(found) - min(found) <= 13 * 2.0**-149


def test_the_sign_of_nan_is_either() -> None:
    head = "@wp.kernel\ndef k(x: wp.array(dtype=float), out: wp.array(dtype=float)):\n"
    source = head + "    i = wp.tid()\n    out[i] = wp.copysign(2.0, x[i])\n"
    machines = [Machine(perturbation=np.random.default_rng(seed)) for seed in range(16)]
    runs = [launched(source, 2, machine, x=[np.nan, -1.0], out=[0.0, 0.0])["out"] for machine in machines]
    assert {float(run[0]) for run in runs} == {2.0, -2.0}
    assert {float(run[1]) for run in runs} == {-2.0}
    assert all(machine.inexact for machine in machines)
    plain = Machine()
    launched(source, 1, plain, x=[-1.0], out=[0.0])
    assert not plain.inexact


def test_perturbed_runs_of_the_same_numbers_are_the_same() -> None:
    runs = [launched(MIXED, 3, Machine(perturbation=np.random.default_rng(5)), **ARGUMENTS) for _ in range(2)]
    assert bits(runs[0]["out"]) == bits(runs[1]["out"])


EXACT = [
    "x + 0.1",
    "x * x - 1.0 / x",
    "wp.sqrt(x)",
    "wp.floor(x)",
    "wp.length(wp.vec2(x, 1.0))",
    "wp.lerp(x, 1.0, 0.5)",
]
INEXACT = ["wp.sin(x)", "wp.exp(x)", "x ** 1.5", "wp.erfinv(x)", "wp.quat_from_axis_angle(wp.vec3(1.0, 0.0, 0.0), x)"]


@pytest.mark.parametrize("expression", [*EXACT, *INEXACT])
def test_a_machine_knows_whether_it_was_exact(expression: str) -> None:
    machine = Machine()
    computed(expression, machine, x=float32(0.7))
    assert machine.inexact == (expression in INEXACT)


def test_what_a_function_gives_exactly_stays() -> None:
    for seed in range(8):
        machine = Machine(perturbation=np.random.default_rng(seed))
        assert bits(computed("wp.sin(x)", machine, x=float32(0.0))) == bits(float32(0.0))
        assert bits(computed("wp.cos(x)", machine, x=float32(0.0))) == bits(float32(1.0))


# --- laws ------------------------------------------------------------------------------------------------------------

# Built-ins that rows call and that mean nothing to the reference: kernels with them are not compared.
UNREFERENCED = {
    "address_of": "NumPy's arrays have no addresses that a kernel may compute with",
    "fabricarray": "a field of a struct that holds an array of Fabric, which inputs do not make",
    "indexedfabricarray": "as fabricarray",
}
# What the rewriting of the source takes care of.
TRANSLATED = {"static"}


def texts() -> dict[str, list[str]]:
    """All that rows write, by row."""
    return {
        row.name: [
            row.template,
            *(hole.text for _, hole in row.holes if isinstance(hole, Define)),
            *(text for _, hole in row.holes if isinstance(hole, Define) for _, some in hole.options for text in some),
        ]
        for row in CATALOGUE.rows
    }


@cache
def called_by_rows() -> frozenset[str]:
    return frozenset(name for some in texts().values() for text in some for name in builtins_of(text))


def is_known(name: str) -> bool:
    """Whether a kernel that calls it can be run."""
    try:
        return getattr(Namespace(Machine()), name) is not None
    except UnreferencedError:
        return False


def test_every_builtin_that_a_row_calls_has_a_meaning() -> None:
    assert len(called_by_rows()) > 300
    missing = {name for name in called_by_rows() if not is_known(name)}
    assert missing == UNREFERENCED.keys() | TRANSLATED


def test_a_meaning_is_of_something_that_a_kernel_can_call() -> None:
    """Operators have functions of their own, which rows write as operators."""
    operators = {"bit_and", "bit_or", "bit_xor", "lshift", "rshift", "invert", "pos", "unot"}
    checks = {"expect_eq", "expect_neq", "print"}
    assert MEANINGS.keys() - called_by_rows() <= operators | checks
    assert all(isinstance(meaning, Meaning) and meaning.ulps >= 0.0 for meaning in MEANINGS.values())


def outcome(run: Callable[[], Any]) -> str:
    try:
        run()
    except (UnreferencedError, UndefinedError) as error:
        return type(error).__name__
    return "a value"


@pytest.mark.slow
def test_drawn_kernels_run() -> None:
    """To a value for nearly all, never out of bounds; what is raised is one of the reference's errors."""
    found: list[str] = []
    for index in range(208):
        sample = sampled(index, "referenced")
        reference = Reference(sample.kernel, sample.source)
        for shape in SHAPES:
            inputs = make_inputs(sample.kernel, shape, index)
            found.append(outcome(lambda reference=reference, inputs=inputs: reference.run(inputs)))  # type: ignore[misc]
    assert found.count("a value") >= 0.9 * len(found), {name: found.count(name) for name in set(found)}


def test_the_source_is_translated_once() -> None:
    """A reference runs as often as one likes, each time from the start: no state is left in the module."""
    kernel, text = written(HEAD + "@wp.kernel\ndef k(x: float, out: wp.array(dtype=float)):\n    out[0] += x")
    reference = Reference(kernel, text)
    found = [reference.run(Inputs((1,), {"x": float32(x), "out": np.zeros(1, float32)}))["out"][0] for x in (1.0, 2.0)]
    assert found == [1.0, 2.0]
