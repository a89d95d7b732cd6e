import warp as wp


@wp.func
def softened(distance: float, scale: float):
    return wp.sqrt(distance * distance + scale * scale)


@wp.func_grad(softened)
def softened_gradient(distance: float, scale: float, seed: float):
    wp.adjoint[distance] += seed * distance / (distance + scale)


@wp.func
def reserve(counter: wp.array(dtype=int), slots: wp.array(dtype=int), thread: int):
    slot = wp.atomic_add(counter, 0, 1)
    slots[thread] = slot
    return slot


@wp.func_replay(reserve)
def reserve_again(counter: wp.array(dtype=int), slots: wp.array(dtype=int), thread: int):
    return slots[thread] + counter[0] * 0


@wp.kernel(module="unique")
def gradients(
    counter: wp.array(dtype=int),
    slots: wp.array(dtype=int),
    position: wp.array(dtype=float),
    out: wp.array(dtype=float),
):
    i = wp.tid()
    slot = reserve(counter, slots, i)
    out[slot] = softened(position[i], 0.125)
