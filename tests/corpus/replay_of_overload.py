# bug: replay_of_overload
# present: 1.19.0
# The replay of a function's second overload goes by the number of the first in C++, where nothing declares it.
"""Exits with 1 where the native compiler refuses the replay as it did, 0 where it is right, 2 on anything else."""

import sys
import tempfile

import warp as wp

REFUSAL = "CPU kernel build failed"


@wp.func
def decayed(v: wp.vec2, rate: float):
    return v * rate


@wp.func
def decayed(x: float, rate: float):  # noqa: F811  (an overload)
    return x * rate


@wp.func_replay(decayed)
def replay_decayed(x: float, rate: float):
    return rate * x


@wp.kernel
def decay(a: wp.array(dtype=float), out: wp.array(dtype=float)):
    i = wp.tid()
    out[i] = decayed(a[i], 2.0)


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    wp.config.use_precompiled_headers = False  # its folder outlives the process
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        a = wp.array([3.0], dtype=float, device="cpu")
        out = wp.zeros(1, dtype=float, device="cpu")
        try:
            wp.launch(decay, dim=1, inputs=[a, out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [6.0] else 2


if __name__ == "__main__":
    sys.exit(main())
