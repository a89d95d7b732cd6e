# bug: while_condition
# present: 1.19.0
# The condition of a while loop is compared with `false` in C++, whatever its type: of a float16 or a text, it fails.
"""Exits with 1 where the C++ does not compile, 0 where Warp takes it or refuses it itself, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def wait(x: wp.array(dtype=wp.float16), out: wp.array(dtype=wp.float16)):
    i = wp.tid()
    h = x[i]
    while h:
        h = h - h
    out[i] = h


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
        return 0


if __name__ == "__main__":
    sys.exit(main())
