# bug: deterministic_local_array
# present: 1.19.0
# In deterministic mode, `+=` of an element of a local array is refused with "Internal Warp error".
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import warp as wp

REFUSAL = "Warp could not map the atomic target to a kernel argument"

wp.set_module_options({"deterministic": wp.DeterministicMode.RUN_TO_RUN})


@wp.kernel
def summed(out: wp.array(dtype=float)):
    i = wp.tid()
    table = wp.zeros(shape=(2,), dtype=float)
    table[0] += 3.0
    out[i] = table[0]


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        out = wp.zeros(1, dtype=float, device="cpu")
        try:
            wp.launch(summed, dim=1, inputs=[out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [3.0] else 2


if __name__ == "__main__":
    sys.exit(main())
