"""The holes that a row may have: what may fill each, and what it asks of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from grammar.types import Binding, Pattern, Size, TypeVariable, bind, bind_size, variables


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


def hole_variables(hole: Hole) -> tuple[TypeVariable | Size, ...]:
    """The variables that a hole mentions, in order."""
    match hole:
        case Length(size):
            return (size,) if isinstance(size, Size) else ()
        case Define():
            return tuple(variable for _, pattern in hole.types for variable in variables(pattern))
    pattern = getattr(hole, "pattern", None)
    return () if pattern is None else variables(pattern)


def bound_hole(hole: Hole, binding: Binding) -> Hole:
    """A hole at the concrete types of a binding."""
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
