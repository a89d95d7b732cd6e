"""The decision which kernels are new, taken in index order."""

from collections.abc import Iterable, Iterator

from .configuration import Dedup
from .outcome import Decision, Duplicate, Made, Outcome


class Seen:
    """The digests of the kernels kept so far; half of each digest, which still makes a false match unthinkable."""

    def __init__(self, dedup: Dedup) -> None:
        self._dedup = dedup
        self._digests: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._digests)

    def is_new(self, ir_digest: str, structure_digest: str) -> bool:
        """Whether the kernel is the first of its kind; it is remembered from then on."""
        digest = bytes.fromhex(structure_digest if self._dedup == "structure" else ir_digest)[:16]
        before = len(self._digests)
        self._digests.add(digest)
        return len(self._digests) > before


def decide(outcomes: Iterable[Outcome], seen: Seen) -> Iterator[Decision]:
    """Each outcome, with the kernels that are not new turned into duplicates."""
    for outcome in outcomes:
        if isinstance(outcome, Made) and not seen.is_new(outcome.ir_digest, outcome.structure_digest):
            yield Duplicate(outcome.index, outcome.category, outcome.rows, outcome.reached)
        else:
            yield outcome
