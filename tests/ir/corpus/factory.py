import warp as wp


def make_sampler(stride: int, decay: float, measure):
    @wp.func
    def fade(value: float):
        return value * decay

    @wp.kernel
    def sampler(samples: wp.array(dtype=float), limit: int, out: wp.array(dtype=float)):
        i = wp.tid()
        j = i * stride
        if j < limit:
            out[i] = fade(measure(samples[j]))

    return sampler


@wp.func
def loudness(value: float):
    return wp.log(1.0 + wp.abs(value))


factory = make_sampler(3, 0.875, loudness)
