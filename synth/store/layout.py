"""The layouts a dataset can have on disk, one row each."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from synth.configuration import Format

SHARD_BYTES = 16 * 10**6
"""The size at which a shard is finished."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How records become files: every layout is shards, some of a single record."""

    pattern: str
    """File name with the shard's number to fill in."""
    shard_bytes: int
    """A shard is finished by the record that reaches this size."""
    enclose: Callable[[bytes], bytes]
    """The bytes in the file for one record's JSON text."""
    records: Callable[[bytes], Iterator[bytes]]
    """The texts of the records in a file's bytes, each with its newline."""

    def name(self, number: int) -> str:
        """Return the file name of a shard."""
        return self.pattern.format(number)

    def number(self, name: str) -> int | None:
        """Return the number of the shard with this file name; None for the name of something else."""
        head, tail = re.split(r"\{[^}]*\}", self.pattern)
        middle = name.removeprefix(head).removesuffix(tail)
        return int(middle) if middle.isdecimal() and self.name(int(middle)) == name else None


def _as_line(text: bytes) -> bytes:
    return text + b"\n"


def _as_page(text: bytes) -> bytes:
    return msgspec.json.format(text, indent=2) + b"\n"


def _lines(content: bytes) -> Iterator[bytes]:
    yield from content.splitlines(keepends=True)


def _page(content: bytes) -> Iterator[bytes]:
    yield content


LAYOUTS: dict[Format, Layout] = {
    "jsonl": Layout("train-{:05d}.jsonl", SHARD_BYTES, _as_line, _lines),
    "json": Layout("pair_{:06d}.json", 1, _as_page, _page),
}
