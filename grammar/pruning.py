"""Removing what reaches no output: a backward pass over a finished body."""

from __future__ import annotations

from dataclasses import replace

from grammar.catalogue.operators import AND, NOT
from grammar.catalogue.statements import ASSIGN, CONTINUE, FOR, FOR_OFFSETS, IF, IF_ELIF, IF_ELIF_ELSE, IF_ELSE, START
from grammar.holes import Block, Fresh, Pointer, Target
from grammar.production import Effect
from grammar.term import Apply, Body, Filling, Literal, Name, Symbol, walk
from grammar.types import match

Live = frozenset[str]
CHAINS = frozenset(row.name for row in (IF, IF_ELSE, IF_ELIF, IF_ELIF_ELSE))
BOUND = "="  # before a name among the live: the local has to exist there, whatever its value
START_PATTERN = next(hole.pattern for _, hole in START.holes if isinstance(hole, Fresh))
EXHAUSTIVE = frozenset(row.name for row in (IF_ELSE, IF_ELIF_ELSE))
# What remains of a loop that accumulates a total once nothing reads the total.
PLAIN_LOOPS = {"accumulate": FOR, "accumulate_offsets": FOR_OFFSETS}


def reads(term: Filling) -> Live:
    """The names whose value a term uses, or that it writes through."""
    found: set[str] = set()
    _collect(term, found)
    return frozenset(found)


def _collect(term: Filling, found: set[str]) -> None:
    """Add the names of a term's symbols: `walk`, without the cost of a step for each part."""
    match term:
        case Symbol():
            found.add(term.name)
            if term.owner is not None:
                _collect(term.owner, found)
        case Name(symbol):
            _collect(symbol, found)
        case Apply(_, fillings):
            for filling in fillings:
                _collect(filling, found)
        case Body(statements):
            for statement in statements:
                _collect(statement, found)


def prune(
    body: Body, live: Live, *, loop: bool = False, whole: bool = False, jumps: Live = frozenset()
) -> tuple[Body, Live]:
    """The body without the statements whose effect nothing reads, and the names live before it.

    A `whole` loop body, after which a trip has nothing more to do, does not end with `continue`.
    `live` are the names read after it, `jumps` those read where `break` and `continue` lead; what the start of a loop's
    trip reads is live at its end too.
    """
    if not loop:
        return _prune_once(body, live, jumps)
    while True:
        kept, before = _prune_once(body, live, live)
        if whole and kept.statements and kept.statements[-1].row == CONTINUE.name:
            body = Body(kept.statements[:-1])
        elif before <= live:
            return kept, before
        else:
            live |= before


def _prune_once(body: Body, live: Live, jumps: Live) -> tuple[Body, Live]:
    kept: list[Apply] = []
    for statement in reversed(body.statements):
        pruned = _prune_statement(statement, live, jumps)
        if pruned is not None:
            term, live = pruned
            kept.append(term)
    kept.reverse()
    return Body(tuple(kept)), live


def _prune_statement(statement: Apply, live: Live, jumps: Live, *, whole: bool = False) -> tuple[Apply, Live] | None:
    """The statement with its blocks pruned and the names live before it; none if nothing reads what it does.

    `whole`: it stays with all that its row reads, although nothing reads what it makes.
    """
    effect = statement.overload.production.effect
    if effect is Effect.JUMPS:
        # `return` leaves the body: nothing that follows reads a local.
        stays = "loop" in statement.overload.production.needs
        return statement, live | (jumps if stays else frozenset()) | _read(statement)
    made = _made(statement)
    wanted = whole or bool(made & live) or effect in {Effect.WRITES, Effect.UNORDERED}
    bound = [
        filling
        for (_, hole), filling in zip(statement.overload.holes, statement.fillings, strict=True)
        if isinstance(hole, Fresh) and isinstance(filling, Symbol) and BOUND + filling.name in live
    ]
    # Later parts of a row read what a block that shares their suite makes; that counts only if they matter themselves.
    inside = live | _read(statement) if wanted else live
    arms: list[Live] = []
    fillings: list[Filling] = []
    busy = False
    for (_, hole), filling in zip(statement.overload.holes, statement.fillings, strict=True):
        if isinstance(hole, Block) and isinstance(filling, Body):
            pruned, before = prune(filling, inside, loop=hole.loop, whole=not (hole.shares and wanted), jumps=jumps)
            busy = busy or any(matters(inner) for inner in pruned.statements)
            arms.append(before)
            fillings.append(pruned)
        else:
            fillings.append(filling)
    if not wanted and not busy:
        return (_bare(bound[0]), live - {BOUND + bound[0].name}) if bound else None
    if (
        not wanted
        and statement.row not in PLAIN_LOOPS
        and any(isinstance(hole, Block) and hole.shares for _, hole in statement.overload.holes)
    ):  # what the block makes, the row reads after it
        return _prune_statement(statement, live, jumps, whole=True)
    # Past a statement without an arm for every case, control may have gone through none.
    before = live.union(*arms)
    if statement.row in EXHAUSTIVE:  # a value before it is lost if all arms overwrite it, but the local has to be there
        assigned = {name for filling in fillings if isinstance(filling, Body) for name in _changed(filling)}
        before = frozenset[str]().union(*arms) | {BOUND + name for name in assigned & live}
    kept = _tidied(replace(statement, fillings=tuple(fillings)), wanted=wanted)
    return kept, (before - _overwritten(statement)) | _read(kept)


