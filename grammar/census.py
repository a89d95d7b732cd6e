"""Counting what a kernel contains: the rows it is made of, and what they add up to."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from grammar.holes import Block, Host, Input, Lookup, Output, Target
from grammar.production import Production
from grammar.term import Apply, Body, Filling, Kernel

BUILTIN = re.compile(r"wp\.(\w+)\(")


def census(kernel: Kernel) -> dict[str, int]:
    """How often each row occurs in a kernel, by name in order."""
    found: Counter[str] = Counter()
    for row, times in kernel.rows.items():
        found[row.name] += times
    return dict(sorted(found.items()))


def tags(kernel: Kernel) -> Counter[str]:
    """How often each tag's rows occur in a kernel."""
    found: Counter[str] = Counter()
    for row, times in kernel.rows.items():
        found.update(dict.fromkeys(row.tags, times))
    return found


@lru_cache(maxsize=8192)
def builtins_of(template: str) -> tuple[str, ...]:
    """The names of Warp's built-ins that a template calls."""
    return tuple(BUILTIN.findall(template))


def builtins(kernel: Kernel) -> list[str]:
    """The built-ins a kernel calls, each once, in order of first use."""
    return list(dict.fromkeys(name for row in kernel.rows for name in builtins_of(row.template)))


def nesting(term: Filling) -> int:
    """How deep blocks stand in blocks below a term."""
    match term:
        case Apply():
            return max((nesting(filling) + isinstance(filling, Body) for filling in term.fillings), default=0)
        case Body():
            return max((nesting(statement) for statement in term.statements), default=0)
        case _:
            return 0


# --- forms of statements --------------------------------------------------------------------------------------------

# What is assigned to is called after the hole that holds it; anything else is a name.
ARRAY, LOCAL, BLOCK = "array", "local", "block"


@lru_cache(maxsize=8192)
def forms(row: Production) -> tuple[str, ...]:
    """The forms of the statements that a row prints: `array[i, i] +=`, `for in range(n)`, `if else`."""
    if row.result is not None:
        return ()
    words = {name: f"{_word(hole)}_{place}" for place, (name, hole) in enumerate(row.holes)}
    # Where return, break and continue are all allowed.
    wrapped = "def f():\n while x:\n" + "\n".join(f"  {line}" for line in row.template.format_map(words).split("\n"))
    outer = ast.parse(wrapped).body[0]
    assert isinstance(outer, ast.FunctionDef)
    found = (form for node in ast.walk(outer.body[0]) if node is not outer.body[0] for form in _form(node))
    return tuple(dict.fromkeys(found))


def _word(hole: object) -> str:
    match hole:
        case Input() | Output() | Lookup() | Host():
            return ARRAY
        case Target():
            return LOCAL
        case Block():
            return BLOCK
        case _:
            return "name"


def _form(node: ast.AST) -> Iterator[str]:
    """The form of a statement; none for anything else, a block's place among it."""
    match node:
        case ast.Assign(targets=targets):
            yield "".join(f"{_target(target)} = " for target in targets).rstrip()
        case ast.AugAssign(target=target, op=op):
            yield f"{_target(target)} {OPERATORS[type(op)]}="
        case ast.AnnAssign(target=target):
            yield f"{_target(target)}: ="
        case ast.For(iter=iterated):
            yield f"for in {_iterated(iterated)}"
        case ast.If(orelse=[]):
            yield "if"
        case ast.If(orelse=[ast.If()]):
            yield "if elif"
        case ast.If():
            yield "if else"
        case ast.Return(value=None):
            yield "return"
        case ast.Return(value=ast.Tuple(elts=values)):
            yield f"return {len(values)} values"
        case ast.Return():
            yield "return value"
        case ast.Expr(value=ast.Name(id=name)) if name.startswith(BLOCK):
            return
        case ast.Expr(value=ast.Constant()):
            yield "text"
        case ast.Expr(value=value):
            yield "call" if isinstance(value, ast.Call) else "expression"
        case ast.stmt():
            yield type(node).__name__.lower()


OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
}


def _target(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name.partition("_")[0] if name.startswith((ARRAY, LOCAL)) else "name"
        case ast.Tuple(elts=parts):
            return ", ".join(map(_target, parts))
        case ast.Starred(value=value):
            return f"*{_target(value)}"
        case ast.Attribute(value=value):
            return f"{_target(value)}.field"
        case ast.Subscript(value=value, slice=index):
            places = index.elts if isinstance(index, ast.Tuple) else [index]
            sliced = ", ".join(":" if isinstance(place, ast.Slice) else "i" for place in places)
            return f"{_target(value)}[{sliced}]"
        case _:
            return "value"


def _iterated(node: ast.expr) -> str:
    match node:
        case ast.Call(func=function, args=arguments):
            inner = ", ".join(_iterated(each) if isinstance(each, ast.Call) else "n" for each in arguments)
            return f"{ast.unparse(function)}({inner})"
        case _:
            return "values"
