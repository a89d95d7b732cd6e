"""Tables of rows and overloads at the odds of a profile, made once for each profile and palette."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from grammar.choices import Table
from grammar.grammar import Grammar
from grammar.known_bugs import excluded
from grammar.production import Block, Domain, Expr, Index, Input, Overload, Production, Target
from grammar.profile import WEIGHTS, Profile
from grammar.types import BOOL, Type

Palette = frozenset[Type]
# Rows that growth applies itself, where it knows what for.
APART = frozenset({"load", "size"})


class Place(NamedTuple):
    """Where an expression stands, as far as that limits the rows it may be made of."""

    function: bool
    margin: int
    rank: int


def weight(row: Production, profile: Profile) -> int:
    """How likely a row is: its frequency, times the boosts of its name and tags."""
    value = WEIGHTS.get(row.name, 10)
    for word, factor in profile.boosts:
        if word == row.name or word in row.tags:
            value *= factor
    return value


def fits(overload: Overload, palette: Palette) -> bool:
    """Whether every type that an overload needs is in the palette, and no known bug bars it."""
    return not excluded(overload) and all(
        not isinstance(hole, Expr | Input) or hole.pattern in palette for _, hole in overload.holes
    )


@lru_cache(maxsize=4096)
def expressions(
    grammar: Grammar, profile: Profile, palette: Palette, of: Type, place: Place, tag: str = ""
) -> Table[Overload]:
    """The overloads that give a type here; with a tag, only those that have it."""
    options = []
    for overload in grammar.overloads.get(of, ()):
        row = overload.production
        if tag == "operands":  # not a tag: any row that works on operands
            if not any(isinstance(hole, Expr) for _, hole in overload.holes):
                continue
        elif tag and tag not in row.tags:
            continue
        if row.tags & APART or not fits(overload, palette):
            continue
        arrays = any(isinstance(hole, Input) for _, hole in overload.holes)
        reach = max((hole.reach for _, hole in overload.holes if isinstance(hole, Index)), default=0)
        own = max((hole.axis + 1 for _, hole in overload.holes if isinstance(hole, Index) and hole.own), default=0)
        # A stencil needs the margin, and as many axes as the launch; a function has no arrays.
        if arrays and (place.function or reach > place.margin or (own and own != place.rank)):
            continue
        if not any(isinstance(hole, Expr | Input) for _, hole in overload.holes):
            continue  # a constant: only where nothing need vary
        options.append((overload, weight(row, profile)))
    return Table.of(sorted(options, key=lambda option: len(option[0].holes)))


@lru_cache(maxsize=1024)
def constants(grammar: Grammar, profile: Profile, of: Type) -> Table[Overload]:
    """The overloads that give a type from nothing: identities."""
    overloads = grammar.overloads.get(of, ())
    return Table.of([(o, weight(o.production, profile)) for o in overloads if "constant" in o.production.tags])


@lru_cache(maxsize=4096)
def users(grammar: Grammar, profile: Profile, palette: Palette, of: Type) -> Table[tuple[Overload, int]]:
    """The overloads that a value of a type can be an operand of, with the position of its hole."""
    options = []
    for result, overloads in grammar.overloads.items():
        if result not in palette or result == BOOL:
            continue
        for overload in overloads:
            if overload.production.tags & APART or not fits(overload, palette):
                continue
            if any(isinstance(hole, Input) for _, hole in overload.holes):
                continue
            for place, (_, hole) in enumerate(overload.holes):
                if isinstance(hole, Expr) and hole.pattern == of and hole.domain in {Domain.ANY, Domain.COMPARED}:
                    options.append(((overload, place), weight(overload.production, profile)))
                    break
    return Table.of(options)


@lru_cache(maxsize=1024)
def tagged(grammar: Grammar, profile: Profile, palette: Palette, tag: str, place: Place) -> Table[Type]:
    """The types that some overload with a tag gives, as often as it has overloads."""
    options = []
    for of in sorted(palette, key=repr):
        if of != BOOL:
            table = expressions(grammar, profile, palette, of, place, tag)
            if table:
                options.append((of, table.cumulative[-1]))
    return Table.of(options)


@lru_cache(maxsize=1024)
def statements(grammar: Grammar, profile: Profile, context: frozenset[str], tag: str = "") -> Table[Production]:
    """The statements whose needs a context meets; `targets` and `blocks` in it allow rows with such holes."""
    options = [
        (row, weight(row, profile))
        for row in grammar.statements
        if row.needs <= context
        and (not tag or tag in row.tags)
        and not row.tags & {"first", "thread", "store", "atomic"}
        and ("blocks" in context or not any(isinstance(hole, Block) for _, hole in row.holes))
        and ("targets" in context or not any(isinstance(hole, Target) for _, hole in row.holes))
    ]
    return Table.of(sorted(options, key=lambda option: len(option[0].holes)))
