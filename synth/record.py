"""The record: one kernel's source, generated text and everything known about them, and its JSON text."""

import hashlib
from typing import Annotated, Any

import msgspec

from ir.lowering import Lowered
from ir.records import Built

from . import VERSION
from .annotations import Annotations, annotate
from .choices import pack_choices
from .compiled import Compiled
from .configuration import Configuration
from .echoes import Span, line_map, without_comments
from .io import Io
from .levels import GENERATED, keys_of
from .sample import Sample

Absent = msgspec.UnsetType


class Argument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One argument of the kernel; zero dimensions for a value, one to four for an array."""

    name: str
    """The argument's own."""
    type: str
    """Of the value, or of the array's elements."""
    dimensions: int
    """Zero for a value, one to four for an array."""


class Metadata(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is known about a record beside its three texts."""

    id: str
    """Unique over all datasets; a re-run gives it again."""
    kernel_name: str
    """Of the function under `@wp.kernel`."""
    category: str
    """The kind of kernel that was asked for: the dataset has equal shares of each."""
    device: str
    """What the kernel was compiled for: `cpu`, `cuda`, or `cpu,cuda` for both."""
    description: str
    """One sentence on what the kernel does, made from its term."""
    seed: Annotated[int, msgspec.Meta(ge=0)]
    """What all records of the dataset were drawn from."""
    index: int
    """Which draw of the seed this was; records are in this order, without those that were duplicates or rejects."""
    profile: str
    """What was likely: a name; the text of a user's own profile is in the manifest."""
    choices: str
    """The recorded choice sequence, as `synth.choices` packs it."""
    arguments: tuple[Argument, ...]
    """The kernel's, in order."""
    constructs: dict[str, int]
    """How often each row of the catalogue occurs in the kernel; rows that do not are left out."""
    features: tuple[str, ...]
    """Of what not every kernel does, what the draw allowed this one."""
    ir_digest: str
    """Of the forward code without comments, names and numbering."""
    structure_digest: str
    """The same without constants too."""
    compile: dict[str, Any]
    """Flags, architecture and so on as the compiler describes them, and `sizes`: bytes and lines of each text."""
    warp_version: str
    """Of the Warp that compiled the kernel."""
    generator_version: str
    """Of Warpsmith."""
    catalogue_digest: str
    """Of the catalogue that the seed was drawn with: another one gives other kernels."""
    cluster_id: str = ""
    """The id of the first record that this one is a near-duplicate of, directly or through others; else its own."""
    split: str = ""
    """`train`, `validation` or `test`, one for the whole cluster; `none` for a record that is near to two of them."""


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line of the dataset; a text is absent where the dataset does not have its level."""

    python_source: str
    """The complete module: import, structs, functions, one kernel; runs as is."""
    cpp_forward: str
    """The code that Warp generates for the kernel; CUDA C++ in a dataset for CUDA alone."""
    cpp_backward: str
    """The same with the adjoint; empty without adjoints, or where the kernel says itself that it has none."""
    cuda_forward: str | Absent = msgspec.UNSET
    """The CUDA C++ that Warp generates for the same kernel; in a dataset for both devices."""
    cuda_backward: str | Absent = msgspec.UNSET
    """The same with the adjoint."""
    ptx: str | Absent = msgspec.UNSET
    """What NVRTC makes of the CUDA C++ as Warp builds it by default; assembles as is."""
    sass: str | Absent = msgspec.UNSET
    """The GPU's machine code, without addresses."""
    llvm_ir: str | Absent = msgspec.UNSET
    """The module as LLVM hands it to instruction selection, of the CPU's build as Warp makes it by default."""
    assembly: str | Absent = msgspec.UNSET
    """The machine code of that build."""
    line_map: dict[str, list[Span]] = msgspec.field(default_factory=dict)
    """For each text that Warp generates: first line, last line, and the line of `python_source` that they come from."""
    io: Io | None = None
    """Launches with inputs and outputs; none with `--no-io`, or where the kernel cannot run on the CPU."""
    annotations: Annotations
    """Figures of the kernel: what it computes and moves, and what compilers say of it."""
    metadata: Metadata
    """What is known about the record beside its texts."""


class Digests(msgspec.Struct, frozen=True):
    """The part of a record's metadata that says which kernel it is, and where it belongs."""

    id: str
    ir_digest: str
    structure_digest: str
    cluster_id: str
    split: str


class Identity(msgspec.Struct, frozen=True):
    """A record read for its digests only; the other fields are skipped, which makes reading many cheap."""

    metadata: Digests


def make_record(
    configuration: Configuration,
    sample: Sample,
    compiled: Compiled,
    described: dict[str, object],
) -> Record:
    """Return the record of one sample that compiled; it has no cluster and no split yet."""
    built, execution = compiled.built, compiled.execution
    texts, maps = _texts(configuration, sample, built, compiled.lowered)
    sizes = {name: {"bytes": len(text.encode()), "lines": len(text.splitlines())} for name, text in texts.items()}
    metadata = Metadata(
        id=record_id(configuration, sample.index, sample.source),
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
        compile={**described, "sizes": sizes},
        warp_version=configuration.versions.warp,
        generator_version=VERSION,
        catalogue_digest=configuration.catalogue_digest,
    )
    return Record(
        **texts,
        line_map=maps,
        io=None if execution is None else execution.io,
        annotations=annotate(compiled, is_timed=configuration.time),
        metadata=metadata,
    )


def _texts(
    configuration: Configuration, sample: Sample, built: Built, lowered: Lowered
) -> tuple[dict[str, str], dict[str, list[Span]]]:
    """Return a record's texts by their keys, and the line maps of those that repeat lines of the source."""
    texts = {"python_source": sample.source, **lowered.texts}
    for prefix, each in (("cpp", built), ("cuda", built.other)):
        if each is not None:
            texts |= {f"{prefix}_forward": each.listing.forward, f"{prefix}_backward": each.listing.backward}
    texts = {key: texts[key] for key in keys_of(configuration.levels)}
    maps = {key: line_map(sample.source, texts[key]) for key in GENERATED if key in texts}
    if configuration.strip_comments:
        for key, spans in maps.items():
            texts[key], maps[key] = without_comments(texts[key], spans)
    return texts, maps


def with_place(record: Record, cluster_id: str, split: str) -> Record:
    """Return a record that has got its cluster and its split."""
    metadata = msgspec.structs.replace(record.metadata, cluster_id=cluster_id, split=split)
    return msgspec.structs.replace(record, metadata=metadata)


def placed(text: bytes, cluster_id: str, split: str) -> bytes:
    """Return the JSON text of a record without place, with one: the same as for the record `with_place`.

    Both fields are the last of a text, which is long: it is not read.
    """
    assert text.endswith(NO_PLACE), "a record that has not got its place yet ends without one"
    return text[: -len(NO_PLACE)] + _place(cluster_id, split)


def unplaced(text: bytes, cluster_id: str, split: str) -> bytes:
    """Return the JSON text of a record with this place as it was without: the reverse of `placed`."""
    place = _place(cluster_id, split)
    assert text.endswith(place), "a record ends with its place"
    return text[: -len(place)] + NO_PLACE


def _place(cluster_id: str, split: str) -> bytes:
    return f'"cluster_id":"{cluster_id}","split":"{split}"}}}}'.encode()


NO_PLACE = _place("", "")
"""How the JSON text of a record ends that has no place."""


def record_id(configuration: Configuration, index: int, source: str) -> str:
    """Return a name for the record, which a re-run gives again: the device, and what says which kernel it is.

    The same kernel has the same second part for each device.
    """
    parts = (
        configuration.versions.warp,
        configuration.catalogue_digest,
        configuration.profile_key,
        str(configuration.seed),
        str(index),
        source,
    )
    device = configuration.device.replace(",", "+")
    return f"{device}-{hashlib.sha256('/'.join(parts).encode()).hexdigest()[:16]}"


def encode_record(record: Record) -> bytes:
    """Return the record as one line of compact JSON without its newline; equal records give equal bytes."""
    return msgspec.json.encode(record, order="deterministic")


def decode_record(text: bytes) -> Record:
    """Return the record in this JSON text; `msgspec.MsgspecError` for any other text."""
    return msgspec.json.decode(text, type=Record)


def decode_identity(text: bytes) -> Digests:
    """Return the digests of the record in this JSON text; `msgspec.MsgspecError` for any other text."""
    return msgspec.json.decode(text, type=Identity).metadata
