# bug: class_as_value
# present: 1.19.0
# A class or a module in the place of a value is no refusal but an AttributeError inside Warp.
"""Exits with 1 where an AttributeError comes out of Warp, 0 where Warp refuses it itself, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def keep_class(x: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    kind = wp.vec3  # noqa: F841  (what it is never matters)
    out[i] = x[i]


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
