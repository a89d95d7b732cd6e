# bug: wide_literal
# present: 1.19.0
# a literal that no int32 holds is cut off without a word.
"""Exits with 1 where it is cut off as it did, 0 where it keeps its value, or Warp refuses it, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def wide(out: wp.array(dtype=float)):
    i = wp.tid()
    n = 5000000000
    out[i] = float(n)


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        out = wp.zeros(2, dtype=float, device="cpu")
        try:
            wp.launch(wide, dim=2, inputs=[out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 0
        found = out.numpy().tolist()
        sys.stdout.write(f"{found}\n")
        return {705032704.0: 1, 5000000000.0: 0}.get(found[0], 2)


if __name__ == "__main__":
    sys.exit(main())
