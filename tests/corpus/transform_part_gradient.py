# bug: transform_part_gradient
# present: 1.19.0
# With enable_vector_component_overwrites, X.p = v leaves the gradient of the part that it overwrites as it was: what X
# was before gets it too. So do X.q = r, wp.transform_set_translation(X, v), and X.p += v, which counts it twice.
"""Exits with 1 where the gradient of the overwritten part is not zero, 0 where it is, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def moved(poses: wp.array(dtype=wp.transform), places: wp.array(dtype=wp.vec3), out: wp.array(dtype=wp.transform)):
    pose = poses[0]
    pose.p = places[0]
    out[0] = pose


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    wp.config.enable_vector_component_overwrites = True
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        poses = wp.zeros(1, dtype=wp.transform, device="cpu", requires_grad=True)
        places = wp.zeros(1, dtype=wp.vec3, device="cpu", requires_grad=True)
        out = wp.zeros(1, dtype=wp.transform, device="cpu", requires_grad=True)
        with wp.Tape() as tape:
            wp.launch(moved, dim=1, inputs=[poses, places, out], device="cpu")
        weights = wp.array([1.0] * 7, dtype=float, device="cpu").view(wp.transform)
        tape.backward(grads={out: weights})
        found = poses.grad.numpy()[0].tolist()
        sys.stdout.write(f"{found}\n")
        return 1 if found == [1.0] * 7 else 0 if found == [0.0] * 3 + [1.0] * 4 else 2


if __name__ == "__main__":
    sys.exit(main())
