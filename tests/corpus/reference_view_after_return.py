# bug: reference_view_after_return
# present: 1.19.0
# The adjoint of `add(line[0][1], by)` with wp.ref declares a C++ variable that the goto of a `return` above jumps over.
"""Exits with 1 where the C++ compiler refuses the jump as it did, 0 where it compiles, 2 on anything else."""

import sys
import tempfile

import warp as wp

count_ref = wp.ref[int]


@wp.func
def add_count(n: count_ref, by: int):
    n += by


@wp.func_grad(add_count)
def adj_add_count(n: count_ref, by: int):
    pass


@wp.kernel
def add_second(out: wp.array2d(dtype=wp.vec3i)):
    i = wp.tid()
    if i > 1:
        return
    line = out[i]
    add_count(line[0][1], i + 1)


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        out = wp.zeros((2, 2), dtype=wp.vec3i, device="cpu")
        try:
            wp.launch(add_second, dim=2, inputs=[out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises a plain Exception)
            return 1 if "CPU kernel build failed" in str(error) else 2
        return 0 if out.numpy()[:, 0, 1].tolist() == [1, 2] else 2


if __name__ == "__main__":
    sys.exit(main())
