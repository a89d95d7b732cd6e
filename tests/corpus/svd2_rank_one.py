# bug: svd2_rank_one
# present: 1.19.0
# wp.svd2 of a matrix of rank one: rounding makes the lesser eigenvalue negative, and the singular value is NaN.
"""Exits with 1 where the singular value is NaN as it was, 0 where it is small, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp


@wp.kernel
def singular_values(m: wp.array(dtype=wp.mat22), out: wp.array(dtype=wp.vec2)):
    i = wp.tid()
    _u, s, _v = wp.svd2(m[i])
    out[i] = s


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        m = wp.array([[-0.98661315, 0.27337387, -0.40201795, 0.11139239]], dtype=wp.mat22, device="cpu")
        out = wp.zeros(1, dtype=wp.vec2, device="cpu")
        wp.launch(singular_values, dim=1, inputs=[m, out], device="cpu")
        great, small = out.numpy()[0]
        sys.stdout.write(f"{great}, {small}\n")
        if abs(great - 1.105516) > 1e-5:
            return 2
        return 1 if np.isnan(small) else 0 if abs(small) < 1e-3 else 2


if __name__ == "__main__":
    sys.exit(main())
