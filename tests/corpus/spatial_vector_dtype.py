# bug: spatial_vector_dtype
# present: 1.19.0
# wp.spatial_vector(w, v, dtype=wp.float64), as documented, is refused: the name is also that of a type of float32.
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp

REFUSAL = "Remove the extraneous"


@wp.kernel
def join(vectors: wp.array(dtype=wp.vec3d), out: wp.array(dtype=wp.spatial_vectord)):
    i = wp.tid()
    out[i] = wp.spatial_vector(vectors[i], vectors[i], dtype=wp.float64)


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        vectors = wp.array(np.array([[1.0, 2.0, 3.0]]), dtype=wp.vec3d, device="cpu")
        out = wp.zeros(1, dtype=wp.spatial_vectord, device="cpu")
        try:
            wp.launch(join, dim=1, inputs=[vectors, out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [[1.0, 2.0, 3.0, 1.0, 2.0, 3.0]] else 2


if __name__ == "__main__":
    sys.exit(main())
