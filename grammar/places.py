"""Places in a term: the way to a part, and the term with another part there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar, cast

from grammar.term import Apply, Body, Filling, Literal, Name

Path = tuple[int, ...]
"""The places of the parts to go through, from the outside in."""
Part = TypeVar("Part", bound=Filling)


def bodies(term: Filling, path: Path) -> Iterator[tuple[Path, Body]]:
    """The blocks in a term with the ways to them, outer ones first."""
    if isinstance(term, Body):
        yield path, term
    for place, part in enumerate(held(term)):
        if isinstance(part, Apply | Body):
            yield from bodies(part, (*path, place))


def places(term: Filling, path: Path) -> Iterator[tuple[Path, Apply | Name | Literal]]:
    """The expressions and statements in a term with the ways to them, outer ones first."""
    if isinstance(term, Apply | Name | Literal):
        yield path, term
    for place, part in enumerate(held(term)):
        yield from places(part, (*path, place))


def held(term: Filling) -> tuple[Filling, ...]:
    """The parts right inside a term that may be others."""
    if isinstance(term, Apply):
        return term.fillings
    return term.statements if isinstance(term, Body) else ()


def put(term: Part, path: Path, new: Filling) -> Part:
    """A term with another part at the end of a way: one that may stand there."""
    return cast("Part", _changed(term, path, new))


def _changed(term: Filling, path: Path, new: Filling) -> Filling:
    if not path:
        return new
    place, rest = path[0], path[1:]
    inside = held(term)
    changed = (*inside[:place], _changed(inside[place], rest, new), *inside[place + 1 :])
    if isinstance(term, Apply):
        return replace(term, fillings=changed)
    assert isinstance(term, Body)
    if isinstance(new, Body) and not rest:  # the statements of a block in the place of one statement
        return Body((*inside[:place], *new.statements, *inside[place + 1 :]))  # type: ignore[arg-type]
    return Body(changed)  # type: ignore[arg-type]
