# bug: tile_of_element
# present: 1.19.0
# wp.tile of an array's element is refused, because the element is a reference until it is loaded.
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp

REFUSAL = "has no attribute '__name__'"


@wp.kernel
def highest(values: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    out[i] = wp.tile_max(wp.tile(values[i]))[0]


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        values = wp.array(np.array([3.0, -1.0], dtype=np.float32), device="cpu")
        out = wp.zeros(2, dtype=float, device="cpu")
        try:
            wp.launch(highest, dim=2, inputs=[values, out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [3.0, -1.0] else 2


if __name__ == "__main__":
    sys.exit(main())
