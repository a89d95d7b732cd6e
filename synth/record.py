"""The record: one kernel's source, generated text and everything known about them, and its JSON text."""

import hashlib
from typing import Any

import msgspec

from ir.records import Built

from . import VERSION
from .choices import pack_choices
from .configuration import Configuration
from .io import Io
from .sample import Sample


class Argument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One argument of the kernel; zero dimensions for a value, one to four for an array."""

    name: str
    type: str
    dimensions: int


class Metadata(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is known about a record beside its three texts."""

    id: str
    kernel_name: str
    category: str
    device: str
    description: str
    seed: int
    index: int
    profile: str
    """A name; the text of a user's own profile is in the manifest."""
    choices: str
    """The recorded choice sequence, as `synth.choices` packs it."""
    arguments: tuple[Argument, ...]
    constructs: dict[str, int]
    features: tuple[str, ...]
    """Of what not every kernel does, what the draw allowed this one."""
    ir_digest: str
    structure_digest: str
    compile: dict[str, Any]
    """Flags, architecture and so on as the compiler describes them, and `sizes`: bytes and lines of each text."""
    warp_version: str
    generator_version: str
    catalogue_digest: str


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the dataset.

    `cpp_backward` is empty when the dataset is made without adjoints, or the kernel says itself that it has none.
    """

    python_source: str
    cpp_forward: str
    cpp_backward: str
    io: Io | None
    """Launches with inputs and outputs; none with `--no-io`, or where the kernel cannot run on the CPU."""
    metadata: Metadata


class Digests(msgspec.Struct, frozen=True):
    """The part of a record's metadata that says which kernel it is."""

    ir_digest: str
    structure_digest: str


class Identity(msgspec.Struct, frozen=True):
    """A record read for its digests only; the other fields are skipped, which makes reading many cheap."""

    metadata: Digests


def make_record(
    configuration: Configuration,
    sample: Sample,
    built: Built,
    io: Io | None,
    compiled: dict[str, object],
) -> Record:
    """Return the record of one sample that compiled."""
    listing = built.listing
    texts = {"python_source": sample.source, "cpp_forward": listing.forward, "cpp_backward": listing.backward}
    sizes = {name: {"bytes": len(text.encode()), "lines": len(text.splitlines())} for name, text in texts.items()}
    metadata = Metadata(
        id=record_id(configuration, sample.index, built.ir_digest),
        kernel_name=sample.kernel_name,
        category=sample.category,
        device=configuration.device,
        description=sample.description,
        seed=configuration.seed,
        index=sample.index,
        profile=configuration.profile,
        choices=pack_choices(sample.choices),
        arguments=tuple(Argument(*argument) for argument in sample.arguments),
        constructs=sample.constructs,
        features=sample.features,
        ir_digest=built.ir_digest,
        structure_digest=built.structure_digest,
        compile={**compiled, "sizes": sizes},
        warp_version=configuration.versions.warp,
        generator_version=VERSION,
        catalogue_digest=configuration.catalogue_digest,
    )
    return Record(sample.source, listing.forward, listing.backward, io, metadata)


def record_id(configuration: Configuration, index: int, ir_digest: str) -> str:
    """Return a name for the record that no other record of any dataset has, and that a re-run gives again."""
    parts = (
        configuration.device,
        configuration.catalogue_digest,
        configuration.profile_key,
        str(configuration.seed),
        str(index),
        ir_digest,
    )
    return f"{configuration.device}-{hashlib.sha256('/'.join(parts).encode()).hexdigest()[:16]}"


def encode_record(record: Record) -> bytes:
    """Return the record as one line of compact JSON without its newline; equal records give equal bytes."""
    return msgspec.json.encode(record, order="deterministic")


def decode_record(text: bytes) -> Record:
    """Return the record in this JSON text; `msgspec.MsgspecError` for any other text."""
    return msgspec.json.decode(text, type=Record)


def decode_identity(text: bytes) -> Digests:
    """Return the digests of the record in this JSON text; `msgspec.MsgspecError` for any other text."""
    return msgspec.json.decode(text, type=Identity).metadata
