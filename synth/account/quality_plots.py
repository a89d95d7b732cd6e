"""Plots of how good datasets are, and what they cost: verdicts, duplicates, realism and time."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .canvas import COLOURS, TEXT, bars, blank, name_series, percents, plain_numbers, whole_numbers
from .measures import Measures, VerdictFigures
from .names import group_name, stage_name
from .wording import quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REASONS = 12
"""Reasons why nothing was compared that have a bar."""
AGREE, OTHERS, NOT_RUN = "agree", "other reasons", "not run"

Many = Sequence[Measures]


def verdicts(many: Many) -> "Figure | None":
    """Draw what the oracles say of the records."""
    kinds = [("Outputs", [each.outputs for each in many]), ("Gradients", [each.gradients for each in many])]
    tables = [(title, _verdict_rows(figures)) for title, figures in kinds]
    heights = [max(1, len(rows)) + 1.2 for _, rows in tables]
    if not any(rows for _, rows in tables):
        return None
    figure = blank(0.12 * sum(heights) * (1 + len(many)) + 1.1, rows=2, heights=heights)
    for axes, (title, rows), (_, figures) in zip(figure.axes, tables, kinds, strict=True):
        series = [
            (each.label, [_verdict(found, row, rows) for row in rows])
            for each, found in zip(many, figures, strict=True)
        ]
        bars(axes, [_shortened(row) for row in rows], series, whole_numbers)
        axes.set_title(title)
        axes.tick_params(axis="y", labelsize=9)
        plain_numbers(axes.xaxis)
    figure.axes[-1].set_xlabel("records")
    name_series(figure, len(many))
    return figure


def _verdict_rows(figures: Sequence[VerdictFigures]) -> list[str]:
    reasons: dict[str, int] = {}
    for found in figures:
        for reason, number in found.skipped.items():
            reasons[reason] = reasons.get(reason, 0) + number
    ranked = sorted(reasons, key=lambda reason: (-reasons[reason], reason))
    rows = [AGREE, *ranked[:REASONS], *([OTHERS] if len(ranked) > REASONS else [])]
    return [*rows, *([NOT_RUN] if any(found.not_run for found in figures) else [])]


def _verdict(found: VerdictFigures, row: str, rows: list[str]) -> int:
    if row == OTHERS:
        return sum(number for reason, number in found.skipped.items() if reason not in rows)
    return {AGREE: found.agree, NOT_RUN: found.not_run}.get(row, found.skipped.get(row, 0))


def _shortened(text: str, most: int = 56) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def duplicates(many: Many) -> "Figure | None":
    """Draw the duplicates that were dropped."""
    dropped = {name: max(_dropped(each, name) for each in many) for each in many for name in each.categories}
    names = sorted((name for name, percent in dropped.items() if percent), key=lambda name: (-dropped[name], name))
    if not names:
        return None
    figure = blank(1.0 + 0.12 * len(names) * (1 + len(many)))
    axes = figure.axes[0]
    bars(axes, names, [(each.label, [_dropped(each, name) for name in names]) for each in many], percents)
    axes.set_xlabel("% of the kernels that compiled")
    name_series(figure, len(many))
    return figure


def clusters(many: Many) -> "Figure | None":
    """Draw how large the clusters of near-duplicates are; none where every record is by itself."""
    sizes = sorted({size for each in many for size in each.clusters.sizes if size > 1})
    if not sizes:
        return None
    figure = blank(1.0 + 0.12 * len(sizes) * (1 + len(many)))
    axes = figure.axes[0]
    series = [(each.label, [each.clusters.sizes.get(size, 0) for size in sizes]) for each in many]
    bars(axes, [f"{size:,} records" for size in sizes], series, whole_numbers)
    axes.locator_params(axis="x", integer=True)
    axes.set_xlabel("clusters")
    name_series(figure, len(many))
    return figure


def _dropped(measures: Measures, category: str) -> float:
    found = measures.categories.get(category)
    return 100 * found.dropped.fraction if found is not None else 0.0


def time(many: Many) -> "Figure | None":
    """Draw the processor time by stage."""
    spent: dict[str, float] = {}
    for each in many:
        for stage, seconds in each.about.run.seconds.items():
            spent[stage] = spent.get(stage, 0.0) + seconds
    if not any(spent.values()):
        return None
    least = sum(spent.values()) / 1000
    stages = sorted((stage for stage in spent if spent[stage] > least), key=lambda stage: (-spent[stage], stage))
    figure = blank(1.0 + 0.2 * len(stages) * (1 + len(many)))
    axes = figure.axes[0]
    series = [
        (each.label, [1000 * each.about.run.seconds.get(stage, 0.0) / max(1, each.about.attempts) for stage in stages])
        for each in many
    ]
    bars(axes, [stage_name(stage) for stage in stages], series, quantity)
    axes.set_xlabel("milliseconds of processor time for each kernel tried")
    name_series(figure, len(many))
    return figure


def realism(many: Many) -> "Figure | None":
    """Draw how far the kernels' shape is from that of real ones."""
    known = [(number, each.realism) for number, each in enumerate(many) if each.realism is not None]
    if not known:
        return None
    between = known[0][1].between_projects
    groups = sorted(between, key=lambda group: -max(found.distances[group] for _, found in known))
    figure = blank(1.2 + 0.24 * len(groups))
    axes = figure.axes[0]
    rows = range(len(groups))
    axes.barh(
        rows, [between[group] for group in groups], height=0.5, color=TEXT, alpha=0.4, label="between real projects"
    )
    for number, found in known:
        axes.plot(
            [found.distances[group] for group in groups],
            rows,
            linestyle="",
            marker="oDs^v"[number % 5],
            markersize=6.5,
            color=COLOURS[number],
            label=many[number].label,
        )
    axes.set_yticks(rows, list(map(group_name, groups)))
    axes.set_ylim(len(groups) - 0.4, -0.6)
    axes.set_xlim(0, axes.get_xlim()[1] * 1.02)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("distance from real kernels (0: the same distribution, 1: nothing in common)")
    axes.legend(loc="lower right")
    return figure
