"""A kernel's source, rewritten so that CPython computes what Warp would: literals, `/`, `%`, copies on assignment."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from grammar.types import NUMBERS

OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.MatMult: "matmul",
    ast.BitAnd: "and",
    ast.BitOr: "or",
    ast.BitXor: "xor",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
}
# What NumPy's scalars do as a kernel does; the others are calls.
PLAIN = frozenset({"add", "sub", "mul", "matmul", "and", "or", "xor", "lshift", "rshift"})
DECORATORS = frozenset({"kernel", "func"})  # of functions that Warp compiles
PREFIX = "_ws_"  # of the names that the rewritten source calls


@dataclass(slots=True)
class Translated:
    """A rewritten module, and the numbers that its literals stand for by name."""

    tree: ast.Module
    literals: dict[str, float] = field(default_factory=dict)


def translate(source: str) -> Translated:
    """Rewrite the functions of a module that Warp would compile."""
    tree = ast.parse(source)
    translated = Translated(tree)
    tree.body = [s for s in tree.body if not (isinstance(s, ast.Import) and s.names[0].name == "warp")]
    _Module(translated).visit(tree)
    ast.fix_missing_locations(tree)
    return translated


def _is_compiled(function: ast.FunctionDef) -> bool:
    for decorator in function.decorator_list:
        node = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(node, ast.Attribute) and node.attr in DECORATORS:
            return True
    return False


class _Module(ast.NodeTransformer):
    """Finds the functions that Warp compiles."""

    def __init__(self, translated: Translated) -> None:
        self.translated = translated

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if not _is_compiled(node):
            return self.generic_visit(node)
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        for argument in arguments:
            argument.annotation = None
        node.returns = None
        own = {argument.arg for argument in arguments}
        own |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        body = _Body(self.translated, own)
        node.body = [new for statement in node.body for new in body.statements(statement)]
        return node


class _Body(ast.NodeTransformer):
    """Rewrites one function's body."""

    def __init__(self, translated: Translated, own: set[str]) -> None:
        self.translated, self.own = translated, own
        self.temporaries = 0

    def statements(self, statement: ast.stmt) -> list[ast.stmt]:
        """What stands for a statement."""
        found = self.visit(statement)
        return found if isinstance(found, list) else [found]

    # --- statements ---

    def visit_Assign(self, node: ast.Assign) -> ast.AST | list[ast.stmt]:
        value = _call("own", self.visit(node.value))
        targets = [self.visit(target) for target in node.targets]
        if len(targets) == 1:
            return ast.Assign(targets, value)
        held = self.temporary()
        first: list[ast.stmt] = [ast.Assign([ast.Name(held, ast.Store())], value)]
        return first + [
            ast.Assign([target], _call("own", ast.Name(held, ast.Load()))) for target in targets
        ]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        assert node.value is not None
        return ast.Assign([self.visit(node.target)], _call("own", self.visit(node.value)))

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        value, operator = self.visit(node.value), OPERATORS[type(node.op)]
        match node.target:
            case ast.Name(id=name):
                computed = self.operation(ast.Name(name, ast.Load()), node.op, value)
                return ast.Assign([ast.Name(name, ast.Store())], _call("own", computed))
            case ast.Subscript(value=holder, slice=key):
                place = ast.Call(_attribute("places", "item"), [self.visit(holder), self.key(key)], [])
            case ast.Attribute(value=holder, attr=name):
                place = ast.Call(_attribute("places", "attribute"), [self.visit(holder), ast.Constant(name)], [])
        place.args += [ast.Constant(operator), value]
        return ast.Expr(place)

    def visit_While(self, node: ast.While) -> ast.AST:
        node.test = _call("while", self.visit(node.test))
        node.body = [new for statement in node.body for new in self.statements(statement)]
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        return ast.Return(None if node.value is None else _call("own", self.visit(node.value)))

    def visit_Assert(self, _node: ast.Assert) -> ast.AST:
        return ast.Pass()  # not part of a release build

    # --- expressions ---

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, bool | int | float):
            name = f"{PREFIX}{type(node.value).__name__}_{len(self.translated.literals)}"
            self.translated.literals[name] = node.value
            return ast.Name(name, ast.Load())
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        return self.operation(self.visit(node.left), node.op, self.visit(node.right))

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        return _call("truth", self.generic_visit(node))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        match node.op:
            case ast.USub():
                return _call("negative", self.visit(node.operand))
            case ast.Not():
                return _call("truth", self.generic_visit(node))
            case _:
                return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if isinstance(node.ctx, ast.Load) and node.id not in self.own and not node.id.startswith(PREFIX):
            return _call("literal", node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name) and root.id not in self.own:
            return _call("literal", node) if isinstance(node.ctx, ast.Load) else node
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if _is_static(node.func):
            return _call("literal", node.args[0])
        if _is_conversion(node.func) and node.args and _is_constant(node.args[0], self.own):
            return node  # of a constant, at full precision
        if not isinstance(node.func, ast.Name | ast.Attribute) or _rooted(node.func, self.own):
            node.func = self.visit(node.func)
        node.args = [self.visit(argument) for argument in node.args]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        node.value, node.slice = self.visit(node.value), self.key(node.slice)
        return node

    # --- parts ---

    def key(self, node: ast.expr) -> ast.expr:
        """What stands for an index."""
        found: ast.expr = self.visit(node)
        if any(isinstance(part, ast.Slice) for part in ast.walk(found)):  # stands in brackets only
            return _sliced(found)
        return found

    def operation(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> ast.expr:
        """What stands for an operation."""
        name = OPERATORS[type(operator)]
        return ast.BinOp(left, operator, right) if name in PLAIN else _call(name, left, right)

    def temporary(self) -> str:
        """A name for what is assigned more than once."""
        self.temporaries += 1
        return f"{PREFIX}held_{self.temporaries}"


def _sliced(node: ast.expr) -> ast.expr:
    """Slices as calls of `slice`, which may stand anywhere."""
    if isinstance(node, ast.Slice):
        none = ast.Constant(None)
        return _call("slice", node.lower or none, node.upper or none, node.step or none)
    if isinstance(node, ast.Tuple):
        return ast.Tuple([_sliced(part) for part in node.elts], ast.Load())
    return node


def _is_static(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and function.attr == "static"


def _is_conversion(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in NUMBERS or name in {"float", "int"}


def _is_constant(node: ast.expr, own: set[str]) -> bool:
    return all(
        isinstance(part, ast.Constant | ast.UnaryOp | ast.USub | ast.Attribute | ast.expr_context)
        or (isinstance(part, ast.Name) and part.id not in own)
        for part in ast.walk(node)
    )


def _rooted(node: ast.expr, own: set[str]) -> bool:
    """Whether what is called is something of a local: `a.at(…)`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return not isinstance(node, ast.Name) or node.id in own


def _call(name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(PREFIX + name, ast.Load()), list(arguments), [])


def _attribute(name: str, attribute: str) -> ast.expr:
    return ast.Attribute(ast.Name(PREFIX + name, ast.Load()), attribute, ast.Load())
