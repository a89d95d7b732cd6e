"""What two folders differ in: bytes, and records."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


SHOWN = 80
"""Bytes that are shown on each side of a difference."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How far a dataset is from what it should be."""

    bytes: int
    """That are other, missing or too many, over all files."""
    records: int
    """That are not there."""
    places: tuple[str, ...]
    """The first of each file in which there are any, with what stands there and what should; whole files first."""


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a dataset by name, without what may differ: the manifest's `run`, the state's command."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    if "manifest.json" in found:
        manifest = json.loads(found["manifest.json"])
        del manifest["run"]
        found["manifest.json"] = json.dumps(manifest).encode()
    if "PRODUCTION_STATE.md" in found:
        found["PRODUCTION_STATE.md"] = found["PRODUCTION_STATE.md"].partition(b"--out")[0]
    return found


def difference(expected: dict[str, bytes], found: dict[str, bytes]) -> Difference:
    """Return what is other in the second."""
    names = [name for name in {*expected, *found} if expected.get(name) != found.get(name)]
    names.sort(key=lambda name: (name in expected and name in found, name))
    pairs = [(name, expected.get(name, b""), found.get(name, b"")) for name in names]
    return Difference(
        sum(_differing(one, other) for _, one, other in pairs),
        len(_ids(expected) - _ids(found)),
        tuple(f"{name}, {_first(one, other)}" for name, one, other in pairs),
    )


def _differing(one: bytes, other: bytes) -> int:
    return sum(a != b for a, b in zip(one, other, strict=False)) + abs(len(one) - len(other))


def _first(one: bytes, other: bytes) -> str:
    place = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    shown = slice(max(0, place - SHOWN), place + SHOWN)
    return f"byte {place:,}: {other[shown]!r} instead of {one[shown]!r}"


def _ids(files: dict[str, bytes]) -> set[str]:
    """The records, by id; what cannot be read is none."""
    found = set()
    for name, content in files.items():
        for text in content.splitlines() if name.startswith("train-") else [content] * name.startswith("pair_"):
            try:
                found.add(json.loads(text)["metadata"]["id"])
            except (ValueError, KeyError):
                continue
    return found
