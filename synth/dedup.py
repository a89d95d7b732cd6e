"""The decision which kernels are new, taken in index order."""

from collections.abc import Iterable, Iterator

from .configuration import Dedup
from .outcome import Duplicate, Made, Outcome, Rejected


class Seen:
    """The digests of the kernels kept so far; half of each digest, which still makes a false match unthinkable."""

    def __init__(self, dedup: Dedup) -> None:
        self._dedup = dedup
        self._digests: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._digests)

    def is_new(self, ir_digest: str, structure_digest: str) -> bool:
        """Whether the kernel is the first of its kind; it is remembered from then on."""
        before = len(self._digests)
        self._digests.add(self._digest(ir_digest, structure_digest))
        return len(self._digests) > before

    def holds(self, ir_digest: str, structure_digest: str) -> bool:
        """Whether a kernel of this kind is remembered."""
        return self._digest(ir_digest, structure_digest) in self._digests

    def _digest(self, ir_digest: str, structure_digest: str) -> bytes:
        return bytes.fromhex(structure_digest if self._dedup == "structure" else ir_digest)[:16]


def decide(outcomes: Iterable[Outcome], seen: Seen) -> Iterator[Outcome]:
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
