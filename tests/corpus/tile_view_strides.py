# bug: tile_view_strides
# present: 1.19.0
# The tile that wp.tile_cholesky_solve gives has the strides of the right-hand side, and memory for its own elements
# only: where that is a column of a tile, most of the solution lies in what the next tile is given. So does what
# wp.tile_lower_solve, wp.tile_upper_solve, wp.tile_diag_add and wp.where give for such a view.
"""Exits with 1 where a tile that is made later overwrites the solution, 0 where it is right, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp


@wp.kernel
def solve(lower: wp.array2d(dtype=float), sides: wp.array2d(dtype=float), out: wp.array2d(dtype=float)):
    factor = wp.tile_load(lower, shape=(4, 4))
    side = wp.tile_load(sides, shape=(4, 4))
    solution = wp.tile_cholesky_solve(factor, side[:, 1])
    other = wp.tile_zeros(shape=(4, 4), dtype=float, storage="shared")
    wp.tile_store(out[4], solution)
    wp.tile_store(out, other)


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        lower = wp.array(np.eye(4, dtype=np.float32), device="cpu")
        sides = wp.array(np.arange(16, dtype=np.float32).reshape(4, 4), device="cpu")
        out = wp.zeros((5, 4), dtype=float, device="cpu")
        wp.launch_tiled(solve, dim=1, inputs=[lower, sides, out], block_dim=32, device="cpu")
        found = out.numpy()[4].tolist()
        sys.stdout.write(f"{found}\n")
        return {(1.0, 5.0, 9.0, 13.0): 0, (1.0, 0.0, 0.0, 0.0): 1}.get(tuple(found), 2)


if __name__ == "__main__":
    sys.exit(main())
