# bug: half_to_bool
# present: 1.19.0
# bool(x) of a float16 or bfloat16 does not compile (an ambiguous conversion), nor does the adjoint of wp.float16(flag).
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp

REFUSAL = "build failed"


@wp.kernel
def present(values: wp.array(dtype=wp.float16), out: wp.array(dtype=wp.bool)):
    i = wp.tid()
    out[i] = bool(values[i])


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        values = wp.array(np.array([0.0, 2.0]), dtype=wp.float16, device="cpu")
        out = wp.zeros(2, dtype=wp.bool, device="cpu")
        try:
            wp.launch(present, dim=2, inputs=[values, out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [False, True] else 2


if __name__ == "__main__":
    sys.exit(main())
