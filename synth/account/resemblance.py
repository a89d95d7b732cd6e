"""Which records resemble kernels that people wrote: those of the installed Warp, its examples and tests among them."""

from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version

from synth.near.real import Overlap, Real, overlap, real_kernels, warp_folder
from synth.near.splits import SPLITS

NEAREST = 5
"""The pairs of a dataset that are named."""
TEST = SPLITS[-1]


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How much of a dataset resembles real kernels."""

    warp: str
    """The version that they are of."""
    everything: Overlap
    test: Overlap
    """The same of the records to test on."""
    splits: dict[str, str]
    """Of the records in the pairs that are most alike."""


@cache
def kernels_of_warp() -> tuple[Real, ...]:
    """Return the kernels and functions of the installed Warp: ten seconds, once."""
    return tuple(real_kernels(warp_folder()))


@dataclass(slots=True)
class Sources:
    """Records as they come, to be compared together."""

    records: list[tuple[str, str]] = field(default_factory=list)
    """Each an id and a source."""
    splits: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, source: str, split: str) -> None:
        """Take one more record."""
        self.records.append((name, source))
        self.splits[name] = split

    def read(self) -> Resemblance:
        """Compare each with each real kernel."""
        real = kernels_of_warp()
        everything = overlap(self.records, real, NEAREST)
        return Resemblance(
            warp=version("warp-lang"),
            everything=everything,
            test=overlap([each for each in self.records if self.splits[each[0]] == TEST], real, NEAREST),
            splits={match.id: self.splits[match.id] for match in everything.nearest},
        )
