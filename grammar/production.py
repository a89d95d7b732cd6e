"""A production: one construct of the language as a row of data, and the holes a row may have.

Everything else interprets rows: growth fills their holes, the printer instantiates their templates, the census counts
them. Adding a construct is adding a row.
"""

from __future__ import annotations

import enum
import itertools
import string
from collections.abc import Mapping
from dataclasses import dataclass

from grammar.types import Binding, Pattern, Size, Type, TypeVariable, bind, variables


class Domain(enum.Enum):
    """What a value must satisfy where it is used; growth guards it there."""

    ANY = "any"
    COMPARED = "compared"  # any value; literals beside it may be 0 and 1, which would be idle in arithmetic
    NONZERO = "nonzero"
    POSITIVE = "positive"
    UNIT = "unit"  # [-1, 1]
    SHIFT = "shift"  # [0, 7]: less than the narrowest width
    MODERATE = "moderate"  # small enough to exponentiate
    FINITE = "finite"  # in every integer's range: what converts to one


class Effect(enum.Enum):
    """What executing a production does besides giving a value."""

    PURE = "pure"
    WRITES = "writes"
    UNORDERED = "unordered"  # an atomic: the order of threads is not fixed
    JUMPS = "jumps"  # return, continue, break
    ASSIGNS = "assigns"  # changes a local


@dataclass(frozen=True, slots=True)
class Expr:
    """A hole for an expression of a type; a `varying` one holds no literal."""

    pattern: Pattern
    domain: Domain = Domain.ANY
    varying: bool = False


@dataclass(frozen=True, slots=True)
class Const:
    """A hole for a literal of a type, out of the given values."""

    pattern: Pattern
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Zero:
    """A hole for the value an accumulator of a type starts from, in a form that may change inside a dynamic loop."""

    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Fresh:
    """A hole for the name of a new local; an `inner` one is not visible after the row."""

    pattern: Pattern
    noun: str = ""
    mutable: bool = False
    inner: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A hole for a mutable local that exists already."""

    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Input:
    """A hole for an array that the kernel reads and never writes."""

    pattern: Pattern
    rank: int


@dataclass(frozen=True, slots=True)
class Output:
    """A hole for an array that the kernel writes: its own element only, its own and read before, or by atomics."""

    pattern: Pattern
    rank: int
    access: str  # "write" | "update" | "atomic"


@dataclass(frozen=True, slots=True)
class Index:
    """A hole for an index into one axis of the array in another hole; `own` means the element of this very thread."""

    array: str
    axis: int
    own: bool = False
    reach: int = 0  # how far on either side of the index the template goes


@dataclass(frozen=True, slots=True)
class Bound:
    """A hole for the number of trips of a loop.

    `kind` is `extent` (of an array), `fixed` (a literal) or `offsets` (where the rows of a sparse array begin).
    """

    kind: str


@dataclass(frozen=True, slots=True)
class Counter:
    """A hole for a loop variable, which counts to the bound in another hole."""

    bound: str


@dataclass(frozen=True, slots=True)
class Block:
    """A hole for statements.

    `loop`: in a loop, where `break` is allowed, and `continue` too unless `advances` (the trip ends with an update that
    it would skip). `shares`: the holes after it stand in the same suite and see its locals.
    """

    loop: bool = False
    advances: bool = False
    shares: bool = False


@dataclass(frozen=True, slots=True)
class Lookup:
    """A hole for an integer array whose elements are indices into another array."""

    rank: int = 1


@dataclass(frozen=True, slots=True)
class Pointer:
    """A hole for the name of a new local that holds an element of the lookup array in another hole."""

    lookup: str


@dataclass(frozen=True, slots=True)
class Thread:
    """A hole for the thread's index on one axis of the launch."""

    axis: int


@dataclass(frozen=True, slots=True)
class SizeOf:
    """A hole for the size of what the index in another hole points into."""

    index: str


@dataclass(frozen=True, slots=True)
class Named:
    """A hole for a symbol that whoever applies the row already has: a function to call, a struct to read a field of."""


@dataclass(frozen=True, slots=True)
class Result:
    """A hole for a value of the type that the function around it returns."""


Hole = (
    Expr
    | Const
    | Zero
    | Fresh
    | Target
    | Input
    | Output
    | Index
    | Bound
    | Counter
    | Block
    | Lookup
    | Pointer
    | Thread
    | SizeOf
    | Named
    | Result
)
PATTERNED = (Expr, Const, Zero, Fresh, Target, Input, Output)


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

    def __post_init__(self) -> None:
        named = {piece for _, piece, _, _ in string.Formatter().parse(self.template) if piece is not None}
        holes = {name for name, _ in self.holes}
        if named != holes:
            message = f"row {self.name!r}: the template names {sorted(named)}, the holes are {sorted(holes)}"
            raise ValueError(message)

    def expand(self) -> tuple[Overload, ...]:
        """Every overload of the row: its patterns at each binding of its variables."""
        found: dict[str, TypeVariable | Size] = {}
        for pattern in [hole.pattern for _, hole in self.holes if isinstance(hole, PATTERNED)] + [self.result]:
            if pattern is not None:
                found.update({variable.name: variable for variable in variables(pattern)})
        names = list(found)
        return tuple(
            self.at(dict(zip(names, values, strict=True)))
            for values in itertools.product(*(found[name].over for name in names))
        )

    def at(self, binding: Binding) -> Overload:
        """The overload of the row at one binding of its variables."""
        holes = tuple((name, _bind_hole(hole, binding)) for name, hole in self.holes)
        return Overload(self, holes, None if self.result is None else bind(self.result, binding))


@dataclass(frozen=True, slots=True)
class Overload:
    """A production at concrete types."""

    production: Production
    holes: tuple[tuple[str, Hole], ...]
    result: Type | None


def _bind_hole(hole: Hole, binding: Binding) -> Hole:
    match hole:
        case Expr(pattern, domain, varying):
            return Expr(bind(pattern, binding), domain, varying)
        case Const(pattern, values):
            return Const(bind(pattern, binding), values)
        case Zero(pattern):
            return Zero(bind(pattern, binding))
        case Fresh(pattern, noun, mutable, inner):
            return Fresh(bind(pattern, binding), noun, mutable, inner)
        case Target(pattern):
            return Target(bind(pattern, binding))
        case Input(pattern, rank):
            return Input(bind(pattern, binding), rank)
        case Output(pattern, rank, access):
            return Output(bind(pattern, binding), rank, access)
        case _:
            return hole


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
        frozenset(tags.split()),
        noun,
        frozenset(needs.split()),
    )


def call(
    name: str, result: Pattern, /, *, tags: str = "", noun: str = "", row_name: str = "", **holes: Hole | Pattern
) -> Production:
    """A built-in called by position: `wp.name({a}, {b})`."""
    template = f"wp.{name}({', '.join('{' + key + '}' for key in holes)})"
    return row(row_name or name, template, result, tags=tags, noun=noun, more=holes)


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
    more: Mapping[str, Hole | Pattern] | None = None,
    **holes: Hole | Pattern,
) -> Production:
    """A statement or an idiom of several."""
    return row(name, template, None, effect=effect, tags=tags, needs=needs, more={**holes, **(more or {})})
