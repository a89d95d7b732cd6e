"""The figures on a terminal, and as JSON."""

import dataclasses
from typing import Any

import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as Grid

from .measures import Measures
from .table import Table
from .tables import all_tables


def print_measures(measures: Measures, console: Console) -> None:
    """Print all tables."""
    for table in all_tables([measures]):
        console.print(grid(table))
        console.print()


def grid(table: Table) -> Grid:
    """Return a table as the terminal shows it."""
    shown = Grid(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    shown.add_column(table.title, overflow="fold")
    for name in table.header[1:]:
        shown.add_column(name, justify="right", no_wrap=len(table.header) > 2)
    for row in table.rows:
        shown.add_row(*row)
    return shown


def measures_json(measures: Measures) -> bytes:
    """Return all figures as JSON, those that follow from others too, one value a line."""
    return msgspec.json.format(msgspec.json.encode(_plain(measures)), indent=2) + b"\n"


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it; of a figure, what its properties say is beside its fields."""
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        names += [name for name, member in vars(type(value)).items() if isinstance(member, property)]
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    return msgspec.to_builtins(value)
