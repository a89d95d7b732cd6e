# bug: static_keyword
# present: 1.19.0
# wp.static(expr=…) evaluates the text "expr=…", which is no expression.
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import warp as wp

REFUSAL = "Error evaluating static expression"


@wp.kernel
def scaled(a: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    out[i] = wp.static(expr=2.0) * a[i]


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        a = wp.array([3.0], dtype=float, device="cpu")
        out = wp.zeros(1, dtype=float, device="cpu")
        try:
            wp.launch(scaled, dim=1, inputs=[a, out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [6.0] else 2


if __name__ == "__main__":
    sys.exit(main())
