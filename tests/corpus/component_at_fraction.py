# bug: component_at_fraction
# present: 1.19.0
# a vector's component can be taken at a fraction, which is cut off: arrays and tiles refuse it.
"""Exits with 1 where it is compiled as it did, 0 where Warp refuses it, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def between(out: wp.array(dtype=float)):
    i = wp.tid()
    v = wp.vec3(1.0, 2.0, 3.0)
    out[i] = v[1.5]


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        out = wp.zeros(2, dtype=float, device="cpu")
        try:
            wp.launch(between, dim=2, inputs=[out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 0
        found = out.numpy().tolist()
        sys.stdout.write(f"{found}\n")
        return 1 if found[0] == 2.0 else 2


if __name__ == "__main__":
    sys.exit(main())
