"""How far the kernels' shape is from that of kernels people wrote."""

import ast
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import msgspec

from .shape import items_of, kernels_in

REFERENCE = Path(__file__).with_name("shape_of_real_kernels.json")
MOST_ITEMS = 300
"""Of a group, the most frequent that are compared; the reference has as many."""


class Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of real kernels."""

    what: str
    """Where they come from."""
    kernels: int
    between_projects: dict[str, float]
    """How far two halves of them, split by project, are apart, by group."""
    shape: dict[str, dict[str, float]]
    """The shares of the items of each group."""


@dataclass(frozen=True, slots=True)
class Realism:
    """Distances from real kernels, by group: 0 is the same distribution, 1 nothing in common."""

    kernels: int
    real_kernels: int
    distances: dict[str, float]
    between_projects: dict[str, float]
    """How far two halves of the real kernels, split by project, are apart."""

    @property
    def mean(self) -> float:
        """The mean over the groups."""
        return sum(self.distances.values()) / len(self.distances)

    @property
    def mean_between_projects(self) -> float:
        """The mean over the groups."""
        return sum(self.between_projects.values()) / len(self.between_projects)


@cache
def reference() -> Reference:
    """Return the shape of real kernels."""
    return msgspec.json.decode(REFERENCE.read_bytes(), type=Reference)


@dataclass(slots=True)
class Shapes:
    """The shapes of kernels as they come."""

    kernels: int = 0
    groups: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, module: ast.Module) -> None:
        """Take the kernels of one more source."""
        for kernel in kernels_in(module):
            self.kernels += 1
            for group, item in items_of(kernel):
                self.groups.setdefault(group, Counter())[item] += 1

    def read(self) -> Realism | None:
        """Return how far they are from real ones; None without kernels."""
        if not self.kernels:
            return None
        real = reference()
        return Realism(
            kernels=self.kernels,
            real_kernels=real.kernels,
            distances={name: distance(_shares(self.groups.get(name)), theirs) for name, theirs in real.shape.items()},
            between_projects=real.between_projects,
        )


def distance(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the Jensen-Shannon distance of two distributions, base 2: 0 for the same, 1 for nothing in common.

    D. M. Endres and J. E. Schindelin, "A new metric for probability distributions", IEEE Trans. Inf. Theory 49 (2003).
    """
    total = 0.0
    for name in sorted(one.keys() | other.keys()):  # in one order, so that the sum is the same each time
        p, q = one.get(name, 0.0), other.get(name, 0.0)
        total += sum(share * math.log2(2 * share / (p + q)) for share in (p, q) if share) / 2
    return math.sqrt(max(total, 0.0))


def _shares(items: Counter[str] | None) -> dict[str, float]:
    if items is None:
        return {}
    return {name: number / items.total() for name, number in items.most_common(MOST_ITEMS)}
