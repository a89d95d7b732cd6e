# bug: quaternion_of_float
# present: 1.19.0
# wp.quaternion(dtype=float) is refused, unlike wp.quat_identity(dtype=float) and wp.quaternion(dtype=wp.float32).
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp

REFUSAL = "a float type is expected"


@wp.kernel
def zero(out: wp.array(dtype=wp.quat)):
    i = wp.tid()
    out[i] = wp.quaternion(dtype=float)


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        out = wp.array(np.ones((1, 4)), dtype=wp.quat, device="cpu")
        try:
            wp.launch(zero, dim=1, inputs=[out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [[0.0, 0.0, 0.0, 0.0]] else 2


if __name__ == "__main__":
    sys.exit(main())
