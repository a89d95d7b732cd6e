import warp as wp


@wp.func_native(
    snippet="result.data[thread] = value * value;",
    adj_snippet="adj_value += 2.0f * value * adj_result.data[thread];",
    replay_snippet="if (thread < 0) result.data[0] = value;",
)
def square_into(result: wp.array(dtype=float), value: float, thread: int): ...


@wp.func_native("""
float total = 0.0f;
for (int k = 0; k < count; ++k) {
    total += value;
}

return total;
""")
def repeated(value: float, count: int) -> float: ...


@wp.func_native("return sizeof(t) > 0;")
def area(t: wp.tile(dtype=float, shape=(2, 3))) -> int: ...


@wp.kernel
def natives(xs: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    square_into(out, repeated(xs[i], area(wp.tile_zeros(shape=(2, 3), dtype=float))), i)
