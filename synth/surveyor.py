"""What a worker does in a survey: a kernel drawn, taken as far as was asked, and what it contains written down."""

import atexit
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Literal

import msgspec

from grammar.catalogue.refused import NEAR_MISSES, NearMiss
from grammar.printer import print_source
from grammar.spoiling import spoiled
from grammar.universe import Sighting, sighting
from ir.compiler import Compiler
from ir.coverage import CodegenCoverage, CoverageReport
from ir.recording import recording
from ir.records import Built, IsKnown, Listing, Refused, Timings, Unit

from .compiled import Compiled
from .configuration import Configuration
from .draw import draw, sample_of
from .making import Builder
from .sample import Sample
from .watch import Stopwatch

Depth = Literal["none", "codegen", "native"]
DEPTHS: tuple[Depth, ...] = ("none", "codegen", "native")

MEASURED = ".coverage"
"""How the files end in which workers leave what they measured."""

SAVE_SECONDS = 30.0


NEAR_MISS_EVERY = 20
"""Of so many kernels that are drawn to measure Warp's code generator, one has a mistake."""

OTHER_EVERY = 4
"""Of so many, one is generated for the other device too."""


def near_miss(index: int) -> NearMiss | None:
    """Return the mistake that the kernel of an index is given, if it is; each in turn."""
    turn, rest = divmod(index, NEAR_MISS_EVERY)
    return NEAR_MISSES[turn % len(NEAR_MISSES)] if rest == NEAR_MISS_EVERY - 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighted(Sample):
    """A sample with what its kernel contains."""

    sighting: Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved(Built):
    """A kernel that compiled, with the overloads of Warp's built-ins that code generation resolved in it."""

    overloads: frozenset[str]


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """What a survey keeps of one kernel, until it has entered it."""

    sighting: Sighting | None
    """None for a kernel with a mistake."""
    overloads: frozenset[str]


def draw_sighted(configuration: Configuration, index: int, watch: Stopwatch, *, misses: bool) -> Sample:
    """Return the sample of an index, with what its kernel contains; with `misses`, some have a mistake and no rows."""
    drawing = draw(configuration, index, watch)
    sample = sample_of(configuration, index, drawing, watch)
    miss = near_miss(index) if misses else None
    if miss is not None:
        return replace(sample, source=print_source(spoiled(drawing.kernel, miss)), constructs={})
    return Sighted(
        **{each.name: getattr(sample, each.name) for each in fields(sample)}, sighting=sighting(drawing.kernel)
    )


def write_seen(
    _configuration: Configuration, sample: Sample, compiled: Compiled, _described: dict[str, object]
) -> bytes:
    """Return what is kept of a kernel that got as far as it was meant to."""
    built = compiled.built
    seen = sample.sighting if isinstance(sample, Sighted) else None
    return msgspec.json.encode(Seen(seen, built.overloads if isinstance(built, Resolved) else frozenset()))


def decode_seen(text: bytes) -> Seen:
    """Return what `write_seen` wrote."""
    return msgspec.json.decode(text, type=Seen)


def open_surveyor(configuration: Configuration, scratch: Path, *, depth: Depth, warp: bool) -> Builder:
    """Return what takes kernels as far as was asked."""
    if depth == "none":
        return Idle()
    return Surveyor(configuration, scratch, native=depth == "native", warp=warp)


class Idle:
    """A builder that compiles nothing."""

    def __init__(self) -> None:
        self.timings = Timings()

    def build(self, units: Sequence[Unit], _is_known: IsKnown) -> Sequence[Built | Refused]:
        """Return each unit as one that got as far as it was meant to."""
        return [Built(Listing("", ""), "", "") for _ in units]

    def describe_compile(self) -> dict[str, object]:
        """Return nothing: there is no compiler."""
        return {}


class Surveyor:
    """A builder that notes which overloads of Warp's built-ins code generation resolves, and compiles if asked to.

    What it measures of Warp's code generator, now and then for the other device too, it leaves beside its scratch
    folder, from time to time and when it ends.
    """

    def __init__(self, configuration: Configuration, scratch: Path, *, native: bool, warp: bool) -> None:
        # First of all: importing Warp runs lines of its code generator too.
        self._measure = _Measure(scratch.parent / f"{os.getpid()}{MEASURED}") if warp else None
        self._compiler = Compiler(configuration.target, scratch)
        other = replace(configuration.target, device="cuda" if configuration.device == "cpu" else "cpu")
        self._other = Compiler(other, scratch) if warp else None
        self._count = 0
        self._native = native

    def build(self, units: Sequence[Unit], _is_known: IsKnown) -> Sequence[Built | Refused]:
        """Return what became of each unit, in order."""
        generated, resolved = [], []
        for unit in units:
            with recording() as keys:
                generated.append(self._compiler.generate(unit))
            resolved.append(frozenset(keys))
            self._count += 1
            if self._other is not None and self._count % OTHER_EVERY == 0:
                self._other.generate(unit)
        if self._measure is not None:
            self._measure.save()
        outcomes: Sequence[Built | Refused] = [each if isinstance(each, Refused) else each.built for each in generated]
        if self._native:
            outcomes = self._compiler.compile(generated)
        return [
            outcome if isinstance(outcome, Refused) else _resolved(outcome, overloads)
            for outcome, overloads in zip(outcomes, resolved, strict=True)
        ]

    def describe_compile(self) -> dict[str, object]:
        """Say how kernels are compiled."""
        return self._compiler.describe_compile()

    @property
    def timings(self) -> Timings:
        """The seconds spent so far."""
        return self._compiler.timings


def _resolved(built: Built, overloads: frozenset[str]) -> Resolved:
    return Resolved(built.listing, built.ir_digest, built.structure_digest, overloads=overloads)


class _Measure:
    """What has run of Warp's code generator in this process, kept in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._coverage = CodegenCoverage()
        self._coverage.__enter__()
        self._saved = time.monotonic()
        atexit.register(self._end)

    def save(self) -> None:
        """Bring the file up to date if it is old: a worker may be killed."""
        if time.monotonic() - self._saved > SAVE_SECONDS:
            self._coverage.save(self._file)
            self._saved = time.monotonic()

    def _end(self) -> None:
        self._coverage.__exit__(None, None, None)
        self._coverage.save(self._file)


def measured(aside: Path) -> CoverageReport:
    """Return what the workers that had this folder have measured, taken together."""
    coverage = CodegenCoverage()
    for file in sorted(aside.glob(f"*{MEASURED}")):
        coverage.add(file)
    return coverage.report()
