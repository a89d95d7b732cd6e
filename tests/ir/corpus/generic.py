from typing import Any

import warp as wp


@wp.func
def blend(one: Any, other: Any, share: float):
    return one * share + other * (1.0 - share)


@wp.kernel
def generic(source: wp.array(dtype=Any), previous: wp.array(dtype=Any), share: float):
    i = wp.tid()
    value = blend(source[i], previous[i], share)
    previous[i] = value


wp.overload(generic, [wp.array(dtype=wp.vec3), wp.array(dtype=wp.vec3), float])
