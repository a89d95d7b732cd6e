# bug: local_array_returned_gradient
# present: 1.19.0
# The elements of a local array that a function returns pass no gradient on, though they are computed from once only.
"""Exits with 1 where the gradient is zero as it was, 0 where it is right, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.func
def pair(a: float):
    values = wp.zeros(shape=2, dtype=float)
    values[0] = a
    values[1] = 2.0 * a
    return values


@wp.kernel
def summed(values: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    both = pair(values[i])
    out[i] = both[0] + 3.0 * both[1]


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        values = wp.array([1.5], dtype=float, device="cpu", requires_grad=True)
        out = wp.zeros(1, dtype=float, device="cpu", requires_grad=True)
        with wp.Tape() as tape:
            wp.launch(summed, dim=1, inputs=[values, out], device="cpu")
        tape.backward(grads={out: wp.ones(1, dtype=float, device="cpu")})
        found = (out.numpy().tolist(), values.grad.numpy().tolist())
        sys.stdout.write(f"{found}\n")
        return 1 if found == ([10.5], [0.0]) else 0 if found == ([10.5], [7.0]) else 2


if __name__ == "__main__":
    sys.exit(main())
