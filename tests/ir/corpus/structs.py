import warp as wp


@wp.struct
class Inner:
    weight: float
    extent: wp.vec3
    samples: wp.array(dtype=float)


@wp.struct
class Body:
    position: wp.vec3
    basis: wp.mat33
    inner: Inner
    count: int


@wp.func
def make(weight: float):
    inner = Inner()
    inner.weight = weight
    return inner


@wp.func
def split(body: Body):
    other = body
    other.inner.weight = body.inner.weight + 1.0
    return other, body.inner


@wp.kernel
def structs(bodies: wp.array(dtype=Body), grid: wp.array2d(dtype=Inner), setup: Body, out: wp.array(dtype=float)):
    i = wp.tid()
    bodies[i].position = wp.vec3(1.0, 2.0, 3.0)
    bodies[i].inner.weight += 2.0
    bodies[i].position[1] = 3.0
    grid[i, 0].extent = setup.inner.extent
    grid[i, 1] = make(bodies[i].inner.weight)
    body = bodies[i]
    body.inner.extent[0] = 3.0
    body.basis[0, 1] = 5.0
    body.inner.samples[i] = 4.0
    other, inner = split(body)
    length = setup.inner.samples.shape[0]
    out[i] = other.inner.weight + inner.weight + float(length) + grid[i, 2].extent[1]
    rebuilt = Inner(1.0, wp.vec3(), body.inner.samples)
    out[rebuilt.samples.shape[0]] = rebuilt.weight
    for _step in range(setup.count):
        body.inner.weight += 2.0
    bodies[i] = body
