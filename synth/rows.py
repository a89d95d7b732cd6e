"""The ledger of the catalogue's rows: how many kernels have each, and how far those kernels got."""

from collections.abc import Iterable, Mapping

import msgspec

from .outcome import Decision, Rejected


class RowCount(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """The kernels that have one row, each counted once however often the row occurs in it."""

    generated: int = 0
    """All of them, duplicates and rejects too."""
    compiled: int = 0
    """Duplicates too."""
    executed: int = 0
    """0 until kernels are executed."""
    agreed: int = 0
    """With the reference; 0 until kernels are executed."""


Rows = dict[str, RowCount]


def enter(rows: Rows, decision: Decision) -> None:
    """Count one more kernel."""
    for name in decision.rows:
        count = rows.setdefault(name, RowCount())
        count.generated += 1
        count.compiled += not isinstance(decision, Rejected)


def enter_all(rows: Rows, more: Mapping[str, RowCount]) -> None:
    """Count what was counted elsewhere."""
    for name, part in more.items():
        count = rows.setdefault(name, RowCount())
        for field in RowCount.__struct_fields__:
            setattr(count, field, getattr(count, field) + getattr(part, field))


def with_all(names: Iterable[str], rows: Mapping[str, RowCount]) -> Rows:
    """Return the ledger in the order of names, with every one of these rows in it, those at zero too."""
    return {name: rows.get(name, RowCount()) for name in sorted({*names, *rows})}
