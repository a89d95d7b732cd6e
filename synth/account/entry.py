"""A record, read for what is told of it."""

from dataclasses import dataclass

import msgspec

from synth.dataset import Line
from synth.errors import UsageError
from synth.levels import TEXTS
from synth.record import Record, decode_record


@dataclass(frozen=True, slots=True)
class Entry:
    """One record."""

    record: Record
    texts: dict[str, str]
    """By key, in the order of the levels; those that are absent or empty are left out."""
    parts: dict[str, int]
    """Bytes of JSON by key."""
    size: int
    """Bytes of its line, with the newline."""


def read_entry(line: Line) -> Entry:
    """Return the record in a line; `UsageError` for other JSON."""
    try:
        record = decode_record(line.text)
        parts = msgspec.json.decode(line.text, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, ValueError) as error:
        raise UsageError(f"{line.where}: it is no record as this version writes it: {error}") from error
    texts = {text.key: getattr(record, text.key) for text in TEXTS}
    return Entry(
        record=record,
        texts={key: text for key, text in texts.items() if text is not msgspec.UNSET and text},
        parts={key: len(bytes(raw)) for key, raw in parts.items()},
        size=len(line.text) + 1,
    )
