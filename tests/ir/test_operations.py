"""Static counts: of listings made here from a few lines each, with numbers worked out by hand."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest

from ir import Unit, warp_api, warp_version
from ir.counting import StaticCounts, static_counts
from ir.counting.formulas import ROWS, UNCOUNTED
from ir.counting.reading import read_listing
from ir.counting.statements import has_form
from ir.normalise import drop_comments

if TYPE_CHECKING:
    from collections.abc import Callable

    from ir import Compiler

pytestmark = pytest.mark.skipif(not warp_version().startswith("1.19."), reason="the forms are those of Warp 1.19")

MODULE = '''
from typing import Any

import warp as wp

vec4h = wp.types.vector(length=4, dtype=wp.float16)
mat23 = wp.types.matrix(shape=(2, 3), dtype=wp.float32)


@wp.struct
class Inner:
    flag: bool
    mass: wp.float64


@wp.struct
class Particle:
    inner: Inner
    position: wp.vec3
    kind: wp.uint8


@wp.func
def square(x: Any):
    return x * x


@wp.func
def twice(x: float):
    return square(x) + square(x)


@wp.func
def bump(total: wp.ref[float], by: float):
    total = total + by


@wp.func_native("return x * x;")
def native_square(x: float) -> float: ...


@wp.func_native("""
// Its text looks like Warp's own.

