"""What is visible at one point of a body: an immutable value, threaded through growth from left to right."""

from __future__ import annotations

from typing import NamedTuple

from grammar.term import Extent, Symbol
from grammar.types import Type


class Scope(NamedTuple):
    """The symbols visible, and the kind of place it is."""

    symbols: tuple[Symbol, ...] = ()
    mutable: tuple[Symbol, ...] = ()  # locals that may be assigned here …
    nested: tuple[Symbol, ...] = ()  # … and those of them that a block around this one declared
    own: tuple[Symbol, ...] = ()  # the indices that together name one trip: threads, then the counters around
    threads: tuple[Symbol, ...] = ()
    returns: Type | None = None  # what the function around returns; none in a kernel
    loop: bool = False
    advances: bool = False
    margin: int = 0
    depth: int = 0
    uniform: bool = True  # whether all threads of a block come here together

    def seeing(self, *symbols: Symbol) -> Scope:
        """The scope with more symbols visible."""
        return self._replace(symbols=self.symbols + symbols)

    def changing(self, symbol: Symbol) -> Scope:
        """The scope with one more local that may be assigned."""
        return self._replace(symbols=(*self.symbols, symbol), mutable=(*self.mutable, symbol))

    def inside(self, *, loop: bool, advances: bool) -> Scope:
        """The scope at the start of a block in this one."""
        return self._replace(
            nested=self.mutable,
            loop=self.loop or loop,
            advances=advances if loop else self.advances,
            depth=self.depth + 1,
            uniform=self.uniform and loop,
        )

    def counting(self, counter: Symbol, *, alone: bool) -> Scope:
        """The scope inside a loop over a counter; `alone` when the counter by itself names the trip."""
        return self._replace(symbols=(*self.symbols, counter), own=(counter,) if alone else (*self.own, counter))

    def pointing_into(self, extent: Extent) -> tuple[Symbol, ...]:
        """The visible integers that are indices into an extent."""
        return tuple(s for s in self.symbols if s.index_of is not None and s.index_of.name == extent.name)
