"""What `coverage` says, as a value: what some kernels contain of what there is, and how far they got."""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

import grammar.catalogue
from grammar.catalogue import CATALOGUE
from grammar.catalogue.omitted import omission
from grammar.known_bugs import KNOWN_BUGS
from grammar.production import Production
from grammar.universe import KINDS, Census, row_names
from ir.coverage import CoverageReport
from ir.registry import visible_overloads

from .rows import Refusals, RowCount, with_all
from .survey import Findings
from .tally import Counts

OTHERS = "others"
"""Rows that no tuple of the catalogue holds: those of one kernel's struct or function, and those of another version."""


MESSAGES = 20
"""Different failures to draw a kernel that are told."""


class Part(msgspec.Struct, frozen=True):
    """So many of so many."""

    seen: int
    total: int

    @property
    def percent(self) -> float:
        """The part in percent; all of nothing is 100."""
        return 100.0 * self.seen / self.total if self.total else 100.0


class Group(msgspec.Struct, frozen=True):
    """The rows that one tuple of the catalogue holds."""

    name: str
    rows: Part
    overloads: Part | None
    """None where only the rows are known."""
    missing: tuple[str, ...]
    """The rows at zero."""


class Failing(msgspec.Struct, frozen=True):
    """A row with kernels that were refused."""

    row: str
    count: RowCount
    refused: int
    """Kernels with it that did not compile; duplicates, which do not count as compiled either, are not among them."""
    error: str
    """What was said of the first kernel with it that was refused."""
    known_bugs: tuple[str, ...]
    """The bugs that the row is known for."""


class Builtins(msgspec.Struct, frozen=True):
    """The overloads of Warp's built-ins that code generation resolved, of those that kernels can see."""

    seen: Part
    missing: tuple[str, ...]
    """Overloads at zero that the catalogue does not omit."""
    omitted: dict[str, tuple[str, ...]]
    """By the reason why no row reaches them."""


class Report(msgspec.Struct, frozen=True):
    """All that there is to say."""

    source: str
    """Where the kernels are from."""
    kernels: int
    compiled: int
    rejects: dict[str, int]
    """By the stage that refused."""
    covered: dict[str, Part]
    """Of the catalogue, by kind."""
    groups: tuple[Group, ...]
    missing: dict[str, tuple[str, ...]]
    """What there was none of, by kind."""
    failing: tuple[Failing, ...]
    undrawn: dict[str, int]
    """How many kernels the grammar failed on, by what it said."""
    rows: dict[str, RowCount]
    """The ledger."""
    builtins: Builtins | None = None
    """None where no code was generated."""
    codegen: CoverageReport | None = None
    """What ran of Warp's code generator, where that was measured."""
    near_misses: Part = Part(0, 0)
    """Kernels with a mistake that were refused with the message that is expected; they do not count as rejects."""
    surprises: dict[str, str] = {}
    """What became of the others, by near miss."""


def surveyed(source: str, findings: Findings, builtins: Builtins | None, codegen: CoverageReport | None) -> Report:
    """Return the report of a survey."""
    census = findings.census
    sizes, totals = census.sizes, census.universe.sizes
    ledger = with_all(row_names(CATALOGUE), findings.rows)
    return Report(
        source=source,
        kernels=findings.attempts,
        compiled=findings.compiled,
        rejects=dict(findings.rejects),
        covered={kind: Part(sizes[kind], total) for kind, total in totals.items()},
        groups=_groups(ledger, census),
        missing={kind: tuple(census.missing(kind)) for kind in KINDS},
        failing=_failing(ledger, findings.refusals),
        undrawn=_most(findings.undrawn),
        rows=ledger,
        builtins=builtins,
        codegen=codegen,
        near_misses=Part(findings.refused, findings.misses),
        surprises=findings.surprises,
    )


def recorded(
    source: str, counts: Counts, ledger: dict[str, RowCount], refusals: Refusals, undrawn: Counter[str]
) -> Report:
    """Return the report of a dataset: its ledger."""
    missing = tuple(name for name, count in ledger.items() if not count.generated)
    return Report(
        source=source,
        kernels=counts.attempts,
        compiled=counts.written + counts.duplicates,
        rejects=dict(counts.rejects),
        covered={"rows": Part(len(ledger) - len(missing), len(ledger))},
        groups=_groups(ledger, None),
        missing={"rows": missing},
        failing=_failing(ledger, refusals),
        undrawn=_most(undrawn),
        rows=ledger,
    )


def resolved_builtins(seen: Iterable[str]) -> Builtins:
    """Return which of Warp's overloads are among these, and which are not."""
    visible = [overload.key for overload in visible_overloads()]
    keys = set(seen)
    unseen = [(key, omission(key)) for key in visible if key not in keys]
    omitted: dict[str, tuple[str, ...]] = {}
    for key, reason in unseen:
        if reason is not None:
            omitted[reason] = (*omitted.get(reason, ()), key)
    return Builtins(
        seen=Part(len(visible) - len(unseen), len(visible)),
        missing=tuple(key for key, reason in unseen if reason is None),
        omitted=omitted,
    )


def _most(said: Counter[str]) -> dict[str, int]:
    return dict(said.most_common(MESSAGES))


def _groups(ledger: Mapping[str, RowCount], census: Census | None) -> tuple[Group, ...]:
    """Return what there is of each group of the catalogue: those of the ledger's rows that it holds."""
    groups = _catalogue_groups()
    known = {name for names in groups.values() for name in names}
    groups[OTHERS] = tuple(name for name in ledger if name not in known)
    return tuple(
        _group(name, [row for row in names if row in ledger], ledger, census) for name, names in groups.items() if names
    )


def _group(name: str, rows: list[str], ledger: Mapping[str, RowCount], census: Census | None) -> Group:
    missing = tuple(row for row in rows if not ledger[row].generated)
    overloads = None
    if census is not None:
        wanted = set(rows)
        overloads = Part(_of_rows(census.overloads, wanted), _of_rows(census.universe.overloads, wanted))
    return Group(name, Part(len(rows) - len(missing), len(rows)), overloads, missing)


def _of_rows(overloads: Iterable[str], rows: set[str]) -> int:
    return sum(key.partition("(")[0] in rows for key in overloads)


def _catalogue_groups() -> dict[str, tuple[str, ...]]:
    """Return the names of the rows in each tuple that the catalogue is put together from, and of the guards."""
    groups = {
        name.lower(): tuple(row.name for row in value)
        for name, value in vars(grammar.catalogue).items()
        if isinstance(value, tuple) and value and all(isinstance(row, Production) for row in value)
    }
    return {**groups, "guards": tuple(row.name for guards in CATALOGUE.guards.values() for row in guards)}


def _failing(ledger: Mapping[str, RowCount], refusals: Refusals) -> tuple[Failing, ...]:
    """Return the rows with kernels that were refused, the worst first."""
    found = [
        Failing(name, count, refused, error, tuple(bug.name for bug in KNOWN_BUGS if bug.row == name))
        for name, count in ledger.items()
        for refused, error in [refusals.of(name)]
        if refused
    ]
    return tuple(sorted(found, key=lambda failing: (-failing.refused / failing.count.generated, failing.row)))
