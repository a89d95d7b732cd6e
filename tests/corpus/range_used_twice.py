# bug: range_used_twice
# present: 1.19.0
# A local that holds a range is used up by the first loop over it: a second loop over it makes no trip.
"""Exits with 1 where the second loop does not run as it did, 0 where it does, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def two_loops(out: wp.array(dtype=int)):
    i = wp.tid()
    trips = range(5)
    for _k in trips:
        out[i] += 1
    for _l in trips:
        out[i] += 10


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        out = wp.zeros(1, dtype=int, device="cpu")
        wp.launch(two_loops, dim=1, inputs=[out], device="cpu")
        found = out.numpy().tolist()
        sys.stdout.write(f"{found}\n")
        return 1 if found == [5] else 0 if found == [55] else 2


if __name__ == "__main__":
    sys.exit(main())
