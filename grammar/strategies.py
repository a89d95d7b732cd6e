"""Kernels as Hypothesis strategies, and the same draw from a seed or from stored choices.

`kernels()` is for anyone's `@given`; `draw_kernel` gives the kernel of a seed: the one that Hypothesis's public
`fuzz_one_input` draws from these bytes with the same strategy, so that a dataset and a property test have one source.
"""

from __future__ import annotations

import ast
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from hypothesis.database import InMemoryExampleDatabase
from hypothesis.errors import Flaky
from hypothesis.internal.conjecture.data import ConjectureData
from hypothesis.internal.conjecture.providers import BytestringProvider
from hypothesis.vendor.pretty import RepresentationPrinter

from grammar.catalogue import CATALOGUE
from grammar.choices import Recorded, Recording
from grammar.grammar import Grammar
from grammar.growth import grow
from grammar.profile import CATEGORIES, Profile, profile_for
from grammar.term import Kernel


@dataclass(frozen=True, slots=True)
class Drawing:
    """A kernel and the choices that made it."""

    kernel: Kernel
    choices: tuple[int, ...]

    def _repr_pretty_(self, printer: RepresentationPrinter, _cycle: bool) -> None:
        # Hypothesis prints what fails, and a kernel as a term is long.
        printer.text(f"Drawing({self.kernel.name}, {len(self.choices)} choices)")


@dataclass(slots=True)
class _Drawn:
    """Asks Hypothesis."""

    data: ConjectureData

    def below(self, count: int) -> int:
        return self.data.draw_integer(0, count - 1)


class _Drawings(st.SearchStrategy[Drawing]):
    """Kernels of a profile, of integers without a strategy and a span for each, which take twice the time.

    `do_draw` and `draw_integer` are what Hypothesis's own strategies are made of, and `BytestringProvider` is what it
    reads bytes with: not documented, the same since 6.150.
    """

    def __init__(self, grammar: Grammar, profile: Profile) -> None:
        super().__init__()
        self.grammar, self.profile = grammar, profile

    def __repr__(self) -> str:
        return f"drawings({self.profile}, {self.grammar})"

    def do_draw(self, data: ConjectureData) -> Drawing:
        recording = Recording(_Drawn(data))
        kernel = grow(self.grammar, self.profile, recording)
        return Drawing(kernel, tuple(recording.taken))


def drawings(profile: Profile, grammar: Grammar = CATALOGUE) -> st.SearchStrategy[Drawing]:
    """Kernels of a profile with their choices."""
    return _Drawings(grammar, profile)


def kernels(profile: Profile | None = None, grammar: Grammar = CATALOGUE) -> st.SearchStrategy[Kernel]:
    """Kernels of a profile; of every category of the default profile if none is given."""
    if profile is not None:
        return drawings(profile, grammar).map(lambda drawing: drawing.kernel)
    every = [drawings(profile_for("default", category), grammar) for category in CATEGORIES]
    return st.one_of(every).map(lambda drawing: drawing.kernel)


class _TooFewBytesError(Exception):
    """The bytes ran out."""


class _Nobody:
    """Keeps no account of what is drawn: that is for shrinking, and half of the time."""

    def mark_overrun(self) -> NoReturn:
        raise _TooFewBytesError


@dataclass(slots=True)
class _Read:
    """Asks what Hypothesis reads bytes with."""

    provider: BytestringProvider

    def below(self, count: int) -> int:
        return self.provider.draw_integer(0, count - 1)


def draw_kernel(grammar: Grammar, profile: Profile, seed: bytes) -> Drawing:
    """The kernel that Hypothesis draws from these bytes, as `fuzz_one_input` does; 64 KiB are enough for any.

    Raises:
        ValueError: the bytes ran out before the kernel was complete.
    """
    provider = BytestringProvider(_Nobody(), bytestring=seed)  # type: ignore[arg-type]  # it asks for no more
    recording = Recording(_Read(provider))
    try:
        kernel = grow(grammar, profile, recording)
    except _TooFewBytesError as error:
        message = f"{len(seed)} bytes are too few for a kernel of category {profile.category!r}"
        raise ValueError(message) from error
    return Drawing(kernel, tuple(recording.taken))


def shrink_drawing(
    grammar: Grammar, profile: Profile, seed: bytes, fails: Callable[[Kernel], bool], seconds: float
) -> Drawing | None:
    """The smallest drawing that Hypothesis finds on the way down from these bytes' and that still fails.

    None if the kernel of these bytes does not fail. After so many seconds everything new is taken to pass.
    """
    known: dict[tuple[int, ...], bool] = {}
    failing: list[Drawing] = []
    end = time.monotonic() + seconds

    @settings(
        database=InMemoryExampleDatabase(),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.reuse, Phase.shrink),
        print_blob=False,
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
    )
    @given(_Drawings(grammar, profile))
    def passes(drawing: Drawing) -> None:
        if drawing.choices not in known:
            known[drawing.choices] = time.monotonic() < end and fails(drawing.kernel)
            if known[drawing.choices]:
                failing.append(drawing)
        if known[drawing.choices]:
            raise _StillFailsError

    with suppress(_StillFailsError):
        passes.hypothesis.fuzz_one_input(seed)  # type: ignore[attr-defined]  # a failure goes into the database
    if failing:
        with suppress(_StillFailsError, Flaky):
            passes()
    return min(failing, key=lambda drawing: len(drawing.choices), default=None)


class _StillFailsError(Exception):
    """What a shrinking test raises where the kernel still fails."""


def replay_kernel(grammar: Grammar, profile: Profile, choices: Sequence[int]) -> Kernel:
    """The kernel of stored choices, without Hypothesis."""
    return grow(grammar, profile, Recorded(choices))


WILD = ("Expr", "SimpleStatementLine", "If", "While", "For", "With", "FunctionDef", "ClassDef")
"""The kinds of LibCST's nodes that Hypothesmith is asked for: those that a few thousand bytes are enough for."""


def wild_statement(kind: str, choices: bytes) -> str | None:
    """An arbitrary statement of Python, drawn by Hypothesmith from bytes; none if they make none.

    `kind` is one of `WILD`; an `Expr` is an expression, assigned to `wild`.
    """
    import hypothesmith  # noqa: PLC0415  (it takes half a second to import, and few ask for it)
    import libcst  # noqa: PLC0415

    found: list[str] = []

    @settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(hypothesmith.from_node(getattr(libcst, kind)))
    def catch(text: str) -> None:
        found.append(text)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # of what Python takes, but doubts
        catch.hypothesis.fuzz_one_input(choices)  # type: ignore[attr-defined]  # Hypothesis adds the attribute
        if not found or not found[0].strip():
            return None
        try:
            tree = ast.parse(f"wild = {found[0].strip()}" if kind == "Expr" else found[0])
        except (SyntaxError, ValueError):  # LibCST takes a little more than CPython
            return None
    return ast.unparse(tree)
