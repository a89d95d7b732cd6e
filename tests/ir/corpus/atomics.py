import warp as wp


@wp.kernel
def atomics(
    keys: wp.array(dtype=int),
    weights: wp.array(dtype=float),
    bins: wp.array(dtype=float),
    top: wp.array2d(dtype=int),
):
    i, j, k, n = wp.tid()
    key = keys[i] & 7
    previous = wp.atomic_add(bins, key, weights[i])
    wp.atomic_max(top, j, k, key << 1)
    wp.atomic_min(top, j, n, ~key)
    bins[key] += 1.0
    bins[key] -= previous
