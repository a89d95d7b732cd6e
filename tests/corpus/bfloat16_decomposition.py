# bug: bfloat16_decomposition
# present: 1.19.0
# wp.svd2, svd3, qr3 and eig3 of a bfloat16 matrix compile for the CPU but not for CUDA: `rsqrt` is ambiguous there.
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it compiles it, 2 on anything else."""

import sys
import tempfile

import warp as wp

REFUSAL = "build failed"

mat33bf = wp.types.matrix(shape=(3, 3), dtype=wp.bfloat16)


@wp.kernel
def factor(matrices: wp.array(dtype=mat33bf), out: wp.array(dtype=mat33bf)):
    i = wp.tid()
    q, r = wp.qr3(matrices[i])
    out[i] = q * r


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        try:
            wp.compile_aot_module(sys.modules[__name__], arch=80, module_dir=cache, use_ptx=True)
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0


if __name__ == "__main__":
    sys.exit(main())
