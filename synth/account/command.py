"""The commands `report`, `stats` and `show`: what each takes, and what it does."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from synth.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

REPORT, CARD, PLOTS = "REPORT.md", "README.md", "plots"
"""What `report` writes."""


def add_report(parser: argparse.ArgumentParser) -> None:
    """Say what `report` takes."""
    parser.set_defaults(command=_report)
    parser.add_argument(
        "folders", nargs="+", type=Path, metavar="DIR", help="complete datasets, to be put side by side"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where to (default: the dataset's own folder, if there is one only)"
    )


def add_stats(parser: argparse.ArgumentParser) -> None:
    """Say what `stats` takes."""
    parser.set_defaults(command=_stats)
    parser.add_argument("folder", type=Path, metavar="DIR", help="a complete dataset")
    parser.add_argument("--json", action="store_true", help="all figures as JSON, for machines")


def add_show(parser: argparse.ArgumentParser) -> None:
    """Say what `show` takes."""
    parser.set_defaults(command=_show)
    parser.add_argument("folder", type=Path, metavar="DIR", help="a complete dataset")
    parser.add_argument("record", metavar="ID|INDEX", help="which record")


def _report(options: argparse.Namespace, _tools: object) -> int:
    from synth.dataset import open_datasets  # noqa: PLC0415

    from .canvas import styled  # noqa: PLC0415  (a subcommand pays for its own imports)
    from .card import card  # noqa: PLC0415
    from .document import report  # noqa: PLC0415
    from .measuring import measure  # noqa: PLC0415
    from .plots import draw_plots  # noqa: PLC0415

    datasets = open_datasets(options.folders)
    if options.out is None and len(datasets) > 1:
        raise UsageError("report: with several datasets, say where to: --out DIR")
    out: Path = options.out or options.folders[0]
    _refuse_foreign_card(out / CARD)
    with styled():
        pass  # a package that is missing is told of before the minute that measuring takes
    out.mkdir(parents=True, exist_ok=True)
    many = [measure(dataset) for dataset in datasets]
    plots = draw_plots([each.measures for each in many], out / PLOTS)
    (out / REPORT).write_text(report(many, plots), encoding="utf-8")
    (out / CARD).write_text(card(many, out), encoding="utf-8")
    sys.stdout.write(f"{out / REPORT}, {out / CARD} and {len(plots)} plots in {out / PLOTS}\n")
    return 0


def _refuse_foreign_card(path: Path) -> None:
    from .card import MARK  # noqa: PLC0415

    if path.exists() and MARK not in path.read_text(encoding="utf-8", errors="replace"):
        raise UsageError(f"{path} is not a card that `report` wrote: name another folder with --out")


def _stats(options: argparse.Namespace, _tools: object) -> int:
    from synth.dataset import open_datasets  # noqa: PLC0415

    from .measuring import measure  # noqa: PLC0415
    from .terminal import measures_json, print_measures  # noqa: PLC0415

    measures = measure(open_datasets([options.folder])[0]).measures
    if options.json:
        sys.stdout.write(measures_json(measures).decode())
    else:
        print_measures(measures, _console())
    return 0


def _show(options: argparse.Namespace, _tools: object) -> int:
    from synth.dataset import open_datasets  # noqa: PLC0415

    from .show import find_entry, print_record  # noqa: PLC0415

    dataset = open_datasets([options.folder])[0]
    print_record(find_entry(dataset, options.record), dataset, _console())
    return 0


def _console() -> "Console":
    from rich.console import Console  # noqa: PLC0415

    console = Console(file=sys.stdout, highlight=False, markup=False)
    if not console.is_terminal:
        console.width = max(console.width, 120)  # nobody's window limits a file
    return console
