import warp as wp


@wp.kernel
def scalars(
    half: wp.array(dtype=wp.float16),
    wide: wp.array(dtype=wp.float64),
    small: wp.array(dtype=wp.int8),
    large: wp.array(dtype=wp.uint64),
    enabled: bool,
    bias: wp.float64,
):
    i = wp.tid()
    wide[i] = wide[i] * wp.float64(2.5) + bias + wp.float64(half[i])
    small[i] = wp.int8(3) - small[i]
    large[i] = (large[i] ^ wp.uint64(0xFFFFFFFFFF)) >> wp.uint64(3)
    if enabled and not (wide[i] > bias):
        half[i] = wp.float16(1.5)
