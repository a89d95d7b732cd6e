"""The check of a complete dataset against its manifest; nothing that it holds is run."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from ir.counting import static_counts

from .configuration import Configuration
from .dedup import Seen
from .echoes import line_map
from .errors import UsageError, WarpsmithError
from .folder import Finished, Folder, profile_file
from .levels import GENERATED, TEXTS, keys_of
from .manifest import Manifest, manifest_digest
from .near.clusters import Clusters, Entry
from .near.entries import read_entry
from .outcome import JUDGES
from .record import Record, decode_record, encode_record, record_id
from .share import WHOLE
from .store.layout import LAYOUTS, Layout
from .store.shards import Shard, digest_of
from .tally import Counts

FORWARD_ONLY = "option_forward_only"
"""The row of a kernel that says itself that it has no adjoint."""


MADE_OF_IT = ("README.md", "REPORT.md", "plots", "browse.html")
"""What `report` and `browse` may have put beside the records."""


class DatasetError(WarpsmithError):
    """The first thing found wrong with a dataset."""


def verify(folder: Folder) -> Manifest:
    """Return the manifest of a dataset in which all is right; `DatasetError` names the first thing that is not."""
    condition = folder.inspect()
    if not isinstance(condition, Finished):
        raise DatasetError(f"{folder.root} is not a complete dataset: it has no manifest.json")
    manifest = condition.manifest
    if manifest_digest(manifest) != manifest.digest:
        raise DatasetError("manifest.json: it is not as it was written (its own digest differs)")
    _check_files(folder, manifest)
    with TemporaryDirectory(prefix="warpsmith-") as scratch, Clusters(Path(scratch)) as clusters:
        recorded = _check_records(folder, manifest, clusters)
    _check_counts(folder, manifest)
    _check_rows(manifest, recorded, *_rejected_rows(folder))
    return manifest


def _check_files(folder: Folder, manifest: Manifest) -> None:
    layout = LAYOUTS[manifest.configuration.format]
    expected = {shard.name for shard in manifest.shards}
    for number, shard in enumerate(manifest.shards):
        if shard.name != layout.name(number):
            raise DatasetError(f"manifest.json: shard {number} is called {shard.name}, not {layout.name(number)}")
        path = folder.root / shard.name
        if not path.is_file():
            raise DatasetError(f"{shard.name}: it is missing")
        size = path.stat().st_size
        if size != shard.bytes:
            raise DatasetError(f"{shard.name}: it has {size:,} bytes, the manifest says {shard.bytes:,}")
        digest = digest_of(path).hexdigest()
        if digest != shard.sha256:
            raise DatasetError(f"{shard.name}: its SHA-256 is {digest[:16]}…, the manifest says {shard.sha256[:16]}…")
    ours = expected | {folder.manifest.name, folder.state.name, folder.rejects.name, *MADE_OF_IT}
    configuration = manifest.configuration
    if configuration.share != WHOLE:
        ours.add(folder.duplicates.name)
    if configuration.profile_source is not None:
        path = folder.root / profile_file(configuration)
        ours.add(path.name)
        if not path.is_file() or path.read_bytes() != configuration.profile_source.encode():
            raise DatasetError(f"{path.name}: it is missing, or not the profile that the manifest holds")
    if folder.aside.exists():
        raise DatasetError(
            f"{folder.aside.name}: the run was stopped before it took this away; the command that made the dataset does"
        )
    if strange := sorted(path.name for path in folder.root.iterdir() if path.name not in ours):
        raise DatasetError(f"{strange[0]}: it is not in the manifest")


def _check_records(folder: Folder, manifest: Manifest, clusters: Clusters) -> Counter[str]:
    """Check every record; return how many have each row of the catalogue."""
    configuration = manifest.configuration
    layout = LAYOUTS[configuration.format]
    seen, last, text_bytes, written = Seen(configuration.dedup), -1, 0, 0
    categories: dict[str, int] = {}
    rows: Counter[str] = Counter()
    for shard in manifest.shards:
        count = 0
        for where, text, record in _records(folder, layout, shard):
            count += 1
            metadata = record.metadata
            for wrong in _record_faults(configuration, record):
                raise DatasetError(f"{where}: {wrong}")
            if not configuration.share.has(metadata.index):
                raise DatasetError(f"{where}: index {metadata.index} is not one of share {configuration.share}")
            if metadata.index <= last:
                raise DatasetError(f"{where}: index {metadata.index} comes after index {last}")
            if not seen.is_new(metadata.ir_digest, metadata.structure_digest):
                raise DatasetError(f"{where}: the kernel of index {metadata.index} has been kept before")
            placed = clusters.place(_signed(text, where))
            if (placed.cluster_id, placed.split) != (metadata.cluster_id, metadata.split):
                raise DatasetError(
                    f"{where}: it is in cluster {metadata.cluster_id} and split {metadata.split}, "
                    f"its texts make it {placed.cluster_id} and {placed.split}"
                )
            if configuration.is_reached(text_bytes, written):
                raise DatasetError(f"{where}: the target was reached before this record")
            last = metadata.index
            text_bytes += len(text) + 1
            written += 1
            categories[metadata.category] = categories.get(metadata.category, 0) + 1
            rows.update(metadata.constructs.keys())
        if count != shard.records:
            raise DatasetError(f"{shard.name}: it has {count:,} records, the manifest says {shard.records:,}")
    if not configuration.is_reached(text_bytes, written):
        raise DatasetError(f"the target was not reached: {text_bytes:,} bytes, {written:,} records")
    if (written, text_bytes) != (manifest.records, manifest.text_bytes):
        raise DatasetError(
            f"manifest.json: it says {manifest.records:,} records of {manifest.text_bytes:,} bytes; "
            f"there are {written:,} of {text_bytes:,}"
        )
    if configuration.share.below(last) + 1 != manifest.attempts:
        raise DatasetError(f"manifest.json: it says {manifest.attempts:,} attempts; the last record is index {last:,}")
    stated = {name: counts.written for name, counts in manifest.categories.items() if counts.written}
    if stated != categories:
        name = min(name for name in stated | categories if stated.get(name) != categories.get(name))
        raise DatasetError(
            f"manifest.json: category {name} has {categories.get(name, 0)} records, not {stated.get(name, 0)}"
        )
    return rows


def _records(folder: Folder, layout: Layout, shard: Shard) -> Iterator[tuple[str, bytes, Record]]:
    """Each record of a shard: where it is, its one-line JSON text, and itself."""
    content = (folder.root / shard.name).read_bytes()
    where, lines = shard.name, []
    try:
        for number, text in enumerate(layout.records(content), start=1):
            where = f"{shard.name}, record {number}"
            record = decode_record(text)
            if encode_record(record) != text:
                raise DatasetError(f"{where}: its JSON is not written as this version writes it")
            lines.append(text)
            yield where, text, record
    except (msgspec.MsgspecError, ValueError) as error:
        raise DatasetError(f"{where}: {error}") from error
    # What is compressed is other bytes with another version of the compressor.
    if layout.grows and layout.enclose(lines) != content:
        raise DatasetError(f"{shard.name}: it is not laid out as this version does it")


def _record_faults(configuration: Configuration, record: Record) -> Iterator[str]:
    """Yield what a record says of itself that it cannot, one phrase each."""
    metadata = record.metadata
    expected = {
        "id": record_id(configuration, metadata.index, record.python_source),
        "category": configuration.category_of(metadata.index),
        "device": configuration.device,
        "seed": configuration.seed,
        "profile": configuration.profile,
        "warp_version": configuration.versions.warp,
        "generator_version": configuration.versions.warpsmith,
        "catalogue_digest": configuration.catalogue_digest,
    }
    for name, value in expected.items():
        if getattr(metadata, name) != value:
            yield f"{name} is {getattr(metadata, name)!r}, the manifest makes it {value!r}"
    if record.io is not None and not configuration.io:
        yield "io is there, but the kernels were not to be run"
    wanted = keys_of(configuration.levels)
    has_adjoint = configuration.backward and FORWARD_ONLY not in metadata.constructs
    for name in (text.key for text in TEXTS):
        text = getattr(record, name)
        if (text is msgspec.UNSET) != (name not in wanted):
            yield f"{name} is {'missing' if name in wanted else 'there, but its level was not asked for'}"
        if text is msgspec.UNSET:
            continue
        if bool(text) != (has_adjoint or not name.endswith("_backward")):
            yield f"{name} is {'not ' if text else ''}empty"
        if metadata.compile.get("sizes", {}).get(name, {}).get("bytes") != len(text.encode()):
            yield f"{name} has not the size that the metadata says"
        # The map of a text without comments cannot be made again: the comments are what it was read from.
        is_echoing = name in GENERATED and not configuration.strip_comments
        if is_echoing and record.line_map.get(name) != line_map(record.python_source, text):
            yield f"line_map is not that of {name}"
    if record.annotations.static != static_counts(record.cpp_forward):
        yield "annotations.static is not what cpp_forward has"


def _signed(text: bytes, where: str) -> Entry:
    try:
        return read_entry(text)
    except UsageError as error:
        raise DatasetError(f"{where}: {error}") from error


def _check_counts(folder: Folder, manifest: Manifest) -> None:
    counts = manifest.counts
    if counts.attempts != manifest.attempts:
        raise DatasetError(
            f"manifest.json: the counts add up to {counts.attempts:,}, not to {manifest.attempts:,} attempts"
        )
    if counts.written != manifest.records:
        raise DatasetError(f"manifest.json: {counts.written:,} written, but {manifest.records:,} records")
    if _sum(manifest.categories) != counts:
        raise DatasetError("manifest.json: the counts of the categories do not add up to the counts in all")
    rejects = len(folder.rejected_indices())
    if rejects != sum(counts.rejects.values()):
        raise DatasetError(f"rejects: {rejects:,} files, but {sum(counts.rejects.values()):,} rejects in the manifest")
    duplicates = len(folder.duplicate_indices())
    if manifest.configuration.share != WHOLE and duplicates != counts.duplicates:
        raise DatasetError(f"duplicates: {duplicates:,} files, but {counts.duplicates:,} duplicates in the manifest")


def _rejected_rows(folder: Folder) -> tuple[Counter[str], Counter[str]]:
    """Return how many rejects have each row of the catalogue: that did not compile, and that a judge refused."""
    refused: Counter[str] = Counter()
    judged: Counter[str] = Counter()
    for index in folder.rejected_indices():
        try:
            reject = folder.read_reject(index)
        except msgspec.MsgspecError as error:
            raise DatasetError(f"rejects/{index}.json: {error}") from error
        (judged if reject.stage in JUDGES else refused).update(reject.rows)
    return refused, judged


def _check_rows(manifest: Manifest, recorded: Counter[str], rejected: Counter[str], judged: Counter[str]) -> None:
    """Check the ledger: a row's kernels are its records, rejects and duplicates, and of the latter nothing is kept."""
    for row in sorted({*recorded, *rejected, *judged} - {*manifest.rows}):
        raise DatasetError(f"manifest.json: there are kernels with row {row}, which its ledger does not have")
    for row, count in manifest.rows.items():
        duplicates = count.generated - count.compiled - rejected[row]
        if not 0 <= count.agreed <= count.executed <= count.compiled <= count.generated:
            raise DatasetError(f"manifest.json: row {row}: {msgspec.to_builtins(count)} cannot be")
        if count.compiled != recorded[row] + judged[row]:
            raise DatasetError(
                f"manifest.json: row {row}: {count.compiled:,} compiled, but {recorded[row]:,} records and "
                f"{judged[row]:,} rejects that ran have it"
            )
        if not 0 <= duplicates <= manifest.counts.duplicates:
            raise DatasetError(
                f"manifest.json: row {row}: {count.compiled:,} of {count.generated:,} compiled, "
                f"but {rejected[row]:,} rejects have it"
            )


def _sum(categories: dict[str, Counts]) -> Counts:
    total = Counts()
    for counts in categories.values():
        total.written += counts.written
        total.duplicates += counts.duplicates
        for stage, number in counts.rejects.items():
            total.rejects[stage] = total.rejects.get(stage, 0) + number
    return total
