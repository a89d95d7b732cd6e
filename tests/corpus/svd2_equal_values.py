# bug: svd2_equal_values
# present: 1.19.0
# wp.svd2 of a rotation or a reflection, or a multiple of one, gives U = V = 1: U S V^T is not the matrix.
"""Exits with 1 where U S V^T is a multiple of 1 as it was, 0 where it is the matrix, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def composed(m: wp.array(dtype=wp.mat22), out: wp.array(dtype=wp.mat22)):
    i = wp.tid()
    u, s, v = wp.svd2(m[i])
    out[i] = u @ wp.diag(s) @ wp.transpose(v)


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        m = wp.array([[0.0, -2.0, 2.0, 0.0]], dtype=wp.mat22, device="cpu")
        out = wp.zeros(1, dtype=wp.mat22, device="cpu")
        wp.launch(composed, dim=1, inputs=[m, out], device="cpu")
        found = out.numpy().tolist()
        sys.stdout.write(f"{found}\n")
        return 1 if found == [[[2.0, 0.0], [0.0, 2.0]]] else 0 if found == [[[0.0, -2.0], [2.0, 0.0]]] else 2


if __name__ == "__main__":
    sys.exit(main())
