"""How figures are written: the same everywhere, and never rounded up to all or down to none."""

import math
from collections.abc import Sequence

from .distribution import Share

MEGABYTE = 10**6
NONE = "–"
"""What stands where there is no figure."""


def count(number: float) -> str:
    """Return a number of things; one decimal where it is not whole."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.1f}"


def quantity(number: float) -> str:
    """Return a number that need not be whole; three digits where it is small."""
    return count(number) if float(number).is_integer() else f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def things(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def megabytes(size: float) -> str:
    """Return a number of bytes in MB, that is 10⁶."""
    return f"{size / MEGABYTE:,.1f} MB" if size >= MEGABYTE / 10 else f"{size / MEGABYTE:.2g} MB"


def percent(fraction: float) -> str:
    """Return a fraction in percent with two decimals; 100 is said of all only, and 0 of none."""
    if fraction in {0.0, 1.0}:
        return f"{100 * fraction:.0f} %"
    hundredths = min(max(round(10_000 * fraction), 1), 9_999)
    return f"{hundredths / 100:.2f} %"


def share(found: Share) -> str:
    """Return a share in percent and in numbers."""
    return f"{percent(found.fraction)} ({count(found.part)} of {count(found.whole)})" if found.whole else NONE


def interval(found: Share) -> str:
    """Return the interval that the true share lies in, rounded outwards."""
    if not found.whole:
        return NONE
    low, high = found.interval
    return f"{math.floor(10_000 * low) / 100:.2f}–{math.ceil(10_000 * high) / 100:.2f} %"


def seconds(number: float) -> str:
    """Return a time."""
    return f"{number:,.0f} s" if number >= 100 else f"{number:.3g} s"


def distance(number: float) -> str:
    """Return a distance between 0 and 1."""
    return f"{number:.3f}"


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence lists them."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
