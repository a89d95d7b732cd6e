# bug: loop_else
# present: 1.19.0
# the `else` of a loop is dropped: it runs in Python where no `break` left the loop.
"""Exits with 1 where the block does not run as it did, 0 where it runs, or Warp refuses it, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def search(out: wp.array(dtype=float)):
    i = wp.tid()
    for j in range(3):
        out[i] = float(j)
    else:  # noqa: PLW0120  (that is what it shows)
        out[i] = 5.0


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        out = wp.zeros(2, dtype=float, device="cpu")
        try:
            wp.launch(search, dim=2, inputs=[out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 0
        found = out.numpy().tolist()
        sys.stdout.write(f"{found}\n")
        return {2.0: 1, 5.0: 0}.get(found[0], 2)


if __name__ == "__main__":
    sys.exit(main())
