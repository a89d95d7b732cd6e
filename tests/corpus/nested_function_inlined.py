# bug: nested_function_inlined
# present: 1.19.0
# the body of a function defined in a kernel runs where it stands, called or not.
"""Exits with 1 where it runs as it did, 0 where it does not, or Warp refuses it, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def outer(out: wp.array(dtype=float)):
    i = wp.tid()

    def inner():
        out[i] = 9.0

    out[i] += 1.0


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        out = wp.zeros(2, dtype=float, device="cpu")
        try:
            wp.launch(outer, dim=2, inputs=[out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 0
        found = out.numpy().tolist()
        sys.stdout.write(f"{found}\n")
        return {10.0: 1, 1.0: 0}.get(found[0], 2)


if __name__ == "__main__":
    sys.exit(main())
