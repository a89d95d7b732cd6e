import warp as wp

mat23 = wp.types.matrix(shape=(2, 3), dtype=wp.float64)
AXIS = wp.constant(wp.vec3(0.0, 1.0, 0.0))


@wp.kernel
def linear(
    frames: wp.array(dtype=wp.transform),
    spins: wp.array(dtype=wp.quat),
    matrices: wp.array(dtype=wp.mat33),
    odd: wp.array(dtype=mat23),
    out: wp.array(dtype=wp.vec3),
    twists: wp.array(dtype=wp.spatial_vector),
):
    i = wp.tid()
    frame = frames[i]
    point = wp.transform_point(frame, AXIS)
    point.x = point.y + spins[i].w
    turned = wp.quat_rotate(wp.normalize(spins[i]), point)
    matrix = matrices[i] * wp.transpose(matrices[i])
    matrix[0, 1] = 2.0
    matrix[2] = turned
    odd[i] = odd[i] * wp.float64(2.0)
    twists[i] = wp.spatial_vector(turned, wp.transform_get_translation(frame))
    out[i] = matrix * turned + wp.cross(point, turned) * wp.determinant(matrix)
