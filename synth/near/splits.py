"""Which part of the dataset a cluster belongs to: a hash of its name, so that nothing else can move it."""

import hashlib
import math
from dataclasses import dataclass

from synth.errors import UsageError

NONE = "none"
"""The split of a record that is near to records of two splits, and so may be in neither."""
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Fractions:
    """The parts of the clusters that each split gets."""

    train: float = 0.90
    validation: float = 0.05
    test: float = 0.05

    def __post_init__(self) -> None:
        parts = (self.train, self.validation, self.test)
        # Written so that NaN fails too.
        if not all(0 <= part <= 1 for part in parts) or not math.isclose(sum(parts), 1, abs_tol=1e-9):
            raise UsageError(f"the fractions of {', '.join(SPLITS)} have to be 0 to 1 and add up to 1, not {parts}")


def kernel_of(record_id: str) -> str:
    """Return the part of a record's id that is the same for every device."""
    return record_id.rpartition("-")[2]


def split_of(kernel: str, fractions: Fractions) -> str:
    """Return the split of a cluster that begins with this kernel."""
    place = int.from_bytes(hashlib.sha256(f"split/{kernel}".encode()).digest()[:6]) / 2**48
    if place < fractions.train:
        return "train"
    # Rounding of the sum must not open a gap to a split that gets nothing.
    return "validation" if fractions.test == 0 or place < fractions.train + fractions.validation else "test"
