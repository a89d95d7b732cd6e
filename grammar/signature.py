"""A signature as it grows: parameters are added when an expression first needs them, so none is unused."""

from __future__ import annotations

from dataclasses import dataclass, field

from grammar import names
from grammar.choices import Choices, pick
from grammar.names import Names, family
from grammar.scope import Scope
from grammar.term import Extent, Symbol
from grammar.types import INT, Type

VALUE, READ, SIZE, LOOKUP, OFFSETS = "value", "read", "size", "lookup", "offsets"
HOST = "host "  # before the kind of what only the host can make


@dataclass(slots=True)
class Signature:
    """The parameters of a kernel or function so far, and the names taken in its body.

    `room` is how many parameters are still wanted: growth asks for new ones less eagerly when it runs out.
    """

    choices: Choices
    room: int
    names: Names = field(default_factory=Names)
    symbols: list[Symbol] = field(default_factory=list)
    extents: int = 0

    def of_role(self, *roles: str) -> list[Symbol]:
        """The parameters of these roles, in order of creation."""
        return [symbol for symbol in self.symbols if symbol.role in roles]

    def add(self, symbol: Symbol) -> Symbol:
        """Add a parameter."""
        self.symbols.append(symbol)
        self.room -= 1
        return symbol

    def extent(self, fixed: int | None = None) -> Extent:
        """A new extent, or the extent of a fixed size."""
        if fixed is not None:
            return Extent(f"fixed{fixed}", fixed)
        self.extents += 1
        return Extent(f"n{self.extents}")

    def value(self, of: Type) -> Symbol:
        """A new parameter passed by value."""
        return self.add(Symbol(self.names.fresh(names.VALUES[family(of)], self.choices), of, VALUE))

    def size(self, extent: Extent) -> Symbol:
        """The parameter that holds the size of an extent; new if there is none."""
        for symbol in self.of_role(SIZE):
            if symbol.size_of == extent:
                return symbol
        return self.add(Symbol(self.names.fresh(names.SIZES, self.choices), INT, SIZE, size_of=extent))

    def array(
        self, of: Type, extents: tuple[Extent, ...], role: str, index_of: Extent | None = None, noun: str = ""
    ) -> Symbol:
        """A new array parameter."""
        if noun:
            words = noun
        elif role == LOOKUP:
            words = names.LOOKUPS
        elif role == OFFSETS:
            words = names.OFFSETS
        elif family(of) == "struct":
            words = "items"
        else:
            words = (names.INPUTS if role == READ else names.OUTPUTS)[family(of)]
        return self.add(Symbol(self.names.fresh(words, self.choices), of, role, extents, index_of))

    def axes(self, scope: Scope, rank: int | None, through: Extent | None = None) -> tuple[Extent, ...]:
        """The extents of a new array that is indexable here: by threads, loops around (`through` one), a pointer."""
        threads = [_extent(s) for s in scope.threads]
        inner = [_extent(s) for s in scope.own if s not in scope.threads]
        pointers = [_extent(s) for s in scope.symbols if s.role == "pointer"]
        options: list[tuple[tuple[Extent, ...], int]] = [(tuple(threads), 10)]
        if inner:
            options += [((inner[-1],), 16), ((threads[0], inner[-1]), 4), ((inner[-1], threads[-1]), 1)]
        if len(threads) > 1:
            options += [((thread,), 7) for thread in threads]
        if pointers:
            options += [((pointers[-1],), 9), ((pointers[-1], self.extent(3)), 1)]
        options += [((self.extent(1),), 4), ((threads[0], self.extent(3)), 1)]
        options += [((*threads, self.extent(3)), 1)] if len(threads) == 2 else []
        if through is not None:
            options = [(axes, weight) for axes, weight in options if through in axes] or [((through,), 1)]
        if rank is not None:
            options = [(axes, weight) for axes, weight in options if len(axes) == rank] or [(_pad(threads, rank), 1)]
        return pick(options, self.choices)


def _pad(threads: list[Extent], rank: int) -> tuple[Extent, ...]:
    """The threads' extents, cut or repeated in fixed axes to a rank."""
    return (*threads[:rank], *(Extent(f"fixed{3}", 3) for _ in range(rank - len(threads))))


def _extent(symbol: Symbol) -> Extent:
    assert symbol.index_of is not None, symbol.name
    return symbol.index_of
