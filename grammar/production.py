"""A production: one construct of the language as a row of data, and the holes a row may have.

Everything else interprets rows: growth fills their holes, the printer instantiates their templates, the census counts
them. Adding a construct is adding a row.
"""

from __future__ import annotations

import enum
import itertools
import string
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from grammar.types import Binding, Pattern, Size, Type, TypeVariable, bind, bind_size, variables


class Domain(enum.Enum):
    """What a value must satisfy where it is used; growth guards it there."""

    ANY = "any"
    COMPARED = "compared"  # any value; literals beside it may be 0 and 1, which would be idle in arithmetic
    TERM = "term"  # any value; a literal is often 1
    NONZERO = "nonzero"
    POSITIVE = "positive"
    UNIT = "unit"  # [-1, 1]
    SHIFT = "shift"  # [0, 7]: less than the narrowest width
    MODERATE = "moderate"  # small enough to exponentiate
    FINITE = "finite"  # in every integer's range: what converts to one


FREE = frozenset({Domain.ANY, Domain.COMPARED, Domain.TERM})  # what every value satisfies


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


# One axis of an array that blocks of threads share out: the axis of the launch that it is along (none: of a fixed
# size), and how many elements each index of the launch stands for (how large it is).
Axis = tuple[int | None, Size | int]


@dataclass(frozen=True, slots=True)
class Input:
    """A hole for an array that the kernel reads and never writes; `axes` where it does so tile by tile."""

    pattern: Pattern
    rank: int
    axes: tuple[Axis, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """A hole for an array that the kernel writes: its own element only, its own and read before, or by atomics.

    `axes` where it does so tile by tile.
    """

    pattern: Pattern
    rank: int
    access: str  # "write" | "update" | "atomic"
    axes: tuple[Axis, ...] = ()


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
    """A hole for a loop variable, which counts to the bound in another hole, or visits items of a host's object."""

    bound: str
    noun: str = ""


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
    """A hole for the name of a new local that holds an element of the lookup array in another hole.

    Or it is an item of the host's object there: a face of a mesh. An `inner` one is not visible after the row.
    """

    lookup: str
    noun: str = ""
    inner: bool = False


EVERY = -1  # axes of the launch


@dataclass(frozen=True, slots=True)
class Thread:
    """A hole for the thread's index on one axis of the launch; with axis EVERY, for its number among all threads."""

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


@dataclass(frozen=True, slots=True)
class Host:
    """A hole for a parameter that only the host can make: a mesh's id, a texture, an array with an index of its own.

    `annotation` is how it is declared, `{T}` in it the spelling of `pattern`; `noun` what it is called; `own` says that
    it has one item for each thread, as a grid of the launch's own particles does.
    """

    kind: str
    noun: str
    annotation: str = "wp.uint64"
    pattern: Pattern | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A hole for an array to read that has an element for each item of the host's object in another hole.

    Or for each index that the one in that hole may be, counts to or points to; several holes are several axes, a number
    the size of one, `new` one of its own. `noun` are candidates for its name, `access` is `read` or that of an output;
    its elements are indices if they point `into` the axis that a hole stands for (`new`: one of their own).
    """

    pattern: Pattern
    host: str
    noun: str = ""
    access: str = "read"
    into: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """A hole for a parameter passed by value, with candidates for its name: what a search radius is called."""

    pattern: Pattern
    noun: str


@dataclass(frozen=True, slots=True)
class Spelled:
    """A hole for the spelling of a type: `wp.zeros(shape=4, dtype={T})`."""

    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Length:
    """A hole for the number that a size variable stands for."""

    size: Size | int


@dataclass(frozen=True, slots=True)
class Define:
    """A hole for the name of something defined above the kernel: a function, a constant, an enumeration, a struct.

    `text` is the definition, of whole lines: `{name}` in it is the fresh name, `{Name}` the same as a class is called,
    each of `types` stands for the spelling of its pattern, each of `options` for one of some texts. `noun` are
    candidates for the name.
    """

    text: str
    noun: str
    types: tuple[tuple[str, Pattern], ...] = ()
    options: tuple[tuple[str, tuple[str, ...]], ...] = ()


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
    | Host
    | Items
    | Given
    | Spelled
    | Length
    | Define
)


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

    def __hash__(self) -> int:
        return hash(self.name)  # the fields are deep

    def __post_init__(self) -> None:
        named = {piece for _, piece, _, _ in string.Formatter().parse(self.template) if piece is not None}
        holes = {name for name, _ in self.holes}
        if named != holes:
            message = f"row {self.name!r}: the template names {sorted(named)}, the holes are {sorted(holes)}"
            raise ValueError(message)

    def expand(self) -> tuple[Overload, ...]:
        """Every overload of the row: its patterns at each binding of its variables."""
        found = self.variables
        names = list(found)
        return tuple(
            self.at(dict(zip(names, values, strict=True)))
            for values in itertools.product(*(found[name].over for name in names))
        )

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
        return hash((self.production.name, self.result))  # the fields are deep


@lru_cache(maxsize=65536)
def _at(row: Production, bound: tuple[tuple[str, Type | int], ...]) -> Overload:
    binding = dict(bound)
    holes = tuple((name, _bind_hole(hole, binding)) for name, hole in row.holes)
    return Overload(row, holes, None if row.result is None else bind(row.result, binding))


@lru_cache(maxsize=8192)
def named_again(template: str) -> frozenset[str]:
    """The holes that a template names more than once: what fills them is written as often, so it has to be short."""
    names = [piece for _, piece, _, _ in string.Formatter().parse(template) if piece is not None]
    return frozenset(name for name in names if names.count(name) > 1)


def hole_variables(hole: Hole) -> tuple[TypeVariable | Size, ...]:
    """The variables that a hole mentions, in order."""
    match hole:
        case Length(size):
            return (size,) if isinstance(size, Size) else ()
        case Define():
            return tuple(variable for _, pattern in hole.types for variable in variables(pattern))
    pattern = getattr(hole, "pattern", None)
    return () if pattern is None else variables(pattern)


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
        case Input(pattern, rank, axes):
            return Input(bind(pattern, binding), rank, _bind_axes(axes, binding))
        case Output(pattern, rank, access, axes):
            return Output(bind(pattern, binding), rank, access, _bind_axes(axes, binding))
        case Host(kind, noun, annotation, pattern, own) if pattern is not None:
            return Host(kind, noun, annotation, bind(pattern, binding), own)
        case Items(pattern):
            return replace(hole, pattern=bind(pattern, binding))
        case Given(pattern, noun):
            return Given(bind(pattern, binding), noun)
        case Spelled(pattern):
            return Spelled(bind(pattern, binding))
        case Length(size):
            return Length(bind_size(size, binding))
        case Define(text, noun, types, options):
            return Define(text, noun, tuple((name, bind(pattern, binding)) for name, pattern in types), options)
        case _:
            return hole


def _bind_axes(axes: tuple[Axis, ...], binding: Binding) -> tuple[Axis, ...]:
    return tuple((axis, bind_size(each, binding)) for axis, each in axes)


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
