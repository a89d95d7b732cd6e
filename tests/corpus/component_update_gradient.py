# bug: component_update_gradient
# present: 1.19.0
# v.x += y counts the gradient of v.x twice, though += of a component is documented as safe; v[0] += y does not.
"""Exits with 1 where the gradient of the component is doubled, 0 where it is right, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def moved(points: wp.array(dtype=wp.vec3), steps: wp.array(dtype=float), out: wp.array(dtype=wp.vec3)):
    point = points[0]
    point.x += steps[0]
    out[0] = point


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        points = wp.zeros(1, dtype=wp.vec3, device="cpu", requires_grad=True)
        steps = wp.zeros(1, dtype=float, device="cpu", requires_grad=True)
        out = wp.zeros(1, dtype=wp.vec3, device="cpu", requires_grad=True)
        with wp.Tape() as tape:
            wp.launch(moved, dim=1, inputs=[points, steps, out], device="cpu")
        tape.backward(grads={out: wp.ones(1, dtype=wp.vec3, device="cpu")})
        found = points.grad.numpy()[0].tolist()
        sys.stdout.write(f"{found}\n")
        return 1 if found == [2.0, 1.0, 1.0] else 0 if found == [1.0] * 3 else 2


if __name__ == "__main__":
    sys.exit(main())
