# bug: struct_component_gradient
# present: 1.19.0
# What is stored in, or added to, a component of a vector or a matrix that is a field of a struct has no gradient.
"""Exits with 1 where the gradient is zero as it was, 0 where it is right, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.struct
class Body:
    velocity: wp.vec3


@wp.kernel
def set_component(values: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    body = Body()
    body.velocity[1] = values[i]
    out[i] = body.velocity[1]


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    wp.config.enable_vector_component_overwrites = True
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        values = wp.array([3.0], dtype=float, device="cpu", requires_grad=True)
        out = wp.zeros(1, dtype=float, device="cpu", requires_grad=True)
        with wp.Tape() as tape:
            wp.launch(set_component, dim=1, inputs=[values, out], device="cpu")
        tape.backward(grads={out: wp.ones(1, dtype=float, device="cpu")})
        found = (out.numpy().tolist(), values.grad.numpy().tolist())
        sys.stdout.write(f"{found}\n")
        return 1 if found == ([3.0], [0.0]) else 0 if found == ([3.0], [1.0]) else 2


if __name__ == "__main__":
    sys.exit(main())
