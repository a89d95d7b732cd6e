"""What a kernel's Python says of itself: which of Warp's built-ins it calls."""

import ast
from collections import Counter

from .errors import UsageError

NOT_CALLED = frozenset({"constant", "overload", "static"})
"""What looks like a call in a kernel, and runs before the kernel does."""


def parse_source(source: str, where: str) -> ast.Module:
    """Return the tree of a source; `UsageError` for a text that is not Python."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"{where}: its source is no Python: {error}") from error


def called_builtins(tree: ast.Module) -> Counter[str]:
    """Count the built-ins that are called within functions; decorators, annotations and `NOT_CALLED` are none of it."""
    found: Counter[str] = Counter()
    for definition in ast.walk(tree):
        # A function within a function is come to by itself.
        if isinstance(definition, ast.FunctionDef):
            for statement in definition.body:
                if not isinstance(statement, ast.FunctionDef | ast.ClassDef):
                    found.update(filter(None, map(_called, ast.walk(statement))))
    return found


def _called(node: ast.AST) -> str:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name("wp"), attr=name)) if name not in NOT_CALLED:
            return name
        case _:
            return ""
