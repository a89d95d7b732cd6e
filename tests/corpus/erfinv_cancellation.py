# bug: erfinv_cancellation
# present: 1.19.0
# wp.erfinv(x) is computed from (x + 1) / 2, and wp.erfcinv(x) from 1 - x: what is small is rounded away.
"""Exits with 1 where erfcinv(1e-20) is infinite as it was, 0 where it is right, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def tail(out: wp.array(dtype=wp.float64)):
    i = wp.tid()
    out[i] = wp.erfcinv(wp.float64(1.0e-20))


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        out = wp.zeros(1, dtype=wp.float64, device="cpu")
        wp.launch(tail, dim=1, inputs=[out], device="cpu")
        found = float(out.numpy()[0])
        sys.stdout.write(f"{found}\n")
        return 1 if found == float("inf") else 0 if abs(found - 6.601580622355143) < 1e-12 else 2


if __name__ == "__main__":
    sys.exit(main())
