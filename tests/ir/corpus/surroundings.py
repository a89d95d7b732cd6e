from enum import IntEnum

import warp as wp

COUNT = wp.constant(4)
GRAVITY = wp.constant(wp.vec3(0.0, -9.75, 0.0))
vec5 = wp.types.vector(length=5, dtype=wp.float64)
mat25 = wp.types.matrix(shape=(2, 5), dtype=wp.float64)


class Phase(IntEnum):
    IDLE = 3
    ACTIVE = 5
    DONE = 8


@wp.struct
class Limits:
    lowest: float
    highest: float


limits = Limits()
limits.lowest = -2.5
limits.highest = 7.5


@wp.kernel(enable_backward=False)
def surroundings(
    phase: wp.array(dtype=int), force: wp.array(dtype=wp.vec3), table: wp.array(dtype=vec5), out: wp.array(dtype=float)
):
    i = wp.tid()
    if phase[i] == Phase.IDLE:
        phase[i] = Phase.ACTIVE
    elif phase[i] == Phase.ACTIVE:
        total = float(0.0)
        for j in range(COUNT):
            total += wp.dot(force[i * COUNT + j], GRAVITY)
        bound = wp.static(limits.highest)
        row = mat25(wp.float64(0.5)) * table[i]
        out[i] = wp.clamp(total, wp.static(limits.lowest), bound) + float(row[1])
    else:
        phase[i] = Phase.DONE


# ruff: noqa: UP018  (to Warp, float(0.0) is a variable and 0.0 is a constant)
