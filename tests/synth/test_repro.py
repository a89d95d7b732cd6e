"""Scripts of findings, run as a person runs them: they exit with 1 on what is wrong, with 0 on what is right."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grammar.inputs import HostObject, Inputs
from grammar.term import Body, Extent, Kernel, Symbol
from grammar.types import BOOL, DOUBLE, FLOAT, INT, Array, Matrix, Quaternion, Scalar, Struct, Type, Vector
from synth.oracles.gradient import Adjoint
from synth.oracles.verdict import Disagrees
from synth.repro import UnreproducibleError, repro
from synth.repro.layout import WIDTH, laid_out

LONG, V3 = Scalar("uint64"), Vector(3, FLOAT)
LINK = Struct("Link", (("offset", V3), ("strain", Scalar("float16")), ("fixed", BOOL)))
BODY = Struct("Body", (("link", LINK), ("frame", Matrix(2, 2, DOUBLE)), ("spin", Quaternion(FLOAT)), ("hits", INT)))
VIEW = Struct("View", (("first", LINK), ("values", Array(FLOAT, 1)), ("links", Array(LINK, 1)), ("scale", FLOAT)))

IMPORT = "import warp as wp\n\n"
STRUCTS = """
@wp.struct
class Link:
    offset: wp.vec3
    strain: wp.float16
    fixed: bool


@wp.struct
class Body:
    link: Link
    frame: wp.mat22d
    spin: wp.quat
    hits: int


@wp.struct
class View:
    first: Link
    values: wp.array(dtype=float)
    links: wp.array(dtype=Link)
    scale: float


@wp.kernel
def visit(
    one: Body,
    many: wp.array(dtype=Body),
    square: wp.array2d(dtype=Link),
    view: View,
    views: wp.array(dtype=View),
    chosen: wp.indexedarray(dtype=float),
):
    i = wp.tid()
    many[i].link.offset = many[i].link.offset + one.link.offset
    many[i].hits += one.hits
    square[i, 1].strain = one.link.strain
    view.values[i] += view.scale
    view.links[i].offset = wp.quat_rotate(one.spin, view.first.offset)
    views[i].values[1] = view.scale + float(one.frame[0, 1])
    chosen[i] = float(i)
"""

QUERIES = """
@wp.kernel
def count(
    mesh: wp.uint64, bvh: wp.uint64, grid: wp.uint64, image: wp.Texture2D, points: wp.array(dtype=wp.vec3),
    out: wp.array(dtype=float),
):
    i = wp.tid()
    p = points[i]
    out[0] += wp.mesh_eval_velocity(mesh, 1, 0.0, 0.0)[0]
    index = int(0)
    query = wp.bvh_query_aabb(bvh, p, p)
    while wp.bvh_query_next(query, index):
        out[1] += 1.0
    near = wp.hash_grid_query(grid, p, 0.5)
    for other in near:
        out[2] += 1.0
    out[3] += wp.texture_sample(image, wp.vec2(0.5, 0.5), dtype=float)
