"""How many of a dataset's kernels are distinct, judged by Python's `ast` alone and not by the digests that made it so.

    python -m benchmarks.distinct PATH…

PATH: folders or .jsonl / .json files of records. Every argument, local, function, struct, field and kernel is renamed in the
order of its first appearance; then the trees are compared twice, with literals kept and with every literal mapped to 1.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT = {"wp", "range", "float", "int", "bool"}  # names that mean something: the module and what Python itself offers


class Renamed(ast.NodeTransformer):
    """Renames what a kernel's author named, in order of first appearance."""

    def __init__(self, *, literals: bool) -> None:
        self.literals = literals
        self.names: dict[str, str] = {}

    def name(self, old: str) -> str:
        return old if old in KEPT else self.names.setdefault(old, f"n{len(self.names)}")

    def visit_Name(self, node: ast.Name) -> ast.AST:  # ast dispatches on the node's name
        return ast.Name(self.name(node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        annotation = self.visit(node.annotation) if node.annotation is not None else None
        return ast.arg(self.name(node.arg), annotation)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self.name(node.name)
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self.name(node.name)
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        value = self.visit(node.value)
        builtin = isinstance(node.value, ast.Name) and node.value.id == "wp"
        kept = builtin or node.attr in {"shape", "x", "y", "z", "w"}
        return ast.Attribute(value, node.attr if kept else self.name(node.attr), node.ctx)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return node if self.literals else ast.Constant(1)


def canonical(source: str, *, literals: bool) -> str:
    """The text of a module under canonical names."""
    return ast.dump(Renamed(literals=literals).visit(ast.parse(source)))


def sources(path: Path) -> Iterator[str]:
    """The kernels of a file, or of all record files in a folder."""
    files = [path] if path.is_file() else sorted([*path.glob("*.jsonl"), *path.glob("pair_*.json")])
    for file in files:
        rows = file.read_text().splitlines() if file.suffix == ".jsonl" else [file.read_text()]
        yield from (json.loads(row)["python_source"] for row in rows)


def main(paths: list[str]) -> None:
    texts = [source for path in paths for source in sources(Path(path))]
    if not texts:
        raise SystemExit(f"distinct: no records in {', '.join(paths) or 'no path'}")
    for literals, label in ((True, "literals kept"), (False, "literals mapped to 1")):
        distinct = len({canonical(text, literals=literals) for text in texts})
        print(f"{label:22s}{distinct} of {len(texts)} distinct ({100 * distinct / len(texts):.2f} %)")


if __name__ == "__main__":
    main(sys.argv[1:])
