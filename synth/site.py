"""Where the work of a run is done: what makes its batches, decides what is new and writes its shards."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .configuration import Configuration
from .crew import Crew, Limits
from .dedup import Seen, Sought
from .folder import Folder
from .making import Tools
from .outcome import Batch
from .production import Production, Writer
from .state import continuing_command
from .store.layout import Layout
from .store.shards import Place, ShardWriter


class Engine(Protocol):
    """What makes batches of outcomes."""

    @property
    def peak_bytes(self) -> int:
        """The most memory that any worker has had in use."""

    @property
    def width(self) -> int:
        """How many batches are worked on at a time."""

    def run(self, batches: Iterable[tuple[int, ...]]) -> Iterator[Batch]:
        """Yield the outcomes of each batch, in the order given; a bounded number is under way at any time."""


@dataclass(frozen=True, slots=True)
class Work:
    """What an engine has to know."""

    configuration: Configuration
    tools: Tools
    workers: int
    limits: Limits
    aside: Path
    """A folder for what is temporary, of this run alone."""
    tick: Callable[[], None]
    """Called a few times a second."""


class Site:
    """One machine: workers are its processes, and the main one decides and writes."""

    production: type[Production] = Production

    def continuing(self, configuration: Configuration, out: Path) -> str:
        """Return the command that goes on with a run in this folder."""
        return continuing_command(configuration, out)

    def seen(self, configuration: Configuration, _folder: Folder) -> Sought:
        """Return what remembers the kernels kept so far; it is empty."""
        return Seen(configuration.dedup)

    def writer(self, folder: Folder, layout: Layout, place: Place) -> AbstractContextManager[Writer]:
        """Return what writes the shards, from a place on."""
        return ShardWriter(folder.root, folder.aside, layout, place)

    def engine(self, work: Work, _seen: Sought) -> AbstractContextManager[Engine]:
        """Return what makes the batches; what remembers the kernels may want to see each before it is asked."""
        return Crew(work.configuration, work.tools, work.workers, work.aside, limits=work.limits, tick=work.tick)


HERE = Site()
"""This machine."""