"""


def link(*shape: int) -> dict[str, Any]:
    """Links of different offsets."""
    offsets = np.arange(3 * np.prod(shape, dtype=int), dtype=np.float32) / np.float32(10)
    return {
        "offset": offsets.reshape(*shape, 3),
        "strain": np.full(shape, 0.1, np.float16),
        "fixed": np.ones(shape, np.bool_),
    }


def body(*shape: int) -> dict[str, Any]:
    frame, spin = np.array([[1.0, 0.1], [0.0, 1.0]]), np.array([0.0, 0.0, 0.0, 1.0], np.float32)
    return {
        "link": link(*shape),
        "frame": np.broadcast_to(frame, (*shape, 2, 2)),
        "spin": np.broadcast_to(spin, (*shape, 4)),
        "hits": np.full(shape, 3, np.int32),
    }


def view(*shape: int) -> dict[str, Any]:
    values, scale = np.zeros((*shape, 2), np.float32), np.full(shape, 0.5, np.float32)
    return {"first": link(*shape), "values": values, "links": link(*shape, 2), "scale": scale}


def symbols(*described: tuple[str, Type, str, int]) -> tuple[Symbol, ...]:
    return tuple(
        Symbol(name, of, role, tuple(Extent(f"{name}{axis}") for axis in range(rank)))
        for name, of, role, rank in described
    )


def kernel_of(name: str, parameters: tuple[Symbol, ...]) -> Kernel:
    return Kernel(name, "written", (), (), parameters, 1, Body(()))


def with_structs() -> tuple[Kernel, Inputs]:
    parameters = symbols(
        ("one", BODY, "value", 0),
        ("many", BODY, "write", 1),
        ("square", LINK, "write", 2),
        ("view", VIEW, "host target struct", 0),
        ("views", VIEW, "host struct rows", 0),
        ("chosen", FLOAT, "host indexed", 0),
    )
    chosen = {"values": np.zeros(3, np.float32), "indices": np.array([2, 0], np.int32)}
    arguments = {
        "one": body(),
        "many": body(2),
        "square": link(2, 2),
        "view": HostObject("target struct", view()),
        "views": HostObject("struct rows", view(2)),
        "chosen": HostObject("indexed", chosen),
    }
    return kernel_of("visit", parameters), Inputs((2,), arguments)


def with_hosts() -> tuple[Kernel, Inputs]:
    parameters = symbols(
        ("mesh", LONG, "host mesh", 0),
        ("bvh", LONG, "host bvh", 0),
        ("grid", FLOAT, "host grid", 0),
        ("image", FLOAT, "host texture2", 0),
        ("points", V3, "read", 1),
        ("out", FLOAT, "write", 1),
    )
    points = np.array([[0.1, 0.2, 0.3], [2.0, 2.0, 2.0]], np.float32)
    groups, none = np.zeros(2, np.int32), np.zeros(0, np.int32)
    corners = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], np.float32)
    faces = np.array([0, 1, 2, 0, 2, 3, 0, 3, 1, 1, 3, 2], np.int32)
    velocities = np.full((4, 3), 0.25, np.float32)
    settings = {"filter": np.array(1), "mip_filter": np.array(1), "levels": np.array(1), "normalized": np.array(True)}
    texels = {"texels": np.full((4, 4, 1), 0.75, np.float32), "address": np.array([1, 1], np.int32)}
    grid = {"points": points, "groups": groups, "dims": np.array([4, 4, 4], np.int32), "width": np.array(0.5)}
    arguments = {
        "mesh": HostObject("mesh", {"points": corners, "indices": faces, "velocities": velocities, "groups": none}),
        "bvh": HostObject("bvh", {"lowers": points - 1, "uppers": points + 1, "groups": groups}),
        "grid": HostObject("grid", grid),
        "image": HostObject("texture2", texels | settings),
        "points": points,
        "out": np.zeros(4, np.float32),
    }
    return kernel_of("count", parameters), Inputs((2,), arguments)


def ran(script: str, folder: Path) -> tuple[int, str]:
    path = folder / "script.py"
    path.write_text(script, encoding="utf-8")
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, timeout=120, check=False, cwd=folder)
    return done.returncode, done.stdout + done.stderr


def script_of(oracle: str, how: str, kernel: Kernel, inputs: Inputs, text: str, **details: Any) -> str:
    return repro(oracle, kernel, f"{IMPORT}{text}", Disagrees(how, {"inputs": inputs} | details), inputs, "title")


CHANGES = {
    "link.offset = many": "link.offset = 2.0 * many",
    "+= one.hits": "+= 2 * one.hits",
    "= one.link.strain": "= wp.float16(2.0)",
    "+= view.scale": "-= view.scale",
    "wp.quat_rotate(one.spin, view.first.offset)": "wp.vec3(1.0)",
    "view.scale + float": "view.scale - float",
    "= float(i)": "= 5.0",
}
SEEN = (
    "many.link.offset is [[0.0, 0.30000001192092896, 0.6000000238418579]",
    "many.hits is [9, 9] expected [6, 6]",
    "square.strain is [[0.0999755859375, 2.0], [0.0999755859375, 2.0]] expected",
    "view.values is [-0.5, -0.5] expected [0.5, 0.5]",
    "view.links.offset is [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]] expected [[0.0, 0.1",
    "views.values is [[0.0, 0.4000000059604645], [0.0, 0.4000000059604645]] expected [[0.0, 0.6",
    "chosen is [5.0, 0.0, 5.0] expected [1.0, 0.0, 0.0]",
)


def test_a_twin_that_differs_is_seen_in_every_field(tmp_path: Path) -> None:
    kernel, inputs = with_structs()
    twin = STRUCTS
    for line, change in CHANGES.items():
        assert line in twin
        twin = twin.replace(line, change)
    script = script_of("twins", "guarded, it differs", kernel, inputs, STRUCTS, twin=f"{IMPORT}{twin}")
    assert script.count("class View") == 1
    code, said = ran(script, tmp_path)
    assert code == 1, said
    assert [each for each in SEEN if each not in said] == [], said


def test_a_twin_that_does_not_differ_is_not(tmp_path: Path) -> None:
    kernel, inputs = optimised_case()
    script = script_of("twins", "split, it differs", kernel, inputs, OPTIMISED, twin=f"{IMPORT}{OPTIMISED}")
    code, said = ran(script, tmp_path)
    assert code == 0, said


@pytest.mark.parametrize(("velocity", "code"), [(0.5, 0), (0.25, 1)])
def test_what_only_the_host_can_make_is_made(tmp_path: Path, velocity: float, code: int) -> None:
    kernel, inputs = with_hosts()
    expected = {"out": np.array([velocity, 2.0, 4.0, 1.5], np.float32)}
    details = {"found": expected, "expected": expected, "spread": 0.0}
    found, said = ran(script_of("reference", "out[0] is 1, expected 2", kernel, inputs, QUERIES, **details), tmp_path)
    assert found == code, said


OPTIMISED = """
SNIPPET = '''
#ifdef __OPTIMIZE__
    return 1.0f;
#else
    return 0.0f;
#endif
'''


