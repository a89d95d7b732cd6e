# bug: tile_overload_shape
# present: 1.19.0
# Overloads of a @wp.func that differ in the shape of a tile only: every call is of the first one, without a word.
"""Exits with 1 where the first definition is called for both tiles, 0 where each has its own, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.func
def size_of(_line: wp.tile(dtype=float, shape=(16,))):
    return 16


@wp.func
def size_of(_line: wp.tile(dtype=float, shape=(8,))):  # noqa: F811  (an overload)
    return 8


@wp.kernel(enable_backward=False)
def sizes(a: wp.array(dtype=float), out: wp.array(dtype=int)):
    out[0] = size_of(wp.tile_load(a, shape=16))
    out[1] = size_of(wp.tile_load(a, shape=8))


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        out = wp.zeros(2, dtype=int, device="cpu")
        a = wp.zeros(16, dtype=float, device="cpu")
        wp.launch_tiled(sizes, dim=[1], inputs=[a, out], block_dim=1, device="cpu")
        found = out.numpy().tolist()
        sys.stdout.write(f"{found}\n")
        return 1 if found == [16, 16] else 0 if found == [16, 8] else 2


if __name__ == "__main__":
    sys.exit(main())
