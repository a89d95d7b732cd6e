# bug: chained_comparison_reference
# present: 1.19.0
# A chained comparison whose third operand is an array element is refused; as second operand the element is accepted.
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp

REFUSAL = "Cannot chain comparisons of unequal types"


@wp.kernel
def between(high: wp.array(dtype=int), out: wp.array(dtype=int)):
    i = wp.tid()
    if 1 < i < high[i]:
        out[i] = 1


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        high = wp.array(np.array([9, 9, 9, 0], dtype=np.int32), dtype=int, device="cpu")
        out = wp.zeros(4, dtype=int, device="cpu")
        try:
            wp.launch(between, dim=4, inputs=[high, out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [0, 0, 1, 0] else 2


if __name__ == "__main__":
    sys.exit(main())
