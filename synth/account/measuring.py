"""One pass over a dataset's records, which gives its figures and one record to show."""

import ast
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from synth.calls import called_builtins, parse_source
from synth.dataset import Became, Dataset, lines_of
from synth.errors import UsageError
from synth.io import AGREES, Io
from synth.levels import Text, texts_of

from .clusters import Members
from .costs import figures_of
from .distribution import Gauge, Share
from .entry import Entry, read_entry
from .measures import CategoryFigures, Inventory, Measures, SplitFigures, TextFigures, VerdictFigures
from .realism import Shapes
from .resemblance import Sources
from .tokens import count_tokens

ECHO = b" <L "
"""What a comment of Warp's that repeats a Python line has before the line's number."""
EXAMPLE_LINES = 20
"""Lines of Python that the record to show has, or as near to that as there is."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one pass over a dataset gives."""

    dataset: Dataset
    measures: Measures
    example: Entry
    """A record of moderate size whose outputs and gradients agree, if there is one."""
    sources: dict[bytes, str]
    """The splits of the Python texts, which are named by their digests, so that datasets can be compared."""


@dataclass(slots=True)
class _Texts:
    """The texts of one level as they come."""

    bytes: Gauge = field(default_factory=Gauge)
    lines: Gauge = field(default_factory=Gauge)
    tokens: Gauge = field(default_factory=Gauge)
    echo_bytes: int = 0

    def add(self, level: Text, text: str) -> None:
        encoded = text.encode()
        lines = encoded.splitlines()
        self.bytes.add(len(encoded))
        self.lines.add(len(lines))
        self.tokens.add(count_tokens(encoded))
        if level.comment:
            marker = level.comment.encode()
            self.echo_bytes += sum(len(line) + 1 for line in lines if ECHO in line and line.lstrip().startswith(marker))

    def read(self, title: str) -> TextFigures:
        return TextFigures(title, self.bytes.read(), self.lines.read(), self.tokens.read(), self.echo_bytes)


@dataclass(slots=True)
class _Things:
    """An inventory as it comes."""

    kernels: Counter[str] = field(default_factory=Counter)
    occurrences: Counter[str] = field(default_factory=Counter)

    def add(self, counts: "Counter[str] | dict[str, int]") -> None:
        self.kernels.update(counts.keys())
        self.occurrences.update(counts)

    def read(self) -> Inventory:
        return Inventory(_ranked(self.kernels), _ranked(self.occurrences))


@dataclass(slots=True)
class _Verdicts:
    """What one oracle says, as it comes."""

    said: Counter[str] = field(default_factory=Counter)
    not_run: int = 0

    def add(self, io: Io | None, read: Callable[[Io], str]) -> None:
        if io is None:
            self.not_run += 1
        else:
            self.said[read(io)] += 1

    def read(self, refused: int) -> VerdictFigures:
        skipped = {reason: number for reason, number in _ranked(self.said).items() if reason != AGREES}
        return VerdictFigures(self.said[AGREES], skipped, self.not_run, refused)


