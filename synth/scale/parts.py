"""Parts: the records of one batch in a file of a shared folder, where whoever made them left them."""

import hashlib
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex

import msgspec

from synth.outcome import Batch, Made, Outcome
from synth.record import placed
from synth.store.shards import CHUNK, Shard


class Home(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a record belongs."""

    cluster_id: str
    split: str


class Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands for a record wherever its text is not needed; its JSON text ends as a record's does."""

    part: str
    """The name of the part's file."""
    offset: int
    size: int
    """Bytes of the JSON text without its place."""
    metadata: Home = Home("", "")

    @property
    def placed_size(self) -> int:
        """Bytes of the JSON text with its place."""
        return self.size + len(self.metadata.cluster_id) + len(self.metadata.split)


def decode_reference(text: bytes) -> Reference:
    """Return the reference in this JSON text."""
    return msgspec.json.decode(text, type=Reference)


def put_aside(batch: Batch, folder: Path) -> Batch:
    """Write the records of a batch into a part; return the batch with references in their place.

    A batch that is made twice need not have the same records, since a worker leaves out what it has made before: each
    time it is another part.
    """
    if not any(isinstance(outcome, Made) for outcome in batch.outcomes):
        return batch
    name = f"{batch.outcomes[0].index:012d}-{token_hex(6)}.part"
    outcomes: list[Outcome] = []
    with (folder / name).open("xb") as file:
        for outcome in batch.outcomes:
            if isinstance(outcome, Made):
                reference = Reference(name, file.tell(), len(outcome.record))
                file.write(outcome.record)
                outcomes.append(replace(outcome, record=msgspec.json.encode(reference)))
            else:
                outcomes.append(outcome)
    return Batch(tuple(outcomes), batch.seconds)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a shard is to hold."""

    name: str
    begun: Path | None
    """A file with the shard's first records, as they are in it."""
    begun_records: int
    references: tuple[Reference, ...]


def write_shard(plan: Plan, parts: Path, out: Path) -> Shard:
    """Write a shard from the parts, and put it in place whole; a shard that is written twice has the same bytes."""
    digest = hashlib.sha256()
    draft = parts / f"{plan.name}.{socket.gethostname()}-{os.getpid()}"
    with draft.open("wb") as file:
        if plan.begun is not None:
            with plan.begun.open("rb") as begun:
                while chunk := begun.read(CHUNK):
                    file.write(chunk)
                    digest.update(chunk)
        for text in _texts(plan.references, parts):
            file.write(text)
            digest.update(text)
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
    draft.rename(out / plan.name)
    return Shard(plan.name, plan.begun_records + len(plan.references), size, digest.hexdigest())


def _texts(references: Sequence[Reference], parts: Path) -> list[bytes]:
    texts = []
    for reference in references:
        with (parts / reference.part).open("rb") as file:
            file.seek(reference.offset)
            text = file.read(reference.size)
        texts.append(placed(text, reference.metadata.cluster_id, reference.metadata.split) + b"\n")
    return texts
