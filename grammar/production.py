"""A production: one construct of the language as a row of data.

Everything else interprets rows: growth fills their holes, the printer instantiates their templates, the census counts
them. Adding a construct is adding a row.
"""

from __future__ import annotations

import enum
import itertools
import math
import string
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache

from grammar.holes import Block, Expr, Hole, Index, Input, Output, Target, Thread, bound_hole, hole_variables
from grammar.types import Binding, Pattern, Size, Type, TypeVariable, bind, variables


class Effect(enum.Enum):
    """What executing a production does besides giving a value."""

    PURE = "pure"
    WRITES = "writes"
    UNORDERED = "unordered"  # an atomic: the order of threads is not fixed
    JUMPS = "jumps"  # return, continue, break
    ASSIGNS = "assigns"  # changes a local


@dataclass(frozen=True, slots=True)
class Production:
    """One construct: what it looks like, what its holes hold, what it gives and does."""

    name: str
    template: str
    holes: tuple[tuple[str, Hole], ...]
    result: Pattern | None  # none: a statement
    effect: Effect = Effect.PURE
    tags: frozenset[str] = frozenset()
    noun: str = ""  # what a local that holds the value is called
    needs: frozenset[str] = frozenset()  # what must be around it: "loop", "nested", "function", …
    purpose: str = ""  # of an idiom, as a sentence's verb and object: "integrates motion by semi-implicit Euler steps"
    _hash: int = field(init=False, repr=False, compare=False)

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type[Production], tuple[object, ...]]:
        return Production, tuple(getattr(self, each.name) for each in fields(self) if each.init)  # hashes anew there

    def __post_init__(self) -> None:
        named = {piece for _, piece, _, _ in string.Formatter().parse(self.template) if piece is not None}
        holes = {name for name, _ in self.holes}
        if named != holes:
            message = f"row {self.name!r}: the template names {sorted(named)}, the holes are {sorted(holes)}"
            raise ValueError(message)
        # Once, for the fields are deep. The name alone is that of the functions of many kernels.
        object.__setattr__(self, "_hash", hash((self.name, self.template, self.holes, self.result)))

    def expand(self) -> tuple[Overload, ...]:
        """Every overload of the row: its patterns at each binding of its variables."""
        found = self.variables
        names = list(found)
        return tuple(
            self.at(dict(zip(names, values, strict=True)))
            for values in itertools.product(*(found[name].over for name in names))
        )

    @property
    def count(self) -> int:
        """How many overloads there are."""
        return math.prod(len(variable.over) for variable in self.variables.values())

    def overload(self, place: int) -> Overload:
        """The one at a place among `expand()`, without the others."""
        binding: dict[str, Type | int] = {}
        below = self.count
        for name, variable in self.variables.items():
            below //= len(variable.over)
            nth, place = divmod(place, below)
            binding[name] = variable.over[nth]
        return self.at(binding)

    @property
    def variables(self) -> dict[str, TypeVariable | Size]:
        """The variables of the row's patterns, by name in order."""
        found: dict[str, TypeVariable | Size] = {}
        for _, hole in self.holes:
            found.update({variable.name: variable for variable in hole_variables(hole)})
        if self.result is not None:
            found.update({variable.name: variable for variable in variables(self.result)})
        return found

    def at(self, binding: Binding) -> Overload:
        """The overload of the row at one binding of its variables."""
        return _at(self, tuple(binding.items()))


@dataclass(frozen=True, slots=True)
class Overload:
    """A production at concrete types."""

    production: Production
    holes: tuple[tuple[str, Hole], ...]
    result: Type | None

    def __hash__(self) -> int:
        return hash((self.production, self.result))  # the holes are deep


@lru_cache(maxsize=65536)
def _at(row: Production, bound: tuple[tuple[str, Type | int], ...]) -> Overload:
    binding = dict(bound)
    holes = tuple((name, bound_hole(hole, binding)) for name, hole in row.holes)
    return Overload(row, holes, None if row.result is None else bind(row.result, binding))


