"""What each format costs: `python -m benchmarks.formats DIR`.

Exports a complete dataset to every format and each of these back to JSON Lines, in a process of its own each: seconds
and CPU seconds, size of the shards, their part of the size as JSON Lines, and peak memory in MB (at least that
of this process, which is what `start` shows). The digest is of the set of records' texts; it is the same in every row.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from pathlib import Path

from benchmarks.command import cost_of_synth
from benchmarks.processes import apart
from synth.folder import Folder
from synth.manifest import Manifest, decode_manifest
from synth.reading import configuration_of, stored_records
from synth.record import encode_record
from synth.store.layout import LAYOUTS


def measured(*arguments: str) -> str:
    """The seconds, CPU seconds and MB that a command takes."""
    cost = cost_of_synth(*arguments)
    return f"{cost.seconds:8.1f}{cost.cpu_seconds:8.1f}{cost.peak_bytes / 1e6:8.0f}"


def manifest(folder: Path) -> Manifest:
    return decode_manifest((folder / "manifest.json").read_bytes())


def digest_of_set(folder: Path) -> str:
    """A digest of the records, whatever their order and their files."""
    stored = stored_records(Folder(folder), configuration_of(Folder(folder)))
    digests = sorted(hashlib.sha256(encode_record(each.record)).digest() for each in stored)
    return hashlib.sha256(b"".join(digests)).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scratch", type=Path, help="where to put the exports while they are measured")
    options = parser.parse_args()
    whole = manifest(options.folder)
    print(f"{options.folder}: {whole.records:,} records, {whole.text_bytes / 1e6:.1f} MB as JSON Lines")
    print(
        f"{'':10s}{'files':>8s}{'MB':>11s}{'part':>10s}{'there':>8s}{'CPU':>8s}{'peak':>8s}{'back':>8s}{'CPU':>8s}{'peak':>8s}  digest of the set"
    )
    print(f"{'start':39s}{measured('schema')}")
    digests = {apart(digest_of_set, options.folder)}
    for form in LAYOUTS:
        with tempfile.TemporaryDirectory(dir=options.scratch) as scratch:
            there, back = Path(scratch, "there"), Path(scratch, "back")
            export = measured("export", str(options.folder), "--format", form, "--out", str(there))
            again = measured("export", str(there), "--format", "jsonl", "--out", str(back))
            shards, digest = manifest(there).shards, apart(digest_of_set, there)
            digests |= {digest, apart(digest_of_set, back)}
            size = sum(shard.bytes for shard in shards)
            part = size / whole.text_bytes
            print(f"{form:10s}{len(shards):8,d}{size / 1e6:11.1f}{part:10.1%}{export}{again}  {digest[:16]}")
    if len(digests) > 1:
        raise SystemExit("formats.py: records were lost or changed")


if __name__ == "__main__":
    main()
