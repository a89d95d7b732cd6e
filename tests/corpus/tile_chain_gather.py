# bug: tile_chain_gather
# present: 1.19.0
# A gather that is indexed again, line[indices][k], is refused where the indices come from a call that is given an array
# element: Warp takes what it cannot tell the type of for a number. With a local for the indices it works.
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp

REFUSAL = "too many indices"


@wp.kernel
def gather(values: wp.array(dtype=float), picks: wp.array(dtype=int), out: wp.array(dtype=float)):
    line = wp.tile_load(values, shape=8)
    out[0] = line[wp.tile_full(4, picks[0], dtype=int)][1]


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        values = wp.array(np.arange(8, dtype=np.float32), device="cpu")
        picks = wp.array(np.array([5], dtype=np.int32), device="cpu")
        out = wp.zeros(1, dtype=float, device="cpu")
        try:
            wp.launch_tiled(gather, dim=1, inputs=[values, picks, out], block_dim=32, device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [5.0] else 2


if __name__ == "__main__":
    sys.exit(main())
