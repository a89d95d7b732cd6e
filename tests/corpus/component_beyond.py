# bug: component_beyond
# present: 1.19.0
# a constant index beyond a vector's length is compiled: tiles refuse it, Python raises IndexError.
"""Exits with 1 where it is compiled as it did, 0 where Warp refuses it, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def beyond(out: wp.array(dtype=float)):
    i = wp.tid()
    v = wp.vec3(1.0, 2.0, 3.0)
    v[3] = 4.0
    out[i] = v[0]


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        out = wp.zeros(2, dtype=float, device="cpu")
        try:
            wp.launch(beyond, dim=2, inputs=[out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 0
        found = out.numpy().tolist()
        sys.stdout.write(f"{found}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
