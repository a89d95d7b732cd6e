"""`wp.grad` in the reference: derivatives of functions, in the order of their parameters."""

from __future__ import annotations

import numpy as np
import pytest
from written import launched

from grammar.reference.errors import UnreferencedError

SOURCE = """
@wp.func
def shape(x: float):
    return {body}


@wp.func
def energy(q: wp.vec3, stiffness: float):
    return 0.5 * stiffness * wp.dot(q, q)


@wp.func
def pair(a: float, b: float):
    return a * b, a + b


@wp.kernel
def k(x: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
{lines}
"""


def slopes(*lines: str, body: str = "x * x * x", x: float = 0.5) -> list[float]:
    """What the lines put into `out`."""
    source = SOURCE.format(body=body, lines="\n".join(f"    {line}" for line in lines))
    out = launched(source, 1, x=[x], out=[0.0] * 4)["out"]
    return [float(each) for each in out]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("out[0] = wp.grad(shape)(x[i])", [0.75]),
        ("out[0] = wp.grad(wp.sin)(x[i])", [np.cos(0.5)]),
        ("out[0], out[1] = wp.grad(wp.atan2)(x[i], 2.0)", [2.0 / 4.25, -0.5 / 4.25]),
        ("out[0], out[1] = wp.grad(pair)(x[i], 3.0)", [4.0, 1.5]),
        ("out[0], out[1] = wp.grad(pair)(b=x[i], a=3.0)", [1.5, 4.0]),
        ("out[0], out[1] = wp.grad(energy)(wp.vec3(x[i], 1.0, 2.0), stiffness=3.0)[1], 0.0", [2.625]),
        ("force, by = wp.grad(energy)(wp.vec3(x[i], 1.0, 2.0), 3.0)\n    out[0] = force[2]", [6.0]),
        ("slope = wp.grad(shape)\n    out[0] = slope(x[i]) - slope(2.0)", [0.75 - 12.0]),
    ],
)  # fmt: skip
def test_derivatives(line: str, expected: list[float]) -> None:
    assert slopes(line)[: len(expected)] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("line", "body", "x", "why"),
    [
        ("out[0] = wp.grad(shape)(x[i])", "wp.max(x, 0.0)", 0.0, "kink"),
        ("out[0] = wp.grad(shape)(x[i])", "x / (1.0 + wp.abs(x))", 0.0, "kink"),
        ("out[0] = wp.grad(shape)(x[i])", "wp.log(x)", -1.0, "not finite"),
        ("out[0] = wp.grad(shape)(x[i])", "1.0e30 * x * x", 1.0e8, "width"),
        ("out[0] = wp.grad(shape)(x[i])", "wp.vec2(x, x)", 0.5, "of what is no number"),
        ("out[0] = wp.grad(wp.abs)(i)", "x", 0.5, "by what is no float"),
    ],
)
def test_what_is_no_derivative(line: str, body: str, x: float, why: str) -> None:
    with pytest.raises(UnreferencedError, match=why):
        slopes(line, body=body, x=x)
