"""A product and a sum with one rounding."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from grammar.reference.fused import fused_multiply_add

SINGLE = np.array([0.0, -0.0, 1.0, -1.0, 0.1, 1e-45, 3e38, -3e38, np.inf, -np.inf, np.nan, 1.0000001], np.float32)


def test_numbers_are_rounded_as_arrays_of_them() -> None:
    drawn = np.random.default_rng(0).standard_normal((500, 3)).astype(np.float32)
    drawn[:250, 2] = -drawn[:250, 0] * drawn[:250, 1]  # nothing is left but what the product lost
    rows = np.array([*itertools.product(SINGLE, repeat=3), *drawn], np.float32)
    with np.errstate(all="ignore"):
        whole = fused_multiply_add(*rows.T)
        alone = np.array([fused_multiply_add(*row) for row in rows])
    assert alone.dtype == np.float32
    np.testing.assert_array_equal(alone, whole)
    np.testing.assert_array_equal(np.signbit(alone), np.signbit(whole))


@pytest.mark.parametrize("of", [np.float32, np.float64])
def test_it_is_rounded_once(of: type) -> None:
    for a, b, c in np.random.default_rng(1).standard_normal((200, 3)).astype(of):
        exact = Fraction(float(a)) * Fraction(float(b)) + Fraction(float(c))
        found = fused_multiply_add(a, b, c)
        others = (np.nextafter(found, of(way)) for way in (-np.inf, np.inf))
        off = abs(Fraction(float(found)) - exact)
        assert all(off <= abs(Fraction(float(other)) - exact) for other in others)
