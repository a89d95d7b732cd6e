# bug: local_array_empty
# present: 1.19.0
# wp.zeros(0, dtype=float) of a local array is accepted, and what comes of it is C++ that does not compile.
"""Exits with 1 where the C++ does not compile, 0 where Warp refuses it itself, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def nothing(out: wp.array(dtype=int)):
    i = wp.tid()
    v = wp.zeros(0, dtype=float)
    out[i] = len(v)


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        try:
            wp.load_module(device="cpu")
        except Exception as error:  # noqa: BLE001  (the type is what is looked at)
            sys.stdout.write(f"{type(error).__name__}: {error}\n")
            return 1 if "build failed" in str(error) else 0
        return 2


if __name__ == "__main__":
    sys.exit(main())
