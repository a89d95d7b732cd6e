# bug: qr3_float16
# present: 1.19.0
# wp.qr3 (and so wp.svd3) of a float16 matrix gives NaN where a pivot is zero: the square of its 1e-6 is zero.
"""Exits with 1 where the factors are NaN as they were, 0 where they give the matrix, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp

mat33h = wp.types.matrix(shape=(3, 3), dtype=wp.float16)


@wp.kernel
def composed(m: wp.array(dtype=mat33h), out: wp.array(dtype=mat33h)):
    i = wp.tid()
    q, r = wp.qr3(m[i])
    out[i] = q @ r


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        expected = np.diag([0.0, 2.0, 3.0])
        m = wp.array(expected[None], dtype=mat33h, device="cpu")
        out = wp.zeros(1, dtype=mat33h, device="cpu")
        wp.launch(composed, dim=1, inputs=[m, out], device="cpu")
        found = out.numpy()[0]
        sys.stdout.write(f"{found.tolist()}\n")
        return 1 if np.isnan(found).any() else 0 if np.allclose(found, expected, atol=0.02) else 2


if __name__ == "__main__":
    sys.exit(main())
