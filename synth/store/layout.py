"""The layouts a dataset can have on disk, one row each."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from synth.configuration import Format
from synth.errors import UsageError

SHARD_BYTES = 16 * 10**6
"""The size at which a shard is finished."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How records become files: every layout is shards, some of a single record.

    A record goes in and comes out as its one-line JSON text, without a newline.
    """

    pattern: str
    """File name with the shard's number to fill in."""
    shard_bytes: int
    """A shard is finished by the record with which its lines reach this size, whatever the file's is."""
    enclose: Callable[[Sequence[bytes]], bytes]
    """The bytes of the file for the texts of its records."""
    records: Callable[[bytes], Iterator[bytes]]
    """The texts of the records in a file's bytes; `ValueError` for bytes that are no such file."""
    grows: bool = False
    """Whether a file is those of its records put together, so that a run can make it record by record."""
    package: str = ""
    """What the file's bytes depend on beside the records, if anything."""

    def name(self, number: int) -> str:
        """Return the file name of a shard."""
        return self.pattern.format(number)

    def number(self, name: str) -> int | None:
        """Return the number of the shard with this file name; None for the name of something else."""
        head, tail = re.split(r"\{[^}]*\}", self.pattern)
        middle = name.removeprefix(head).removesuffix(tail)
        return int(middle) if middle.isdecimal() and self.name(int(middle)) == name else None

    def read(self, path: Path) -> Iterator[bytes]:
        """Yield the texts of the records in a file; `UsageError` for one that is damaged."""
        try:
            yield from self.records(path.read_bytes())
        except ValueError as error:
            raise UsageError(f"{path} is damaged: {error}") from error


def _lines(texts: Sequence[bytes]) -> bytes:
    return b"".join(text + b"\n" for text in texts)


def _pages(texts: Sequence[bytes]) -> bytes:
    return b"".join(msgspec.json.format(text, indent=2) + b"\n" for text in texts)


def _of_lines(content: bytes) -> Iterator[bytes]:
    yield from content.splitlines()


def _of_page(content: bytes) -> Iterator[bytes]:
    try:
        yield msgspec.json.format(content.removesuffix(b"\n"), indent=-1)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error


def _frame(texts: Sequence[bytes]) -> bytes:
    with _optional("zstd"):
        from . import zst  # noqa: PLC0415  (an optional package)
    return zst.compress(_lines(texts))


def _of_frame(content: bytes) -> Iterator[bytes]:
    with _optional("zstd"):
        from . import zst  # noqa: PLC0415  (an optional package)
    yield from _of_lines(zst.decompress(content))


def _columns(texts: Sequence[bytes]) -> bytes:
    with _optional("parquet"):
        from . import parquet  # noqa: PLC0415  (an optional package)
    return parquet.enclose(texts)


def _of_columns(content: bytes) -> Iterator[bytes]:
    with _optional("parquet"):
        from . import parquet  # noqa: PLC0415  (an optional package)
    yield from parquet.records(content)


@contextmanager
def _optional(extra: str) -> Iterator[None]:
    """Say what to install where a package is missing."""
    try:
        yield
    except ImportError as error:
        raise UsageError(f"this format needs {error.name}: pip install 'warpsmith[{extra}]'") from error


LAYOUTS: dict[Format, Layout] = {
    "jsonl": Layout("train-{:05d}.jsonl", SHARD_BYTES, _lines, _of_lines, grows=True),
    "jsonl.zst": Layout("train-{:05d}.jsonl.zst", SHARD_BYTES, _frame, _of_frame, package="zstandard"),
    "json": Layout("pair_{:06d}.json", 1, _pages, _of_page, grows=True),
    "parquet": Layout("train-{:05d}.parquet", SHARD_BYTES, _columns, _of_columns, package="pyarrow"),
}
GROWING: tuple[Format, ...] = tuple(form for form, layout in LAYOUTS.items() if layout.grows)
"""The formats that a dataset can be made in; to the others a complete one is exported."""