float var_0 = 3.0f;
return var_0 * var_0;
""")
def native_three() -> float: ...


@wp.kernel(enable_backward=False)  # for functions that take references
def k({arguments}):
    i = wp.tid()
{body}
'''

ARGUMENTS = {
    "a": "float",
    "x": "wp.array(dtype=float)",
    "y": "wp.array(dtype=float)",
    "n": "wp.array(dtype=int)",
    "d": "wp.array(dtype=wp.float64)",
    "h": "wp.array(dtype=wp.float16)",
    "b": "wp.array(dtype=bool)",
    "v": "wp.array(dtype=wp.vec3)",
    "vh": "wp.array(dtype=vec4h)",
    "m": "wp.array(dtype=wp.mat33)",
    "m23": "wp.array(dtype=mat23)",
    "m4": "wp.array(dtype=wp.mat44)",
    "q": "wp.array(dtype=wp.quat)",
    "t": "wp.array(dtype=wp.transform)",
    "s": "wp.array(dtype=Particle)",
    "grid": "wp.array2d(dtype=float)",
    "grid_id": "wp.uint64",
}


def loads(number: int, size: int) -> dict[str, int]:
    return {"loads": number, "load_bytes": size}


def stores(number: int, size: int) -> dict[str, int]:
    return {"stores": number, "store_bytes": size}


LOAD, STORE = loads(1, 4), stores(1, 4)


def total(*parts: dict[str, int]) -> dict[str, int]:
    return dict(sum((Counter(part) for part in parts), Counter[str]()))


CASES: dict[str, tuple[str, dict[str, int]]] = {
    "nothing": ("pass", {}),
    "saxpy": ("y[i] = a * x[i] + y[i]", total(LOAD, LOAD, STORE, {"flops": 2})),
    "a copy": ("y[i] = x[i]", total(LOAD, STORE)),
    "places are no memory": ("y[i + 1] = a", total(STORE, {"integer_ops": 1})),
    "the shape is no memory": ("n[i] = x.shape[0] * 2", total(STORE, {"integer_ops": 1})),
    "two indices": ("grid[i, 0] = grid[0, i]", total(LOAD, STORE)),
    "a view": ("row = grid[i]\nrow[0] = row[1]", total(LOAD, STORE)),
    "double": ("d[i] = d[i] / d[i + 1]", {"flops": 1, "integer_ops": 1, **loads(2, 16), **stores(1, 8)}),
    "signs": ("x[i] = -wp.abs(x[i])\nn[i] = -wp.abs(n[i])", total(LOAD, STORE, LOAD, STORE, {"integer_ops": 2})),
    "conversions": (
        "y[i] = float(n[i]) + wp.floor(x[i])",
        total(LOAD, LOAD, STORE, {"flops": 1, "conversions": 2}),
    ),
    "same type": ("y[i] = float(x[i])", total(LOAD, STORE)),
    "integers": (
        "n[i] = (n[i] << 2) // 3 % 5 ^ 7 & ~1",
        total(LOAD, STORE, {"integer_ops": 6}),
    ),
    "float remainder": ("x[i] = x[i] % a", total(LOAD, STORE, {"special_functions": 1})),
    "special": (
        "x[i] = wp.sqrt(x[i]) + wp.pow(a, wp.sin(a))",
        total(LOAD, STORE, {"flops": 1, "special_functions": 3}),
    ),
    "comparisons": (
        "x[i] = wp.clamp(wp.max(x[i], a), 0.0, 1.0)\nb[i] = 0.0 < a < 1.0",
        total(LOAD, STORE, {"comparisons": 5, "integer_ops": 1, **stores(1, 1)}),
    ),
    "select": ("y[i] = wp.where(a > 0.0, a, 2.0)", total(STORE, {"comparisons": 1})),
    "vector": (
        "v[i] = a * v[i] + wp.cross(v[i], v[i + 1])",
        {"flops": 3 + 3 + 9, "integer_ops": 1, **loads(3, 36), **stores(1, 12)},
    ),
    "reductions": (
        "y[i] = wp.dot(v[i], v[i]) + wp.length(v[i])",
        total(STORE, {"flops": 5 + 1 + 5, "special_functions": 1, **loads(3, 36)}),
    ),
    "normalise": (
        "v[i] = wp.normalize(v[i])",
        {"flops": 8, "special_functions": 1, "comparisons": 1, **loads(1, 12), **stores(1, 12)},
    ),
    "half vector": (
        "vh[i] = vh[i] + vh[i] * h[i]",
        {"flops": 8, **loads(3, 8 + 8 + 2), **stores(1, 8)},
    ),
    "component of an element": ("v[i][1] = v[i][0]", {**loads(1, 12), **stores(1, 4)}),
    "component of a variable": (
        "w = v[i]\nw[0] += a\nv[i] = w",
        {"flops": 1, **loads(1, 12), **stores(1, 12)},
    ),
    "matrix and vector": (
        "v[i] = m[i] * v[i]",
        {"flops": 15, **loads(2, 48), **stores(1, 12)},
    ),
    "vector and matrix": ("w = wp.vec2(a, a) * m23[i]", {"flops": 9, **loads(1, 24)}),
    "matrices": ("c = m23[i] * m[i]", {"flops": 2 * 3 * 5, **loads(2, 24 + 36)}),
    "linear algebra": (
        "m[i] = wp.inverse(wp.transpose(m[i]))\nx[i] = wp.determinant(m4[i]) + wp.trace(m[i])",
        total(STORE, {"flops": 51 + 63 + 1 + 2, "comparisons": 1, **loads(3, 36 + 64 + 36), **stores(1, 36)}),
    ),
    "quaternions": (
        "q[i] = q[i] * q[i + 1]\nv[i] = wp.quat_rotate(q[i], v[i])",
        {"flops": 28 + 36, "integer_ops": 1, **loads(4, 3 * 16 + 12), **stores(2, 28)},
    ),
    "transforms": (
        "t[i] = t[i] * t[0]\nv[i] = wp.transform_point(t[i], v[i])",
        {"flops": 67 + 39, **loads(4, 3 * 28 + 12), **stores(2, 28 + 12)},
    ),
    "struct": (  # 1 byte and 7 of padding, 8; 12; 1 and 3 of padding
        "p = s[i]\np.kind = wp.uint8(1)\ns[i + 1] = p",
        {"conversions": 1, "integer_ops": 1, **loads(1, 32), **stores(1, 32)},
    ),
    "field": (
        "d[i] = s[i].inner.mass\ns[i].position = v[i]\ns[i].position[2] = a",
        {**loads(2, 8 + 12), **stores(3, 8 + 12 + 4)},
    ),
    "atomics": (
        "wp.atomic_add(y, i, a)\nv[i] += v[0]\nold = wp.atomic_cas(n, i, 0, 1)\ns[i].position += v[1]",
        {"atomics": 4, "atomic_bytes": 4 + 12 + 4 + 12, **loads(2, 24)},
    ),
    "local array": (
        "w = wp.zeros(shape=4, dtype=float)\nw[i] = a\nw[0] += 2.0\ny[i] = w[1]",
        total(STORE, {"flops": 1}),
    ),
    "branches": (
        "if i > 3 and x[i] > 0.0:\n    y[i] = 1.0\nelse:\n    y[i] = 2.0",
        total(LOAD, STORE, STORE, {"comparisons": 2, "branches": 2, "integer_ops": 1}),
    ),
    "elif": (
        "if i == 0:\n    y[i] = 1.0\nelif i == 1:\n    y[i] = 2.0",
        total(STORE, STORE, {"comparisons": 2, "branches": 2}),
    ),
    "or": (
        "if i == 0 or i == 2:\n    y[i] = 1.0",
        total(STORE, {"comparisons": 2, "branches": 2, "integer_ops": 1}),
    ),
    "unrolled loop": ("for j in range(4):\n    y[j] = a * a", total(STORE, STORE, STORE, STORE, {"flops": 4})),
    "loop": (
        "for j in range(n[i]):\n    y[j] = a * a",
        total(LOAD, STORE, {"flops": 1, "loops": 1, "branches": 1, "comparisons": 1, "integer_ops": 1}),
    ),
    "while": (
        "j = int(0)\nwhile j < 5:\n    j += 2",
        {"loops": 1, "branches": 1, "comparisons": 1, "integer_ops": 1},
    ),
    "a function called twice": (
        "y[i] = twice(a) + twice(x[i])",
        total(LOAD, STORE, {"flops": 2 * 3 + 1, "calls": 2 * 3}),
    ),
    "instances of a function": (
        "d[i] = square(d[i])\nm[i] = square(m[i])",
        {"flops": 1 + 45, "calls": 2, **loads(2, 44), **stores(2, 44)},
    ),
    "by reference": (
        "total = float(0.0)\nbump(total, a)\nbump(x[i], a)",
        {"flops": 2, "calls": 2, **LOAD, **STORE},
    ),
    "native function": (
        "y[i] = native_square(a) + native_three()",
        total(STORE, {"flops": 1, "calls": 2, "uncounted": 2}),
    ),
    "written in Python by Warp": (
        "y[i] = wp.norm_l2(v[i])",
        total(STORE, {"calls": 1, "flops": 5, "special_functions": 1, **loads(1, 12)}),
    ),
    "random": (
        "state = wp.rand_init(7, i)\ny[i] = wp.randf(state)",
        total(STORE, {"flops": 1, "integer_ops": 19 + 10, "conversions": 1}),
    ),
    "a query is uncounted": (
        "for j in wp.hash_grid_query(grid_id, wp.vec3(), 1.0):\n    n[i] += j",
        {"uncounted": 2, "loops": 1, "branches": 1, "atomics": 1, "atomic_bytes": 4},
    ),
    "a tile is uncounted": ("wp.tile_store(y, wp.tile_zeros(shape=4, dtype=float))", {"uncounted": 2}),
    "text": ('print("var_0 = wp::add(var_1, var_2);")\nassert i >= 0', {"comparisons": 1}),
}


def module(body: str) -> str:
    used = [name for name in ARGUMENTS if re.search(rf"\b{name}\b", body)]
    arguments = ", ".join(f"{name}: {ARGUMENTS[name]}" for name in used)
    return MODULE.format(arguments=arguments, body="".join(f"    {line}\n" for line in body.split("\n")))


def forward(compiler: Compiler, source: str, name: str = "k") -> str:
    return compiler.generate(Unit(name, source)).built.listing.forward


def nonzero(counts: StaticCounts) -> dict[str, int]:
    return {name: number for name, number in asdict(counts).items() if number}


@pytest.mark.parametrize("name", CASES)
def test_by_hand(name: str, compiler: Compiler) -> None:
    body, expected = CASES[name]
    listing = forward(compiler, module(body))
    assert nonzero(static_counts(listing)) == expected, listing
    assert static_counts(drop_comments(listing)) == static_counts(listing)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_deterministic_atomics_count_as_atomics(device: str, compiler_for: Callable[..., Compiler]) -> None:
    option = 'wp.set_module_options({"deterministic": wp.DeterministicMode.RUN_TO_RUN})'
    source = module("wp.atomic_add(y, i, a)").replace("import warp as wp\n", f"import warp as wp\n\n{option}\n")
    listing = forward(compiler_for(device), source)
    assert "WP_DET_" in listing
    assert nonzero(static_counts(listing)) == {"atomics": 1, "atomic_bytes": 4}


def test_devices_agree(corpus: dict[str, Unit], compiler_for: Callable[..., Compiler]) -> None:
    for name, unit in corpus.items():
        counts = [
            static_counts(compiler_for(device).generate(unit).built.listing.forward) for device in ("cpu", "cuda")
        ]
        assert counts[0] == counts[1], name


def test_every_statement_of_the_corpus_has_a_known_form(corpus: dict[str, Unit], compiler: Compiler) -> None:
    for unit in corpus.values():
        source = read_listing(compiler.generate(unit).built.listing.forward)
        for function in (each for named in source.functions.values() for each in named):
            assert [text for text in function.statements if not has_form(text)] == []


def test_each_builtin_has_a_row_or_a_reason() -> None:
    rows = [name for row in ROWS for name in row.names.split()]
    assert sorted(rows) == sorted(set(rows))
    for name in sorted((native_names() | set(rows)) - {"static"}):  # never in generated code
        reasons = [pattern for pattern in UNCOUNTED if re.fullmatch(pattern, name)]
        assert len(reasons) + (name in rows) == 1, f"{name}: {reasons}"


def native_names() -> set[str]:
    """What Warp calls its built-ins in generated code."""
    warp_api.start()
    heads = warp_api.context().builtin_functions.values()
    overloads = (overload for head in heads if head.is_builtin() for overload in head.overloads)
    return {overload.native_func for overload in overloads}


def test_structs_are_as_large_as_warp_says(compiler: Compiler) -> None:
    source = module("p = s[i]")
    scope: dict[str, Any] = {}
    exec(compile(source.partition("@wp.func\n")[0], "structs", "exec", dont_inherit=True), scope)
    layouts = read_listing(forward(compiler, source)).layouts
    assert layouts.size("Particle") == ctypes.sizeof(scope["Particle"].ctype)
    assert layouts.size("Inner") == ctypes.sizeof(scope["Inner"].ctype)


def test_a_listing_has_one_kernel() -> None:
    with pytest.raises(ValueError, match="0 forward kernels"):
        static_counts("")
