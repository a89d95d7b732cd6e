"""A kernel as a value: a frozen tree of overloads, symbols and literals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from grammar.production import Overload, Production
from grammar.types import Struct, Type, spell


class Printer(Protocol):
    """What prints a value for a person: Hypothesis's, IPython's."""

    def text(self, text: str) -> None:
        """Print some text."""


DEFINITION, CONSTANT = "definition", "constant"


@dataclass(frozen=True, slots=True)
class Extent:
    """The size of one axis: equal names are equal sizes.

    `fixed` when known at compile time, else decided at launch; `beyond` is how much larger than the named extent (1 for
    the offsets of a sparse array's rows), `each` how many times as large (64 for what is read in tiles of 64).
    """

    name: str
    fixed: int | None = None
    beyond: int = 0
    each: int = 1


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name of the kernel: a local, an argument, a loop variable.

    `extents` is not empty for an array (element type `type`); `index_of` says into which extent an integer, or each
    element of an integer array, points; `size_of` that an integer argument is the size of an extent; `owner` is the
    struct that it is a field of; `text` how an argument from the host is declared, or the lines of a definition.
    """

    name: str
    type: Type
    role: str  # "local", "thread", "counter", "pointer"; an argument's: "value", "read", "write" …; "definition" …
    extents: tuple[Extent, ...] = ()
    index_of: Extent | None = None
    size_of: Extent | None = None
    owner: Symbol | None = None
    text: str = ""

    def __hash__(self) -> int:
        return hash(self.name)


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol where its value is used."""

    symbol: Symbol

    @property
    def type(self) -> Type:
        """The type of the value."""
        return self.symbol.type


@dataclass(frozen=True, slots=True)
class Literal:
    """A number or truth value, written with its type.

    `start`: in the form of a local's first value, which a loop may change.
    """

    value: float
    type: Type
    start: bool = False


@dataclass(frozen=True, slots=True)
class Apply:
    """An overload with its holes filled, in the order of the row."""

    overload: Overload
    fillings: tuple[Filling, ...]

    @property
    def type(self) -> Type:
        """The type of the value; only an expression has one."""
        assert self.overload.result is not None, self.overload.production.name
        return self.overload.result

    @property
    def row(self) -> str:
        """The name of the row."""
        return self.overload.production.name

    def holes(self) -> Iterator[tuple[str, Filling]]:
        """Each hole's name with what fills it."""
        return zip([name for name, _ in self.overload.holes], self.fillings, strict=True)


@dataclass(frozen=True, slots=True)
class Body:
    """Statements in order."""

    statements: tuple[Apply, ...]


Expression = Name | Literal | Apply
Filling = Name | Literal | Apply | Symbol | Body


@dataclass(frozen=True, slots=True)
class Function:
    """A `@wp.func`: parameters in order, statements, and the expression it returns."""

    name: str
    parameters: tuple[Symbol, ...]
    body: Body
    result: Expression
    generic: bool = False  # its parameters may be of any type
    annotated: bool = True  # it says what it returns


@dataclass(frozen=True, slots=True)
class Argument:
    """A kernel's argument as it is declared; `ndim` is 0 for a value."""

    name: str
    type_name: str
    ndim: int
    symbol: Symbol


@dataclass(frozen=True)
class Kernel:
    """A kernel with all it uses: structs and functions in order of use, arguments, launch rank and body.

    `features` are the names of what its profile lets it do; a `closure` is made by a function that is given its
    constants; arguments of a `generic` type are declared as of any; an `explicit` one writes `wp.float32`, `wp.vec3f`
    for `float` and `wp.vec3`; `options` say how it is compiled.
    """

    name: str
    category: str
    structs: tuple[Struct, ...]
    functions: tuple[Function, ...]
    parameters: tuple[Symbol, ...]
    rank: int
    body: Body
    features: tuple[str, ...] = ()
    closure: bool = False
    generic: frozenset[Type] = frozenset()
    explicit: bool = False
    options: tuple[Apply, ...] = ()

    def _repr_pretty_(self, printer: Printer, _cycle: bool) -> None:
        # Hypothesis prints what fails, and a term is long: `print_source` says it better.
        printer.text(f"<kernel {self.name}, {self.category}, {len(self.body.statements)} statements>")

    @cached_property
    def parts(self) -> tuple[Filling, ...]:
        """Every term, the functions' first, the options last: many ask for them."""
        bodies = [term for function in self.functions for term in (function.body, function.result)]
        return (*(part for term in (*bodies, self.body) for part in walk(term)), *self.options)

    @cached_property
    def rows(self) -> Mapping[Production, int]:
        """How often each row occurs, in order of first use."""
        return Counter(part.overload.production for part in self.parts if isinstance(part, Apply))

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """The kernel's arguments with their types spelled."""
        return tuple(Argument(s.name, s.text or spell(s.type), len(s.extents), s) for s in self.parameters)

    @property
    def definitions(self) -> tuple[Symbol, ...]:
        """What the kernel uses that is defined above it in lines of its own, in order of use."""
        return self._used(DEFINITION)

    @property
    def constants(self) -> tuple[Symbol, ...]:
        """The numbers with names that the kernel uses, in order of use."""
        return self._used(CONSTANT)

    def _used(self, role: str) -> tuple[Symbol, ...]:
        return tuple({s.name: s for s in self.parts if isinstance(s, Symbol) and s.role == role}.values())


def walk(term: Filling) -> list[Filling]:
    """A term and everything below it, parents first, in the order of the rows' holes."""
    found: list[Filling] = []
    _collect(term, found)
    return found


def _collect(term: Filling, found: list[Filling]) -> None:
    found.append(term)
    if isinstance(term, Apply):
        for filling in term.fillings:
            _collect(filling, found)
    elif isinstance(term, Name):
        _collect(term.symbol, found)
    elif isinstance(term, Symbol):
        if term.owner is not None:
            _collect(term.owner, found)
    elif isinstance(term, Body):
        for statement in term.statements:
            _collect(statement, found)


def parts(kernel: Kernel) -> tuple[Filling, ...]:
    """Every term of a kernel, its functions' first, its options last."""
    return kernel.parts
