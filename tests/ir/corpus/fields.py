# Needs Warp 1.12.
import warp as wp


@wp.kernel
def fields(
    volume: wp.uint64,
    image: wp.Texture2D,
    shade: wp.Texture3D,
    seed: int,
    gradient: wp.array(dtype=wp.vec3),
    out: wp.array(dtype=wp.vec4),
):
    i = wp.tid()
    state = wp.rand_init(seed, i)
    place = wp.vec3(wp.randf(state), wp.randf(state, -1.0, 1.0), wp.noise(state, wp.randf(state)))
    uvw = wp.volume_world_to_index(volume, place)
    slope = wp.vec3()
    value = wp.volume_sample_grad_f(volume, uvw, wp.Volume.LINEAR, slope)
    gradient[i] = slope * wp.volume_lookup_f(volume, 1, 2, 3)
    colour = wp.texture_sample(image, wp.vec2(place[0], value), dtype=wp.vec4)
    out[i] = colour + wp.vec4(wp.texture_sample(shade, place, dtype=float))
