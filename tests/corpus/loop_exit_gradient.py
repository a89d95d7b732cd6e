# bug: loop_exit_gradient
# present: 1.19.0
# The reverse pass of a loop that `break` (or `return`) leaves runs the trips after the exit, not those before it.
"""Exits with 1 where the gradient is of the wrong trips as it was, 0 where it is right, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp


@wp.kernel
def sum_to_mark(n: int, marks: wp.array(dtype=int), x: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    total = wp.float32(0.0)
    for j in range(n):
        if marks[j] == 1:
            break
        total += x[j] * x[j]
    out[i] = total


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        marks = wp.array(np.array([0, 1, 0, 0]), dtype=int, device="cpu")
        x = wp.array(np.array([1.0, 2.0, 3.0, 4.0]), dtype=float, device="cpu", requires_grad=True)
        out = wp.zeros(1, dtype=float, device="cpu", requires_grad=True)
        tape = wp.Tape()
        with tape:
            wp.launch(sum_to_mark, dim=1, inputs=[4, marks, x, out], device="cpu")
        out.grad = wp.array(np.array([1.0]), dtype=float, device="cpu")
        tape.backward()
        found = x.grad.numpy().tolist()
        sys.stdout.write(f"{found}\n")
        if out.numpy().tolist() != [1.0]:
            return 2
        return {(0.0, 0.0, 6.0, 8.0): 1, (2.0, 0.0, 0.0, 0.0): 0}.get(tuple(found), 2)


if __name__ == "__main__":
    sys.exit(main())
