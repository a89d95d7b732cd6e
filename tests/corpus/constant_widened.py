# bug: constant_widened
# present: 1.19.0
# wp.float64(C) of a constant of float32 is the number that the constant was made of, not the constant's value;
# wp.float64(wp.static(wp.float32(0.1))) is the same. A local that holds the constant is converted as it should.
"""Exits with 1 where the constant is 0.1 in float64 as it was, 0 where it is rounded to float32, 2 on anything else."""

import sys
import tempfile

import warp as wp

TENTH = wp.constant(wp.float32(0.1))


@wp.kernel
def widened(out: wp.array(dtype=wp.float64)):
    i = wp.tid()
    out[i] = wp.float64(TENTH)


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        out = wp.zeros(1, dtype=wp.float64, device="cpu")
        wp.launch(widened, dim=1, inputs=[out], device="cpu")
        found = out.numpy().tolist()
        sys.stdout.write(f"{found}\n")
        return 1 if found == [0.1] else 0 if found == [0.10000000149011612] else 2


if __name__ == "__main__":
    sys.exit(main())
