# bug: local_array_reassigned
# present: 1.19.0
# A local array that is given another value is no refusal but an AttributeError inside Warp: it asks for a device.
"""Exits with 1 where an AttributeError comes out of Warp, 0 where Warp refuses it itself, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def reuse(x: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    v = wp.zeros(shape=2, dtype=float)
    v = x[i]
    out[i] = v


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        try:
            wp.load_module(device="cpu")
        except Exception as error:  # noqa: BLE001  (the type is what is looked at)
            sys.stdout.write(f"{type(error).__name__}: {error}\n")
            return 1 if type(error).__name__ == "AttributeError" else 0
        return 2


if __name__ == "__main__":
    sys.exit(main())
