# bug: closure_builtin_clash
# present: 1.19.0
# The hash of a kernel leaves out which built-in a name of its surroundings stands for: of two kernels of one factory
# the second runs the code of the first. So does a kernel from the cache after `activation = wp.sin` became wp.cos.
"""Exits with 1 where the second kernel gives the sine as it did, 0 where it gives the cosine, 2 on anything else."""

import sys
import tempfile
from typing import Any

import warp as wp


def made(function: Any) -> Any:
    @wp.kernel
    def applied(out: wp.array(dtype=float)):
        i = wp.tid()
        out[i] = function(1.0)

    return applied


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        found = []
        for function in (wp.sin, wp.cos):
            out = wp.zeros(1, dtype=float, device="cpu")
            wp.launch(made(function), dim=1, inputs=[out], device="cpu")
            found.append(round(float(out.numpy()[0]), 4))
        sys.stdout.write(f"{found}\n")
        return 1 if found == [0.8415, 0.8415] else 0 if found == [0.8415, 0.5403] else 2


if __name__ == "__main__":
    sys.exit(main())
