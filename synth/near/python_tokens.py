"""A module's Python with names, numbers and formatting mapped away: a list of tokens for each structure, in order.

The tree is read, not the text, so layout, comments, redundant parentheses and quotes are gone before anything else.
Only names of node classes that have not changed since Python 3.9 are used: any interpreter gives the same tokens.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce

VARIABLE = "$"
"""What a token begins with that stands for a name: shingles number these, in the order in which they meet them."""

# Names that mean something to Warp although nothing binds them; every other name is the author's.
_MEANT = frozenset(
    {
        "Any",
        "abs",
        "bool",
        "float",
        "int",
        "len",
        "max",
        "min",
        "pow",
        "print",
        "range",
        "round",
        "str",
        "tuple",
        "type",
    }
)
# One type under two names (`warp/_src/types.py`: `float` is `float32` wherever a type is meant, `vec3f` is `vec3`).
_SAME = {"wp.float32": "float", "wp.int32": "int", "wp.bool": "bool"}
_SINGLE = re.compile(r"(wp\.(?:vec\d|mat\d\d|quat|transform|spatial_vector|spatial_matrix))f")
_ARRAY = re.compile(r"wp\.(\w*array)([1-4]?)d?")
_WARP = frozenset({"wp", "warp"})
# What Warp's own values have; every other attribute is a field of somebody's struct, whether or not we see the struct.
_ATTRIBUTES = frozenset(
    {"w", "x", "y", "z", "p", "q", "T", "dtype", "id", "ndim", "ptr", "grad", "shape", "size", "strides", "device"}
)


@dataclass(frozen=True, slots=True)
class Scope:
    """The names of one module that are the author's own: those it binds, and the fields of its structs."""

    bound: frozenset[str]
    fields: frozenset[str]
    warp: frozenset[str] = field(default=_WARP)
    """What the module calls Warp."""


def python_tokens(source: str) -> list[str]:
    """Return the tokens of a module's definitions; `SyntaxError` when this is no Python."""
    module = ast.parse(source)
    return list(definition_tokens(module.body, scope_of(module)))


def definition_tokens(body: list[ast.stmt], scope: Scope) -> Iterator[str]:
    """Yield the tokens of these statements; imports and docstrings have none."""
    for statement in body:
        yield from _statement(statement, scope)


def scope_of(module: ast.Module) -> Scope:
    """Return the names that a module binds, wherever in it."""
    bound: set[str] = set()
    fields: set[str] = set()
    warp = set(_WARP)
    waiting: list[ast.AST] = [module]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Name(id=name):
                if isinstance(node.ctx, ast.Store):
                    bound.add(name)
                continue
            case ast.Constant():
                continue
            case ast.arg(arg=name) | ast.FunctionDef(name=name):
                bound.add(name)
            case ast.ClassDef(name=name, body=body):
                bound.add(name)
                fields |= {
                    part.target.id
                    for part in body
                    if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
                }
            case ast.Import(names=names):
                warp |= {alias.asname for alias in names if alias.name == "warp" and alias.asname}
            case _:
                pass
        for part in vars(node).values():  # in half the time of `ast.walk`
            if isinstance(part, list):
                waiting += [each for each in part if isinstance(each, ast.AST)]
            elif isinstance(part, ast.AST):
                waiting.append(part)
    return Scope(frozenset(bound), frozenset(fields), frozenset(warp))


def _statement(node: ast.stmt, scope: Scope) -> Iterator[str]:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant(value=str())):
            return
        case ast.FunctionDef():
            yield "def"
            for part in node.decorator_list:
                yield from _expression(part, scope)
            for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
                yield VARIABLE + argument.arg
                if argument.annotation:
                    yield from _expression(argument.annotation, scope)
            for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
                yield "="
                yield from _expression(default, scope)
            if node.returns:
                yield "->"
                yield from _expression(node.returns, scope)
            yield from _block(node.body, scope)
        case ast.ClassDef():
            yield "class"
            for member in node.body:
                if isinstance(member, ast.AnnAssign):
                    yield "field"
                    yield from _expression(member.annotation, scope)
            yield "end"
        case ast.If() | ast.While():
            yield type(node).__name__
            yield from _expression(node.test, scope)
            yield from _block(node.body, scope)
            if node.orelse:
                yield "else"
                yield from _block(node.orelse, scope)
        case ast.For():
            yield "For"
            yield from _expression(node.target, scope)
            yield from _expression(node.iter, scope)
            yield from _block(node.body, scope)
            if node.orelse:
                yield "else"
                yield from _block(node.orelse, scope)
        case _:
            yield from _generic(node, scope)


