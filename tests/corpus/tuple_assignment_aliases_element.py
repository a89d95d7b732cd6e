# bug: tuple_assignment_aliases_element
# present: 1.19.0
# `x, y = out[i], 1.0` binds x to the element itself: a later store to it changes x.
"""Exits with 1 where the local follows the element as it did, 0 where it keeps its value, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def replace(out: wp.array(dtype=float), before: wp.array(dtype=float)):
    i = wp.tid()
    x, y = out[i], 1.0
    out[i] = 5.0
    before[i] = x + y


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        out = wp.array([1.0], dtype=float, device="cpu")
        before = wp.zeros(1, dtype=float, device="cpu")
        wp.launch(replace, dim=1, inputs=[out, before], device="cpu")
        found = before.numpy().tolist()
        sys.stdout.write(f"{found}\n")
        return {6.0: 1, 2.0: 0}.get(found[0], 2)


if __name__ == "__main__":
    sys.exit(main())
