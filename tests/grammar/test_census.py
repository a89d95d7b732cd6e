"""The census adds up to what the text contains."""

from __future__ import annotations

import ast
import string
from collections import Counter
from functools import cache

from reading import builtin, calls, decorated
from sampled import Sampled

from grammar.catalogue import CATALOGUE
from grammar.census import builtins, census
from grammar.production import Production
from grammar.term import Apply, parts

ROWS: dict[str, Production] = {
    row.name: row for row in (*CATALOGUE.rows, *(guard for guards in CATALOGUE.guards.values() for guard in guards))
}
# Rows that growth makes for one kernel: its struct's fields and elements, its functions' calls.
OWN = {"field", "call", "load1_struct"}


@cache
def statements_of(name: str) -> int:
    """How many statements a row prints, without those of its blocks."""
    row = ROWS[name]
    blocks = {name for name, hole in row.holes if type(hole).__name__ == "Block"}
    text = row.template.format_map({name: "block_" + name if name in blocks else "x" for name, _ in row.holes})
    found = [node for node in ast.walk(ast.parse(_wrapped(text))) if isinstance(node, ast.stmt)]
    return len(found) - 2 - len(blocks)


def _wrapped(text: str) -> str:
    """A template where return, break and continue are all allowed."""
    return "def f():\n  for _ in x:\n" + "\n".join("    " + line for line in text.split("\n"))


def grown(sample: Sampled) -> list[ast.FunctionDef]:
    """The kernel and the functions that growth made: what rows define above them is theirs."""
    names = {function.name for function in sample.kernel.functions}
    functions = [node for node in decorated(sample.tree, "func") if node.name in names]
    return [*functions, *decorated(sample.tree, "kernel")]


def is_type(name: str) -> bool:
    """Whether a name is a type's, which a kernel may spell in more than one way: `vec3`, `vec3f`."""
    starts = ("vec", "mat", "quat", "int", "uint", "float", "bfloat", "array", "transform", "spatial")
    return name.startswith(starts) and "_" not in name.removeprefix("spatial_")


def test_names_are_sorted_rows_of_the_catalogue(samples: tuple[Sampled, ...]) -> None:
    for sample in samples:
        counts = census(sample.kernel)
        assert list(counts) == sorted(counts)
        assert all(count > 0 for count in counts.values())
        assert set(counts) <= set(ROWS) | OWN


def test_statements_add_up(samples: tuple[Sampled, ...]) -> None:
    for sample in samples[:800]:
        counted = sum(
            count * statements_of(name)
            for name, count in census(sample.kernel).items()
            if name not in OWN and ROWS[name].result is None
        )
        bodies = grown(sample)
        found = sum(isinstance(node, ast.stmt) for body in bodies for node in ast.walk(body)) - len(bodies)
        assert counted == found - len(sample.kernel.functions), sample.source  # a function's last return is of no row


def test_calls_add_up(samples: tuple[Sampled, ...]) -> None:
    """Built-ins in the rows' templates are the calls of the text, conversions of literals and constructors apart."""
    compared = 0
    for sample in samples[:800]:
        rows = [part.overload.production for part in parts(sample.kernel) if isinstance(part, Apply)]
        if any(_doubles(row) for row in rows):
            continue  # it prints what fills a hole more than once
        counted = Counter(name for row in rows for name in _builtins(row.template))
        found = Counter(name for body in grown(sample) for name in map(builtin, calls(body)) if name)
        assert {n: c for n, c in counted.items() if not is_type(n)} == {
            n: c for n, c in found.items() if not is_type(n)
        }, sample.source
        compared += 1
    assert compared > 400


def _doubles(row: Production) -> bool:
    named = [name for _, name, _, _ in string.Formatter().parse(row.template) if name is not None]
    return len(set(named)) != len(named) and row.result is not None


def _builtins(template: str) -> list[str]:
    return [
        piece.partition("(")[0]
        for piece in template.split("wp.")[1:]
        if "(" in piece and piece.partition("(")[0].isidentifier()
    ]


def test_built_ins_are_those_of_the_text(samples: tuple[Sampled, ...]) -> None:
    for sample in samples:
        listed = builtins(sample.kernel)
        assert len(set(listed)) == len(listed)
        text = {builtin(call) for call in calls(sample.tree)}
        assert {name for name in listed if not is_type(name)} <= text, sample.source