@wp.func_native(SNIPPET)
def is_optimised() -> float: ...


@wp.kernel(module="unique")
def tell(x: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    out[i] = x[i] + is_optimised()
"""


def optimised_case() -> tuple[Kernel, Inputs]:
    parameters = symbols(("x", FLOAT, "read", 1), ("out", FLOAT, "write", 1))
    return kernel_of("tell", parameters), Inputs((2,), dict.fromkeys(("x", "out"), np.ones(2, np.float32)))


@pytest.mark.parametrize(("how", "code"), [("optimised", 1), ("with no loop unrolled", 0)])
def test_a_build_that_differs_is_seen(tmp_path: Path, how: str, code: int) -> None:
    kernel, inputs = optimised_case()
    found, said = ran(script_of("levels", f"{how}, out[0] is 2, expected 1", kernel, inputs, OPTIMISED), tmp_path)
    assert found == code, said


SMOOTH = """
@wp.struct
class Link:
    offset: wp.vec3
    strain: wp.float16
    fixed: bool


@wp.kernel
def stretch(links: wp.array(dtype=Link), out: wp.array(dtype=float), out_links: wp.array(dtype=Link)):
    i = wp.tid()
    out[i] = wp.dot(links[i].offset, links[i].offset)
    out_links[i] = links[i]
"""


@pytest.mark.parametrize(("factor", "code"), [(1.0, 0), (2.0, 1)])
def test_a_derivative_along_structs_is_seen(tmp_path: Path, factor: float, code: int) -> None:
    parameters = symbols(("links", LINK, "read", 1), ("out", FLOAT, "write", 1), ("out_links", LINK, "write", 1))
    inputs = Inputs((2,), {"links": link(2), "out": np.zeros(2, np.float32), "out_links": link(2)})
    adjoint = Adjoint(0, {"out": np.array([1.0, 0.5], np.float32), "out_links": link(2)}, {})
    squares = (link(2)["offset"].astype(float) ** 2).sum(axis=1)
    expected = factor * (2.0 * squares @ [1.0, 0.5] + squares.sum() + 2.0 * 0.1**2)
    details = {"adjoint": adjoint, "direction": {"links": link(2)}, "expected": expected, "tolerance": 1e-3}
    script = script_of("gradient", "the adjoint gives 1", kernel_of("stretch", parameters), inputs, SMOOTH, **details)
    found, said = ran(script, tmp_path)
    assert found == code, said


HELD = """
@wp.struct
class Link:
    offset: wp.vec3
    strain: wp.float16
    fixed: bool


@wp.struct
class View:
    first: Link
    values: wp.array(dtype=float)
    links: wp.array(dtype=Link)
    scale: float


@wp.kernel
def scale(view: View, out_view: View):
    i = wp.tid()
    out_view.values[i] = view.values[i] * view.scale
    out_view.links[i].offset = view.links[i].offset * 3.0
"""


@pytest.mark.parametrize(("factor", "code"), [(1.0, 0), (2.0, 1)])
def test_a_derivative_along_arrays_that_structs_hold_is_seen(tmp_path: Path, factor: float, code: int) -> None:
    parameters = symbols(("view", VIEW, "value", 0), ("out_view", VIEW, "host target struct", 0))
    weights = view() | {"values": np.array([1.0, 0.5], np.float32)}
    inputs = Inputs((2,), {"view": view(), "out_view": HostObject("target struct", view())})
    direction = view() | {"values": np.array([2.0, 4.0], np.float32)}
    squares = float((link(2)["offset"].astype(float) ** 2).sum())
    expected = factor * (0.5 * (2.0 + 2.0) + 3.0 * squares)
    adjoint = Adjoint(0, {"out_view": weights}, {})
    details = {"adjoint": adjoint, "direction": {"view": direction}, "expected": expected, "tolerance": 1e-3}
    script = script_of("gradient", "the adjoint gives 1", kernel_of("scale", parameters), inputs, HELD, **details)
    found, said = ran(script, tmp_path)
    assert found == code, said


def test_what_is_refused_in_another_build_is_seen() -> None:
    kernel, inputs = optimised_case()
    refused = Disagrees("optimised, it is refused, native: no")
    script = repro("levels", kernel, f"{IMPORT}{OPTIMISED}", refused, inputs, "title")
    assert "    except Exception as error:\n" in script


@pytest.mark.parametrize("kind", ["volume", "fabric"])
def test_what_takes_many_lines_has_no_script(kind: str) -> None:
    kernel, inputs = optimised_case()
    hosted = replace(inputs, arguments=inputs.arguments | {"x": HostObject(kind, {})})
    with pytest.raises(UnreproducibleError, match=f"^x is made of a {kind}"):
        script_of("reference", "out[0] is 1, expected 2", kernel, hosted, OPTIMISED)


def test_scripts_are_not_wide() -> None:
    kernel, inputs = with_structs()
    script = script_of("levels", "optimised, it differs", kernel, inputs, STRUCTS)
    assert max(map(len, script.splitlines())) <= WIDTH


NUMBERS = list(range(90))


@pytest.mark.parametrize(
    "code",
    [
        "x = 1",
        "f()",
        f"x = {NUMBERS}",
        f"x = f({NUMBERS}, a=(1,)).y[2]",
        f"x = (y + {NUMBERS}).z",
        f"x = ({NUMBERS},)",
        f"return {{'a': {NUMBERS}, 'b': [{NUMBERS}, {NUMBERS}]}}",
    ],
)
def test_a_broken_line_says_the_same(code: str) -> None:
    assert ast.dump(ast.parse(laid_out(code))) == ast.dump(ast.parse(code))
