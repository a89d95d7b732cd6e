"""`a * b + c` with one rounding, as a processor's instruction gives it: Warp's products of matrices use it."""

from __future__ import annotations

import math
import struct
from fractions import Fraction
from typing import Any

import numpy as np

SPLITTER = 2.0**27 + 1.0  # Veltkamp's: halves the digits of a float64
SAFE = (2.0**-900, 2.0**900)  # where the exact error of a product of float64 is a float64


def fused_multiply_add(a: Any, b: Any, c: Any) -> Any:
    """`a * b + c`, by elements: rounded once at 32 and 64 bits, after each step at other widths, as `wp::muladd`."""
    if type(a) is type(b) is type(c) is np.float32:
        return _of_singles(float(a), float(b), float(c))
    dtype = np.asarray(a).dtype
    if dtype == np.float32:
        product = np.asarray(a, np.float64) * np.asarray(b, np.float64)
        return _to_odd(*_two_sum(product, np.asarray(c, np.float64))).astype(np.float32)[()]
    if dtype == np.float64:
        shape = np.broadcast(a, b, c).shape
        return _of_doubles(*np.broadcast_arrays(*map(np.atleast_1d, (a, b, c)))).reshape(shape)[()]
    return c + a * b


def diff_product(a: Any, b: Any, c: Any, d: Any) -> Any:
    """`a * b - c * d` by Kahan's method, which loses little where the products cancel."""
    product = c * d
    return fused_multiply_add(a, b, -product) + fused_multiply_add(-c, d, product)


def _two_sum(a: Any, b: Any) -> tuple[Any, Any]:
    """A sum and its error (Knuth)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def _two_product(a: Any, b: Any) -> tuple[Any, Any]:
    """A product and its error (Dekker)."""
    product = a * b
    a_high, b_high = (x * SPLITTER - (x * SPLITTER - x) for x in (a, b))
    a_low, b_low = a - a_high, b - b_high
    return product, a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)


def _to_odd(total: Any, error: Any) -> Any:
    """A sum rounded to odd: rounded again to fewer digits, it is as if rounded once (Boldo and Melquiond, 2008)."""
    even = (np.asarray(total).view(np.int64) & 1) == 0
    inexact = np.isfinite(error) & (error != 0.0)
    return np.where(even & inexact, np.nextafter(total, np.copysign(np.inf, error)), total)


def _of_singles(a: float, b: float, c: float) -> Any:
    """The same of three numbers of 32 bits, in a tenth of the time that arrays of no axes take."""
    total, error = _two_sum(a * b, c)
    if error != 0.0 and math.isfinite(error) and not struct.unpack("<q", struct.pack("<d", total))[0] & 1:
        total = math.nextafter(total, math.copysign(math.inf, error))
    return np.float32(total)


def _of_doubles(a: Any, b: Any, c: Any) -> Any:
    """The same of arrays of float64: emulated (Boldo and Melquiond, 2008), of extreme numbers by fractions."""
    high, low = _two_product(a, b)
    sum_low, rest = _two_sum(c, low)
    sum_high, more = _two_sum(high, sum_low)
    found = np.asarray(sum_high + _to_odd(*_two_sum(more, rest)))
    size = np.abs(high)
    safe = ((size == 0.0) & ((a == 0.0) | (b == 0.0))) | ((size > SAFE[0]) & (size < SAFE[1]))
    safe &= np.maximum(np.abs(a), np.abs(b)) < SAFE[1]
    for place in zip(*np.nonzero(~(safe & np.isfinite(found))), strict=True):
        found[place] = _one(a[place], b[place], c[place])
    return found


def _one(a: Any, b: Any, c: Any) -> Any:
    if np.isfinite(a) and np.isfinite(b) and np.isfinite(c):
        exact = Fraction(float(a)) * Fraction(float(b)) + Fraction(float(c))
        try:
            if exact:
                return np.float64(float(exact))
        except OverflowError:
            return np.float64(np.inf if exact > 0 else -np.inf)
    return a * b + c
