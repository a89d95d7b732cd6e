"""Every overload compiles: in a kernel grown around it, not only where growth happens to put it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sampled import sampled

from grammar.catalogue import CATALOGUE
from grammar.choices import Recorded
from grammar.growth import exhibit
from grammar.known_bugs import BY_ROW
from grammar.plan import showable
from grammar.printer import print_source
from grammar.production import Overload, ranks
from grammar.profile import profile_for
from grammar.term import Kernel
from ir import Built, Compiler, Refused, Target, Unit

TOGETHER = 12  # overloads in one kernel
MODULE = 16  # kernels
PARTS = 4  # tests that the rows are shared out among, so that two processes have as much to do
PLAIN = profile_for("default", "arithmetic")
GUARDS = [overload for guards in CATALOGUE.guards.values() for guard in guards for overload in guard.expand()]
EVERY = [*showable(CATALOGUE), *GUARDS]


def exhibited(overloads: Sequence[Overload], salt: str) -> Kernel:
    """A kernel around some overloads: operands are elements, locals, parameters or literals, as the choices have it."""
    drawn = random.Random(f"{salt} {overloads[0].production.name} {overloads[0].result}")
    return exhibit(CATALOGUE, PLAIN, overloads, Recorded([drawn.randrange(1_000) for _ in range(120 * len(overloads))]))


def together(overloads: Sequence[Overload]) -> Iterator[list[Overload]]:
    """Overloads in groups that one kernel can hold."""
    by_rank: dict[frozenset[int], list[Overload]] = {}
    for overload in overloads:
        by_rank.setdefault(frozenset(ranks(overload)), []).append(overload)
    for group in by_rank.values():
        for start in range(0, len(group), TOGETHER):
            yield group[start : start + TOGETHER]


def refusals(overloads: Sequence[Overload], device: str, scratch: Path) -> list[str]:
    """What is refused, each overload with the compiler's message: kernels that fail are tried again one by one."""
    compiler = Compiler(Target(device), scratch)
    found: list[str] = []
    waiting = list(together(overloads))
    while waiting:
        some, waiting = waiting[:MODULE], waiting[MODULE:]
        kernels = [exhibited(group, device) for group in some]
        units = [Unit(kernel.name, print_source(kernel)) for kernel in kernels]
        for group, unit, outcome in zip(some, units, compiler.build(units), strict=True):
            if isinstance(outcome, Refused) and len(group) > 1:
                waiting += [[overload] for overload in group]
            elif isinstance(outcome, Refused):
                name = f"{group[0].production.name} -> {group[0].result}"
                found.append(f"{name}: {outcome.stage}: {outcome.message}\n{unit.source}")
    return found


def one_of_each() -> list[Overload]:
    """An overload of each row."""
    by_row: dict[str, list[Overload]] = {}
    for overload in EVERY:
        by_row.setdefault(overload.production.name, []).append(overload)
    return [random.Random(name).choice(overloads) for name, overloads in by_row.items()]


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_what_meets_a_known_bug_is_refused(device: str, tmp_path: Path) -> None:
    """What is excluded for a bug has it, so that a pass above means something."""
    barred = {
        bug.row: next(overload for overload in CATALOGUE.by_name[bug.row].expand() if bug.excludes(overload))
        for bug in BY_ROW.values()
        if any(map(bug.excludes, CATALOGUE.by_name[bug.row].expand()))
    }
    found = refusals(list(barred.values()), device, tmp_path)
    named = sorted(refusal.partition(" -> ")[0] for refusal in found)
    assert named == sorted(row for row in barred if device in BY_ROW[row].refused)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_each_row_compiles(device: str, part: int, tmp_path: Path) -> None:
    found = refusals(one_of_each()[part::PARTS], device, tmp_path)
    assert not found, f"{len(found)} overloads\n" + "\n\n".join(found[:20])


@pytest.mark.campaign
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_every_overload_compiles(device: str, tmp_path: Path) -> None:
    found = refusals(EVERY, device, tmp_path)
    assert not found, f"{len(found)} overloads\n" + "\n\n".join(found[:20])


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["default", "explore"])
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_drawn_kernels_compile(device: str, profile: str, tmp_path: Path) -> None:
    samples = [sampled(index, "compiled", profile) for index in range(208 if profile == "default" else 104)]
    compiler = Compiler(Target(device), tmp_path)
    for start in range(0, len(samples), MODULE):
        some = samples[start : start + MODULE]
        outcomes = compiler.build([Unit(sample.kernel.name, sample.source) for sample in some])
        for sample, outcome in zip(some, outcomes, strict=True):
            assert isinstance(outcome, Built), f"{outcome}\n{sample.source}"
