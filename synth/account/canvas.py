"""What the plots are drawn on: no background, and colours that are readable on white and on black.

Each colour has a contrast of at least 3 to white and to the near-black of dark pages, text of at least 4.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synth.errors import UsageError

from .distribution import BINS_PER_OCTAVE, Distribution

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

TEXT = "#777d86"
FAINT = "#8c929b"
COLOURS = ("#3a7fc4", "#d0732c", "#4a9460", "#9a6cc0", "#c9556a", "#2f9494", "#8f7f2f", "#7a7f8a", "#b05fa8")
STYLE: dict[Any, object] = {
    "figure.dpi": 100,
    "savefig.dpi": 160,
    "savefig.transparent": True,
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": TEXT,
    "axes.edgecolor": TEXT,
    "axes.labelcolor": TEXT,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.alpha": 0.3,
    "grid.linewidth": 0.6,
    "xtick.color": TEXT,
    "ytick.color": TEXT,
    "legend.frameon": False,
    "svg.fonttype": "none",  # letters stay letters: a tenth of the size, and they can be searched
    "svg.hashsalt": "warpsmith",  # the same figures give the same bytes
}
WIDTH = 8.2
"""Inches."""


@contextmanager
def styled() -> Iterator[None]:
    """Draw in this style; `UsageError` where matplotlib is not installed."""
    try:
        import matplotlib as mpl  # noqa: PLC0415  (an optional package)
    except ImportError as error:
        raise UsageError("the plots need matplotlib: pip install 'warpsmith[report]'") from error
    with mpl.rc_context(STYLE):
        yield


def blank(
    height: float,
    rows: int = 1,
    columns: int = 1,
    widths: Sequence[float] | None = None,
    heights: Sequence[float] | None = None,
) -> "Figure":
    """Return a figure with empty axes."""
    from matplotlib.figure import Figure  # noqa: PLC0415  (an optional package)

    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    figure.subplots(rows, columns, squeeze=False, width_ratios=widths, height_ratios=heights)
    return figure


def save(figure: "Figure", folder: Path, name: str) -> None:
    """Write a figure as PNG and SVG; neither holds a date."""
    figure.savefig(folder / f"{name}.png", metadata={"Software": None})
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None, "Creator": None})


def bars(
    axes: "Axes",
    names: Sequence[str],
    series: Sequence[tuple[str, Sequence[float]]],
    shown: Callable[[float], str],
) -> None:
    """Draw one horizontal bar for each name and series, the first on top, with its value beside it."""
    thick = 0.8 / len(series)
    most = max((value for _, values in series for value in values), default=0) or 1
    for number, (label, values) in enumerate(series):
        places = [row + (number - (len(series) - 1) / 2) * thick for row in range(len(names))]
        axes.barh(places, list(values), height=thick * 0.88, color=COLOURS[number % len(COLOURS)], label=label)
        for place, value in zip(places, values, strict=True):
            if value:  # a zero beside no bar says nothing
                axes.text(value + most * 0.012, place, shown(value), va="center", fontsize=8)
    axes.set_yticks(range(len(names)), list(names))
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(0, most * 1.16)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


@dataclass(frozen=True, slots=True)
class Scale:
    """A logarithmic axis for distributions."""

    first: int
    """Its first bin, which is empty as the last is."""
    last: int
    width: int
    """Bins of a distribution that make one here."""

    @property
    def edges(self) -> list[float]:
        """The bounds of its bins."""
        return [float(2 ** (place * self.width / BINS_PER_OCTAVE)) for place in range(self.first, self.last + 2)]

    def heights(self, found: Distribution) -> list[float]:
        """Return the share of the values that lies in each bin: datasets of different size can be compared."""
        merged: Counter[int] = Counter()
        for place, number in found.bins.items():
            merged[place // self.width] += number
        return [merged[place] / found.count for place in range(self.first, self.last + 1)]


def scale_of(many: Iterable[Distribution], width: int = 1) -> Scale:
    """Return the axis that shows all of these."""
    places = [place // width for found in many for place in found.bins]
    return Scale(min(places) - 1, max(places) + 1, width)


def histogram(axes: "Axes", series: Sequence[tuple[str, Distribution | None]], scale: Scale, marks: int) -> None:
    """Draw distributions along a logarithmic axis, which has no place for zeros, each with a line at its median.

    No more than so many numbers are written along it.
    """
    from matplotlib.ticker import LogLocator  # noqa: PLC0415  (an optional package)

    edges = scale.edges
    for colour, (label, found) in zip(COLOURS, series, strict=False):
        if found is not None:
            axes.stairs(scale.heights(found), edges, fill=True, color=colour, alpha=0.2)
            axes.stairs(scale.heights(found), edges, color=colour, linewidth=1.5, label=label)
            if found.median > 0:
                axes.axvline(found.median, color=colour, linewidth=1.2, linestyle=(0, (2, 2)))
    axes.set_xscale("log", base=2)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(bottom=0)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(LogLocator(base=2, numticks=marks))
    axes.xaxis.set_major_formatter(lambda value, _place: powers_of_two(value))


def name_series(figure: "Figure", series: int) -> None:
    """Draw a legend above where there is more than one series."""
    if series > 1:
        handles, labels = figure.axes[0].get_legend_handles_labels()
        figure.legend(handles[:series], labels[:series], loc="outside upper right", ncols=series)


def plain_numbers(*axes: "Axis") -> None:
    """Write the numbers along axes in full, with commas, and none between the marks of a logarithmic one."""
    for axis in axes:
        axis.set_major_formatter(lambda value, _place: whole_numbers(value))
        axis.set_minor_formatter(lambda _value, _place: "")


def whole_numbers(value: float) -> str:
    """Return a number of things."""
    return f"{value:,.0f}"


def powers_of_two(value: float) -> str:
    """Return a power of two as a number of things, or as a part of one."""
    return whole_numbers(value) if value >= 1 else f"1/{whole_numbers(1 / value)}"


def percents(value: float) -> str:
    """Return a number of percent."""
    return f"{value:.1f} %" if value >= 0.95 else f"{value:.2g} %"
