"""One record as the page's list has it: read from the record's JSON, whatever else that holds."""

from dataclasses import dataclass
from typing import Any

import msgspec

from synth.calls import called_builtins, parse_source
from synth.io import AGREES
from synth.levels import TEXTS


class KernelFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a record's metadata that the page filters by."""

    id: str
    index: int
    kernel_name: str
    category: str
    device: str
    description: str
    constructs: dict[str, int] = {}
    split: str | None = None
    cluster_id: str | int | None = None


class Verdicts(msgspec.Struct, frozen=True):
    """What the oracles say of a record's runs."""

    reference: str = ""
    gradient: str = ""


class Shown(msgspec.Struct, frozen=True):
    """The part of a record that the list is made of."""

    python_source: str
    metadata: KernelFacts
    io: Verdicts | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of the list."""

    facts: KernelFacts
    source: str
    builtins: tuple[str, ...]
    outputs_agree: bool
    gradients_agree: bool
    levels: tuple[str, ...]
    generated_bytes: int


def read_entry(text: bytes) -> Entry:
    """Return what the page needs of the record in this JSON text; `msgspec.MsgspecError` for any other text."""
    whole: dict[str, Any] = msgspec.json.decode(text, type=dict)
    shown = msgspec.convert(whole, Shown)
    generated = [text.key for text in TEXTS if not text.is_source]
    listings = {key: whole[key] for key in generated if isinstance(whole.get(key), str) and whole[key]}
    verdicts = shown.io or Verdicts()
    return Entry(
        facts=shown.metadata,
        source=shown.python_source,
        builtins=tuple(sorted(called_builtins(parse_source(shown.python_source, shown.metadata.id)))),
        outputs_agree=verdicts.reference == AGREES,
        gradients_agree=verdicts.gradient == AGREES,
        levels=tuple(listings),
        generated_bytes=sum(len(listing) for listing in listings.values()),
    )
