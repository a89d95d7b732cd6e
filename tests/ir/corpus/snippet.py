import warp as wp


@wp.func_native("""
    if (value > 0.0f) {
        return value * 2.0f;
    }
    return 0.0f;
""")
def rectify(value: float) -> float: ...


@wp.kernel
def snippet(xs: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    wp.printf("// { %d } \n", i)
    out[i] = rectify(xs[i])
