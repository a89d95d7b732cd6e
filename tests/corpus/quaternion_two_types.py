# bug: quaternion_two_types
# present: 1.19.0
# wp.quaternion(…, dtype=float) is of another type than wp.quat(…): no function may return either. wp.float32 is right.
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp

REFUSAL = "function returned different types"


@wp.func
def turned(x: float) -> wp.quat:
    if x > 0.0:
        return wp.quat(x, 0.0, 0.0, 1.0)
    return wp.quaternion(x, 2.0, 0.0, 1.0, dtype=float)


@wp.kernel
def turn(x: wp.array(dtype=float), out: wp.array(dtype=wp.quat)):
    i = wp.tid()
    out[i] = turned(x[i])


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        x = wp.array([1.0, -1.0], dtype=float, device="cpu")
        out = wp.array(np.zeros((2, 4)), dtype=wp.quat, device="cpu")
        try:
            wp.launch(turn, dim=2, inputs=[x, out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [[1.0, 0.0, 0.0, 1.0], [-1.0, 2.0, 0.0, 1.0]] else 2


if __name__ == "__main__":
    sys.exit(main())
