"""Which failure to look at first: the one with the most suspicious row that no finding explains yet."""

from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field


@dataclass(slots=True)
class Suspicion:
    """How often kernels with a row of the catalogue failed, and how often not: spectrum-based fault localisation."""

    failed: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)

    def enter(self, rows: Iterable[str], *, failed: bool) -> None:
        """Count a kernel."""
        (self.failed if failed else self.passed).update(set(rows))

    def of(self, row: str) -> float:
        """The share of kernels with a row that failed, 0 to 1, as if one more had not."""
        return self.failed[row] / (self.failed[row] + self.passed[row] + 1)

    def first(self, failures: Sequence[Iterable[str]], explained: AbstractSet[str]) -> int:
        """The failure, each given by its rows, whose most suspicious row not explained is the most so; the earliest."""
        return max(
            range(len(failures)),
            key=lambda i: (max((self.of(row) for row in failures[i] if row not in explained), default=0.0), -i),
        )
