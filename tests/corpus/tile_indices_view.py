# bug: tile_indices_view
# present: 1.19.0
# wp.tile_atomic_add_indexed does not compile where the indices are a view of a tile: it takes one that owns its memory.
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp

REFUSAL = "CPU kernel build failed"


@wp.kernel
def scatter(values: wp.array(dtype=float), picks: wp.array2d(dtype=int), out: wp.array(dtype=float)):
    chosen = wp.tile_squeeze(wp.tile_load(picks, shape=(1, 4)))
    wp.tile_atomic_add_indexed(out, indices=chosen, t=wp.tile_load(values, shape=4))


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        values = wp.array(np.array([1.0, 2.0, 3.0, 4.0], dtype=np.float32), device="cpu")
        picks = wp.array(np.array([[3, 1, 0, 2]], dtype=np.int32), device="cpu")
        out = wp.zeros(4, dtype=float, device="cpu")
        try:
            wp.launch_tiled(scatter, dim=1, inputs=[values, picks, out], block_dim=32, device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [3.0, 2.0, 4.0, 1.0] else 2


if __name__ == "__main__":
    sys.exit(main())
