"""Kernels differ in more than names, and most of them in more than numbers, before any duplicate is dropped."""

from __future__ import annotations

import ast

from reading import arguments, decorated
from sampled import Sampled


class Canonical(ast.NodeTransformer):
    """A module with its own names numbered in order of appearance, and, if asked, each number 1."""

    def __init__(self, tree: ast.Module, *, keep_numbers: bool) -> None:
        self.keep_numbers = keep_numbers
        self.names: dict[str, str] = {}
        self.own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        self.own |= {
            name
            for definition in (*decorated(tree, "func"), *decorated(tree, "kernel"))
            for name in arguments(definition)
        }
        self.own |= {
            node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }

    def name(self, name: str) -> str:
        return self.names.setdefault(name, f"n{len(self.names)}") if name in self.own else name

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.name(node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(self.name(node.arg), node.annotation and self.visit(node.annotation))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self.name(node.name)
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self.name(node.name)
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if not (isinstance(node.value, ast.Name) and node.value.id == "wp"):
            node.attr = self.name(node.attr)
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return node if self.keep_numbers else ast.Constant(1)


def canonical(source: str, *, keep_numbers: bool) -> str:
    """What is left of a kernel's text without its names."""
    tree = ast.parse(source)
    return ast.dump(Canonical(tree, keep_numbers=keep_numbers).visit(tree))


def test_renaming_is_seen_through() -> None:
    one = "@wp.kernel\ndef f(a: int, b: int):\n    c = a + 2\n    b[c] = a\n"
    renamed = "@wp.kernel\ndef g(x: int, y: int):\n    a = x + 2\n    y[a] = x\n"
    number = one.replace("2", "3")
    other = one.replace("= a\n", "= c\n")
    assert canonical(one, keep_numbers=True) == canonical(renamed, keep_numbers=True)
    assert canonical(one, keep_numbers=True) != canonical(number, keep_numbers=True)
    assert canonical(one, keep_numbers=False) == canonical(number, keep_numbers=False)
    assert canonical(one, keep_numbers=False) != canonical(other, keep_numbers=False)


def test_kernels_differ_in_more_than_names(samples: tuple[Sampled, ...]) -> None:
    distinct = {canonical(sample.source, keep_numbers=True) for sample in samples}
    assert len(distinct) >= 0.99 * len(samples), len(distinct)


def test_kernels_differ_in_more_than_numbers(samples: tuple[Sampled, ...]) -> None:
    distinct = {canonical(sample.source, keep_numbers=False) for sample in samples}
    assert len(distinct) >= 0.97 * len(samples), len(distinct)
