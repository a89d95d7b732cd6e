from typing import Any

import warp as wp

GAIN = wp.constant(2.5)


@wp.func
def scale(value: float, factor: float):
    return value * factor + GAIN


@wp.func
def scale(value: wp.vec3, factor: float):
    return value * scale(factor, factor)


@wp.func
def twice(value: Any):
    return value + value


@wp.func
def both(value: float):
    return value + 1.0, scale(value, 2.0)


@wp.func
def smooth(value: float):
    return value * value


@wp.func_grad(smooth)
def adj_smooth(value: float, adj_ret: float):
    wp.adjoint[value] += 3.0 * adj_ret


@wp.kernel
def functions(values: wp.array(dtype=float), points: wp.array(dtype=wp.vec3), out: wp.array(dtype=wp.vec3)):
    i = wp.tid()
    first, second = both(values[i])
    point = twice(scale(points[i], twice(first)))
    out[i] = point * smooth(second)


# ruff: noqa: F811  (Warp reads two definitions of one name as overloads)
