# bug: mesh_furthest_gradient
# present: 1.19.0
# The adjoint of wp.mesh_query_furthest_point_no_sign is that of the closest point: the furthest one is a corner, whose
# u and v do not move with the point, and they have a gradient.
"""Exits with 1 where u of a corner has a gradient, 0 where it has none, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp

CORNERS = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]


@wp.kernel
def furthest(mesh: wp.uint64, points: wp.array(dtype=wp.vec3), out: wp.array(dtype=float)):
    query = wp.mesh_query_furthest_point_no_sign(mesh, points[0], 0.0)
    if query.result:
        out[0] = query.u


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        corners = wp.array(np.array(CORNERS, np.float32), dtype=wp.vec3, device="cpu")
        mesh = wp.Mesh(corners, wp.array([0, 1, 2], dtype=int, device="cpu"))
        points = wp.array([[0.5, 0.25, 1.0]], dtype=wp.vec3, device="cpu", requires_grad=True)
        out = wp.zeros(1, dtype=float, device="cpu", requires_grad=True)
        with wp.Tape() as tape:
            wp.launch(furthest, dim=1, inputs=[mesh.id, points, out], device="cpu")
        tape.backward(grads={out: wp.ones(1, dtype=float, device="cpu")})
        u, found = out.numpy()[0], points.grad.numpy()[0].tolist()
        sys.stdout.write(f"u = {u}, its gradient {found}\n")
        if u not in {0.0, 1.0}:
            return 2
        return 1 if any(found) else 0


if __name__ == "__main__":
    sys.exit(main())
