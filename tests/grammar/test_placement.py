"""Where things stand: no two trips or threads write one element, and all threads of a block come to its tiles."""

from __future__ import annotations

from collections.abc import Iterator

from sampled import Sampled, report

from grammar.holes import Block, Counter, Index, Output, Thread
from grammar.signature import OFFSETS
from grammar.term import Apply, Body, Filling, Name, Symbol, walk

Place = tuple[Apply, tuple[Symbol, ...], bool]  # a statement, the counters around it, whether a branch is around it


def placed(body: Body, counters: tuple[Symbol, ...] = (), *, branch: bool = False) -> Iterator[Place]:
    """Every statement with what is around it."""
    for statement in body.statements:
        yield statement, counters, branch
        inner = counters
        for (_, hole), filling in zip(statement.overload.holes, statement.fillings, strict=True):
            if isinstance(hole, Counter) and isinstance(filling, Symbol):
                inner = (*inner, filling)
            if isinstance(hole, Block) and isinstance(filling, Body):
                yield from placed(filling, inner, branch=branch or not hole.loop)


def threads(kernel_body: Body) -> tuple[Symbol, ...]:
    """The indices of the thread."""
    found = (f for f in walk(kernel_body) if isinstance(f, Symbol) and f.role == "thread")
    return tuple(dict.fromkeys(found))


def names(fillings: list[Filling]) -> set[str]:
    """What some indices are read from."""
    return {part.symbol.name for filling in fillings for part in walk(filling) if isinstance(part, Name)}


def test_no_two_trips_or_threads_write_one_element(samples: tuple[Sampled, ...]) -> None:
    faults, seen = [], 0
    for sample in samples:
        own = {symbol.name for symbol in threads(sample.kernel.body)}
        for statement, counters, _ in placed(sample.kernel.body):
            holes = dict(statement.holes())
            for name, hole in statement.overload.holes:
                if not (isinstance(hole, Output) and hole.access == "write" and not hole.axes):
                    continue
                indices = [
                    holes[key]
                    for key, index in statement.overload.holes
                    if isinstance(index, Thread) or (isinstance(index, Index) and index.array == name)
                ]
                around = {counter.name for counter in counters}
                # What a thread's offsets enclose no other thread's do: there the counter alone names the trip.
                offsets = any(part.role == OFFSETS for part in _bounds(sample, counters))
                wanted = around if offsets else own | around
                seen += bool(around)
                if wanted - names(indices):
                    faults.append((sample, f"row {statement.row} misses {sorted(wanted - names(indices))}"))
    assert not faults, report(faults)
    assert seen > 50, "stores in loops"


def _bounds(sample: Sampled, counters: tuple[Symbol, ...]) -> Iterator[Symbol]:
    """The arrays that some counters count between two elements of."""
    for part in walk(sample.kernel.body):
        if isinstance(part, Apply) and any(counter in part.fillings for counter in counters[:1]):
            yield from (filling for filling in part.fillings if isinstance(filling, Symbol))


def test_no_tile_stands_in_a_branch(samples: tuple[Sampled, ...]) -> None:
    """All threads of a block have to come to it."""
    faults, seen = [], 0
    for sample in samples:
        for statement, _, branch in placed(sample.kernel.body):
            fillings = [statement, *(f for f in statement.fillings if not isinstance(f, Body))]
            tags = {
                tag
                for filling in fillings
                for part in (walk(filling) if filling is not statement else [statement])
                if isinstance(part, Apply)
                for tag in part.overload.production.tags
            }
            seen += "tile" in tags
            if branch and "tile" in tags:
                faults.append((sample, f"row {statement.row} stands in a branch"))
    assert not faults, report(faults)
    assert seen > 50, "tiles"
