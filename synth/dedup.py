"""The decision which kernels are new, taken in index order."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Protocol

from .configuration import Dedup
from .outcome import Duplicate, Made, Outcome, Rejected


class Sought(Protocol):
    """What knows which kernels have been kept."""

    def is_new(self, ir_digest: str, structure_digest: str) -> bool:
        """Whether the kernel is the first of its kind; it is remembered from then on."""

    def holds(self, ir_digest: str, structure_digest: str) -> bool:
        """Whether a kernel of this kind is remembered."""


def telling(dedup: Dedup, ir_digest: str, structure_digest: str) -> str:
    """Return the digest that tells kernels apart."""
    return structure_digest if dedup == "structure" else ir_digest


class Seen:
    """The digests of the kernels kept so far: 80 bits of each.

    Ten million take 11 bytes each, in a set of `bytes` they take 91 (`benchmarks.dedup`). That two of them share
    these bits by chance has odds of one in 24,000,000,000, of a hundred million one in 240,000,000; the later one would
    be dropped as a duplicate, in every run of that seed alike.
    """

    def __init__(self, dedup: Dedup) -> None:
        self._dedup = dedup
        self._count = 0
        # Sorted, so that they need no room between them; short, so that moving up what follows a new one is cheap.
        self._buckets = [array("Q") for _ in range(1 << 16)]

    def __len__(self) -> int:
        return self._count

    def is_new(self, ir_digest: str, structure_digest: str) -> bool:
        """Whether the kernel is the first of its kind; it is remembered from then on."""
        bucket, rest, place = self._find(ir_digest, structure_digest)
        if place < len(bucket) and bucket[place] == rest:
            return False
        bucket.insert(place, rest)
        self._count += 1
        return True

    def holds(self, ir_digest: str, structure_digest: str) -> bool:
        """Whether a kernel of this kind is remembered."""
        bucket, rest, place = self._find(ir_digest, structure_digest)
        return place < len(bucket) and bucket[place] == rest

    def _find(self, ir_digest: str, structure_digest: str) -> tuple["array[int]", int, int]:
        """Return the bucket of a digest, what tells it from others there, and its place among them."""
        digest = telling(self._dedup, ir_digest, structure_digest)
        bucket, rest = self._buckets[int(digest[:4], 16)], int(digest[4:20], 16)
        return bucket, rest, bisect_left(bucket, rest)


def decide(outcomes: Iterable[Outcome], seen: Sought) -> Iterator[Outcome]:
    """Each outcome, with the kernels that are not new turned into duplicates.

    A kernel that was rejected is a duplicate too if it was kept before: a worker that knew that did not even try.
    """
    for outcome in outcomes:
        match outcome:
            case Made(ir_digest=ir, structure_digest=structure) if not seen.is_new(ir, structure):
                yield Duplicate(outcome.index, outcome.category, outcome.rows)
            case Rejected(ir_digest=ir, structure_digest=structure) if ir and seen.holds(ir, structure):
                yield Duplicate(outcome.index, outcome.category, outcome.rows)
            case _:
                yield outcome
