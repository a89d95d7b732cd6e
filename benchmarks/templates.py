"""Eleven templates of kernels, as naive generators of data have them: a constant or two and the names are all that varies.

Each is a text with the fields `name`, `a` and `b`, the last two for constants.
"""

from __future__ import annotations

import random

from ir.records import Unit

TEMPLATES = {
    "saxpy": """\
@wp.kernel
def {name}(x: wp.array(dtype=float), y: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    out[i] = {a} * x[i] + y[i]
""",
    "stencil": """\
@wp.kernel
def {name}(x: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    if i > 0 and i < x.shape[0] - 1:
        out[i] = x[i] + {a} * (x[i - 1] - 2.0 * x[i] + x[i + 1])
""",
    "reduction": """\
@wp.kernel
def {name}(x: wp.array(dtype=float), total: wp.array(dtype=float)):
    i = wp.tid()
    wp.atomic_add(total, 0, x[i] * {a})
""",
    "matmul": """\
@wp.kernel
def {name}(a: wp.array2d(dtype=float), b: wp.array2d(dtype=float), c: wp.array2d(dtype=float)):
    i, j = wp.tid()
    total = float(0.0)
    for k in range(a.shape[1]):
        total += a[i, k] * b[k, j]
    c[i, j] = {a} * total
""",
    "integrate": """\
@wp.kernel
def {name}(x: wp.array(dtype=wp.vec3), v: wp.array(dtype=wp.vec3), f: wp.array(dtype=wp.vec3)):
    i = wp.tid()
    moved = v[i] + (f[i] + wp.vec3(0.0, {a}, 0.0)) * {b}
    v[i] = moved
    x[i] = x[i] + moved * {b}
""",
    "sine": """\
@wp.kernel
def {name}(x: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    out[i] = {a} * wp.sin({b} * x[i])
""",
    "clamp": """\
@wp.kernel
def {name}(x: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    out[i] = wp.clamp(x[i], -{a}, {b})
""",
    "branch": """\
@wp.kernel
def {name}(x: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    if x[i] > {a}:
        out[i] = x[i] * {b}
    else:
        out[i] = x[i] + {b}
""",
    "loop": """\
@wp.kernel
def {name}(x: wp.array(dtype=float), steps: int, out: wp.array(dtype=float)):
    i = wp.tid()
    value = x[i]
    for _ in range(steps):
        value = value * {a} + {b}
    out[i] = value
""",
    "particle": """\
@wp.struct
class Particle:
    position: wp.vec3
    velocity: wp.vec3
    mass: float


@wp.kernel
def {name}(particles: wp.array(dtype=Particle), step: float):
    i = wp.tid()
    p = particles[i]
    p.velocity = p.velocity + wp.vec3(0.0, {a}, 0.0) * (step / p.mass)
    p.position = p.position + p.velocity * step
    particles[i] = p
""",
    "gather": """\
@wp.kernel
def {name}(x: wp.array(dtype=float), indices: wp.array(dtype=int), out: wp.array(dtype=float)):
    i = wp.tid()
    out[i] = {a} * x[indices[i]]
""",
}


def sample(number: int) -> Unit:
    """Return the sample of a number: the templates in turn, random constants, a name of its own."""
    draw = random.Random(number)
    template = list(TEMPLATES)[number % len(TEMPLATES)]
    name = f"{template}_{number}"
    a, b = (f"{draw.uniform(0.1, 10.0):.2f}" for _ in range(2))
    return Unit(name, "import warp as wp\n\n\n" + TEMPLATES[template].format(name=name, a=a, b=b))
