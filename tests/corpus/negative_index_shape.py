# bug: negative_index_shape
# present: 1.19.0
# Where a kernel asks for an array's shape, the adjoint of `u[-1]` writes to the element before the array's first.
"""Exits with 1 where the adjoint writes outside of the gradient as it did, 0 where it is right, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp


@wp.kernel
def last_and_size(u: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    out[i] = 3.0 * u[-1] + float(u.shape[0])


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        u = wp.array(np.array([1.0, 2.0]), dtype=float, device="cpu")
        around = wp.zeros(4, dtype=float, device="cpu")
        out, weight = wp.zeros(1, dtype=float, device="cpu"), wp.ones(1, dtype=float, device="cpu")
        arguments = {"dim": 1, "inputs": [u, out], "adj_inputs": [around[1:3], weight], "device": "cpu"}
        wp.launch(last_and_size, **arguments)
        if out.numpy().tolist() != [8.0]:
            return 2
        wp.launch(last_and_size, adjoint=True, **arguments)
        found = around.numpy().tolist()
        sys.stdout.write(f"{found}\n")
        return {(3.0, 0.0, 0.0, 0.0): 1, (0.0, 0.0, 3.0, 0.0): 0}.get(tuple(found), 2)


if __name__ == "__main__":
    sys.exit(main())
