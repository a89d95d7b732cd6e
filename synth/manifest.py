"""The manifest: what a dataset is, in one file beside it; equal datasets differ in `run` only."""

import hashlib
import platform
from importlib.metadata import version

import msgspec

from . import VERSION
from .configuration import Configuration
from .ledger import Costs
from .rows import RowCount, Rows
from .store.shards import Shard
from .tally import Counts, Tally


class Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the dataset came about: the part that may differ between equal datasets."""

    seconds: dict[str, float]
    """CPU seconds over all workers, by stage."""
    wall_seconds: float
    sessions: int
    """How often the run was started until it was complete."""
    peak_memory_bytes: dict[str, int]
    """Of the main process and of the largest worker."""
    versions: dict[str, str]
    """Of what the run used and the records do not depend on."""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of what is known about a dataset."""

    warpsmith: str
    configuration: Configuration
    records: int
    text_bytes: int
    """What the budget counts: the records' one-line JSON text, each with its newline."""
    attempts: int
    """Indices tried: the sum of `counts`."""
    counts: Counts
    categories: dict[str, Counts]
    rows: dict[str, RowCount]
    """The ledger of the catalogue's rows; for each: kernels generated, compiled, executed, agreed."""
    shards: tuple[Shard, ...]
    digest: str
    """SHA-256 of everything above: equal datasets have equal digests."""
    run: Run


def make_manifest(
    configuration: Configuration, shards: tuple[Shard, ...], tally: Tally, rows: Rows, costs: Costs
) -> Manifest:
    """Return the manifest of a complete dataset."""
    order = [*configuration.categories]
    draft = Manifest(
        warpsmith=VERSION,
        configuration=configuration,
        records=tally.total.written,
        text_bytes=tally.text_bytes,
        attempts=tally.total.attempts,
        counts=tally.total,
        categories={name: tally.categories[name] for name in order if name in tally.categories},
        rows=rows,
        shards=shards,
        digest="",
        run=Run(
            seconds={stage: round(spent, 3) for stage, spent in costs.seconds.items()},
            wall_seconds=round(costs.wall_seconds, 3),
            sessions=costs.sessions,
            peak_memory_bytes={"main": costs.peak_main_bytes, "worker": costs.peak_worker_bytes},
            versions={"python": platform.python_version(), **{name: version(name) for name in ("numpy", "msgspec")}},
        ),
    )
    return msgspec.structs.replace(draft, digest=manifest_digest(draft))


def manifest_digest(manifest: Manifest) -> str:
    """Return the digest of the parts that equal datasets share."""
    values = {name: getattr(manifest, name) for name in Manifest.__struct_fields__ if name not in {"digest", "run"}}
    return hashlib.sha256(msgspec.json.encode(values, order="sorted")).hexdigest()


def encode_manifest(manifest: Manifest) -> bytes:
    """Return the manifest as JSON text, one value a line."""
    return msgspec.json.format(msgspec.json.encode(manifest, order="deterministic"), indent=2) + b"\n"


def decode_manifest(text: bytes) -> Manifest:
    """Return the manifest in this JSON text; `msgspec.MsgspecError` or `ValueError` for any other text."""
    return msgspec.json.decode(text, type=Manifest)
