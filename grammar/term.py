"""A kernel as a value: a frozen tree of overloads, symbols and literals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grammar.production import Overload
from grammar.types import Struct, Type, spell


@dataclass(frozen=True, slots=True)
class Extent:
    """The size of one axis: equal names are equal sizes.

    `fixed` when known at compile time, else decided at launch; `beyond` is how much larger than the named extent (1 for
    the offsets of a sparse array's rows).
    """

    name: str
    fixed: int | None = None
    beyond: int = 0


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name of the kernel: a local, an argument, a loop variable.

    `extents` is not empty for an array (element type `type`); `index_of` says into which extent an integer, or each
    element of an integer array, points; `size_of` that an integer argument is the size of an extent.
    """

    name: str
    type: Type
    role: str  # "local" | "thread" | "counter" | "input" | "write" | "update" | "atomic" | "parameter"
    extents: tuple[Extent, ...] = ()
    index_of: Extent | None = None
    size_of: Extent | None = None


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
        return zip((name for name, _ in self.overload.holes), self.fillings, strict=True)


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


@dataclass(frozen=True, slots=True)
class Argument:
    """A kernel's argument as it is declared; `ndim` is 0 for a value."""

    name: str
    type_name: str
    ndim: int
    symbol: Symbol


@dataclass(frozen=True, slots=True)
class Kernel:
    """A kernel with all it uses: structs and functions in order of use, arguments, launch rank and body."""

    name: str
    category: str
    structs: tuple[Struct, ...]
    functions: tuple[Function, ...]
    parameters: tuple[Symbol, ...]
    rank: int
    body: Body

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """The kernel's arguments with their types spelled."""
        return tuple(Argument(s.name, spell(s.type), len(s.extents), s) for s in self.parameters)


def walk(term: Filling) -> Iterator[Filling]:
    """A term and everything below it, parents first, in the order of the rows' holes."""
    stack: list[Filling] = [term]
    while stack:
        top = stack.pop()
        yield top
        if isinstance(top, Apply):
            stack.extend(reversed(top.fillings))
        elif isinstance(top, Body):
            stack.extend(reversed(top.statements))
        elif isinstance(top, Name):
            stack.append(top.symbol)


def parts(kernel: Kernel) -> Iterator[Filling]:
    """Every term of a kernel, its functions' first."""
    for function in kernel.functions:
        yield from walk(function.body)
        yield from walk(function.result)
    yield from walk(kernel.body)
