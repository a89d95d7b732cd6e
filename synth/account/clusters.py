"""Clusters of near-duplicates and the splits that they are in, as the records say."""

from collections import Counter
from dataclasses import dataclass, field

from synth.near.splits import NONE, SPLITS, Fractions, kernel_of, split_of
from synth.record import Metadata

from .distribution import Share

TRAIN = SPLITS[0]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Near-duplicates, and what keeps them on one side of a split."""

    sizes: dict[int, int]
    """How many clusters have so many records."""
    crossing: int
    """Clusters with records in more than one split."""
    leaked_by_record: Share
    """Of the records that a split by record would hold out, those of a cluster that it would train on."""

    @property
    def count(self) -> int:
        """How many clusters there are."""
        return sum(self.sizes.values())

    @property
    def largest(self) -> int:
        """The records of the largest cluster."""
        return max(self.sizes)

    @property
    def near_duplicates(self) -> Share:
        """Of the records, those in clusters of more than one."""
        records = sum(size * number for size, number in self.sizes.items())
        return Share(records - self.sizes.get(1, 0), records)


@dataclass(slots=True)
class Members:
    """Clusters as their records come."""

    placed: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    """By cluster: records by their split and by that which they would be in by themselves."""

    def add(self, metadata: Metadata) -> None:
        """Take one more record."""
        alone = split_of(kernel_of(metadata.id), Fractions())
        self.placed.setdefault(metadata.cluster_id, Counter())[metadata.split, alone] += 1

    def read(self) -> Clusters:
        """Return the figures."""
        clusters = list(self.placed.values())
        held_out = leaked = 0
        for members in clusters:
            out = sum(number for (_, alone), number in members.items() if alone != TRAIN)
            held_out += out
            leaked += out if out < members.total() else 0
        return Clusters(
            sizes=dict(sorted(Counter(members.total() for members in clusters).items())),
            crossing=sum(len({split for split, _ in members} - {NONE}) > 1 for members in clusters),
            leaked_by_record=Share(leaked, held_out),
        )
