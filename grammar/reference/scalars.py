"""Numbers of the kernel's own widths, and conversions between them.

A scalar is a NumPy scalar (bfloat16 by `ml_dtypes`), so that `+ - *` round and wrap as in the kernel. In double
precision every float is a float64, integers stay as they are.
"""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np

from grammar.reference.errors import UndefinedError
from grammar.types import FLOATS, INTEGERS

NATIVE: dict[str, Any] = {
    **{name: getattr(np, name) for name in (*FLOATS, *INTEGERS) if name != "bfloat16"},
    "bfloat16": ml_dtypes.bfloat16,
    "bool": np.bool_,
}
DOUBLE: dict[str, Any] = NATIVE | dict.fromkeys(FLOATS, np.float64)

Number = Any  # a NumPy scalar


def converted(data: Any, dtype: Any) -> Any:
    """Components at another width, as C++ converts them: to 16 bits by way of float32, to integers towards zero.

    Raises `UndefinedError` for a float that the integer cannot hold.
    """
    if type(data) is dtype:  # as most are
        return data
    data, dtype = np.asarray(data), np.dtype(dtype)
    if data.dtype == dtype:
        return data.copy()[()]
    if dtype == np.bool_:
        return (data != 0)[()]
    if data.dtype.kind in "fV" and dtype.kind in "iu":
        whole, limits = np.trunc(data.astype(np.float64)), np.iinfo(dtype)
        if not np.all((whole >= limits.min) & (whole < 2.0 ** (limits.max.bit_length()))):
            raise UndefinedError(f"a float that {dtype} cannot hold")
        return whole.astype(dtype)[()]
    if dtype.kind in "fV" and dtype.itemsize == 2:
        data = data.astype(np.float32)
    return data.astype(dtype)[()]


class ScalarType:
    """`wp.float32`, `int` …: an annotation, and a conversion when called."""

    __slots__ = ("dtype", "name")

    def __init__(self, name: str, dtype: Any) -> None:
        self.name, self.dtype = name, dtype

    def __call__(self, value: Any = 0) -> Any:
        """A number at this width."""
        return converted(value, self.dtype)

    def view(self, stored: Any) -> Any:
        """An element of an array's data as a value."""
        return stored

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the components of an element: it has none."""
        return ()
