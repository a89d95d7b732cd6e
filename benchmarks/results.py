"""The results of runs: one JSON file each in `benchmarks/results/`, named by date and version, and their history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path

import msgspec

from benchmarks.figures import Figure, grid, shown
from benchmarks.machine import Machine

FOLDER = Path(__file__).parent / "results"


class Result(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One run of `python -m benchmarks`."""

    warpsmith: str
    began: str
    """The moment, in UTC, as ISO 8601 has it."""
    seconds: float
    scale: dict[str, bool | int | str | tuple[int | str, ...]]
    """How much was measured."""
    machine: Machine
    figures: dict[str, tuple[Figure, ...]]
    """By part."""

    @property
    def label(self) -> str:
        """What heads its column in the history."""
        return f"{self.began[:10]} {self.warpsmith} {self.scale['name']}"


def new_file(result: Result, folder: Path) -> Path:
    """Return the file for a result, which no other has."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{result.began[:10]}-{result.warpsmith}"
    names = (f"{stem}.json" if number == 1 else f"{stem}-{number}.json" for number in count(1))
    return next(folder / name for name in names if not (folder / name).exists())


def write(result: Result, file: Path) -> None:
    """Write a result, one value a line."""
    file.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")


def read(file: Path) -> Result:
    """Return the result in a file; `msgspec.MsgspecError` where there is none."""
    return msgspec.json.decode(file.read_bytes(), type=Result)


def kept(folder: Path) -> list[Result]:
    """Return all results in a folder, the oldest first."""
    return sorted((read(file) for file in folder.glob("*.json")), key=lambda result: result.began)


def history(results: Sequence[Result]) -> str:
    """Return the main figures of all results side by side."""
    columns = [{each.name: shown(each) for each in _main(result)} for result in results]
    names = dict.fromkeys(name for column in columns for name in column)
    lines = [[name, *(column.get(name, "") for column in columns)] for name in names]
    return grid([["", *(result.label for result in results)], *lines])


def _main(result: Result) -> Iterable[Figure]:
    return (figure for part in result.figures.values() for figure in part if figure.main)
