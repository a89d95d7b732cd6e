# bug: tile_map_literal
# present: 1.19.0
# A literal among three or more operands of wp.tile_map is refused by the native compiler: its adjoint has another type.
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp

REFUSAL = "CPU kernel build failed"


@wp.func
def mix(a: float, b: float, t: float) -> float:
    return a + (b - a) * t


@wp.kernel
def halve(values: wp.array(dtype=float), out: wp.array(dtype=float)):
    panel = wp.tile_load(values, shape=4)
    wp.tile_store(out, wp.tile_map(mix, panel, panel * 3.0, 0.5))


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        values = wp.array(np.array([0.0, 1.0, 2.0, 3.0], dtype=np.float32), device="cpu")
        out = wp.zeros(4, dtype=float, device="cpu")
        try:
            wp.launch_tiled(halve, dim=1, inputs=[values, out], block_dim=32, device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [0.0, 2.0, 4.0, 6.0] else 2


if __name__ == "__main__":
    sys.exit(main())
