"""Every overload compiles: tried by hand, each by itself, not only where growth happens to put it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from hand_made import FORMS, Trial, benches, sparse, variants
from sampled import sampled

from grammar.catalogue import CATALOGUE
from grammar.known_bugs import excluded
from grammar.printer import print_source
from grammar.production import Expr, Overload
from grammar.types import INT
from ir import Built, Compiler, Refused, Target, Unit

TRIALS = 25  # in one kernel
MODULE = 20  # kernels
ROWS = [row for row in CATALOGUE.rows if row.result is not None]
GUARDS = [guard for guards in CATALOGUE.guards.values() for guard in guards]
STATEMENTS = [row for row in CATALOGUE.statements if "thread" not in row.tags]


def refusals(trials: Sequence[Trial], device: str, scratch: Path) -> list[str]:
    """What is refused, each overload with the compiler's message: kernels that fail are tried again one by one."""
    compiler = Compiler(Target(device), scratch)
    found: list[str] = []
    waiting = list(benches(trials, TRIALS))
    while waiting:
        some, waiting = waiting[:MODULE], waiting[MODULE:]
        units = [Unit(kernel.name, print_source(kernel)) for kernel, _ in some]
        for (_, tried), unit, outcome in zip(some, units, compiler.build(units), strict=True):
            if isinstance(outcome, Refused) and len(tried) > 1:
                waiting += benches(tried, 1)
            elif isinstance(outcome, Refused):
                found.append(f"{tried[0].name}: {outcome.stage}: {outcome.message}\n{unit.source}")
    return found


def in_turn(overloads: Iterable[Overload]) -> list[Trial]:
    """Each overload once, in one form or another."""
    usable = [overload for overload in overloads if not excluded(overload)]
    return [Trial(overload, FORMS[place % len(FORMS)], place) for place, overload in enumerate(usable)]


def on_counters() -> list[Trial]:
    """Each overload that takes an integer, on the counter of an unrolled loop."""
    overloads = [overload for row in [*ROWS, *GUARDS] for overload in row.expand() if not excluded(overload)]
    return [
        Trial(overload, "counter")
        for overload in overloads
        if any(isinstance(hole, Expr) and hole.pattern == INT for _, hole in overload.holes)
    ]


def in_full(form: str) -> list[Trial]:
    """Each overload in one form, and with each value of its constants."""
    overloads = [overload for row in [*ROWS, *GUARDS] for overload in row.expand() if not excluded(overload)]
    return [
        Trial(overload, form, variant)
        for overload in overloads
        for variant in range(variants(overload) if form == "element" else 1)
    ]


def test_expressions_compile(tmp_path: Path) -> None:
    """Each row at a few types."""
    found = refusals(in_turn(o for row in [*ROWS, *GUARDS] for o in sparse(row, 2)), "cpu", tmp_path)
    assert not found, "\n\n".join(found)


def test_statements_compile(tmp_path: Path) -> None:
    """Each row at a few types, what it makes read again."""
    found = refusals([Trial(o, "element") for row in STATEMENTS for o in sparse(row, 3)], "cpu", tmp_path)
    assert not found, "\n\n".join(found)


def test_a_refusal_is_reported(tmp_path: Path) -> None:
    """The overloads that meet a known bug are refused, so that a pass above means something."""
    barred = [Trial(o, "element") for row in ROWS for o in row.expand() if excluded(o)]
    assert barred
    assert len(refusals(barred, "cpu", tmp_path)) == len(barred)


@pytest.mark.slow
@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize("form", FORMS)
def test_every_expression_compiles(device: str, form: str, tmp_path: Path) -> None:
    found = refusals(in_full(form), device, tmp_path)
    assert not found, "\n\n".join(found)


@pytest.mark.slow
def test_every_expression_of_a_counter_compiles(tmp_path: Path) -> None:
    found = refusals(on_counters(), "cpu", tmp_path)
    assert not found, "\n\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_every_statement_compiles(device: str, tmp_path: Path) -> None:
    most = 1_000 if device == "cpu" else 3
    found = refusals([Trial(o, "element") for row in STATEMENTS for o in sparse(row, most)], device, tmp_path)
    assert not found, "\n\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_drawn_kernels_compile(device: str, tmp_path: Path) -> None:
    samples = [sampled(index, "compiled") for index in range(320)]
    compiler = Compiler(Target(device), tmp_path)
    for start in range(0, len(samples), MODULE):
        some = samples[start : start + MODULE]
        outcomes = compiler.build([Unit(sample.kernel.name, sample.source) for sample in some])
        for sample, outcome in zip(some, outcomes, strict=True):
            assert isinstance(outcome, Built), f"{outcome}\n{sample.source}"
