"""The counts of a run: every index attempted is exactly one of written, duplicate, rejected."""

from typing import assert_never

import msgspec

from .outcome import Duplicate, Made, Outcome, Rejected


class Counts(msgspec.Struct, forbid_unknown_fields=True):
    """What became of a number of indices."""

    written: int = 0
    duplicates: int = 0
    rejects: dict[str, int] = msgspec.field(default_factory=dict)
    """By the stage that refused."""

    @property
    def attempts(self) -> int:
        """How many indices were tried."""
        return self.written + self.duplicates + sum(self.rejects.values())

    def add(self, decision: Outcome) -> None:
        """Count one more."""
        match decision:
            case Made():
                self.written += 1
            case Duplicate():
                self.duplicates += 1
            case Rejected(stage=stage):
                self.rejects[stage] = self.rejects.get(stage, 0) + 1
            case _:
                assert_never(decision)


class Tally(msgspec.Struct, forbid_unknown_fields=True):
    """The counts in all and by category, and the budget used."""

    total: Counts = msgspec.field(default_factory=Counts)
    categories: dict[str, Counts] = msgspec.field(default_factory=dict)
    text_bytes: int = 0
    """Bytes of the records' one-line JSON text, newlines included."""
    barren: int = 0
    """Indices since the last record."""

    def add(self, decision: Outcome, text_bytes: int) -> None:
        """Count one more, with the bytes of its record if it is one."""
        self.total.add(decision)
        self.categories.setdefault(decision.category, Counts()).add(decision)
        self.text_bytes += text_bytes
        self.barren = 0 if isinstance(decision, Made) else self.barren + 1
