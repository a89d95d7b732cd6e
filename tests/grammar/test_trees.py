"""Reading syntax trees."""

from __future__ import annotations

import ast
from pathlib import Path

from grammar import trees
from grammar.trees import functions, nodes

LEFT_OUT = ast.expr_context | ast.operator | ast.unaryop | ast.boolop | ast.cmpop | ast.alias


def test_nodes_are_those_that_python_walks() -> None:
    tree = ast.parse(Path(trees.__file__).read_text(encoding="utf-8"))
    assert nodes(tree) == [node for node in ast.walk(tree) if not isinstance(node, LEFT_OUT)]


def test_functions_are_found_within_others() -> None:
    source = "def make(a):\n    def inner(b=0, *, c=None):\n        return {**a, b: c}\n    return inner\n"
    outer, inner = functions(nodes(ast.parse(source)))
    assert (outer.definition.name, inner.definition.name) == ("make", "inner")
    assert set(inner.nodes) < set(outer.nodes)
