"""What a worker does for the fuzzer: a kernel drawn, compiled and judged, and the verdicts written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ir.records import Built, IsKnown, Listing, Refused, Timings, Unit

from .compiled import Compiled
from .configuration import Configuration
from .execution import input_seed
from .judging import Case, Judge, Verdicts
from .making import Builder
from .oracles.verdict import Agrees, Disagrees, Skipped
from .sample import Sample
from .watch import Stopwatch


class Said(msgspec.Struct, frozen=True, array_like=True):
    """A verdict as it is sent: `agrees`, `skipped` with why, `disagrees` with how."""

    verdict: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged(Built):
    """A kernel that compiled, with what the oracles say of it."""

    verdicts: Verdicts


@dataclass(frozen=True, slots=True)
class CaseUnit(Unit):
    """A unit with the kernel that its source was printed of."""

    case: Case


def draw_case(configuration: Configuration, index: int, watch: Stopwatch) -> Sample:
    """Return the sample of an index, of all rows that the fuzzer may use."""
    from .draw import draw_sample  # noqa: PLC0415  (the process that draws imports the grammar)

    return draw_sample(configuration, index, watch, faults=True)


def case_unit(configuration: Configuration, sample: Sample) -> CaseUnit:
    """Return what is judged of a sample."""
    assert sample.kernel is not None, "the fuzzer draws kernels"
    case = Case(sample.kernel, input_seed(configuration, sample.index))
    return CaseUnit(sample.kernel_name, sample.source, case)


def open_judge(configuration: Configuration, scratch: Path, *, oracles: tuple[str, ...]) -> Builder:
    """Return what judges kernels."""
    return Bencher(Judge(configuration.target, scratch, oracles))


class Bencher:
    """A judge as a builder."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self.timings = Timings()

    def build(self, units: Sequence[Unit], _is_known: IsKnown) -> Sequence[Built | Refused]:
        """Return what became of each unit, in order."""
        cases = [unit.case for unit in units if isinstance(unit, CaseUnit)]
        return [_outcome(verdicts) for verdicts in self._judge.judge(cases)]

    def describe_compile(self) -> dict[str, object]:
        """Return nothing: no record is made."""
        return {}


def _outcome(verdicts: Verdicts) -> Built | Refused:
    refused = verdicts.get("compile")
    if isinstance(refused, Disagrees):
        stage, _, message = refused.how.partition(": ")
        return Refused(stage, message)  # type: ignore[arg-type]  # a stage, as it was before
    return Judged(Listing("", ""), "", "", verdicts=verdicts)


def write_verdicts(_c: Configuration, _s: Sample, compiled: Compiled, _described: dict[str, Any]) -> bytes:
    """Return the verdicts on a kernel."""
    built = compiled.built
    assert isinstance(built, Judged), "the judge says something of every kernel"
    return msgspec.json.encode(
        {getattr(verdict, "judge", "") or name: _said(verdict) for name, verdict in built.verdicts.items()}
    )


def _said(verdict: Agrees | Skipped | Disagrees) -> Said:
    match verdict:
        case Agrees():
            return Said("agrees")
        case Skipped(why):
            return Said("skipped", why)
        case Disagrees(how):
            return Said("disagrees", how)


def read_verdicts(text: bytes) -> dict[str, Said]:
    """Return what `write_verdicts` wrote."""
    return msgspec.json.decode(text, type=dict[str, Said])
