# bug: volume_frame_gradient
# present: 1.19.0
# The float32 adjoints of wp.volume_index_to_world, wp.volume_world_to_index and their _dir forms multiply by the matrix
# of the frame, not by its transpose; those of float64 are right.
"""Exits with 1 where the matrix is multiplied by, 0 where its transpose is, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp

FRAME = [[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]


@wp.kernel
def placed(volume: wp.uint64, points: wp.array(dtype=wp.vec3), out: wp.array(dtype=wp.vec3)):
    i = wp.tid()
    out[i] = wp.volume_index_to_world(volume, points[i])


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        voxels = wp.array(np.zeros((1, 3), np.int32), dtype=int, device="cpu")
        volume = wp.Volume.allocate_by_voxels(voxels, transform=FRAME, device="cpu")
        points = wp.zeros(1, dtype=wp.vec3, device="cpu", requires_grad=True)
        out = wp.zeros(1, dtype=wp.vec3, device="cpu", requires_grad=True)
        with wp.Tape() as tape:
            wp.launch(placed, dim=1, inputs=[volume.id, points, out], device="cpu")
        weight = np.array([1.0, 2.0, 3.0], np.float32)
        tape.backward(grads={out: wp.array([weight], dtype=wp.vec3, device="cpu")})
        found = points.grad.numpy()[0]
        sys.stdout.write(f"{found.tolist()}\n")
        matrix = np.array(FRAME, np.float32)
        return 1 if np.array_equal(found, matrix @ weight) else 0 if np.array_equal(found, matrix.T @ weight) else 2


if __name__ == "__main__":
    sys.exit(main())
