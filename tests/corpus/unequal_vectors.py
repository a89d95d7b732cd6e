# bug: unequal_vectors
# present: 1.19.0
# v != w of vectors does not compile though v == w does; nor that of matrices, quaternions and transformations.
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp

REFUSAL = "build failed"


@wp.kernel
def differ(vectors: wp.array(dtype=wp.vec3), out: wp.array(dtype=int)):
    i = wp.tid()
    if vectors[i] != vectors[0]:
        out[i] = 1


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        vectors = wp.array(np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 4.0]]), dtype=wp.vec3, device="cpu")
        out = wp.zeros(2, dtype=int, device="cpu")
        try:
            wp.launch(differ, dim=2, inputs=[vectors, out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [0, 1] else 2


if __name__ == "__main__":
    sys.exit(main())
