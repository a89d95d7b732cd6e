"""What a kernel's Python says of itself: which of Warp's built-ins it calls."""

import ast
from collections import Counter

from synth.errors import UsageError


def parse_source(source: str, where: str) -> ast.Module:
    """Return the tree of a source; `UsageError` for a text that is not Python."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"{where}: its source is no Python: {error}") from error


def called_builtins(tree: ast.Module) -> Counter[str]:
    """Count the names of `wp` that are called within functions; decorators and annotations are none of it."""
    found: Counter[str] = Counter()
    for definition in ast.walk(tree):
        # A function within a function is come to by itself.
        if isinstance(definition, ast.FunctionDef):
            for statement in definition.body:
                if not isinstance(statement, ast.FunctionDef | ast.ClassDef):
                    found.update(filter(None, map(_called, ast.walk(statement))))
    return found


def _called(node: ast.AST) -> str:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return node.func.attr if node.func.value.id == "wp" else ""
    return ""