class _Tally:
    """Everything that is counted."""

    def __init__(self, device: str) -> None:
        self.levels = {level.key: level for level in texts_of(device)}
        self.texts = {key: _Texts() for key in self.levels}
        self.parts: Counter[str] = Counter()
        self.categories: dict[str, Gauge] = {}
        self.constructs, self.builtins, self.argument_types = _Things(), _Things(), _Things()
        self.arguments = Gauge()
        self.outputs, self.gradients = _Verdicts(), _Verdicts()
        self.exact = self.run = self.launches = self.aligned = self.records = self.text_bytes = 0
        self.structures: set[str] = set()
        self.sources: dict[bytes, str] = {}
        self.compilers: Counter[str] = Counter()
        self.splits: dict[str, Counter[str]] = {}
        self.annotations: dict[str, Gauge] = {}
        self.clusters, self.resembled, self.shapes = Members(), Sources(), Shapes()

    def add(self, entry: Entry, module: ast.Module) -> None:
        record, metadata = entry.record, entry.record.metadata
        self.records += 1
        self.text_bytes += entry.size
        self.parts.update(entry.parts)
        self.constructs.add(metadata.constructs)
        self.arguments.add(len(metadata.arguments))
        self.argument_types.add(Counter(_type_name(each.type, each.dimensions) for each in metadata.arguments))
        self.structures.add(metadata.structure_digest)
        self.aligned += any(record.line_map.values())
        for key, text in entry.texts.items():
            self.texts[key].add(self.levels[key], text)
        self.categories.setdefault(metadata.category, Gauge()).add(count_tokens(record.python_source.encode()))
        self.compilers.update(_compilers(metadata.compile))
        self.splits.setdefault(metadata.split, Counter()).update(records=1, bytes=entry.size)
        self.clusters.add(metadata)
        for name, value in figures_of(record.annotations).items():
            self.annotations.setdefault(name, Gauge()).add(value)
        self._add_source(entry, module)
        self._add_runs(record.io)

    def _add_source(self, entry: Entry, module: ast.Module) -> None:
        source, metadata = entry.record.python_source, entry.record.metadata
        self.sources[hashlib.blake2b(source.encode(), digest_size=16).digest()] = metadata.split
        self.builtins.add(called_builtins(module))
        self.shapes.add(module)
        self.resembled.add(metadata.id, source, metadata.split)

    def _add_runs(self, io: Io | None) -> None:
        self.outputs.add(io, lambda said: said.reference)
        self.gradients.add(io, lambda said: said.gradient)
        if io is not None:
            self.run += 1
            self.exact += io.exact
            self.launches += len(io.launches)

    def read(self, dataset: Dataset) -> Measures:
        about = dataset.about
        rejects = about.counts.rejects
        return Measures(
            label=dataset.label.replace(",", "+"),
            about=about,
            records=self.records,
            text_bytes=self.text_bytes,
            parts=dict(self.parts),
            texts={key: texts.read(self.levels[key].title) for key, texts in self.texts.items() if texts.bytes.values},
            categories={
                name: _category(self.categories.get(name, Gauge()), about.categories.get(name, Became()))
                for name in sorted({*self.categories, *about.categories})
            },
            constructs=self.constructs.read(),
            builtins=self.builtins.read(),
            arguments=self.arguments.read(),
            argument_types=self.argument_types.read(),
            outputs=self.outputs.read(rejects.get("reference", 0)),
            gradients=self.gradients.read(rejects.get("gradient", 0)),
            exact=Share(self.exact, self.run),
            launches=self.launches,
            distinct_structures=len(self.structures),
            distinct_sources=len(self.sources),
            compilers=_ranked(self.compilers),
            aligned=Share(self.aligned, self.records),
            splits={name: SplitFigures(**found) for name, found in self.splits.items()},
            clusters=self.clusters.read(),
            resemblance=self.resembled.read(),
            annotations={name: gauge.read() for name, gauge in self.annotations.items()},
            realism=self.shapes.read(),
        )


def measure(dataset: Dataset) -> Measured:
    """Return the figures of a dataset; `UsageError` where it is damaged, or has no record."""
    tally = _Tally(dataset.about.configuration.device)
    best: tuple[int, ...] | None = None
    example: Entry | None = None
    for line in lines_of(dataset):
        entry = read_entry(line)
        tally.add(entry, parse_source(entry.record.python_source, line.where))
        rank = _rank(entry)
        if best is None or rank < best:
            best, example = rank, entry
    if example is None:
        raise UsageError(f"{dataset.root} has no record: there is nothing to tell of")
    return Measured(dataset, tally.read(dataset), example, tally.sources)


def _rank(entry: Entry) -> tuple[int, ...]:
    """Return what is least for the record that shows the format best."""
    record, io = entry.record, entry.record.io
    is_whole = io is not None and io.reference == io.gradient == AGREES
    lines = len(record.python_source.splitlines())
    size = sum(map(len, entry.texts.values()))
    return (not is_whole, -len(entry.texts), abs(lines - EXAMPLE_LINES), size, record.metadata.index)


def _compilers(described: Mapping[str, Any]) -> list[str]:
    """Return the compilers that a record names: its own, and that of the other device."""
    other = described.get("cuda")
    named = [described.get("compiler"), other.get("compiler") if isinstance(other, Mapping) else None]
    return [each for each in named if isinstance(each, str)]


def _category(tokens: Gauge, became: Became) -> CategoryFigures:
    return CategoryFigures(len(tokens.values), became.duplicates, became.rejected, tokens.read())


def _type_name(name: str, dimensions: int) -> str:
    if not dimensions:
        return name
    return f"array of {name}" if dimensions == 1 else f"array of {name}, {dimensions} dimensions"


def _ranked(counts: Counter[str]) -> dict[str, int]:
    """Return counts with the greatest first, by name among equals."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
