# bug: float64_retypes_constant
# present: 1.19.0
# wp.float64(q) of an unrolled loop's counter makes the counter itself a float64: indexing by it afterwards is refused.
import sys

import numpy as np
import warp as wp

wp.config.quiet = True
wp.config.log_level = 40


@wp.kernel
def count(out: wp.array(dtype=wp.float64)):
    for q in range(3):
        value = wp.float64(q)
        out[q] = value


out = wp.zeros(3, dtype=wp.float64, device="cpu")
try:
    wp.launch(count, dim=1, inputs=[out], device="cpu")
except Exception as refusal:
    print(refusal)
    sys.exit(1)
sys.exit(0 if np.array_equal(out.numpy(), [0.0, 1.0, 2.0]) else 1)
