# bug: tile_chain_generic
# present: 1.19.0
# Looking for the type of an index that another follows, Warp takes a slice of a tile to have one element, and makes a
# version of a generic function for it: one that reads further elements is refused. With a local for the index it works.
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile
from typing import Any

import numpy as np
import warp as wp

REFUSAL = "out of bounds"


@wp.func
def last_of(order: Any):
    return order[3]


@wp.kernel
def pick(values: wp.array2d(dtype=float), out: wp.array(dtype=float)):
    panel = wp.tile_load(values, shape=(4, 8))
    order = wp.tile_arange(8, dtype=int)
    wp.tile_store(out, panel[last_of(order[:4])][:4])


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        values = wp.array(np.arange(32, dtype=np.float32).reshape(4, 8), device="cpu")
        out = wp.zeros(4, dtype=float, device="cpu")
        try:
            wp.launch_tiled(pick, dim=1, inputs=[values, out], block_dim=32, device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [24.0, 25.0, 26.0, 27.0] else 2


if __name__ == "__main__":
    sys.exit(main())
