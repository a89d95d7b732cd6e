"""The subcommand `browse`: makes the page of a dataset."""

import argparse
import sys
from pathlib import Path

from synth.errors import UsageError

PAGE = "browse.html"


def add_browse(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.set_defaults(command=_browse)
    parser.add_argument("folder", type=Path, metavar="DIR", help="a complete dataset")
    parser.add_argument("--out", type=Path, metavar="FILE", help=f"where to (default: DIR/{PAGE})")


def _browse(options: argparse.Namespace, _tools: object) -> int:
    from synth.dataset import lines_of, open_datasets  # noqa: PLC0415  (a subcommand pays for its own imports)

    from .page import write_page  # noqa: PLC0415
    from .source import described  # noqa: PLC0415

    dataset = open_datasets([options.folder])[0]
    out: Path = options.out or dataset.root / PAGE
    if out.suffix != ".html" or out.is_dir():
        raise UsageError(f"--out: {out} must be a file whose name ends in .html")
    written = write_page(out, described(dataset), lines_of(dataset))
    size = written.bytes / 1e6
    sys.stdout.write(f"{out}: {written.records:,} kernels in {size:.1f} MB; open it in a browser, it needs no server\n")
    return 0
