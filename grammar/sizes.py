"""Arrays and loops by their extents: what a row reads, where it writes, how far it counts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from grammar.choices import pick
from grammar.holes import Axis, Index
from grammar.leaves import Leaves
from grammar.production import Overload
from grammar.scope import Scope
from grammar.signature import OFFSETS, READ
from grammar.term import Apply, Extent, Filling, Literal, Name, Symbol
from grammar.types import INT, Type


@dataclass(slots=True)
class Sizes(Leaves):
    """Chooses arrays whose axes have an index here, and bounds whose counters index them."""

    def input(self, of: Type, rank: int, overload: Overload, scope: Scope) -> Symbol:
        """An array to read; one of the launch's own shape where the row reads around the thread's element."""
        own = any(isinstance(hole, Index) and hole.own for _, hole in overload.holes)
        extents = tuple(s.index_of for s in scope.threads)
        if not own:  # around an index that the template computes with: no literal
            launched = [s.index_of for s in scope.symbols if s.index_of is not None and s.index_of.fixed is None]
            extents = (launched[self.choices.below(len(launched))],)
        options = [
            symbol
            for symbol in self.signature.of_role(READ)
            if symbol.type == of and len(symbol.extents) == rank and symbol.extents == extents
        ]
        if options and self.chance(700):
            return options[self.choices.below(len(options))] if len(options) > 1 else options[0]
        return self.signature.array(of, tuple(e for e in extents if e is not None), READ)

    def output(self, of: Type, rank: int, access: str, scope: Scope) -> Symbol:
        """An array to write: a new one for plain stores, of the trip's own shape; atomics may share and scatter."""
        if access.startswith("atomic"):
            same = [
                s
                for s in self.signature.of_role(access)
                if s.type == of and len(s.extents) == rank and self.reachable(s, scope)
            ]
            if same and self.chance(300):
                return same[self.choices.below(len(same))] if len(same) > 1 else same[0]
            if rank == 1 and not scope.pointing_into(Extent("fixed1")) and self.chance(350):
                return self.signature.array(of, (self.signature.extent(1),), access)
            return self.signature.array(of, self.signature.axes(scope, rank), access)
        places = scope.own if access == "write" else scope.threads
        assert len(places) == rank, (of, rank, access)
        extents = tuple(s.index_of for s in places if s.index_of is not None)
        if access == "write" and scope.depth:  # arms of a branch, or an arm after all: the same element
            same = [s for s in self.signature.of_role(access) if s.type == of and s.extents == extents]
            if same and self.chance(600):
                return same[-1]
        return self.signature.array(of, extents, access)

    def shared_out(self, of: Type, role: str, axes: tuple[Axis, ...], scope: Scope) -> Symbol:
        """An array that blocks of threads read or write tile by tile; a known one unless each owns its part."""
        places = scope.own if role == "write" else scope.threads
        extents: list[Extent] = []
        for axis, each in axes:
            assert isinstance(each, int)
            extent = None if axis is None else places[axis].index_of
            extents.append(self.signature.extent(each) if extent is None else replace(extent, each=each))
        same = [s for s in self.signature.of_role(role) if s.type == of and s.extents == tuple(extents)]
        if same and role != "write" and self.chance(500):
            return same[self.choices.below(len(same))] if len(same) > 1 else same[0]
        return self.signature.array(of, tuple(extents), role)

    def bound(self, kind: str, scope: Scope) -> Filling:
        """How far a loop counts."""
        if kind == "fixed":
            return Literal(self.one_of(3, 2, 4, 6, 8, 5), INT)
        if kind == "offsets":
            extent = scope.threads[0].index_of
            assert extent is not None
            return self.signature.array(INT, (Extent(extent.name, None, 1),), OFFSETS, self.signature.extent())
        known: dict[str, Extent] = {}
        for symbol in self.signature.symbols:
            known.update({e.name: e for e in symbol.extents if e.fixed is None and not e.beyond and e.each == 1})
        options: list[tuple[Extent | None, int]] = [(None, 5 if self.signature.room > 0 else 2)]
        around = {s.index_of.name for s in scope.own if s.index_of is not None and s not in scope.threads}
        options += [(extent, 2) for name, extent in known.items() if name not in around]
        return self.size(pick(options, self.choices) or self.signature.extent())

    def counted(self, bound: Filling) -> Extent:
        """The extent that a loop's counter indexes."""
        match bound:
            case Literal(value):
                return self.signature.extent(int(value))
            case Name(symbol):
                assert symbol.size_of is not None
                return symbol.size_of
            case Apply(_, (Symbol() as array, Literal(axis))):
                return array.extents[int(axis)]
            case Symbol():
                assert bound.index_of is not None
                return bound.index_of
            case _:
                message = f"nothing counts to {bound}"
                raise ValueError(message)

    def extent_of(self, index: Filling) -> Extent:
        """The extent that an index points into."""
        match index:
            case Name(symbol) if symbol.index_of is not None:
                return symbol.index_of
            case Literal():
                return self.signature.extent(1)
            case Apply(_, (Symbol() as array, *_)) if array.index_of is not None:
                return array.index_of
            case _:
                message = f"{index} is no index"
                raise ValueError(message)

    def axis(self, word: str, filled: dict[str, Filling]) -> Extent:
        """The extent that what is in a hole indexes, counts to or points into; a number is fixed, `new` new."""
        if word == "new":
            return self.signature.extent()
        if word.isdigit():
            return self.signature.extent(int(word))
        match filled[word]:
            case Symbol(index_of=extent) | Name(Symbol(index_of=extent)) if extent is not None:
                return extent
            case Literal(value):
                return self.signature.extent(int(value) + 1)
            case Apply(overload, (Symbol(index_of=extent), *_)) if (
                extent is not None and "size" not in overload.production.tags
            ):
                return extent
            case bound:
                return self.counted(bound)
