# bug: tile_view_in_function
# present: 1.19.0
# A function that returns a view of a tile does not compile for a tile in registers: it takes it for a shared one.
"""Exits with 1 where the C++ compiler refuses the view as it did, 0 where the kernel runs, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.func
def reversed_order(order: wp.tile(dtype=int, shape=(8,))):
    return order[::-1]


@wp.kernel
def last_first(out: wp.array(dtype=int)):
    i = wp.tid()
    order = wp.tile_arange(8, dtype=int)
    out[i] = reversed_order(order)[0]


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        out = wp.zeros(1, dtype=int, device="cpu")
        try:
            wp.launch(last_first, dim=1, inputs=[out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises a plain Exception)
            return 1 if "CPU kernel build failed" in str(error) else 2
        return 0 if out.numpy().tolist() == [7] else 2


if __name__ == "__main__":
    sys.exit(main())
