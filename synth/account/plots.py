"""The plots of the report, one row each: what it is called, what it shows, and how it is drawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from . import content_plots, quality_plots
from .canvas import save, styled
from .measures import Measures

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class Plot:
    """One plot."""

    name: str
    """Of its files."""
    caption: str
    draw: "Callable[[Sequence[Measures]], Figure | None]"
    """None where the datasets have nothing to show."""


PLOTS = (
    Plot("sizes", "What the bytes of the records are", content_plots.sizes),
    Plot("tokens", "Lengths of the texts", content_plots.tokens),
    Plot("categories", "Records by category, and the length of their Python", content_plots.categories),
    Plot("constructs", "Rows of the catalogue that the kernels are made of", content_plots.constructs),
    Plot("builtins", "Built-ins that the kernels call", content_plots.builtins),
    Plot(
        "annotations",
        "What a thread computes and moves, and what it needs; height: share of the records, dotted: the median",
        content_plots.annotations,
    ),
    Plot("verdicts", "What the oracles say of the records", quality_plots.verdicts),
    Plot("realism", "Distance of the kernels' shape from that of kernels people wrote", quality_plots.realism),
    Plot("duplicates", "Duplicates that were dropped, by category", quality_plots.duplicates),
    Plot("clusters", "Clusters of near-duplicates by their size", quality_plots.clusters),
    Plot("time", "Processor time by stage", quality_plots.time),
)


def draw_plots(many: Sequence[Measures], folder: Path) -> dict[str, str]:
    """Write the plots into a folder; return the captions of those that there are, by name."""
    drawn: dict[str, str] = {}
    with styled():
        folder.mkdir(parents=True, exist_ok=True)
        for plot in PLOTS:
            figure = plot.draw(many)
            if figure is not None:
                save(figure, folder, plot.name)
                drawn[plot.name] = plot.caption
    return drawn
