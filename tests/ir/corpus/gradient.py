# Needs Warp 1.11.
import warp as wp


@wp.func
def potential(x: float, y: float):
    return x * x * y + wp.sin(y)


@wp.func
def force(x: float, y: float):
    dx, dy = wp.grad(potential)(x, y)
    return dx - dy


@wp.kernel
def gradient(xs: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    out[i] = force(xs[i], 2.0) + potential(xs[i], 1.0)
