# bug: tile_arange_float16
# present: 1.19.0
# A ramp of float16 is refused by the native compiler: it multiplies an int by a float16, which is ambiguous.
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import warp as wp

REFUSAL = "CPU kernel build failed"


@wp.kernel
def ramp(out: wp.array(dtype=wp.float16)):
    wp.tile_store(out, wp.tile_arange(4, dtype=wp.float16))


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        out = wp.zeros(4, dtype=wp.float16, device="cpu")
        try:
            wp.launch_tiled(ramp, dim=1, inputs=[out], block_dim=32, device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [0.0, 1.0, 2.0, 3.0] else 2


if __name__ == "__main__":
    sys.exit(main())
