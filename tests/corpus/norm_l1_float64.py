# bug: norm_l1_float64
# present: 1.19.0
# wp.norm_l1 of a float64 vector is refused, because its body starts from a float32 zero.
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp

REFUSAL = "Input types must be the same"


@wp.kernel
def norm(vectors: wp.array(dtype=wp.vec3d), out: wp.array(dtype=wp.float64)):
    i = wp.tid()
    out[i] = wp.norm_l1(vectors[i])


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        vectors = wp.array(np.array([[1.0, -2.0, 3.0]]), dtype=wp.vec3d, device="cpu")
        out = wp.zeros(1, dtype=wp.float64, device="cpu")
        try:
            wp.launch(norm, dim=1, inputs=[vectors, out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [6.0] else 2


if __name__ == "__main__":
    sys.exit(main())