def _bare(symbol: Symbol) -> Apply:
    """A local that is only there for later branches to assign."""
    binding = match(START_PATTERN, symbol.type)
    assert binding is not None, symbol
    return Apply(START.at(binding), (symbol, Literal(0, symbol.type, start=True)))


def _changed(body: Body) -> set[str]:
    """The locals that the statements of a block and of the blocks in it make or change."""
    return {name for part in walk(body) if isinstance(part, Apply) for name in _made(part)}


def _made(statement: Apply) -> Live:
    """The locals that a statement makes or changes."""
    return frozenset(
        filling.name
        for (_, hole), filling in zip(statement.overload.holes, statement.fillings, strict=True)
        if isinstance(hole, Fresh | Pointer | Target) and isinstance(filling, Symbol)
    )


def _overwritten(statement: Apply) -> Live:
    """The locals whose value before a statement is lost."""
    changes = statement.overload.production.effect is Effect.ASSIGNS and statement.row != ASSIGN.name
    return frozenset() if changes else _made(statement)


def _read(statement: Apply) -> Live:
    """The names that a statement reads outside its blocks."""
    unread = (Block, Fresh, Pointer, Target) if statement.row == ASSIGN.name else (Block, Fresh, Pointer)
    found: set[str] = set()
    for (_, hole), filling in zip(statement.overload.holes, statement.fillings, strict=True):
        if not isinstance(hole, unread):
            _collect(filling, found)
    return frozenset(found)


def _tidied(statement: Apply, *, wanted: bool) -> Apply:
    """The statement without arms that became empty, and a loop without the total that nothing reads."""
    holes = dict(statement.holes())
    if not wanted and statement.row in PLAIN_LOOPS:
        loop = PLAIN_LOOPS[statement.row]
        return Apply(loop.at({}), tuple(holes[name] for name, _ in loop.holes))
    if statement.row in CHAINS and not all(
        filling.statements for filling in statement.fillings if isinstance(filling, Body)
    ):
        return _without_empty_arms(statement)
    return statement


def matters(statement: Apply) -> bool:
    """Whether a statement does more than jump."""
    return statement.overload.production.effect is not Effect.JUMPS


def _without_empty_arms(statement: Apply) -> Apply:
    """A chain of branches without the arms that became empty: `if a: … elif b: pass else: …` has two."""
    arms: list[tuple[Filling | None, Body]] = []  # test and body; the last test may be missing
    test: Filling | None = None
    for filling in statement.fillings:
        if isinstance(filling, Body):
            arms.append((test, filling))
            test = None
        else:
            test = filling
    kept: list[tuple[Filling | None, Body]] = []
    missed: list[Filling] = []  # the tests of empty arms before this one: they have to fail
    for test, body in arms:
        if body.statements:
            parts = [*(_not(m) for m in missed), *([test] if test is not None else [])]
            kept.append((_all(parts) if parts else None, body))
        elif test is not None:
            missed.append(test)
    shape = {(1, False): IF, (2, True): IF_ELSE, (2, False): IF_ELIF, (3, True): IF_ELIF_ELSE}
    row = shape[len(kept), kept[-1][0] is None]
    return Apply(row.at({}), tuple(f for test, body in kept for f in ((body,) if test is None else (test, body))))


def _not(test: Filling) -> Filling:
    return Apply(NOT.at({}), (test,))


def _all(tests: list[Filling]) -> Filling:
    result = tests[0]
    for test in tests[1:]:
        result = Apply(AND.at({}), (result, test))
    return result


__all__ = ["matters", "prune", "reads"]
