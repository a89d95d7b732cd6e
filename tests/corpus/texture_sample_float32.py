# bug: texture_sample_float32
# present: 1.19.0
# wp.texture_sample refuses dtype=wp.float32, which is float everywhere else, although its error asks for float.
"""Exits with 1 where Warp refuses the kernel as it did, 0 where it runs it rightly, 2 on anything else."""

import sys
import tempfile

import numpy as np
import warp as wp

REFUSAL = "unsupported texture type `float32`. Supported types: float"


@wp.kernel
def sample(tex: wp.Texture2D, out: wp.array(dtype=wp.float32)):
    i = wp.tid()
    out[i] = wp.texture_sample(tex, wp.vec2(0.25, 0.75), dtype=wp.float32)


def main() -> int:
    wp.config.log_level = wp.LOG_ERROR  # no banner
    with tempfile.TemporaryDirectory() as cache:
        wp.config.kernel_cache_dir = cache
        texels = np.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32)
        tex = wp.Texture2D(texels, filter_mode=wp.TextureFilterMode.CLOSEST, device="cpu")
        out = wp.zeros(1, dtype=wp.float32, device="cpu")
        try:
            wp.launch(sample, dim=1, inputs=[tex, out], device="cpu")
        except Exception as error:  # noqa: BLE001  (Warp raises several types)
            sys.stdout.write(f"{error}\n")
            return 1 if REFUSAL in str(error) else 2
        return 0 if out.numpy().tolist() == [3.0] else 2


if __name__ == "__main__":
    sys.exit(main())
