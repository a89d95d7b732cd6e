"""Records read for what clusters need of them: the id, what it is a twin of, the Python and a generated text."""

import msgspec

from ir.normalise import normalise
from synth.errors import UsageError

from .clusters import Entry
from .signatures import sign

FORWARD = ("cpp_forward", "cuda_forward")
"""The generated texts that can be normalised; the first that a record has is taken."""


class Named(msgspec.Struct, frozen=True):
    """The part of a record's metadata that is read; every other key is skipped."""

    id: str
    twin_of: str | None = None


class Read(msgspec.Struct, frozen=True):
    """The part of a record that is read."""

    python_source: str
    metadata: Named
    cpp_forward: str = ""
    cuda_forward: str = ""


_decoder = msgspec.json.Decoder(Read)


def read_entry(text: bytes) -> Entry:
    """Return the record in this JSON text with its signatures; `UsageError` for any other text."""
    try:
        record = _decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UsageError(f"this is no record: {error}") from error
    forward = next(filter(None, (getattr(record, name) for name in FORWARD)), "")
    try:
        signatures = sign(record.python_source, normalise(forward))
    except SyntaxError as error:
        raise UsageError(f"the source of record {record.metadata.id} is no Python: {error}") from error
    return Entry(record.metadata.id, signatures, record.metadata.twin_of)
