# bug: shadowed_builtin
# present: 1.19.0
# a Python function without @wp.func is taken for the built-in of its name; by another name it is refused.
"""Exits with 1 where the built-in runs as it did, 0 where the function is refused, or runs, 2 on anything else."""

import sys
import tempfile

import warp as wp


def step(x: float) -> float:
    return x + 42.0


@wp.kernel
def stepped(out: wp.array(dtype=float)):
    i = wp.tid()
    out[i] = step(float(i))


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        out = wp.zeros(2, dtype=float, device="cpu")
        try:
            wp.launch(stepped, dim=2, inputs=[out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 0
        found = out.numpy().tolist()
        sys.stdout.write(f"{found}\n")
        return {0.0: 1, 42.0: 0}.get(found[0], 2)


if __name__ == "__main__":
    sys.exit(main())
