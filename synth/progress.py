"""The progress of a run as a person sees it: one live line on a terminal, a plain line now and then elsewhere."""

import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, TextIO

from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from .configuration import Configuration, megabytes
from .tally import Tally

PLAIN_SECONDS = 10.0


class News(Protocol):
    """How far something has got, in words."""

    @property
    def share(self) -> float:
        """Of the target, 0 to 1."""

    @property
    def phrases(self) -> list[str]:
        """What to say, the most important first."""


@dataclass(frozen=True, slots=True)
class Status:
    """How far a run has got, and how fast this session goes."""

    target: str
    """What the megabytes are of, as `of 200 MB`."""
    text_bytes: int
    records: int
    duplicates: int
    rejects: int
    share: float
    """Of the target, 0 to 1."""
    rate: float
    """Kernels attempted per second."""
    seconds_left: float | None

    @property
    def unique_percent(self) -> float:
        """Kernels kept of those that compiled."""
        compiled = self.records + self.duplicates
        return 100.0 * self.records / compiled if compiled else 100.0

    @property
    def phrases(self) -> list[str]:
        """The status in words."""
        phrases = [
            f"{self.text_bytes / 1e6:.1f} {self.target}",
            f"{self.records:,} records",
            f"{self.rate:.0f} kernels/s",
            f"{self.unique_percent:.1f} % unique",
        ]
        if self.rejects:
            phrases.append(f"{self.rejects:,} rejected")
        if self.seconds_left is not None:
            phrases.append(f"{duration(self.seconds_left)} left")
        return phrases


class Pace:
    """The speed of one session, measured from where it began."""

    def __init__(self, configuration: Configuration, tally: Tally) -> None:
        self._configuration = configuration
        self._start = time.monotonic()
        self._attempts = tally.total.attempts
        self._share = _share(configuration, tally)

    def status(self, tally: Tally) -> Status:
        """Return the status at this moment."""
        spent = max(time.monotonic() - self._start, 1e-6)
        share = _share(self._configuration, tally)
        gained = share - self._share
        return Status(
            target=_target(self._configuration),
            text_bytes=tally.text_bytes,
            records=tally.total.written,
            duplicates=tally.total.duplicates,
            rejects=sum(tally.total.rejects.values()),
            share=share,
            rate=(tally.total.attempts - self._attempts) / spent,
            seconds_left=spent * (1 - share) / gained if gained > 0 else None,
        )


def _share(configuration: Configuration, tally: Tally) -> float:
    """Return the part of the target reached: the nearer of the two ends counts."""
    shares = [0.0]
    if configuration.goal_bytes is not None:
        shares.append(tally.text_bytes / configuration.goal_bytes)
    if configuration.goal_records is not None:
        shares.append(tally.total.written / configuration.goal_records)
    return min(1.0, max(shares))


class Screen(Protocol):
    """Something that shows news."""

    def show(self, news: News) -> None:
        """Show how far it is now."""

    def tick(self) -> None:
        """Redraw; this comes a few times a second, news or not."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class Silence:
    """A screen that shows nothing."""

    def show(self, news: News) -> None:
        """Show nothing."""

    def tick(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class PlainLines:
    """A line of text every ten seconds."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last = time.monotonic()

    def show(self, news: News) -> None:
        """Write a line if the last one is old enough."""
        if time.monotonic() - self._last >= PLAIN_SECONDS:
            self._last = time.monotonic()
            with suppress(OSError):
                self._stream.write(" · ".join(news.phrases) + "\n")
                self._stream.flush()

    def tick(self) -> None:
        """Do nothing: lines come with news."""

    def close(self) -> None:
        """Do nothing: each line is complete."""


class LiveLine:
    """One line with a bar, redrawn in place."""

    def __init__(self, console: Console) -> None:
        self._news: News | None = None
        self._start = time.monotonic()
        # Redrawn by hand: a refreshing thread would be forked, signalled and closed at the wrong moments.
        self._live = Live(console=console, auto_refresh=False, transient=True)

    def show(self, news: News) -> None:
        """Redraw with what is new."""
        self._news = news
        self.tick()

    def tick(self) -> None:
        """Redraw; the first time, take the line."""
        with suppress(OSError):
            if not self._live.is_started:
                self._live.start()
            self._live.update(self._line(), refresh=True)

    def close(self) -> None:
        """Remove the line."""
        with suppress(OSError):
            self._live.stop()

    def _line(self) -> RenderableType:
        if self._news is None:
            return Text(f"compiling the first kernels: {time.monotonic() - self._start:.0f} s")
        text = Text(" · ".join(self._news.phrases), no_wrap=True, overflow="ellipsis")
        # The bar takes what the words leave: a line that wrapped would be two.
        width = min(24, self._live.console.width - text.cell_len - 2)
        if width < 4:
            return text
        grid = Table.grid(padding=(0, 1))
        grid.add_row(ProgressBar(total=1.0, completed=self._news.share, width=width), text)
        return grid


def choose_screen(*, quiet: bool) -> Screen:
    """Return the screen that suits the standard error of this process."""
    if quiet:
        return Silence()
    console = Console(stderr=True)
    return LiveLine(console) if console.is_terminal else PlainLines(sys.stderr)


def _target(configuration: Configuration) -> str:
    if configuration.goal_bytes is not None:
        return f"of {megabytes(configuration.goal_bytes)} MB"
    return f"MB, of {configuration.goal_records:,} records"


def duration(seconds: float) -> str:
    """Return a time in hours, minutes and seconds."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {whole % 60:02} s" if minutes else f"{whole} s"
