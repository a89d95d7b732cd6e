"""Guards: a process dies of a division by the integer zero, so whatever growth does, one stands where it may happen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from sampled import seed

from grammar.catalogue import CATALOGUE
from grammar.expressions import must_be_guarded
from grammar.holes import Domain, Expr
from grammar.printer import print_source
from grammar.production import Overload
from grammar.profile import profile_for
from grammar.strategies import draw_kernel
from grammar.term import Apply, Filling, Kernel, Literal, walk
from grammar.types import Type

DOMAIN_OF = {guard.name: domain for domain, guards in CATALOGUE.guards.items() for guard in guards}


def demands(overload: Overload) -> dict[int, Domain]:
    """The positions of holes that no profile leaves unguarded, where their type has guards, and their domains."""
    return {
        position: hole.domain
        for position, (_, hole) in enumerate(overload.holes)
        if isinstance(hole, Expr)
        and must_be_guarded(cast("Type", hole.pattern), hole.domain)
        and (hole.domain, hole.pattern) in CATALOGUE.guards_by_type
    }


def is_in(filling: Filling, domain: Domain) -> bool:
    """Whether a literal or a guard fills a hole: growth makes literals that suit."""
    return isinstance(filling, Literal) or (isinstance(filling, Apply) and DOMAIN_OF.get(filling.row) is domain)


def found(index: int, boosts: tuple[tuple[str, int], ...]) -> Iterator[tuple[str, bool, Kernel]]:
    """The rows of a kernel that demand a guard, and whether it is there."""
    profile = profile_for("default", "integer")
    kernel = draw_kernel(CATALOGUE, replace(profile, boosts=(*profile.boosts, *boosts)), seed(index, "guards")).kernel
    for part in kernel.parts:
        for term in walk(part):
            if isinstance(term, Apply):
                for position, domain in demands(term.overload).items():
                    yield term.row, is_in(term.fillings[position], domain), kernel


def test_integers_are_always_brought_into_their_domains() -> None:
    """Also where an operand was replaced by another: with these rows so likely, nine in 10,000 are."""
    rows = sorted({row.name for row in CATALOGUE.rows for overload in row.expand() if demands(overload)})
    seen = [each for index in range(100) for each in found(index, tuple((row, 300) for row in rows))]
    assert not [f"{row} in\n{print_source(kernel)}" for row, is_guarded, kernel in seen if not is_guarded][:1]
    assert len({row for row, _, _ in seen}) > 25
