import warp as wp

N = wp.constant(16)


@wp.kernel
def solvers(
    matrices: wp.array2d(dtype=float),
    right: wp.array(dtype=float),
    out: wp.array(dtype=float),
    waves: wp.array2d(dtype=wp.vec2),
):
    i, _lane = wp.tid()
    a = wp.tile_load(matrices, shape=(N, N), offset=(i * N, 0))
    product = wp.tile_matmul(a, wp.tile_transpose(a))
    positive = wp.tile_diag_add(product, wp.tile_ones(shape=N, dtype=float))
    factor = wp.tile_cholesky(positive)
    y = wp.tile_load(right, shape=N, offset=i * N)
    wp.tile_store(out, wp.tile_cholesky_solve(factor, y), offset=i * N)
    wave = wp.tile_load(waves, shape=(1, 512), offset=(i, 0))
    wp.tile_fft(wave)
    wp.tile_store(waves, wave, offset=(i, 0))
