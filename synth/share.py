"""The share of a run that one of several machines makes: every N-th stripe of its indices."""

from collections.abc import Iterator
from dataclasses import dataclass

STRIPE = 64
"""Indices in a stripe; the sizes of native modules divide it."""


@dataclass(frozen=True, slots=True, order=True)
class Share:
    """Share `number` of `of`, counted from 1: the stripes `number - 1`, `number - 1 + of` and so on."""

    number: int
    of: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.of:
            raise ValueError(f"there is no share {self.number} of {self.of}")

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def has(self, index: int) -> bool:
        """Whether an index belongs to this share."""
        return index // STRIPE % self.of == self.number - 1

    def below(self, index: int) -> int:
        """Return how many indices of this share are smaller than one of its own."""
        return index // STRIPE // self.of * STRIPE + index % STRIPE

    def at(self, place: int) -> int:
        """Return the index of this share that so many of its own are smaller than."""
        return (place // STRIPE * self.of + self.number - 1) * STRIPE + place % STRIPE


WHOLE = Share(1, 1)
"""All of a run."""


def batches(start: int, size: int, share: Share = WHOLE) -> Iterator[tuple[int, ...]]:
    """Yield the indices of a share from `start` on, without end, cut at the multiples of `size`, a divisor of a stripe.

    They are aligned: one that begins within such a multiple ends with it.
    """
    while True:
        end = (start // size + 1) * size
        if share.has(start):
            yield tuple(range(start, end))
        start = end
