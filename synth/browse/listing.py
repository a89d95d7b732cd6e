"""The page's list: what all records have in columns, small enough to be read whole when the page opens."""

from collections.abc import Iterable

from .entry import Entry


class Names:
    """Names that many records share, each kept once and counted."""

    def __init__(self) -> None:
        """Start without any."""
        self._numbers: dict[str, int] = {}
        self._counts: list[int] = []

    def number(self, name: str) -> int:
        """Return a name's number, and count it."""
        number = self._numbers.setdefault(name, len(self._numbers))
        if number == len(self._counts):
            self._counts.append(0)
        self._counts[number] += 1
        return number

    def numbers(self, names: Iterable[str]) -> list[int]:
        """Return the numbers of some names, and count them."""
        return [self.number(name) for name in names]

    def columns(self) -> dict[str, list[str] | list[int]]:
        """Return the names in the order of their numbers, and how many records have each."""
        return {"names": list(self._numbers), "counts": self._counts}


SHARED = ("category", "device", "split", "cluster", "construct", "builtin")
"""Columns of numbers of names; of the last two a record has any number."""
OWN = ("id", "index", "name", "description", "lines", "bytes", "verdicts")
OUTPUTS_AGREE, GRADIENTS_AGREE = 1, 2
"""The bits of a record's verdicts."""


class List:
    """The columns of the records seen so far."""

    def __init__(self) -> None:
        """Start without any record."""
        self._names = {column: Names() for column in SHARED}
        self._columns: dict[str, list[object]] = {column: [] for column in (*OWN, *SHARED)}
        self._chunks: list[int] = []

    def __len__(self) -> int:
        return len(self._columns["id"])

    def begin_chunk(self) -> None:
        """Say that the next record is the first of a chunk."""
        self._chunks.append(len(self))

    def add(self, entry: Entry) -> None:
        """Append one record."""
        facts, names = entry.facts, self._names
        row: dict[str, object] = {
            "id": facts.id,
            "index": facts.index,
            "name": facts.kernel_name,
            "description": facts.description,
            "lines": len(entry.source.splitlines()),
            "bytes": entry.generated_bytes,
            "verdicts": OUTPUTS_AGREE * entry.outputs_agree | GRADIENTS_AGREE * entry.gradients_agree,
            "category": names["category"].number(facts.category),
            "device": names["device"].number(facts.device),
            "split": names["split"].number(facts.split or ""),
            "cluster": names["cluster"].number("" if facts.cluster_id is None else str(facts.cluster_id)),
            "construct": names["construct"].numbers(facts.constructs),
            "builtin": names["builtin"].numbers(entry.builtins),
        }
        for column, value in row.items():
            self._columns[column].append(value)

    def has_choice(self, column: str) -> bool:
        """Return whether records differ in this column of names."""
        return len(self._names[column].columns()["names"]) > 1

    def columns(self) -> dict[str, object]:
        """Return everything as the page reads it."""
        return {
            "records": self._columns,
            "names": {column: names.columns() for column, names in self._names.items()},
            "chunks": self._chunks,
        }
