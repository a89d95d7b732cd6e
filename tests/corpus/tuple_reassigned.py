# bug: tuple_reassigned
# present: 1.19.0
# A name that holds a tuple cannot hold another of the same types, as in a loop that is unrolled: the types of two
# tuples are compared as objects, and found to differ.
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp

REFUSAL = "with different type (<warp._src.types.tuple_t object"


@wp.kernel
def spread(x: wp.array(dtype=float), out: wp.array(dtype=float)):
    for i in range(2):
        pair = (x[i], x[i] + 1.0)
        out[i] = pair[0] * pair[1]


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        x = wp.array(np.array([2.0, 3.0], dtype=np.float32), device="cpu")
        out = wp.zeros(2, dtype=float, device="cpu")
        try:
            wp.launch(spread, dim=1, inputs=[x, out], device="cpu")
        except Exception as error:  # noqa: BLE001  (the type is no public one)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [6.0, 12.0] else 2


if __name__ == "__main__":
    sys.exit(main())
