"""What the fields of a struct or dataclass are, in the words of the docstrings that follow them in the source."""

import ast
import inspect
import textwrap
from dataclasses import fields, is_dataclass
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any


def description(struct: Any) -> str:
    """Return a struct's own docstring."""
    return inspect.getdoc(struct) or ""


@cache
def descriptions(struct: Any) -> MappingProxyType[str, str]:
    """Return the docstring of each field; `ValueError` where one has none."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(struct)))
    definition = tree.body[0]
    assert isinstance(definition, ast.ClassDef)
    found: dict[str, str] = {}
    for statement, following in pairwise(definition.body):
        match statement, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as text)):
                found[name] = inspect.cleandoc(text)
    names = [field.name for field in fields(struct)] if is_dataclass(struct) else struct.__struct_fields__
    if missing := [name for name in names if name not in found]:
        raise ValueError(f"{struct.__name__}.{missing[0]} has no docstring: what it is is said where it is declared")
    return MappingProxyType(found)
