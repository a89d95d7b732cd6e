# bug: expect_near_tolerance
# present: 1.19.0
# wp.expect_near(a, b) of anything but float32 does not compile without a tolerance: the default is a float32.
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp

REFUSAL = "build failed"


@wp.kernel
def check(vectors: wp.array(dtype=wp.vec2d), out: wp.array(dtype=int)):
    i = wp.tid()
    wp.expect_near(vectors[i], vectors[i])
    out[i] = 1


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        vectors = wp.array(np.array([[1.0, 2.0]]), dtype=wp.vec2d, device="cpu")
        out = wp.zeros(1, dtype=int, device="cpu")
        try:
            wp.launch(check, dim=1, inputs=[vectors, out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [1] else 2


if __name__ == "__main__":
    sys.exit(main())
