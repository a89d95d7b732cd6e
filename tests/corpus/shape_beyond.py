# bug: shape_beyond
# present: 1.19.0
# u.shape[1] of an array with one axis is compiled, and is 0; u.shape[4] too. Python raises IndexError.
"""Exits with 1 where it is compiled as it did, 0 where Warp refuses it, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def beyond(u: wp.array(dtype=float), out: wp.array(dtype=int)):
    i = wp.tid()
    out[i] = u.shape[1]


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        u, out = wp.zeros(5, dtype=float, device="cpu"), wp.zeros(2, dtype=int, device="cpu")
        try:
            wp.launch(beyond, dim=2, inputs=[u, out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 0
        found = out.numpy().tolist()
        sys.stdout.write(f"{found}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
