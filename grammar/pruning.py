"""Removing what reaches no output: a backward pass over a finished body."""

from __future__ import annotations

from dataclasses import replace

from grammar.catalogue.operators import AND, NOT
from grammar.catalogue.statements import IF, IF_ELIF, IF_ELIF_ELSE, IF_ELSE
from grammar.production import Block, Effect, Fresh, Pointer, Target
from grammar.term import Apply, Body, Filling, Symbol, walk

Live = frozenset[str]


def reads(term: Filling) -> Live:
    """The names whose value a term uses, or that it writes through."""
    return frozenset(part.name for part in walk(term) if isinstance(part, Symbol))


def prune(body: Body, live: Live, *, loop: bool = False) -> tuple[Body, Live]:
    """The body without the statements whose effect nothing reads, and the names live before it.

    `live` are the names read after it; in a loop what its start reads is live at its end too.
    """
    if loop:
        while True:
            _, before = _prune_once(body, live)
            if before <= live:
                break
            live |= before
    return _prune_once(body, live)


def _prune_once(body: Body, live: Live) -> tuple[Body, Live]:
    kept: list[Apply] = []
    for statement in reversed(body.statements):
        pruned = _prune_statement(statement, live)
        if pruned is not None:
            term, live = pruned
            kept.append(term)
    kept.reverse()
    return Body(tuple(kept)), live


def _prune_statement(statement: Apply, live: Live) -> tuple[Apply, Live] | None:
    """The statement with its blocks pruned and the names live before it; none if nothing reads what it does."""
    production = statement.overload.production
    made = {
        filling.name
        for (_, hole), filling in zip(statement.overload.holes, statement.fillings, strict=True)
        if isinstance(hole, Fresh | Pointer | Target) and isinstance(filling, Symbol)
    }
    blocks = [hole for _, hole in statement.overload.holes if isinstance(hole, Block)]
    wanted = bool(made & live) or production.effect in {Effect.WRITES, Effect.UNORDERED, Effect.JUMPS}
    after = live
    own = frozenset(
        name
        for (_, hole), filling in zip(statement.overload.holes, statement.fillings, strict=True)
        if not isinstance(hole, Block)
        for name in reads(filling)
    )
    fillings: list[Filling] = []
    before = live
    busy = False
    for (_, hole), filling in zip(statement.overload.holes, statement.fillings, strict=True):
        if isinstance(hole, Block):
            assert isinstance(filling, Body)
            # The row's own later parts may read what a block that shares their suite makes.
            pruned, used = prune(
                filling,
                after | (own if hole.shares else frozenset()) | (own if hole.loop else frozenset()),
                loop=hole.loop,
            )
            busy = busy or any(matters(inner) for inner in pruned.statements)
            before |= used
            fillings.append(pruned)
        else:
            fillings.append(filling)
    if not wanted and not busy:
        return None
    if blocks and not all(filling.statements for filling in fillings if isinstance(filling, Body)):
        statement, fillings = _without_empty_arms(statement, fillings)
    return replace(statement, fillings=tuple(fillings)), before | own


def matters(statement: Apply) -> bool:
    """Whether a statement does more than jump."""
    return statement.overload.production.effect is not Effect.JUMPS


def _without_empty_arms(statement: Apply, fillings: list[Filling]) -> tuple[Apply, list[Filling]]:
    """A chain of branches without the arms that became empty: `if a: … elif b: pass else: …` has two."""
    arms: list[tuple[Filling | None, Body]] = []  # test and body; the last test may be missing
    test: Filling | None = None
    for filling in fillings:
        if isinstance(filling, Body):
            arms.append((test, filling))
            test = None
        else:
            test = filling
    rows = {"if": IF, "if_else": IF_ELSE, "if_elif": IF_ELIF, "if_elif_else": IF_ELIF_ELSE}
    if statement.row not in rows:
        return statement, fillings  # the row has statements of its own beside the block
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
    return Apply(row.at({}), ()), [
        filling for test, body in kept for filling in ((body,) if test is None else (test, body))
    ]


def _not(test: Filling) -> Filling:
    return Apply(NOT.at({}), (test,))


def _all(tests: list[Filling]) -> Filling:
    result = tests[0]
    for test in tests[1:]:
        result = Apply(AND.at({}), (result, test))
    return result


__all__ = ["matters", "prune", "reads"]
