"""The shape of a kernel: what it is made of and how large it is, as items of groups that can be counted and compared.

`shape_of_real_kernels.json` holds how the items of kernels that people wrote are distributed, and no source text.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence

Item = tuple[str, str]
"""A group, and which of its items."""

BINS = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256)
"""The least number of each bin that counts fall into."""
LITERALS = (0, 1, 2, 3)
"""Values that are items of their own."""
CONVERSIONS = frozenset({"range", "float", "int", "len", "bool"})
"""Functions of Python that are called by name in kernels."""
FAMILIES = (
    ("any", ("any", "scalar")),
    ("transform", ("transform",)),
    ("spatial", ("spatial",)),
    ("quat", ("quat",)),
    ("mat", ("mat",)),
    ("vec", ("vec",)),
    ("bool", ("bool",)),
    ("int", ("int",)),
    ("float", ("float",)),
)
"""Families of types with what an annotation of theirs contains; the first that fits is taken."""
NESTING = (ast.If, ast.For, ast.While)
OPERATIONS = (ast.BinOp, ast.Call, ast.Subscript, ast.UnaryOp, ast.Compare, ast.BoolOp)


def kernels_in(module: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield the functions that are decorated as kernels."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and any(map(_is_kernel, node.decorator_list)):
            yield node


def items_of(kernel: ast.FunctionDef) -> Iterator[Item]:
    """Yield the items of a kernel; its docstring is none of it."""
    body = [each for each in kernel.body if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))]
    nodes = [node for statement in body for node in ast.walk(statement)]
    for node in nodes:
        yield from _kind(node)
        yield from _details(node)
    for argument in kernel.args.args:
        yield "argument", _type_family(argument.annotation)
    for group, number in _sizes(kernel, body, nodes):
        yield group, str(max(least for least in BINS if least <= number))
    yield "nesting", str(_depth(kernel, NESTING))
    yield "expression depth", str(max((_depth(each, OPERATIONS) for each in body), default=0))


def _kind(node: ast.AST) -> Iterator[Item]:
    if isinstance(node, ast.stmt):
        yield "statement", type(node).__name__
    elif isinstance(node, ast.expr):
        yield "expression", type(node).__name__


def _details(node: ast.AST) -> Iterator[Item]:
    """Yield what sets a node apart from others of its kind."""
    match node:
        case ast.BinOp(op=operator):
            yield "operator", type(operator).__name__
        case ast.AugAssign(op=operator):
            yield "augmented", type(operator).__name__
        case ast.Compare(ops=operators):
            yield from (("comparison", type(operator).__name__) for operator in operators)
        case ast.Constant(value=value):
            yield "literal", f"{type(value).__name__} {value if value in LITERALS else '...'}"
        case ast.Call(func=function):
            name = _dotted(function)
            yield "call", name if name.startswith("wp.") or name in CONVERSIONS else "<function>"
        case ast.Subscript(slice=index, ctx=context):
            axes = len(index.elts) if isinstance(index, ast.Tuple) else 1
            yield "subscript", f"{'store' if isinstance(context, ast.Store) else 'load'} {axes}"
        case ast.If(body=[*_, last], orelse=otherwise):
            leaves = isinstance(last, ast.Return | ast.Continue | ast.Break)
            yield "if", "else" if otherwise else "guard" if leaves else "plain"
        case ast.For(iter=ast.Call(args=bounds)):
            is_constant = all(isinstance(bound, ast.Constant) for bound in bounds)
            yield "range", f"{'const' if is_constant else 'dynamic'} {len(bounds)}"


def _sizes(kernel: ast.FunctionDef, body: Sequence[ast.stmt], nodes: Sequence[ast.AST]) -> Iterator[tuple[str, int]]:
    kinds = Counter(map(type, nodes))
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    yield "n lines", sum(len(ast.unparse(each).splitlines()) for each in body)
    yield "n arguments", len(kernel.args.args)
    yield "n locals", len(stored)
    yield "n branches", kinds[ast.If] + kinds[ast.IfExp]
    yield "n loops", kinds[ast.For] + kinds[ast.While]
    yield "n calls", kinds[ast.Call]
    yield "n expressions", sum(isinstance(node, ast.expr) for node in nodes)


def _is_kernel(decorator: ast.expr) -> bool:
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    return _dotted(named).rpartition(".")[2] == "kernel"


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=owner, attr=name):
            return f"{_dotted(owner)}.{name}"
        case _:
            return ""


def _type_family(annotation: ast.expr | None) -> str:
    text = ast.unparse(annotation).replace("wp.", "") if annotation is not None else "none"
    inner = text
    for mark in ("dtype=", "["):
        if mark in text:
            inner = text.split(mark)[-1]
            break
    family = next((name for name, words in FAMILIES if any(word in inner.lower() for word in words)), "other")
    return f"array<{family}>" if "array" in text or "Array" in text else family


def _depth(node: ast.AST, kinds: tuple[type[ast.AST], ...]) -> int:
    """Return how many nodes of these kinds lie within each other at most."""
    below = max((_depth(child, kinds) for child in ast.iter_child_nodes(node)), default=0)
    return below + isinstance(node, kinds)
