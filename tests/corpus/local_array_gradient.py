# bug: local_array_gradient
# present: 1.19.0
# The reverse pass makes a local array anew, of zeros: what is computed from its elements has a wrong gradient.
"""Exits with 1 where the gradient is zero as it was, 0 where it is right, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def square(values: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    kept = wp.zeros(shape=2, dtype=float)
    kept[0] = values[i]
    out[i] = kept[0] * kept[0]


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        values = wp.array([3.0], dtype=float, device="cpu", requires_grad=True)
        out = wp.zeros(1, dtype=float, device="cpu", requires_grad=True)
        with wp.Tape() as tape:
            wp.launch(square, dim=1, inputs=[values, out], device="cpu")
        tape.backward(grads={out: wp.ones(1, dtype=float, device="cpu")})
        found = (out.numpy().tolist(), values.grad.numpy().tolist())
        sys.stdout.write(f"{found}\n")
        return 1 if found == ([9.0], [0.0]) else 0 if found == ([9.0], [6.0]) else 2


if __name__ == "__main__":
    sys.exit(main())
