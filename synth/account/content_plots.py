"""Plots of what datasets hold: sizes, lengths, categories, and what the kernels are made of."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .canvas import COLOURS, bars, blank, histogram, name_series, percents, plain_numbers, scale_of, whole_numbers
from .costs import INTENSITY, MOVED
from .distribution import Distribution
from .measures import Inventory, Measures
from .names import part_names

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TOP = 30
"""Constructs and built-ins that have a bar."""
MEGABYTE = 10**6
PANELS = (
    ("static.flops", "floating-point operations", 4),
    (MOVED, "bytes loaded and stored", 4),
    (INTENSITY, "operations per byte", 2),
    ("resources.forward.registers", "registers, forward", 1),
    ("resources.backward.registers", "registers, adjoint", 1),
    ("resources.backward.spill_store_bytes", "bytes spilled, adjoint", 4),
    ("time.ns_per_thread", "ns per thread on the CPU", 2),
)
"""Annotations that are drawn, with what they are called there, and the bins that are put together: whole octaves where
small numbers are frequent, which leave gaps otherwise."""
COLUMNS = 3

Many = Sequence[Measures]


def sizes(many: Many) -> "Figure":
    """Draw what the bytes of the records are."""
    names = part_names(many)
    figure = blank(1.0 + 0.2 * len(names) * (1 + len(many)))
    axes = figure.axes[0]
    series = [(each.label, [each.parts.get(key, 0) / MEGABYTE for key in names]) for each in many]
    bars(axes, list(names.values()), series, _megabytes)
    axes.set_xlabel("MB of JSON")
    name_series(figure, len(many))
    return figure


def _megabytes(value: float) -> str:
    return f"{value:,.1f}" if value >= 0.05 else f"{value:.2g}"


def tokens(many: Many) -> "Figure":
    """Draw how long the texts are, a row for each level."""
    names = part_names(many)
    keys = [key for key in names if any(key in each.texts for each in many)]
    scale = scale_of(text.tokens for each in many for text in each.texts.values())
    figure = blank(0.8 + 0.95 * len(keys), rows=len(keys))
    for axes, key in zip(figure.axes, keys, strict=True):
        histogram(
            axes, [(each.label, each.texts[key].tokens if key in each.texts else None) for each in many], scale, 10
        )
        axes.tick_params(axis="x", labelbottom=key == keys[-1])
        axes.set_ylabel(names[key], rotation=0, ha="right", va="center")
    figure.axes[-1].set_xlabel("tokens in a text; height: share of the texts; dotted: the median")
    name_series(figure, len(many))
    return figure


def annotations(many: Many) -> "Figure | None":
    """Draw what the kernels compute and move, and what they need of a processor."""
    shown = [panel for panel in PANELS if any(_is_positive(each.annotations.get(panel[0])) for each in many)]
    if not shown:
        return None
    rows = -(-len(shown) // COLUMNS)
    figure = blank(0.5 + 1.75 * rows, rows=rows, columns=COLUMNS)
    for axes in figure.axes[len(shown) :]:
        axes.set_visible(False)
    for axes, (key, title, width) in zip(figure.axes, shown, strict=False):
        found = [(each.label, each.annotations.get(key)) for each in many]
        histogram(axes, found, scale_of((one for _, one in found if one is not None), width), 5)
        axes.set_title(title)
        axes.set_xlabel(_zeros(found), fontsize=8)
    name_series(figure, len(many))
    return figure


def _is_positive(found: Distribution | None) -> bool:
    return found is not None and found.most > 0


def _zeros(series: Sequence[tuple[str, Distribution | None]]) -> str:
    """Return how many values a logarithmic axis does not show."""
    shares = [
        f"{percents(100 * found.zeros.fraction)}{f' of {label}' if len(series) > 1 else ''}"
        for label, found in series
        if found is not None and found.zeros.part
    ]
    return f"zero: {', '.join(shares)}" if shares else ""


def categories(many: Many) -> "Figure":
    """Draw the records of each category, and how long their Python is."""
    names = sorted({name for each in many for name in each.categories})
    figure = blank(1.2 + 0.1 * len(names) * (1 + len(many)), columns=2, widths=(1.1, 1))
    axes, lengths = figure.axes
    series = [
        (each.label, [each.categories[name].records if name in each.categories else 0 for name in names])
        for each in many
    ]
    bars(axes, names, series, whole_numbers)
    axes.set_xlabel("records")
    for number, each in enumerate(many):
        rows = [row for row, name in enumerate(names) if name in each.categories and each.categories[name].tokens.count]
        places = [row + (number - (len(many) - 1) / 2) * 0.8 / len(many) for row in rows]
        found = [each.categories[names[row]].tokens for row in rows]
        low, high = ([one.percentiles[percent] for one in found] for percent in (5, 95))
        lengths.hlines(places, low, high, color=COLOURS[number], linewidth=3, alpha=0.45)
        lengths.plot(
            [one.median for one in found], places, linestyle="", marker="o", markersize=5, color=COLOURS[number]
        )
    lengths.set_xscale("log")
    plain_numbers(lengths.xaxis)
    lengths.set_yticks(range(len(names)), [""] * len(names))
    lengths.set_ylim(axes.get_ylim())
    lengths.tick_params(axis="y", length=0)
    lengths.set_xlabel("tokens of Python: median,\n5th to 95th percentile")
    name_series(figure, len(many))
    return figure


def constructs(many: Many) -> "Figure | None":
    """Draw which rows of the catalogue the kernels are made of."""
    return _inventory(many, [each.constructs for each in many], "row of the catalogue")


def builtins(many: Many) -> "Figure | None":
    """Draw which built-ins the kernels call."""
    return _inventory(many, [each.builtins for each in many], "built-in")


def _inventory(many: Many, inventories: list[Inventory], noun: str) -> "Figure | None":
    """Draw the most frequent with a bar each, and all of them by rank."""
    names: dict[str, float] = {}
    for each, inventory in zip(many, inventories, strict=True):
        for name, number in inventory.kernels.items():
            names[name] = names.get(name, 0) + number / each.records
    if not names:
        return None
    top = sorted(names, key=lambda name: (-names[name], name))[:TOP]
    figure = blank(1.1 + 0.125 * len(top) * (1 + 0.7 * len(many)), columns=2, widths=(1.25, 1))
    axes, tail = figure.axes
    series = [
        (each.label, [100 * inventory.kernels.get(name, 0) / each.records for name in top])
        for each, inventory in zip(many, inventories, strict=True)
    ]
    bars(axes, top, series, percents)
    axes.set_xlabel("% of the records")
    axes.set_title(f"The {len(top)} most frequent" if len(names) > len(top) else "All of them")
    name_series(figure, len(many))
    for number, (each, inventory) in enumerate(zip(many, inventories, strict=True)):
        counts = list(inventory.kernels.values())
        tail.plot(
            range(1, len(counts) + 1),
            counts,
            color=COLOURS[number],
            linewidth=1.8,
            marker="." if len(counts) < TOP else "",
            label=f"{each.label}: {inventory.distinct:,} different",
        )
    tail.set_xscale("log")
    tail.set_yscale("log")
    plain_numbers(tail.xaxis, tail.yaxis)
    tail.set_title("All by rank")
    tail.set_xlabel(f"rank of the {noun}")
    tail.set_ylabel("records that have it")
    tail.legend(loc="lower left", fontsize=8.5)
    return figure
