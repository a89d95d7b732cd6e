# bug: matrix_to_half
# present: 1.19.0
# The adjoint of wp.mat22h(m) of a float32 matrix does not compile, which that of wp.vec2h(v) does.
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp

REFUSAL = "build failed"


@wp.kernel
def narrow(matrices: wp.array(dtype=wp.mat22), out: wp.array(dtype=wp.mat22h)):
    i = wp.tid()
    out[i] = wp.mat22h(matrices[i])


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        matrices = wp.array(np.ones((1, 2, 2)), dtype=wp.mat22, device="cpu")
        out = wp.zeros(1, dtype=wp.mat22h, device="cpu")
        try:
            wp.launch(narrow, dim=1, inputs=[matrices, out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [[[1.0, 1.0], [1.0, 1.0]]] else 2


if __name__ == "__main__":
    sys.exit(main())
