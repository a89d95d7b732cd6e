"""What Warp's adjoint is not meant for: which kernels have an obstacle, and which have none."""
# ruff: noqa: E501  # tables: a row is a line

from __future__ import annotations

import pytest
from hand_made import THREADS, Bench, applied, row_at
from written import written

from grammar.catalogue import CATALOGUE
from grammar.differentiable import HISTORY, NO_ADJOINT, OVERWRITES, OWN, obstacle
from grammar.holes import Expr, Index, Output
from grammar.term import Literal, Name
from grammar.types import FLOAT

BODY = "@wp.kernel\ndef k(x: wp.array(dtype=float), n: int, counts: wp.array(dtype=int), out: wp.array(dtype=float)):\n    i = wp.tid()\n"
OBSTACLES: dict[str, tuple[str, str | None]] = {
    "no loop": ("y = x[i]\ny = y * y\nout[i] = y", None),
    "a short loop": ("y = x[i]\nfor j in range(16):\n    y = y * y\nout[i] = y", None),
    "a long loop": ("y = x[i]\nfor j in range(17):\n    y = y * y\nout[i] = y", HISTORY),
    "a long loop in steps": ("y = x[i]\nfor j in range(0, -32, -2):\n    y = y * y\nout[i] = y", None),
    "a short loop that breaks": ("y = x[i]\nfor j in range(4):\n    y = y * y\n    if y > 9.0:\n        break\nout[i] = y", HISTORY),
    "a loop of as many trips as it is told": ("y = x[i]\nfor j in range(n):\n    y = y * y\nout[i] = y", HISTORY),
    "while": ("y = x[i]\nwhile y < 9.0:\n    y = y * y\nout[i] = y", HISTORY),
    "a sum": ("y = float(0.0)\nfor j in range(n):\n    y += x[j] * x[j]\nout[i] = y", None),
    "a difference": ("y = x[i]\nfor j in range(n):\n    y -= x[j]\nout[i] = y / 2.0 + x[i]", None),
    "a sum that is added": ("y = float(0.0)\nfor j in range(n):\n    y += x[j]\nwp.atomic_add(out, 0, y)", None),
    "a product": ("y = float(1.0)\nfor j in range(n):\n    y *= x[j]\nout[i] = y", HISTORY),
    "a sum that the loop reads": ("y = float(0.0)\nfor j in range(n):\n    y += x[j] * y\nout[i] = y", HISTORY),
    "a sum that the loop stores": ("y = float(0.0)\nfor j in range(n):\n    y += x[j]\n    wp.atomic_add(out, j, y)", HISTORY),
    "a sum that something is computed from": ("y = float(0.0)\nfor j in range(n):\n    y += x[j]\nout[i] = y * y", HISTORY),
    "a sum that decides": ("y = float(0.0)\nfor j in range(n):\n    y += x[j]\nif y > 1.0:\n    out[i] = x[i]", HISTORY),
    "a local of each trip": ("for j in range(n):\n    y = x[j]\n    z = y * y\n    wp.atomic_add(out, j, z)", None),
    "a local set anew": ("y = x[i]\nfor j in range(n):\n    y = x[j]\n    wp.atomic_add(out, j, y * y)", None),
    "a local set anew from itself": ("y = x[i]\nfor j in range(n):\n    y = y + x[j] * y\n    wp.atomic_add(out, j, y)", HISTORY),
    "a tile": ("t = wp.tile_load(x, shape=4)\nout[i] = wp.tile_sum(t)[0]", None),
    "a built-in without an adjoint": ("t = wp.tile_load(x, shape=4)\nout[i] = wp.tile_max(t)[0]", NO_ADJOINT),
    "a tile full of a constant": ("t = wp.tile_full(4, 2.0, dtype=float)\nout[i] = x[i] * t[0]", None),
    "a tile full of a value": ("t = wp.tile_full(4, x[i])\nout[i] = t[0]", NO_ADJOINT),
    "a tile changed after it is read": ("t = wp.tile_load(x, shape=4)\nu = wp.tile_map(wp.sin, t)\nwp.tile_assign(t, u)\nwp.tile_store(out, t)", OVERWRITES),
    "a tile changed by what it is read for": ("t = wp.tile_load(x, shape=4)\nwp.tile_axpy(2.0, wp.tile_map(wp.sin, t), dest=t)\nwp.tile_store(out, t)", OVERWRITES),
    "a tile changed after it is summed": ("t = wp.tile_load(x, shape=4)\ns = wp.tile_sum(t)\nwp.tile_axpy(2.0, s, t)\nwp.tile_store(out, t)", None),
    "a tile that a loop adds to": ("t = wp.tile_zeros(shape=4, dtype=float)\nfor j in range(n):\n    wp.tile_scatter_add(t, j, x[j], True)\nout[i] = wp.tile_sum(t)[0]", None),
    "a tile that a loop adds to and something is computed from": ("t = wp.tile_zeros(shape=4, dtype=float)\nfor j in range(n):\n    wp.tile_scatter_add(t, j, x[j], True)\nwp.tile_store(out, wp.tile_map(wp.sin, t))", HISTORY),
    "a loop over a table": ("y = x[i]\nfor j in range(wp.static(len(TABLE))):\n    y = y * y\nout[i] = y", None),
    "a loop of whole numbers": ("k = int(n)\nc = int(0)\nwhile k > 1:\n    c += 1\n    if c > 40:\n        break\n    k = k // 2\nd = c + 1\ncounts[i] = d\nwp.atomic_add(counts, 0, c)\nout[i] = x[i] * x[i]", None),
    "a loop of whole numbers that is a factor": ("k = int(n)\nc = int(0)\nwhile k > 1:\n    c += 1\n    if c > 40:\n        break\n    k = k // 2\nout[i] = x[i] * float(c)", HISTORY),
    "a loop of whole numbers that is an index": ("k = int(n)\nc = int(0)\nwhile k > 1:\n    c += 1\n    if c > 40:\n        break\n    k = k // 2\ncounts[k] = c\nout[i] = x[i]", HISTORY),
    "a loop of whole numbers that decides": ("k = int(n)\nc = int(0)\nwhile k > 1:\n    c += 1\n    if c > 40:\n        break\n    k = k // 2\nif c > 3:\n    out[i] = x[i]", HISTORY),
    "a loop of whole numbers that is left": ("k = int(n)\nwhile k > 1:\n    if k == 7:\n        return\n    k //= 2\nout[i] = x[i]", HISTORY),
    "a loop of whole numbers of which one was an index": ("k = int(n)\ny = x[k]\nwhile k > 1:\n    k //= 2\nout[i] = y", HISTORY),
    "a loop of whole numbers in one of numbers": ("y = x[i]\nfor j in range(n):\n    k = int(j)\n    while k > 1:\n        k //= 2\n    y *= 2.0\nout[i] = y", HISTORY),
    "a loop of what may not be whole": ("k = float(n)\nwhile k > 1.0:\n    k = k - 1.0\nout[i] = x[i] * k", HISTORY),
    "an adjoint written to": ("wp.adjoint[x][i] = 1.0\nout[i] = x[i]", OWN),
}  # fmt: skip


