# bug: adjoint_of_reference
# present: 1.19.0
# A custom gradient may read the adjoint of a wp.ref parameter; changing it assigns a value to a pointer in C++.
"""Exits with 1 where the native compiler refuses the gradient as it did, 0 where it is right, 2 on anything else."""

import sys
import tempfile

import warp as wp

REFUSAL = "CPU kernel build failed"
FloatRef = wp.ref[wp.float32]


@wp.func
def grow(total: FloatRef, amount: float):
    total += amount
    return 0.5 * total


@wp.func_grad(grow)
def adj_grow(total: FloatRef, amount: float, adj_ret: float):
    wp.adjoint[total] += 0.5 * adj_ret
    wp.adjoint[amount] += wp.adjoint[total]


@wp.kernel
def sums(a: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    total = a[i] + 1.0
    out[i] = grow(total, a[i])


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        a = wp.array([3.0], dtype=float, device="cpu", requires_grad=True)
        out = wp.zeros(1, dtype=float, device="cpu", requires_grad=True)
        try:
            with wp.Tape() as tape:
                wp.launch(sums, dim=1, inputs=[a, out], device="cpu")
            tape.backward(grads={out: wp.ones(1, dtype=float, device="cpu")})
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if tape.gradients[a].numpy().tolist() == [1.0] else 2


if __name__ == "__main__":
    sys.exit(main())
