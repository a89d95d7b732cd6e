# Needs Warp 1.15.
import warp as wp

SIZE = 16


@wp.struct
class Pair:
    low: float
    high: float


@wp.func
def widen(value: float):
    return Pair(value - 1.0, value + 1.0)


@wp.func
def span(pair: Pair):
    return pair.high - pair.low


@wp.kernel
def tiles(
    samples: wp.array2d(dtype=float),
    weights: wp.array(dtype=float),
    rows: wp.array(dtype=float),
    out: wp.array(dtype=float),
):
    i, j = wp.tid()
    row = wp.tile_load(samples[i], shape=SIZE, storage="shared")
    scale = wp.tile_load(weights, shape=SIZE)
    product = row * scale + wp.tile_ones(shape=SIZE, dtype=float)
    pairs = wp.tile_map(widen, product)
    spans = wp.tile_map(span, pairs)
    row[j] += 0.5
    wp.tile_store(samples[i], wp.tile_map(wp.sin, row))
    wp.tile_atomic_add(rows, wp.tile_sum(spans), offset=i)
    weight = weights[j]
    lanes = wp.tile(weight + 1.0)
    value = wp.untile(lanes * lanes)
    wp.tile_store(out, wp.tile_max(wp.tile(value * 2.0)), offset=i)
