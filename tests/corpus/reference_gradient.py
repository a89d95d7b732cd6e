# bug: reference_gradient
# present: 1.19.0
# A custom gradient of a function with a wp.ref[T] parameter is not found unless both share one annotation object.
"""Exits with 1 where Warp refuses the gradient as it did, 0 where it takes it, 2 on anything else."""

import sys

import warp as wp

REFUSAL = "No function overload found for gradient function"


@wp.func
def grow(total: wp.ref[wp.float32], amount: wp.float32):
    total = total + amount


def adj_grow(total: wp.ref[wp.float32], amount: wp.float32):
    wp.adjoint[amount] += wp.adjoint[total]


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    try:
        wp.func_grad(grow)(adj_grow)
    except RuntimeError as error:
        sys.stdout.write(f"{error}\n")
        return 1 if REFUSAL in str(error) else 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
