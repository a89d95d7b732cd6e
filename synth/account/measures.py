"""The figures of a dataset, as one value: what every table, plot and sentence about it is made from."""

from dataclasses import dataclass

from synth.dataset import About
from synth.outcome import JUDGES

from .clusters import Clusters
from .distribution import Distribution, Share
from .realism import Realism
from .resemblance import Resemblance


@dataclass(frozen=True, slots=True)
class TextFigures:
    """The texts of one level."""

    title: str
    bytes: Distribution
    lines: Distribution
    tokens: Distribution
    echo_bytes: int
    """In comments that repeat a line of the Python source."""

    @property
    def echoes(self) -> Share:
        """How much of the texts such comments are."""
        return Share(self.echo_bytes, int(self.bytes.total))


@dataclass(frozen=True, slots=True)
class CategoryFigures:
    """The kernels of one category."""

    records: int
    duplicates: int
    rejects: int
    tokens: Distribution
    """Of the records' Python."""

    @property
    def attempts(self) -> int:
        """The kernels of it that were drawn."""
        return self.records + self.duplicates + self.rejects

    @property
    def dropped(self) -> Share:
        """Of the kernels that were not refused, those that had been made before."""
        return Share(self.duplicates, self.records + self.duplicates)


@dataclass(frozen=True, slots=True)
class Inventory:
    """Which of many things the kernels have, the most frequent first."""

    kernels: dict[str, int]
    """How many records have each."""
    occurrences: dict[str, int]
    """How often each occurs in all of them."""

    @property
    def distinct(self) -> int:
        """How many different ones there are."""
        return len(self.kernels)

    @property
    def total(self) -> int:
        """All occurrences."""
        return sum(self.occurrences.values())

    def rarer_than(self, records: int) -> int:
        """Return how many are in fewer records than that."""
        return sum(number < records for number in self.kernels.values())


@dataclass(frozen=True, slots=True)
class VerdictFigures:
    """What one oracle says of the records."""

    agree: int
    skipped: dict[str, int]
    """Records that it could not compare, by the reason, the most frequent first."""
    not_run: int
    refused: int
    """Kernels that it refused, which are no records; from the manifest."""

    @property
    def compared(self) -> Share:
        """Of the records that were run, those that were compared."""
        return Share(self.agree, self.agree + sum(self.skipped.values()))

    @property
    def right(self) -> Share:
        """Of the kernels that were compared, those that agree."""
        return Share(self.agree, self.agree + self.refused)


@dataclass(frozen=True, slots=True)
class SplitFigures:
    """The records of one split."""

    records: int
    bytes: int
    """Of their lines."""


@dataclass(frozen=True, slots=True)
class Measures:
    """All figures of one dataset."""

    label: str
    about: About
    """The manifest; counts of what is no record are there only."""
    records: int
    text_bytes: int
    """The records' one-line JSON texts, each with its newline."""
    parts: dict[str, int]
    """Bytes of that by the record's key."""
    texts: dict[str, TextFigures]
    """By the record's key, for those that any record has."""
    categories: dict[str, CategoryFigures]
    constructs: Inventory
    builtins: Inventory
    arguments: Distribution
    argument_types: Inventory
    outputs: VerdictFigures
    gradients: VerdictFigures
    exact: Share
    """Of the records that were run, those whose outputs are the same on every machine."""
    launches: int
    distinct_structures: int
    distinct_sources: int
    compilers: dict[str, int]
    """Records by the compiler that they name."""
    aligned: Share
    """Of the records, those that say which generated lines come from which Python line."""
    splits: dict[str, SplitFigures]
    clusters: Clusters
    resemblance: Resemblance
    annotations: dict[str, Distribution]
    """The figures that the records have about their kernels, by name."""
    realism: Realism | None
    """None where no source has a kernel."""

    @property
    def device(self) -> str:
        """What the kernels are compiled for."""
        return self.about.configuration.device

    @property
    def versions(self) -> dict[str, str]:
        """The versions that the dataset depends on, those of tools among them."""
        found: dict[str, str] = {}
        for name, version in self.about.configuration.versions.items():
            found |= version if isinstance(version, dict) else {name: version}
        return found

    @property
    def warp(self) -> str:
        """The version of Warp."""
        return self.versions.get("warp", "unknown")

    @property
    def pairs(self) -> int:
        """Pairs of a source and a text that was made of it."""
        return sum(figures.bytes.count for key, figures in self.texts.items() if key != "python_source")

    @property
    def unique(self) -> Share:
        """Of the kernels that were not refused, those that differ from all before them."""
        counts = self.about.counts
        return Share(counts.written, counts.written + counts.duplicates)

    @property
    def compiled(self) -> Share:
        """Of the kernels that were tried, those that compiled; a judge's refusal comes after that."""
        rejects = self.about.counts.rejects
        judged = sum(number for stage, number in rejects.items() if stage in JUDGES)
        return Share(self.about.attempts - self.about.counts.rejected + judged, self.about.attempts)

    @property
    def run(self) -> Share:
        """Of the records, those that were run."""
        return Share(self.exact.whole, self.records)
