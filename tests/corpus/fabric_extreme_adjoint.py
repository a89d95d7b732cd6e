# bug: fabric_extreme_adjoint
# present: 1.19.0
# The adjoint of wp.atomic_max and wp.atomic_min on a Fabric array does not compile, which that of wp.atomic_add does.
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import warp as wp

REFUSAL = "build failed"


@wp.kernel
def raise_to(attribute: wp.fabricarray(dtype=float), values: wp.array(dtype=float)):
    i = wp.tid()
    wp.atomic_max(attribute, i, values[i])


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        try:
            wp.load_module(device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0


if __name__ == "__main__":
    sys.exit(main())
