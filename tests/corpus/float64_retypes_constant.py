# bug: float64_retypes_constant
# present: 1.19.0
# wp.float64(q) of an unrolled loop's counter makes the counter itself a float64: indexing by it afterwards is refused.
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import warp as wp

REFUSAL = "Couldn't find function overload for 'array_store'"


@wp.kernel
def count(out: wp.array(dtype=wp.float64)):
    for q in range(3):
        value = wp.float64(q)
        out[q] = value


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        out = wp.zeros(3, dtype=wp.float64, device="cpu")
        try:
            wp.launch(count, dim=1, inputs=[out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [0.0, 1.0, 2.0] else 2


if __name__ == "__main__":
    sys.exit(main())