def _block(body: list[ast.stmt], scope: Scope) -> Iterator[str]:
    yield ":"
    yield from definition_tokens(body, scope)
    yield "end"


def _expression(node: ast.AST, scope: Scope) -> Iterator[str]:
    match node:
        case ast.Name(id=name):
            yield name if name in _MEANT and name not in scope.bound else VARIABLE + name
        case ast.Attribute() if (path := _warp_path(node, scope)) is not None:
            single = _SINGLE.fullmatch(path)
            yield single[1] if single else _SAME.get(path, path)
        case ast.Call() | ast.Subscript() if (array := _array(node, scope)) is not None:
            name, element = array
            yield name
            yield from _expression(element, scope)
        case ast.Attribute(value=value, attr=name):
            yield f".{name}" if name in _ATTRIBUTES and name not in scope.fields else "."
            yield from _expression(value, scope)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant() as constant):
            yield _kind(constant.value)
        case ast.Constant(value=value):
            yield _kind(value)
        case ast.Call(func=called, args=arguments, keywords=keywords):
            yield f"Call{len(arguments)}"
            yield from _expression(called, scope)
            for argument in arguments:
                yield from _expression(argument, scope)
            # The order of keywords has no meaning; their names have one for what is Warp's.
            known = isinstance(called, ast.Attribute)
            for keyword in sorted(keywords, key=lambda each: each.arg or ""):
                yield f"{keyword.arg}=" if known else "="
                yield from _expression(keyword.value, scope)
        case _:
            yield from _generic(node, scope)


def _generic(node: ast.AST, scope: Scope) -> Iterator[str]:
    """Yield a node's class, then what it is made of; a load or a store shows by its place."""
    if isinstance(node, ast.expr_context):
        return
    yield type(node).__name__
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield from _statement(child, scope)
        else:
            yield from _expression(child, scope)


def _array(node: ast.Call | ast.Subscript, scope: Scope) -> tuple[str, ast.expr] | None:
    """Return an array type and the type of its elements, in whichever of Warp's spellings.

    `array2d(dtype=T)`, `array(dtype=T, ndim=2)`, `array2d(T)` and `array2d[T]` are the same.
    """
    called = node.func if isinstance(node, ast.Call) else node.value
    match = _ARRAY.fullmatch(_warp_path(called, scope) or "") if isinstance(called, ast.Attribute) else None
    if match is None:
        return None
    kind, dimensions = match[1], match[2] or "1"
    if isinstance(node, ast.Subscript):
        return f"wp.{kind}{dimensions}d", node.slice
    element = node.args[0] if len(node.args) == 1 else None
    for keyword in node.keywords:
        match keyword:
            case ast.keyword(arg="dtype", value=value):
                element = value
            case ast.keyword(arg="ndim", value=ast.Constant(value=int(value))):
                dimensions = str(value)
            case _:
                return None  # an array that is made, not a type
    return None if element is None else (f"wp.{kind}{dimensions}d", element)


def _kind(value: object) -> str:
    return str(value) if isinstance(value, bool) or value is None else f"#{type(value).__name__}"


def _warp_path(node: ast.Attribute, scope: Scope) -> str | None:
    """Return `wp.a.b` for a chain of attributes that begins at Warp."""
    parts: list[str] = []
    here: ast.expr = node
    while isinstance(here, ast.Attribute):
        parts.append(here.attr)
        here = here.value
    if isinstance(here, ast.Name) and here.id in scope.warp:
        return reduce(lambda left, right: f"{left}.{right}", reversed(parts), "wp")
    return None
