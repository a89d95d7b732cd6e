# Needs Warp 1.13.
import warp as wp


@wp.kernel
def bfloat(values: wp.array(dtype=wp.bfloat16), out: wp.array(dtype=float)):
    i = wp.tid()
    out[i] = float(values[i]) + wp.static(2.0 * 3.0)
