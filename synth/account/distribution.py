"""How a number is distributed over records, and a share with the interval that its true value lies in."""

import math
from array import array
from dataclasses import dataclass, field

import numpy as np

PERCENTILES = (5, 25, 50, 75, 95, 99)
Z95 = 1.959963984540054
"""The normal deviate that 95 % lie within."""
BINS_PER_OCTAVE = 4


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def fraction(self) -> float:
        """The share; 0 of nothing."""
        return self.part / self.whole if self.whole else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's score interval at 95 %: what the true share is, if these were drawn at random; all for nothing.

        E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
        """
        if not self.whole:
            return 0.0, 1.0
        n, p, square = self.whole, self.fraction, Z95**2
        centre = (p + square / (2 * n)) / (1 + square / n)
        half = Z95 / (1 + square / n) * math.sqrt(p * (1 - p) / n + square / (4 * n**2))
        # Exact at the ends, where rounding would leave a share outside its own interval.
        return (0.0 if self.part == 0 else centre - half), (1.0 if self.part == n else centre + half)


@dataclass(frozen=True, slots=True)
class Distribution:
    """The figures of a distribution of numbers that are not negative."""

    count: int
    total: float
    least: float
    most: float
    percentiles: dict[int, float]
    """Each is a value that occurs: the least that so many percent do not exceed."""
    bins: dict[int, int]
    """A logarithmic histogram: in bin b lie the values from 2^(b / 4) to 2^((b + 1) / 4); zeros are not in it."""

    @property
    def mean(self) -> float:
        """The mean; 0 of nothing."""
        return self.total / self.count if self.count else 0.0

    @property
    def median(self) -> float:
        """The median; 0 of nothing."""
        return self.percentiles.get(50, 0.0)

    @property
    def zeros(self) -> Share:
        """How many of them are 0."""
        return Share(self.count - sum(self.bins.values()), self.count)


@dataclass(slots=True)
class Gauge:
    """Numbers as they come, eight bytes each."""

    values: "array[float]" = field(default_factory=lambda: array("d"))

    def add(self, value: float) -> None:
        """Take one more."""
        self.values.append(value)

    def read(self) -> Distribution:
        """Return the distribution of what was taken."""
        found = np.asarray(self.values)
        if not found.size:
            return Distribution(0, 0, 0, 0, {}, {})
        found = np.sort(found)
        positive = found[found > 0]
        bins, counts = np.unique(np.floor(BINS_PER_OCTAVE * np.log2(positive)).astype(int), return_counts=True)
        ranks = [-(-percent * found.size // 100) for percent in PERCENTILES]
        return Distribution(
            count=found.size,
            total=_plain(found.sum()),
            least=_plain(found[0]),
            most=_plain(found[-1]),
            percentiles={p: _plain(found[rank - 1]) for p, rank in zip(PERCENTILES, ranks, strict=True)},
            bins=dict(zip(bins.tolist(), counts.tolist(), strict=True)),
        )


def _plain(value: float) -> float:
    """Return a whole number as one, so that it is also written as one."""
    number = float(value)
    return int(number) if number.is_integer() else number
