# bug: chained_slice
# present: 1.19.0
# A subscript of a slice of a matrix is taken for a second index of the matrix: `m[0:2][1]` gives what `m[0:2, 1]` does.
"""Exits with 1 where the second subscript picks a column as it did, 0 where it picks a row, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def second_row(m: wp.array(dtype=wp.mat22), out: wp.array(dtype=wp.vec2)):
    i = wp.tid()
    a = m[i]
    out[i] = a[0:2][1]


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        m = wp.array([[1.0, 2.0, 3.0, 4.0]], dtype=wp.mat22, device="cpu")
        out = wp.zeros(1, dtype=wp.vec2, device="cpu")
        wp.launch(second_row, dim=1, inputs=[m, out], device="cpu")
        found = out.numpy().tolist()
        sys.stdout.write(f"{found}\n")
        return 1 if found == [[2.0, 4.0]] else 0 if found == [[3.0, 4.0]] else 2


if __name__ == "__main__":
    sys.exit(main())
