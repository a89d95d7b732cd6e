import warp as wp


@wp.kernel
def queries(
    mesh: wp.uint64,
    bvh: wp.uint64,
    grid: wp.uint64,
    points: wp.array(dtype=wp.vec3),
    reach: float,
    out: wp.array(dtype=float),
):
    i = wp.hash_grid_point_id(grid, wp.tid())
    point = points[i]
    total = float(0.0)
    for near in wp.hash_grid_query(grid, point, reach):
        total += wp.length(points[near] - point)
    box = wp.vec3(reach, reach, reach)
    overlaps = wp.bvh_query_aabb(bvh, point - box, point + box)
    bound = int(0)
    while wp.bvh_query_next(overlaps, bound):
        total -= float(bound)
    hit = wp.mesh_query_point(mesh, point, 10.0)
    if hit.result:
        total += hit.sign * wp.length(wp.mesh_eval_position(mesh, hit.face, hit.u, hit.v) - point)
    ray = wp.mesh_query_ray(mesh, point, wp.vec3(0.0, 1.0, 0.0), 25.0)
    if ray.result:
        total += ray.t + wp.dot(ray.normal, wp.mesh_get_velocity(mesh, 0))
    out[i] = total


# ruff: noqa: UP018, RUF046  (to Warp, float(0.0) is a variable and 0.0 is a constant)
