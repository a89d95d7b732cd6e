# bug: shared_stacks
# present: 1.19.0
# A kernel that queries a BVH and a mesh has two stacks of 32 KB each in static shared memory at 256 threads a
# block, where 48 KB may be: its PTX is made, but no GPU code of it.
"""Exits with 1 where the kernel compiles to PTX but not to GPU code, 0 where to both, 2 on anything else."""

import sys
import tempfile

import warp as wp


@wp.kernel
def count_neighbors(bvh: wp.uint64, mesh: wp.uint64, points: wp.array(dtype=wp.vec3), counts: wp.array(dtype=int)):
    i = wp.tid()
    boxes = wp.bvh_query_aabb(bvh, points[i], points[i])
    faces = wp.mesh_query_sphere(mesh, points[i], 1.0)
    box = int(0)  # noqa: RUF046, UP018  (a variable of the kernel)
    while wp.bvh_query_next(boxes, box):
        counts[i] += 1
    face = int(0)  # noqa: RUF046, UP018  (a variable of the kernel)
    while wp.mesh_query_aabb_next(faces, face):
        counts[i] += 1


def compiles(*, use_ptx: bool) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        try:
            wp.compile_aot_module(sys.modules[__name__], arch=90, module_dir=folder, use_ptx=use_ptx)
        except Exception:  # noqa: BLE001  (Warp raises a plain Exception)
            return False
    return True


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    if not compiles(use_ptx=True):
        return 2
    return 0 if compiles(use_ptx=False) else 1


if __name__ == "__main__":
    sys.exit(main())
