"""Making a kernel smaller that shows something: terms give way to parts of themselves as long as it still shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from grammar.holes import Block, Fresh
from grammar.places import bodies, places, put
from grammar.pruning import prune, reads
from grammar.term import Apply, Body, Filling, Function, Kernel, Literal, Name, Symbol, parts, walk
from grammar.twins import LET, let
from grammar.types import Array, Scalar, Struct, Type

BATCH = 8
"""How many kernels are tried at once: a compiler takes little longer for a few than for one."""
LOCALS = frozenset({"local", "counter", "pointer", "thread"})


def reduced(kernel: Kernel, first: Callable[[Sequence[Kernel]], int | None], patience: int = 400) -> Kernel:
    """The smallest kernel found that still shows it.

    `first` gives the place of the first of a few kernels that shows it; of at most `patience` kernels it is asked. What
    comes before a reduction that shows it is not tried again until all that comes after it has been.
    """
    asked = start = 0
    smaller = False
    while asked < patience:
        candidates = islice(reductions(kernel), start, None)
        found = None
        while found is None and asked < patience and (some := list(islice(candidates, min(BATCH, patience - asked)))):
            asked += len(some)
            found = first(some)
            start += len(some) if found is None else found
        if found is not None:
            kernel, smaller = some[found], True
        elif smaller and start:
            start, smaller = 0, False
        else:
            break
    return kernel


def reductions(kernel: Kernel) -> Iterator[Kernel]:
    """Smaller kernels, the boldest first; each is well-formed."""
    size = _size(kernel)
    seen: set[Kernel] = set()
    for candidate in _candidates(kernel):
        tidy = tidied(candidate)
        if tidy is not None and _size(tidy) < size and tidy not in seen:
            seen.add(tidy)
            yield tidy


def _size(kernel: Kernel) -> tuple[int, int]:
    """What a smaller kernel has less of: terms, then what it declares."""
    terms = sum(1 if isinstance(part, Apply | Name | Literal) else 0 for part in parts(kernel))
    flags = kernel.closure + kernel.explicit + len(kernel.generic) + len(kernel.options) + len(kernel.features)
    return terms + len(kernel.parameters), flags + sum(function.generic for function in kernel.functions)


def _candidates(kernel: Kernel) -> Iterator[Kernel]:
    yield replace(kernel, options=(), features=(), closure=False, explicit=False, generic=frozenset())
    for path, body in bodies(kernel.body, ()):
        yield from (replace(kernel, body=put(kernel.body, path, less)) for less in _fewer(body))
    for function in kernel.functions:
        for path, body in bodies(function.body, ()):
            for less in _fewer(body):
                yield _with_function(kernel, replace(function, body=put(function.body, path, less)))
    for path, term in places(kernel.body, ()):
        for simpler in _simpler(term, kernel.parameters):
            yield replace(kernel, body=put(kernel.body, path, simpler))
    for function in kernel.functions:
        for path, term in places(function.body, ()):
            for simpler in _simpler(term, function.parameters):
                yield _with_function(kernel, replace(function, body=put(function.body, path, simpler)))
        for path, term in places(function.result, ()):
            for simpler in _simpler(term, function.parameters):
                yield _with_function(kernel, replace(function, result=put(function.result, path, simpler)))


def _with_function(kernel: Kernel, changed: Function) -> Kernel:
    """The kernel with another function of the same name."""
    return replace(kernel, functions=tuple(changed if f.name == changed.name else f for f in kernel.functions))


def _fewer(body: Body) -> Iterator[Body]:
    """A block without some of its statements: halves, quarters … down to each one."""
    count = len(body.statements)
    length = count
    while length:
        for start in range(0, count, length):
            rest = (*body.statements[:start], *body.statements[start + length :])
            kept = tuple(s for s in body.statements[start : start + length] if _asks_thread(s))
            yield Body((*body.statements[:start], *kept, *body.statements[start + length :]) if kept else rest)
        length //= 2


def _asks_thread(statement: Apply) -> bool:
    return statement.row.startswith("tid")


def _simpler(term: Apply | Name | Literal, parameters: tuple[Symbol, ...]) -> Iterator[Filling]:
    """What may stand for a term: a part of it of its type, a literal, a parameter.

    For a statement: what is in it, and where it makes a local, giving that a part of it of the local's type.
    """
    if isinstance(term, Literal):
        return
    if isinstance(term, Apply) and term.overload.result is None:
        for (_, hole), filling in zip(term.overload.holes, term.fillings, strict=True):
            if isinstance(hole, Block) and isinstance(filling, Body):
                yield filling
        if len(term.overload.holes) > len(LET.holes):
            yield from _plain_locals(term)
        return
    of = term.type
    if isinstance(term, Apply):
        for part in walk(term):
            if part is not term and isinstance(part, Apply | Name | Literal) and _type(part) == of:
                yield part
    if isinstance(of, Scalar):
        yield Literal(1, of)
    if isinstance(term, Apply) or (isinstance(term, Name) and term.symbol.role in LOCALS):
        for symbol in parameters:
            if symbol.role == "value" and symbol.type == of:
                yield Name(symbol)


def _plain_locals(statement: Apply) -> Iterator[Filling]:
    made = [
        filling
        for (_, hole), filling in zip(statement.overload.holes, statement.fillings, strict=True)
        if isinstance(hole, Fresh) and not hole.inner and isinstance(filling, Symbol)
    ]
    if len(made) != 1:
        return
    for part in walk(statement):
        if isinstance(part, Apply | Name | Literal) and _type(part) == made[0].type and part != Name(made[0]):
            yield let(made[0], part)


def _type(term: Apply | Name | Literal) -> Type | None:
    return term.overload.result if isinstance(term, Apply) else term.type


# --- well-formed again ----------------------------------------------------------------------------------------------


def tidied(kernel: Kernel) -> Kernel | None:
    """The kernel without what reaches no output and what it no longer uses; none if a name has lost its meaning."""
    body, live = prune(kernel.body, frozenset())
    if not body.statements or not any(_asks_thread(statement) for statement in body.statements):
        first = next((s for s in kernel.body.statements if _asks_thread(s)), None)
        if first is None or not body.statements:
            return None
        body = Body((first, *body.statements))
    kept = [symbol for symbol in kernel.parameters if symbol.name in live | reads(body)]
    functions: list[Function] = []
    called = {part.name for part in walk(body) if isinstance(part, Symbol) and part.role == "function"}
    for function in reversed(kernel.functions):
        if function.name in called:
            inner = _tidied_function(function)
            functions.insert(0, inner)
            terms: tuple[Filling, ...] = (inner.body, inner.result)
            called |= {p.name for t in terms for p in walk(t) if isinstance(p, Symbol) and p.role == "function"}
    found = replace(kernel, body=body, parameters=tuple(kept), functions=tuple(functions))
    types = [symbol.type for symbol in (*kept, *(p for p in parts(found) if isinstance(p, Symbol)))]
    found = replace(found, structs=tuple(s for s in kernel.structs if s in _structs(types)))
    return found if _is_scoped(found) else None


def _tidied_function(function: Function) -> Function:
    body, _ = prune(function.body, reads(function.result))
    return replace(function, body=body)


def _structs(types: list[Type]) -> set[Struct]:
    found: set[Struct] = set()
    for of in types:
        inner = of.element if isinstance(of, Array) else of
        if isinstance(inner, Struct) and inner not in found:
            found |= {inner} | _structs([field for _, field in inner.fields])
    return found


def _is_scoped(kernel: Kernel) -> bool:
    """Whether every local that is read has been made before, in the order of the text."""
    for terms, known in (
        ((kernel.body,), set[str]()),
        *(((f.body, f.result), {p.name for p in f.parameters}) for f in kernel.functions),
    ):
        for term in terms:
            if not _reads_only(term, known):
                return False
    return True


def _reads_only(term: Filling, known: set[str]) -> bool:
    match term:
        case Name(symbol):
            return symbol.role not in LOCALS or symbol.name in known
        case Symbol():
            return True
        case Apply():
            return _statement_reads_only(term, known)
        case Body(statements):
            return all(_reads_only(statement, known) for statement in statements)
        case _:
            return True


def _statement_reads_only(term: Apply, known: set[str]) -> bool:
    for (_, hole), filling in zip(term.overload.holes, term.fillings, strict=True):
        if isinstance(filling, Symbol):
            makes = type(hole).__name__ in {"Fresh", "Pointer", "Counter"} or _asks_thread(term)
            if not makes and filling.role in LOCALS and filling.name not in known:
                return False
    known |= {filling.name for filling in term.fillings if isinstance(filling, Symbol)}
    return all(_reads_only(filling, known) for filling in term.fillings)
