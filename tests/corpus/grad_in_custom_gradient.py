# bug: grad_in_custom_gradient
# present: 1.19.0
# wp.grad(f) of a user's function inside a custom gradient calls f's adjoint before it is declared in C++.
"""Exits with 1 where the native compiler refuses the gradient as it did, 0 where it is right, 2 on anything else."""

import sys
import tempfile

import warp as wp

REFUSAL = "CPU kernel build failed"


@wp.func
def cube(x: float):
    return x * x * x


@wp.func
def energy(x: float):
    return cube(x)


@wp.func_grad(energy)
def adj_energy(x: float, adj_ret: float):
    wp.adjoint[x] += wp.grad(cube)(x) * adj_ret


@wp.kernel
def energies(a: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    out[i] = energy(a[i])


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        a = wp.array([2.0], dtype=float, device="cpu", requires_grad=True)
        out = wp.zeros(1, dtype=float, device="cpu", requires_grad=True)
        try:
            with wp.Tape() as tape:
                wp.launch(energies, dim=1, inputs=[a, out], device="cpu")
            tape.backward(grads={out: wp.ones(1, dtype=float, device="cpu")})
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if tape.gradients[a].numpy().tolist() == [12.0] else 2


if __name__ == "__main__":
    sys.exit(main())
