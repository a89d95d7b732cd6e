"""Saying in one English sentence what a kernel does, from its term."""

from __future__ import annotations

from collections.abc import Sequence

from grammar.census import builtins, forms, nesting, tags
from grammar.holes import Index
from grammar.printer import EXPLICITLY
from grammar.term import Apply, Filling, Kernel, Name, Symbol, walk

ATOMICS = {
    "atomic_add": "atomically adds to",
    "atomic_sub": "atomically subtracts from",
    "atomic_max": "takes the atomic maximum into",
    "atomic_min": "takes the atomic minimum into",
    "atomic_and": "atomically masks",
    "atomic_or": "atomically merges bits into",
    "atomic_xor": "atomically flips bits in",
    "atomic_exch": "atomically exchanges elements of",
    "atomic_cas": "claims elements of",
    "atomic_slot": "takes slots from",
    "atomic_kept": "keeps entries in",
}
DIMENSIONS = {1: "one-dimensional", 2: "two-dimensional", 3: "three-dimensional", 4: "four-dimensional"}
WRITTEN = {**ATOMICS, "write": "writes", "update": "updates"}
# What the tags of rows say of a kernel, beside what is told of its shape.
TOLD = {
    "tile": "works on tiles",
    "query": "queries geometry or volumes",
    "random": "draws random numbers",
    "transform": "moves between frames",
    "local_array": "keeps a local array",
    "custom_gradient": "uses a function with its own gradient",
    "static": "settles some expressions at compile time",
}
MOST = 4  # names before a list is cut
READ = ("read", "lookup", "offsets")
PLUMBING = frozenset({"tid", "range", *ATOMICS})


def describe(kernel: Kernel) -> str:
    """One sentence: the launch, what is read, how it is worked on, and where results go."""
    has = tags(kernel)
    said = {form.split(" ")[0] for row in kernel.rows for form in forms(row)}
    read = few([f"`{symbol.name}`" for symbol in kernel.parameters if symbol.role in READ], "arrays")
    how = purposes(kernel)
    how += [phrase for tag, phrase in TOLD.items() if has[tag]]
    if kernel.structs:
        how.append("uses the " + listed([f"`{struct.name}`" for struct in kernel.structs]) + " struct")
    if _follows_indices(kernel):
        how.append("follows indices")
    if has["stencil"]:
        how.append("looks at neighbouring elements")
    if said & {"for", "while"}:
        how.append("runs nested loops" if _nested_loops(kernel) else "loops")
    if "if" in said or has["branch"]:
        how.append("branches on conditions" if has["multi"] or nesting(kernel.body) > 1 else "branches")
    if kernel.functions:
        how.append("calls " + listed(few([f"`{function.name}`" for function in kernel.functions], "functions")))
    called = [f"wp.{name}" for name in builtins(kernel) if name not in PLUMBING][:4]
    if kernel.explicit:
        called = [EXPLICITLY.get(name, name) if name != "wp.spatial_vector" else name for name in called]
    if called:
        how.append("evaluates " + listed([f"`{name}`" for name in called]))
    begins = f"A {DIMENSIONS[kernel.rank]} launch" + (" of a kernel made for given constants" if kernel.closure else "")
    reads = f" reads {listed(read)}," if read else " works on its arguments,"
    return f"{begins}{reads}{' ' + listed(how) + ',' if how else ''} and {listed(_effects(kernel))}."


def purposes(kernel: Kernel) -> list[str]:
    """What the kernel's idioms are for, each once, in order."""
    return list(dict.fromkeys(row.purpose for row in kernel.rows if row.purpose))


def _effects(kernel: Kernel) -> list[str]:
    """What happens to each output, by kind."""
    kinds: dict[str, list[str]] = {}
    for symbol in kernel.parameters:
        if symbol.role not in WRITTEN:
            continue
        verb = WRITTEN[symbol.role]
        kinds.setdefault(verb, []).append(f"`{symbol.name}`")
    return [f"{verb} {listed(few(names, 'arrays'))}" for verb, names in kinds.items()]


def _follows_indices(kernel: Kernel) -> bool:
    """Whether an array is indexed by what was read from another, or a loop runs from one stored offset to the next."""
    for part in walk(kernel.body):
        if isinstance(part, Apply) and part.fillings and isinstance(array := part.fillings[0], Symbol):
            if "assert" in part.overload.production.tags:  # it asks whether an index is one
                continue
            if array.role == "offsets":
                return True
            indices = (
                f for (_, hole), f in zip(part.overload.holes, part.fillings, strict=True) if isinstance(hole, Index)
            )
            if array.extents and any(map(_points, indices)):
                return True
    return False


def _points(index: Filling) -> bool:
    return (isinstance(index, Name) and index.symbol.role == "pointer") or (
        isinstance(index, Apply) and isinstance(index.fillings[0], Symbol) and index.fillings[0].role == "lookup"
    )


def _nested_loops(kernel: Kernel) -> bool:
    for part in walk(kernel.body):
        if isinstance(part, Apply) and "loop" in part.overload.production.tags:
            inner = [term for filling in part.fillings for term in walk(filling)]
            if any(isinstance(term, Apply) and "loop" in term.overload.production.tags for term in inner):
                return True
    return False


def few(words: Sequence[str], what: str) -> list[str]:
    """The words, or the first of them and how many others there are."""
    return [*words] if len(words) <= MOST + 1 else [*words[:MOST], f"{len(words) - MOST} other {what}"]


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
