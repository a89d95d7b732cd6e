"""Warp's registry as we count it, and which of its overloads a kernel resolves to."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from collections import Counter

import pytest

import ir
from ir import Target, Unit, warp_version
from ir.recording import recording, resolved
from ir.registry import builtin_names, syntax, visible_overloads

LATEST = warp_version().startswith("1.19.")
HEAD = "import warp as wp\n\n\n"
TILE = "tile(shape=tuple[int, ...], dtype=Any)"
VECTOR = "vector(dtype=Scalar)"


@pytest.mark.skipif(not LATEST, reason="the figures are of 1.19.0")
def test_the_counts_of_this_version() -> None:
    overloads = visible_overloads()
    assert len(overloads) == 617
    assert len(builtin_names()) == 300
    assert Counter(overload.name for overload in overloads if overload.is_removed) == {"select": 10, "matrix": 1}
    assert sum(overload.differentiable for overload in overloads) == 336
    largest = Counter(overload.group for overload in overloads).most_common(4)
    assert largest == [("Utility", 157), ("Tile Primitives", 102), ("Operators", 82), ("Vector Math", 66)]


def test_keys_tell_overloads_apart() -> None:
    overloads = visible_overloads()
    assert len({overload.key for overload in overloads}) == len(overloads)


def test_signatures_speak_of_no_module_and_no_object() -> None:
    for overload in visible_overloads():
        assert not {"_src", "builtins", "typing", "<", "object at"} & set(overload.signature.split()), overload
        assert "_src" not in overload.signature
        assert "<" not in overload.signature


def test_keys_are_the_same_in_another_process() -> None:
    program = "from ir.registry import visible_overloads\nprint('\\n'.join(each.key for each in visible_overloads()))\n"
    root = inspect.getfile(ir).rpartition("/ir/")[0]
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, timeout=120, check=True
    )
    assert run.stdout.splitlines() == [overload.key for overload in visible_overloads()]


def test_optional_arguments() -> None:
    [overload] = [each for each in visible_overloads() if each.name == "mesh_query_ray"]
    assert overload.optional == {"root"}
    assert [name for name, _ in overload.arguments] == ["id", "start", "dir", "max_t", "root"]


def test_syntax_is_made_of_classes_of_ast() -> None:
    nodes, operators = syntax()
    assert all(hasattr(ast, name) for name in nodes | operators)
    assert len(operators) == 23
    assert {"While", "IfExp", "AugAssign"} <= nodes
    assert not LATEST or len(nodes) == 24


def kernel(body: str, arguments: str = "xs: wp.array(dtype=float), out: wp.array(dtype=float)") -> Unit:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return Unit(
        "k", f"{HEAD}@wp.func\ndef halved(x: float):\n    return x / 2.0\n\n\n@wp.kernel\ndef k({arguments}):\n{lines}"
    )


SCALAR = "(a: Scalar, b: Scalar) -> Scalar"
KNOWN = {
    "out[wp.tid()] = wp.sin(xs[0])": {"tid() -> int", "sin(x: Float) -> Float"},
    "i, j = wp.tid()\nout[i] = xs[j]": {"tid() -> (int, int)"},
    "out[0] = -xs[0] * xs[1] + 1.0": {"neg(x: Scalar) -> Scalar", f"mul{SCALAR}", f"add{SCALAR}"},
    "out[0] += xs[0]": {"atomic_add(arr: array(ndim=1, dtype=Any), i: Int, value: Any) -> Any"},
    "out[0] = halved(xs[0])": {f"div{SCALAR}"},
    "out[0] = xs[0] if xs[1] > 0.0 else 2.0": {"where(cond: bool, value_if_true: Any, value_if_false: Any) -> Any"},
    "for i in range(int(xs[0])):\n    out[i] = xs[i]": set(),
    "out[0] = wp.static(3.0 + 1.0)": {"static(expr: Any) -> Any"},
    "v = wp.vec3(xs[0], 1.0, 2.0)\nout[0] = v[1] + v.x": {
        f"vector(*args: Scalar, length: int32, dtype: Scalar) -> {VECTOR}",
        f"add{SCALAR}",
    },
    "v = wp.vec2(1.0, xs[0])\nout[0] = wp.dot(v, v + v)": {
        f"vector(*args: Scalar, length: int32, dtype: Scalar) -> {VECTOR}",
        f"dot(a: {VECTOR}, b: {VECTOR}) -> Scalar",
        f"add(a: {VECTOR}, b: {VECTOR}) -> {VECTOR}",
    },
    "if not xs[0] > 1.0:\n    out[0] = 1.0": {"unot(a: bool) -> bool"},
    "out[0] = float(wp.float64(xs[0]) ** wp.float64(2.0))": {"pow(x: Float, y: Float) -> Float"},
}


@pytest.mark.parametrize("body", list(KNOWN))
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_what_a_kernel_resolves_to(body: str, device: str) -> None:
    assert resolved(kernel(body), Target(device)) == KNOWN[body]


@pytest.mark.skipif(not LATEST, reason="older ones do not normalise these vectors alike")
def test_what_warp_calls_in_turn_does_not_count() -> None:
    found = resolved(kernel("out[0] = wp.norm_l1(wp.vec2(1.0, 2.0))"), Target("cpu"))
    assert found == {
        "norm_l1(v: Any) -> Any",
        "vector(*args: Scalar, length: int32, dtype: Scalar) -> vector(dtype=Scalar)",
    }


def test_a_function_of_the_unit_is_not_the_built_in_of_its_name() -> None:
    unit = kernel("out[0] = halved(xs[0])")
    renamed = Unit("k", unit.source.replace("halved", "quat_to_rpy"))
    assert resolved(renamed, Target("cpu")) == resolved(unit, Target("cpu"))


@pytest.mark.parametrize(("count", "line"), [(1, "wp.tile_map(wp.abs, a)"), (2, "wp.tile_map(wp.max, a, a)")])
def test_a_built_in_that_is_handed_on_counts(count: int, line: str) -> None:
    body = f"a = wp.tile_load(xs, shape=8)\nwp.tile_store(out, {line})"
    names = Counter(key.partition("(")[0] for key in resolved(kernel(body), Target("cpu")))
    assert names == {"tile_load": 1, "tile_map": 1, "tile_store": 1, "abs" if count == 1 else "max": 1}


def test_everything_resolved_is_in_the_registry(corpus: dict[str, Unit]) -> None:
    keys = {overload.key for overload in visible_overloads()}
    found = {key for unit in corpus.values() for key in resolved(unit, Target("cpu"))}
    assert found <= keys
    assert len({key.partition("(")[0] for key in found}) > 50


def test_recording_leaves_no_trace() -> None:
    import warp

    adjoint, function = warp._src.codegen.Adjoint, warp._src.context.Function
    before = adjoint.resolve_func, adjoint.evaluate_static_expression, function.get_overload
    with recording():
        assert adjoint.resolve_func is not before[0]
    with pytest.raises(ValueError, match="inside"), recording():
        raise ValueError("inside")
    assert (adjoint.resolve_func, adjoint.evaluate_static_expression, function.get_overload) == before
