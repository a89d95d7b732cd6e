"""The report of `coverage` on a terminal: compact tables, and what is missing by name."""

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ir.coverage import CoverageReport, reference

from .report import Builtins, Failing, Group, Part, Report

FUNCTIONS = 15
"""Functions of Warp's code generator that are named, those with the most branches not taken."""

ERRORS = 12
"""Errors that are quoted."""

FAILING = 8
"""Rows that are named for each, those with the largest share refused."""

NOUNS = {
    "rows": "rows",
    "overloads": "overloads",
    "forms": "statement forms",
    "types": "types",
    "pairs": "parent → child",
}


def print_report(report: Report, console: Console) -> None:
    """Print all of it."""
    rejects = ", ".join(f"{number:,} {stage}" for stage, number in sorted(report.rejects.items())) or "none"
    drawn = report.kernels - report.near_misses.total
    console.print(Text(f"{report.source}: {report.compiled:,} of {drawn:,} kernels compiled; rejected: {rejects}"))
    misses = report.near_misses
    if misses.total:
        console.print(Text(f"{misses.seen:,} of {misses.total:,} kernels with a mistake were refused as expected"))
        for name, became in list(report.surprises.items())[:ERRORS]:
            console.print(Text(f"  {name}: {became}"), soft_wrap=True)
    console.print(_covered(report.covered))
    console.print(_groups(report.groups))
    for group in report.groups:
        _print_names(console, f"{group.name}, rows at zero", group.missing)
    for kind in ("forms", "types"):
        _print_names(console, f"{NOUNS[kind]} at zero", report.missing.get(kind, ()))
    _print_failing(console, report.failing)
    _print_names(console, "never drawn", (f"{number:,} × {said}" for said, number in report.undrawn.items()), "\n")
    if report.builtins is not None:
        _print_builtins(console, report.builtins)
    if report.codegen is not None:
        _print_codegen(console, report.codegen)


def _covered(covered: dict[str, Part]) -> Table:
    table = _table("of the catalogue", "seen", "of", "%")
    for kind, part in covered.items():
        table.add_row(NOUNS[kind], f"{part.seen:,}", f"{part.total:,}", _percent(part))
    return table


def _groups(groups: Iterable[Group]) -> Table:
    table = _table("group", "rows", "of", "%", "overloads", "of", "%")
    for group in groups:
        overloads = group.overloads
        more = (
            ("", "", "") if overloads is None else (f"{overloads.seen:,}", f"{overloads.total:,}", _percent(overloads))
        )
        table.add_row(group.name, f"{group.rows.seen:,}", f"{group.rows.total:,}", _percent(group.rows), *more)
    return table


def _print_failing(console: Console, failing: tuple[Failing, ...]) -> None:
    """Print rows with refused kernels, by what was said of the first: a kernel that is refused has many rows."""
    if not failing:
        console.print(Text("no kernel of any row was refused\n"))
        return
    console.print(Text(f"rows with kernels that were refused ({len(failing):,}), by their first error"))
    by_error: dict[str, list[Failing]] = {}
    for each in failing:
        by_error.setdefault(each.error, []).append(each)
    for error, rows in list(by_error.items())[:ERRORS]:
        console.print(Text(f"  {error[:400]}"))
        worst = ", ".join(map(_failing_row, rows[:FAILING]))
        more = f" … and {len(rows) - FAILING:,} more" if len(rows) > FAILING else ""
        console.print(Text(f"    {worst}{more}"))
    if len(by_error) > ERRORS:
        console.print(Text(f"  … and {len(by_error) - ERRORS:,} more errors"))
    console.print()


def _failing_row(failing: Failing) -> str:
    bugs = f" (known: {', '.join(failing.known_bugs)})" if failing.known_bugs else ""
    return f"{failing.row} {failing.refused:,} of {failing.count.generated:,}{bugs}"


def _print_builtins(console: Console, builtins: Builtins) -> None:
    table = _table("of Warp's built-ins", "seen", "of", "%")
    seen = builtins.seen
    table.add_row("visible overloads", f"{seen.seen:,}", f"{seen.total:,}", _percent(seen))
    console.print(table)
    _print_names(console, "overloads at zero", builtins.missing, separator="\n")
    for reason, keys in builtins.omitted.items():
        _print_names(console, f"omitted: {reason}", keys, separator="\n")


def _print_codegen(console: Console, codegen: CoverageReport) -> None:
    theirs = reference()
    table = _table("of codegen.py", "these kernels", "%", f"Warp's tests ({theirs.version}), %", "importing Warp, %")
    for name, part, of_tests, of_import in (
        ("lines", codegen.lines, theirs.line_percent, theirs.import_line_percent),
        ("branches", codegen.branches, theirs.branch_percent, theirs.import_branch_percent),
    ):
        table.add_row(
            name, f"{part.covered:,} of {part.total:,}", f"{part.percent:.1f}", f"{of_tests:.1f}", f"{of_import:.1f}"
        )
    console.print(table)
    worst = sorted(codegen.functions, key=lambda function: (-len(function.missing_branches), function.name))
    functions = _table("functions", "branches not taken", "of", "lines not run", "of")
    for function in worst[:FUNCTIONS]:
        if function.missing_branches:
            functions.add_row(
                function.name,
                f"{len(function.missing_branches):,}",
                f"{function.branches.total:,}",
                f"{len(function.missing_lines):,}",
                f"{function.lines.total:,}",
            )
    console.print(functions)


def _print_names(console: Console, what: str, names: Iterable[str], separator: str = ", ") -> None:
    listed = list(names)
    if listed:
        head = f"{what} ({len(listed):,}):" + ("\n" if separator == "\n" else " ")
        console.print(Text(head + separator.join(listed) + "\n"))


def _table(first: str, *numbers: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(first)
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _percent(part: Part) -> str:
    # Not rounded up: 100 is said of all only.
    return f"{min(part.percent, 99.9 if part.seen < part.total else 100.0):.1f}"
