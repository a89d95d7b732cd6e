"""Which kernels overwrite components of local vectors, for which Warp's adjoint needs an option."""

from __future__ import annotations

import ast
import textwrap

import pytest

from grammar.overwriting import overwrites_components
from grammar.trees import functions, nodes

KERNEL = """
import warp as wp


@wp.struct
class Body:
    velocity: wp.vec3
    gain: float


@wp.kernel
def moved(
    points: wp.array(dtype=wp.vec3), rows: wp.array2d(dtype=wp.vec3), bodies: wp.array(dtype=Body), x: float, u: wp.vec3
):
    i = wp.tid()
{body}
"""


def of_source(source: str) -> bool:
    module = ast.parse(source)
    return overwrites_components(source, module, functions(nodes(module)))


def overwrites(body: str) -> bool:
    return of_source(KERNEL.format(body=textwrap.indent(body, "    ")))


@pytest.mark.parametrize(
    "body",
    [
        "p = points[i]\np.x = x",
        "p = points[i]\np[0] *= x",
        "u[1] = x",
        "p = rows[i, 0]\np.y = x",
        "p = wp.vec3()\np.x = x\np[0] = 2.0 * x",
        "p = wp.vec3()\np[i] = x",
        "body = bodies[i]\nbody.velocity.x = x",
        "body = Body()\nbody.velocity = u\nbody.velocity[2] = x",
        "m = wp.mat22()\nm[0] = wp.vec2(x)\nm[0, 1] = x",
        "p = wp.vec3()\nif x > 0.0:\n    p = points[i]\np.x = x",
    ],
)
def test_components_are_overwritten(body: str) -> None:
    assert overwrites(body)


@pytest.mark.parametrize(
    "body",
    [
        "points[i].x = x",
        "rows[i][0].x = x",
        "row = rows[i]\nrow[0] = u",
        "row = rows[i]\nrow[0].x = x",
        "bodies[i].velocity.x = x",
        "body = bodies[i]\nbody.gain = x",
        "p = points[i]\np[0] += x",
        "p = wp.vec3()\np.x = x\np[1] = x\np.z = x",
        "values = wp.zeros(shape=3, dtype=float)\nvalues[0] = x\nvalues[0] = 2.0 * x",
    ],
)
def test_components_are_not_overwritten(body: str) -> None:
    assert not overwrites(body)


def test_the_option_allows_it() -> None:
    source = KERNEL.format(body="    u[1] = x")
    assert not of_source(f"wp.config.enable_vector_component_overwrites = True\n{source}")
