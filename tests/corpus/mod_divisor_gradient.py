# bug: mod_divisor_gradient
# present: 1.19.0
# The gradient of a % b with respect to b is zero; it is -trunc(a / b).
"""Exits with 1 where the gradient is zero as it was, 0 where it is right, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def remainder(a: wp.array(dtype=float), b: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    out[i] = a[i] % b[i]


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        a = wp.array([7.0, -7.0], dtype=float, device="cpu")
        b = wp.array([2.0, 2.0], dtype=float, device="cpu", requires_grad=True)
        out = wp.zeros(2, dtype=float, device="cpu", requires_grad=True)
        with wp.Tape() as tape:
            wp.launch(remainder, dim=2, inputs=[a, b, out], device="cpu")
        tape.backward(grads={out: wp.ones(2, dtype=float, device="cpu")})
        found = b.grad.numpy().tolist()
        sys.stdout.write(f"{found}\n")
        return 1 if found == [0.0, 0.0] else 0 if found == [-3.0, 3.0] else 2


if __name__ == "__main__":
    sys.exit(main())
