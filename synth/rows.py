"""The ledger of the catalogue's rows: how many kernels have each, and how far those kernels got."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from .outcome import JUDGES, Made, Outcome, Rejected


class RowCount(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """The kernels that have one row, each counted once however often the row occurs in it."""

    generated: int = 0
    """All of them, duplicates and rejects too."""
    compiled: int = 0
    """Without duplicates, which are dropped as soon as they are known."""
    executed: int = 0
    """On the CPU; 0 with `--no-io`."""
    agreed: int = 0
    """With the reference."""


Rows = dict[str, RowCount]


@dataclass(slots=True)
class Refusals:
    """The kernels that did not compile, by row."""

    _numbers: Counter[str] = field(default_factory=Counter)
    _errors: dict[str, str] = field(default_factory=dict)

    def add(self, rejected: Rejected) -> None:
        """Count a reject; one that compiled, and that a judge refused, counts for no row."""
        if rejected.stage in JUDGES:
            return
        self._numbers.update(rejected.rows)
        for row in rejected.rows:
            self._errors.setdefault(row, rejected.summary)

    def of(self, row: str) -> tuple[int, str]:
        """Return how many kernels with a row were refused, and what was said of the first of them."""
        return self._numbers[row], self._errors.get(row, "")


def enter(rows: Rows, decision: Outcome) -> None:
    """Count one more kernel."""
    reached = reached_by(decision)
    for name in decision.rows:
        count = rows.setdefault(name, RowCount())
        count.generated += 1
        count.compiled += reached != ""
        count.executed += reached in {"executed", "agreed"}
        count.agreed += reached == "agreed"


def reached_by(decision: Outcome) -> str:
    """Return how far a kernel got; nothing if it did not compile."""
    match decision:
        case Made(reached=reached):
            return reached
        case Rejected(stage=stage) if stage in JUDGES:
            return "executed"
        case _:
            return ""


def enter_all(rows: Rows, more: Mapping[str, RowCount]) -> None:
    """Count what was counted elsewhere."""
    for name, part in more.items():
        count = rows.setdefault(name, RowCount())
        for stage in RowCount.__struct_fields__:
            setattr(count, stage, getattr(count, stage) + getattr(part, stage))


def with_all(names: Iterable[str], rows: Mapping[str, RowCount]) -> Rows:
    """Return the ledger in the order of names, with every one of these rows in it, those at zero too."""
    return {name: rows.get(name, RowCount()) for name in sorted({*names, *rows})}
