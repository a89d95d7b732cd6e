# bug: mesh_winding_groups
# present: 1.19.0
# The winding numbers of a mesh with groups are computed for one node of its tree only; the others hold old memory.
"""Exits with 1 where a point inside is taken for outside as it was, 0 where the signs are right, 2 on anything else."""

import os
import sys
import tempfile

import warp as wp

POINTS = [[1.0, 1.0, 1.0], [1.0, -1.0, -1.0], [-1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]]
INDICES = [0, 1, 2, 0, 2, 3, 0, 3, 1, 1, 3, 2]


@wp.kernel
def signs(mesh: wp.uint64, points: wp.array(dtype=wp.vec3), out: wp.array(dtype=float)):
    i = wp.tid()
    out[i] = wp.mesh_query_point_sign_winding_number(mesh, points[i], 10.0).sign


def signs_of(groups: list[int] | None) -> list[float]:
    mesh = wp.Mesh(
        wp.array(POINTS, dtype=wp.vec3, device="cpu"),
        wp.array(INDICES, dtype=int, device="cpu"),
        support_winding_number=True,
        groups=None if groups is None else wp.array(groups, dtype=int, device="cpu"),
    )
    points = wp.array([[0.1, 0.1, 0.1], [0.0, 0.0, 0.05], [5.0, 5.0, 5.0]], dtype=wp.vec3, device="cpu")
    out = wp.zeros(3, dtype=float, device="cpu")
    wp.launch(signs, dim=3, inputs=[mesh.id, points, out], device="cpu")
    return out.numpy().tolist()


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        expected = [-1.0, -1.0, 1.0]
        if signs_of(None) != expected:
            return 2
        found = [signs_of([0, 1, 2, 3]) for _ in range(20)]
        sys.stdout.write(f"{found[-1]}\n")
        return 0 if all(each == expected for each in found) else 1


if __name__ == "__main__":
    if "MALLOC_PERTURB_" not in os.environ:  # old memory that happens to be zero hides it
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | {"MALLOC_PERTURB_": "85"})
    sys.exit(main())
