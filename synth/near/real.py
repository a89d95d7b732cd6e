"""Kernels that people wrote: those in the installed Warp, and which records resemble one of them.

Files are parsed, never imported or run, and nothing of them is kept but signatures and where they come from.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from warnings import catch_warnings

import numpy as np

from synth.errors import UsageError

from .python_tokens import Scope, definition_tokens, scope_of
from .shingles import token_shingles
from .signatures import SLOTS, Signature, signature

LEVELS = (0.5, 0.7, 0.9)
"""The likenesses at which records are counted."""

_KINDS = frozenset({"kernel", "func"})
_Definition = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True, eq=False)
class Real:
    """One kernel or function with the functions and structs of its file that it uses."""

    file: str
    line: int
    name: str
    kind: str
    signature: Signature


@dataclass(frozen=True, slots=True)
class Match:
    """A record and the real kernel or function that it resembles most."""

    id: str
    likeness: float
    file: str
    line: int
    name: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much of a dataset resembles real code."""

    records: int
    real: int
    near: dict[float, int]
    """For each of `LEVELS`, how many records have a real kernel or function that is at least so much alike."""
    nearest: tuple[Match, ...]
    """The pairs that are most alike."""


def warp_folder() -> Path:
    """Return where the installed Warp is, without importing it."""
    spec = find_spec("warp")
    if spec is None or not spec.submodule_search_locations:
        raise UsageError("Warp is not installed: pip install warp-lang")
    return Path(spec.submodule_search_locations[0])


def real_kernels(folder: Path) -> Iterator[Real]:
    """Yield the kernels and functions in the Python files under a folder, file by file."""
    for path in sorted(folder.rglob("*.py")):
        try:
            with catch_warnings(
                action="ignore"
            ):  # what Python thinks of other people's backslashes is not for our user
                module = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):  # files that are for other Pythons, or meant to be refused
            continue
        scope = scope_of(module)
        for kind, definition, closure in units(module):
            signed = signature(_shingles(closure, scope))
            if signed is not None:
                yield Real(path.relative_to(folder).as_posix(), definition.lineno, definition.name, kind, signed)


def units(module: ast.Module) -> Iterator[tuple[str, ast.FunctionDef, list[ast.stmt]]]:
    """Yield each kernel and function of a module: what it is, itself, and itself after all that it uses."""
    # Of two definitions of a name, the later one is what most uses mean.
    known = {node.name: node for node in ast.walk(module) if isinstance(node, _Definition) and _kind(node)}
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and (kind := _kind(node)) in _KINDS:
            used = _used(node, known, {node.name})
            yield kind, node, [*sorted(used, key=lambda each: each.lineno), node]


def record_signatures(source: str) -> list[Signature]:
    """Return the signatures of the kernels in a record's source, made as those of real ones are."""
    module = ast.parse(source)
    scope = scope_of(module)
    signed = (signature(_shingles(closure, scope)) for kind, _, closure in units(module) if kind == "kernel")
    return [each for each in signed if each is not None]


class Kernels:
    """Real kernels to compare records with: each with all, so that none is missed."""

    def __init__(self, real: Iterable[Real]) -> None:
        self.real = tuple(real)
        if not self.real:
            raise UsageError("there are no kernels to compare with")
        self._table = np.stack([each.signature for each in self.real])

    def nearest(self, name: str, source: str) -> Match | None:
        """Return the kernel that a record resembles most; None for a record without a kernel."""
        matches = []
        for signed in record_signatures(source):
            agreeing = np.count_nonzero(self._table == signed, axis=1)
            best = int(np.argmax(agreeing))
            found = self.real[best]
            matches.append(Match(name, float(agreeing[best]) / SLOTS, found.file, found.line, found.name))
        return max(matches, key=lambda match: match.likeness, default=None)


def overlap(records: Iterable[tuple[str, str]], real: Iterable[Real], shown: int = 10) -> Overlap:
    """Compare records, each an id and a source, with real kernels."""
    kernels = Kernels(real)
    matches = [match for name, source in records if (match := kernels.nearest(name, source)) is not None]
    return Overlap(
        records=len(matches),
        real=len(kernels.real),
        near={level: sum(match.likeness >= level for match in matches) for level in LEVELS},
        nearest=tuple(sorted(matches, key=lambda match: (-match.likeness, match.id))[:shown]),
    )


def _shingles(closure: list[ast.stmt], scope: Scope) -> frozenset[str]:
    return token_shingles(list(definition_tokens(closure, scope)))


def _kind(node: _Definition) -> str:
    """Return which of Warp's decorators a definition has: `kernel`, `func`, `struct`; else nothing."""
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
        if name in _KINDS or name == "struct":
            return name
    return ""


def _used(node: ast.AST, known: dict[str, _Definition], seen: set[str]) -> list[ast.stmt]:
    """Return the functions and structs that a definition reaches by name; `seen` grows."""
    found: list[ast.stmt] = []
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id in known and part.id not in seen:
            seen.add(part.id)
            other = known[part.id]
            if _kind(other) != "kernel":
                found += [other, *_used(other, known, seen)]
    return found
