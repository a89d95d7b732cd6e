"""One record on a terminal, its texts highlighted."""

from rich.console import Console, Group
from rich.rule import Rule
from rich.syntax import Syntax
from rich.text import Text

from synth.dataset import Dataset, lines_of
from synth.errors import UsageError
from synth.levels import texts_of

from .entry import Entry, read_entry
from .example import json_text, launch_tables
from .terminal import grid

THEME = "ansi_dark"
"""The terminal's own colours, so that it is readable on any background."""


def find_entry(dataset: Dataset, wanted: str) -> Entry:
    """Return the record with this index or id; `UsageError` when there is none."""
    index = int(wanted) if wanted.isdecimal() else None
    for line in lines_of(dataset):
        entry = read_entry(line)
        if wanted == entry.record.metadata.id or index == entry.record.metadata.index:
            return entry
    if index is None:
        raise UsageError(f"{wanted} is not the id of a record in {dataset.root}")
    raise UsageError(
        f"{wanted} is not the index of a record in {dataset.root}: it was a duplicate or refused, or never tried"
    )


def print_record(entry: Entry, dataset: Dataset, console: Console) -> None:
    """Print everything there is to a record, but the bits of its arrays."""
    record, metadata = entry.record, entry.record.metadata
    console.print(Text(f"{metadata.id}, index {metadata.index}, {metadata.category}: {metadata.description}"))
    for level in texts_of(dataset.about.configuration.device):
        if level.key in entry.texts:
            _print_text(console, f"{level.title} ({level.key})", entry.texts[level.key], level.lexer)
    if record.io is not None:
        console.print(Rule("runs", style="dim", align="left"))
        said = record.io
        console.print(Text(f"outputs: {said.reference}; gradients: {said.gradient}; exact: {said.exact}"))
    for table in launch_tables(record.io):
        console.print(Group("", grid(table)))
    _print_text(console, "annotations", json_text(record.annotations), "json")
    _print_text(console, "metadata", json_text(metadata), "json")


def _print_text(console: Console, title: str, text: str, lexer: str) -> None:
    console.print(Rule(title, style="dim", align="left"))
    if console.is_terminal:
        console.print(Syntax(text.rstrip(), lexer, theme=THEME, background_color="default", word_wrap=True))
    else:
        console.print(Text(text.rstrip()), soft_wrap=True)  # a file has no edge to break lines at