@lru_cache(maxsize=8192)
def named_again(template: str) -> frozenset[str]:
    """The holes that a template names more than once: what fills them is written as often, so it has to be short."""
    names = [piece for _, piece, _, _ in string.Formatter().parse(template) if piece is not None]
    return frozenset(name for name in names if names.count(name) > 1)


def launched(hole: Input | Output) -> int:
    """The rank of the launch that shares an array out among its threads."""
    along = [axis + 1 for axis, _ in hole.axes if axis is not None]
    return max(along, default=0) if hole.axes else hole.rank


@lru_cache(maxsize=65536)
def ranks(of: Overload | Production) -> frozenset[int]:
    """The rank of the launch that a construct needs, if it needs one."""
    row = of if isinstance(of, Production) else of.production
    outputs = [hole for _, hole in of.holes if isinstance(hole, Output)]
    found = {launched(hole) for hole in outputs if hole.axes or not hole.access.startswith("atomic")}
    found |= {hole.axis + 1 for _, hole in of.holes if isinstance(hole, Thread)}
    if any(isinstance(hole, Index) and hole.own for _, hole in of.holes):
        found |= {launched(hole) for _, hole in of.holes if isinstance(hole, Input)}
    found |= {int(word[4:]) for word in row.needs if word.startswith("rank")}
    found -= {0}
    return frozenset({max(found)} if found else ())


@lru_cache(maxsize=8192)
def needed(row: Production) -> frozenset[str]:
    """The words for what must be around a statement: what the row says, and what follows from its holes."""
    words = set(row.needs) | {f"rank{rank}" for rank in ranks(row)}
    for _, hole in row.holes:
        if isinstance(hole, Block):
            words.add("blocks")
        if isinstance(hole, Target):
            words.add("targets")
        if isinstance(hole, Output) and hole.access == "write" and not hole.axes:
            words.add(f"own{hole.rank}")
    return frozenset(words)


# --- how rows are declared ------------------------------------------------------------------------------------------


def _hole(given: Hole | Pattern) -> Hole:
    return given if isinstance(given, Hole) else Expr(given)


def row(
    name: str,
    template: str,
    result: Pattern | None,
    /,
    *,
    effect: Effect = Effect.PURE,
    tags: str = "",
    noun: str = "",
    needs: str = "",
    purpose: str = "",
    more: Mapping[str, Hole | Pattern] | None = None,
    **holes: Hole | Pattern,
) -> Production:
    """A production from its parts.

    `tags` and `needs` are words separated by spaces; a bare type is an expression hole; `more` are holes after the
    others, for rows made in loops.
    """
    return Production(
        name,
        template,
        tuple((key, _hole(hole)) for key, hole in {**holes, **(more or {})}.items()),
        result,
        effect,
        frozenset(tags.split()) | ({"purpose"} if purpose else set()),
        noun,
        frozenset(needs.split()),
        purpose,
    )


def call(
    name: str,
    result: Pattern,
    /,
    *,
    tags: str = "",
    noun: str = "",
    needs: str = "",
    row_name: str = "",
    **holes: Hole | Pattern,
) -> Production:
    """A built-in called by position: `wp.name({a}, {b})`."""
    template = f"wp.{name}({', '.join('{' + key + '}' for key in holes)})"
    return row(row_name or name, template, result, tags=tags, noun=noun, needs=needs, more=holes)


def infix(
    name: str,
    operator: str,
    operand: Hole | Pattern,
    result: Pattern,
    *,
    right: Hole | Pattern | None = None,
    tags: str = "",
    noun: str = "",
) -> Production:
    """A binary operator: `{a} operator {b}`."""
    return row(
        name, f"{{a}} {operator} {{b}}", result, tags=tags, noun=noun, a=operand, b=operand if right is None else right
    )


def statement(
    name: str,
    template: str,
    /,
    *,
    effect: Effect = Effect.PURE,
    tags: str = "",
    needs: str = "",
    purpose: str = "",
    more: Mapping[str, Hole | Pattern] | None = None,
    **holes: Hole | Pattern,
) -> Production:
    """A statement or an idiom of several."""
    every = {**holes, **(more or {})}
    return row(name, template, None, effect=effect, tags=tags, needs=needs, purpose=purpose, more=every)
