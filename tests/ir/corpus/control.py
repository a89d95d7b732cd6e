import warp as wp


@wp.kernel
def control(field: wp.array3d(dtype=float), flags: wp.array(dtype=bool), limit: int, out: wp.array3d(dtype=float)):
    i, j, k = wp.tid()
    if i >= limit or (flags[i] and j > 0):
        return
    total = float(0.0)
    for m in range(limit):
        if m % 2 == 0:
            continue
        for n in range(0, m, 2):
            if field[i, j, n] < 0.0:
                break
            total += field[i, j, n]
    for q in range(3):
        total *= field[i, j, q]
    guard = int(0)
    while total > 10.0 and guard < 8:
        total = total * 0.5
        guard += 1
    if total > 1.0:
        total = wp.sin(total)
    elif total < -1.0:
        total = 0.25
    else:
        total = -total if flags[j] else 1.0
    out[i, j, k] = total


# ruff: noqa: UP018, RUF046  (to Warp, float(0.0) is a variable and 0.0 is a constant)