@pytest.mark.parametrize("name", OBSTACLES)
def test_obstacle(name: str) -> None:
    body, expected = OBSTACLES[name]
    kernel, source = written(BODY + "".join(f"    {line}\n" for line in body.split("\n")))
    assert obstacle(kernel, source) == expected


def test_a_loop_in_a_function_is_an_obstacle_too() -> None:
    power = "@wp.func\ndef power(y: float, n: int):\n    z = float(1.0)\n    for j in range(n):\n        z *= y\n    return z\n\n\n"
    kernel, source = written(power + BODY + "    out[i] = power(x[i], n)")
    assert obstacle(kernel, source) == HISTORY
    kernel, source = written(power.replace("range(n)", "range(3)") + BODY + "    out[i] = power(x[i], n)")
    assert obstacle(kernel, source) is None


def test_the_sum_that_a_function_returns_may_be_used_for_anything() -> None:
    total = "@wp.func\ndef total(x: wp.array(dtype=float), n: int):\n    y = float(0.0)\n    for j in range(n):\n        y += x[j]\n    return y\n\n\n"
    kernel, source = written(total + BODY + "    y = total(x, n)\n    out[i] = y * y")
    assert obstacle(kernel, source) is None
    kernel, source = written(total.replace("return y", "return y * x[0]") + BODY + "    out[i] = total(x, n)")
    assert obstacle(kernel, source) == HISTORY


@pytest.mark.parametrize(("trips", "expected"), [(4, None), (5, HISTORY)])
def test_a_setting_says_how_many_trips_are_unrolled(trips: int, expected: str | None) -> None:
    setting = 'wp.set_module_options({"max_unroll": 4})\n\n\n'
    loop = f"    y = x[i]\n    for j in range({trips}):\n        y = y * y\n    out[i] = y"
    kernel, source = written(setting + BODY + loop)
    assert obstacle(kernel, source) == expected


ADJOINTS = ["@wp.func_grad(f)", "@wp.func_replay(f)", '@wp.func_native("")']


@pytest.mark.parametrize("decorator", ADJOINTS)
def test_an_adjoint_of_its_own_is_an_obstacle(decorator: str) -> None:
    functions = f"@wp.func\ndef f(y: float):\n    return y\n\n\n{decorator}\ndef g(y: float):\n    return y\n\n\n"
    kernel, source = written(functions + BODY + "    out[i] = f(x[i])")
    assert obstacle(kernel, source) == OWN


def test_what_a_kernel_overwrites_and_reads_is_an_obstacle() -> None:
    found = {}
    for production in CATALOGUE.rows:
        outputs = [hole for _, hole in production.holes if isinstance(hole, Output) and hole.access == "update"]
        plain = all(isinstance(hole, Output | Index | Expr) for _, hole in production.holes)
        if (
            len(outputs) != 1
            or not plain
            or production.result is not None
            or outputs[0].axes
            or outputs[0].rank > len(THREADS)
        ):
            continue
        try:
            overload = row_at(production.name, FLOAT)
        except (IndexError, StopIteration, KeyError):
            continue
        bench = Bench("k")
        fillings = {}
        for name, hole in overload.holes:
            if isinstance(hole, Output):
                fillings[name] = bench.array(FLOAT, hole.rank, "write")
            else:
                fillings[name] = Name(THREADS[hole.axis]) if isinstance(hole, Index) else Literal(2, FLOAT)
        bench.statements.append(applied(overload, **fillings))
        found[production.template.partition("] ")[2].partition(" ")[0]] = obstacle(bench.kernel(), "")
    assert found.get("+=", "") is None
    assert found.get("-=", "") is None
    assert OVERWRITES in found.values()
