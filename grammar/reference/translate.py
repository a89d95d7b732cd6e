"""A kernel's source, rewritten so that CPython computes what Warp would: literals, `/`, `%`, copies on assignment."""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from grammar.trees import children, nodes
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
# Built-ins that may also write their results to locals that they are given after the operand: how many.
WRITES = {"svd2": 3, "svd3": 3, "qr3": 2, "eig3": 2, "quat_to_axis_angle": 2}
ADJOINTS = frozenset({"func_grad", "func_replay"})
# What Python computes with where it computes, not the kernel.
PYTHON = frozenset({"abs", "bool", "float", "int", "len", "max", "min", "print", "range", "round", "type"})
PREFIX = "_ws_"  # of the names that the rewritten source calls
# Built-ins that write to an argument, with its place: their meanings give its value back beside the result.
WRITTEN = {"bvh_query_next": 1, "hash_grid_query_next": 1, "mesh_query_next": 1, "mesh_query_aabb_next": 1}


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
    _Module(translated, tree).visit(tree)
    _locate(tree)
    return translated


LOCATED = (ast.expr, ast.stmt, ast.arg, ast.keyword, ast.excepthandler)


def _locate(tree: ast.AST) -> None:
    """Give new nodes the place of what they stand in, as `ast.fix_missing_locations` does in four times the time."""
    waiting = [(tree, 1, 0)]
    while waiting:
        node, line, column = waiting.pop()
        if isinstance(node, LOCATED):
            if (known := getattr(node, "lineno", None)) is None:
                node.lineno = node.end_lineno = line
                node.col_offset = node.end_col_offset = column
            else:
                line, column = known, node.col_offset
        waiting += [(child, line, column) for child in children(node)]


def _is_adjoint(function: ast.FunctionDef) -> bool:
    """Whether it is the gradient or the replay of another function, which the reference never runs."""
    calls = (node.func for node in function.decorator_list if isinstance(node, ast.Call))
    return any(isinstance(node, ast.Attribute) and node.attr in ADJOINTS for node in calls)


def _is_compiled(function: ast.FunctionDef) -> bool:
    for decorator in function.decorator_list:
        node = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(node, ast.Attribute) and node.attr in DECORATORS:
            return True
    return False


def _overloaded(written: list[ast.AST]) -> frozenset[str]:
    """The functions of a module that have several definitions side by side."""
    bodies = [node.body for node in written if isinstance(node, ast.Module | ast.FunctionDef)]
    functions = [[node for node in body if isinstance(node, ast.FunctionDef) and _is_compiled(node)] for body in bodies]
    named = [[function.name for function in body] for body in functions]
    return frozenset(name for names in named for name in names if names.count(name) > 1)


def _called_undecorated(written: list[ast.AST]) -> frozenset[str]:
    """The functions that `wp.func` is called with."""
    calls = (node for node in written if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    return frozenset(
        call.args[0].id
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in DECORATORS
        and call.args
        and isinstance(call.args[0], ast.Name)
    )


def _references(written: list[ast.AST]) -> dict[str, tuple[int, ...]]:
    """The functions that change arguments, and the places of the parameters that they take by reference."""

    def is_reference(node: ast.expr | None) -> bool:
        if isinstance(node, ast.Name):
            return node.id in names
        return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "ref"

    names: set[str] = set()
    for node in written:
        if isinstance(node, ast.Assign) and is_reference(node.value):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    functions = [node for node in written if isinstance(node, ast.FunctionDef)]
    found = {
        node.name: tuple(place for place, argument in enumerate(node.args.args) if is_reference(argument.annotation))
        for node in functions
        if not _is_adjoint(node)
    }
    return {name: places for name, places in found.items() if places}


class _Module(ast.NodeTransformer):
    """Finds the functions that Warp compiles."""

    def __init__(self, translated: Translated, tree: ast.Module) -> None:
        self.translated = translated
        written = nodes(tree)
        self.overloaded, self.undecorated = _overloaded(written), _called_undecorated(written)
        self.references = _references(written)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST | None:
        if _is_adjoint(node):
            return None
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        node.returns = None
        if node.name not in self.overloaded:
            for argument in arguments:
                argument.annotation = None
        if not _is_compiled(node) and node.name not in self.undecorated:
            return self.generic_visit(node)
        own = {argument.arg for argument in arguments}
        own |= {n.id for n in nodes(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        changed = tuple(arguments[place].arg for place in self.references.get(node.name, ()))
        body = _Body(self.translated, own, self.references, changed)
        node.body = [new for statement in node.body for new in body.statements(statement)]
        if changed:
            node.body.append(body.visit_Return(ast.Return(None)))
        node.args.defaults = [_Body(self.translated, set()).visit(default) for default in node.args.defaults]
        return node


class _Body(ast.NodeTransformer):
    """Rewrites one function's body."""

    def __init__(
        self,
        translated: Translated,
        own: set[str],
        references: Mapping[str, tuple[int, ...]] | None = None,
        changed: tuple[str, ...] = (),
    ) -> None:
        self.translated, self.own = translated, own
        self.references, self.changed = references or {}, changed  # of all functions, of this one
        self.temporaries = 0

    def statements(self, statement: ast.stmt) -> list[ast.stmt]:
        """What stands for a statement."""
        found = self.visit(statement)
        return found if isinstance(found, list) else [found]

    # --- statements ---

    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.stmt]:
        if isinstance(node.value, ast.Call) and self.changes(node.value):
            return self.by_reference(node.value)[1]
        match node.value:
            case ast.Call(func=ast.Attribute(attr=name), args=[operand, *places]) if len(places) == WRITES.get(name):
                target = ast.Tuple([_stored(place) for place in places], ast.Store())
                return self.visit_Assign(ast.Assign([target], ast.Call(node.value.func, [operand], [])))
        return self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST | list[ast.stmt]:
        if isinstance(node.value, ast.Call) and self.changes(node.value):
            node.value, before = self.by_reference(node.value)
            return [*before, *self.statements(node)]
        computed = self.visit(node.value)
        if isinstance(node.targets[0], ast.Tuple) and _is_tid(computed):
            computed.args = [ast.Constant(len(node.targets[0].elts))]
        value = _call("own", computed)
        targets = [self.visit(target) for target in node.targets]
        if len(targets) == 1:
            return ast.Assign(targets, value)
        held = self.temporary()
        first: list[ast.stmt] = [ast.Assign([ast.Name(held, ast.Store())], value)]
        return first + [ast.Assign([target], _call("own", ast.Name(held, ast.Load()))) for target in targets]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        assert node.value is not None
        return ast.Assign([self.visit(node.target)], _call("own", self.visit(node.value)))

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        value, operator = self.visit(node.value), OPERATORS[type(node.op)]
        match node.target:
            case ast.Name(id=name):
                held: list[ast.expr] = [ast.Name(name, ast.Load()), ast.Constant(operator), value]
                return ast.Assign([ast.Name(name, ast.Store())], ast.Call(_attribute("places", "name"), held, []))
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

    def visit_Return(self, node: ast.Return) -> ast.stmt:
        value = None if node.value is None else _call("own", self.visit(node.value))
        if not self.changed:
            return ast.Return(value)
        changed: list[ast.expr] = [ast.Name(name, ast.Load()) for name in self.changed]
        return ast.Return(ast.Tuple([value or ast.Constant(None), ast.Tuple(changed, ast.Load())], ast.Load()))

    def changes(self, node: ast.expr) -> bool:
        """Whether an expression is a call of a function that changes arguments."""
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self.references

    def by_reference(self, node: ast.Call) -> tuple[ast.expr, list[ast.stmt]]:
        """Such a call's result, and the statement that calls and puts back what the function was given by reference."""
        assert isinstance(node.func, ast.Name)
        places: list[ast.expr] = [copy.deepcopy(node.args[place]) for place in self.references[node.func.id]]
        for place in places:
            assert isinstance(place, ast.Name | ast.Subscript | ast.Attribute), ast.dump(place)
            place.ctx = ast.Store()
        held = self.temporary()
        self.own.add(held)
        targets: list[ast.expr] = [
            ast.Name(held, ast.Store()),
            ast.Tuple([self.visit(place) for place in places], ast.Store()),
        ]
        return ast.Name(held, ast.Load()), [ast.Assign([ast.Tuple(targets, ast.Store())], self.called(node))]

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
        return _call("truth", cast("ast.expr", self.generic_visit(node)))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        match node.op:
            case ast.USub() if isinstance(node.operand, ast.Constant) and isinstance(node.operand.value, float):
                return self.visit_Constant(ast.Constant(-node.operand.value))  # part of it, as -0.0 shows
            case ast.USub():
                return _call("negative", self.visit(node.operand))
            case ast.Not():
                return _call("truth", cast("ast.expr", self.generic_visit(node)))
            case _:
                return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in PYTHON and node.id not in self.own:
            return ast.Name(PREFIX + node.id, ast.Load())
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
        if self.changes(node):
            return _call("unreferenced", ast.Constant("a call by reference inside of an expression"))
        return self.called(node)

    def called(self, node: ast.Call) -> ast.expr:
        """What stands for a call."""
        if _is_static(node.func):
            return _call("literal", _Static(self.own).visit(node.args[0]))
        if isinstance(node.func, ast.Name) and node.func.id in PYTHON and node.func.id not in self.own:
            node.func = ast.Name(PREFIX + node.func.id, ast.Load())
        if _is_conversion(node.func) and node.args and _is_constant(node.args[0], self.own):
            return node  # of a constant, at full precision
        if not isinstance(node.func, ast.Name | ast.Attribute) or _rooted(node.func, self.own):
            node.func = self.visit(node.func)
        node.args = [self.visit(argument) for argument in node.args]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        return self.writing(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        node.value, node.slice = self.visit(node.value), self.key(node.slice)
        return node

    # --- parts ---

    def key(self, node: ast.expr) -> ast.expr:
        """What stands for an index."""
        found: ast.expr = self.visit(node)
        if any(isinstance(part, ast.Slice) for part in nodes(found)):  # stands in brackets only
            return _sliced(found)
        return found

    def operation(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> ast.expr:
        """What stands for an operation."""
        name = OPERATORS[type(operator)]
        return ast.BinOp(left, operator, right) if name in PLAIN else _call(name, left, right)

    def writing(self, call: ast.Call) -> ast.expr:
        """What stands for a call: of a built-in that writes to a local, one that assigns to it as well."""
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        target = call.args[WRITTEN[name]] if name in WRITTEN else None
        if not isinstance(target, ast.Name):
            return call
        held = self.temporary()
        result, written = (
            ast.Subscript(ast.Name(held, ast.Load()), ast.Constant(place), ast.Load()) for place in range(2)
        )
        steps = [
            ast.NamedExpr(ast.Name(held, ast.Store()), call),
            ast.NamedExpr(ast.Name(target.id, ast.Store()), written),
            result,
        ]
        return ast.Subscript(ast.Tuple(steps, ast.Load()), ast.Constant(-1), ast.Load())

    def temporary(self) -> str:
        """A name for what is assigned more than once."""
        self.temporaries += 1
        return f"{PREFIX}held_{self.temporaries}"


class _Static(ast.NodeTransformer):
    """Rewrites an expression that Python computes: what is bound in the kernel is a number of Python's."""

    def __init__(self, own: set[str]) -> None:
        self.own = own

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self.own:
            return _call("python", node)
        return _attribute("builtins", node.id) if node.id in PYTHON else node


def _sliced(node: ast.expr) -> ast.expr:
    """Slices as calls of `slice`, which may stand anywhere."""
    if isinstance(node, ast.Slice):
        none = ast.Constant(None)
        return _call("slice", node.lower or none, node.upper or none, node.step or none)
    if isinstance(node, ast.Tuple):
        return ast.Tuple([_sliced(part) for part in node.elts], ast.Load())
    return node


def _stored(place: ast.expr) -> ast.expr:
    """An expression as what is assigned to."""
    assert isinstance(place, ast.Name | ast.Subscript | ast.Attribute)
    place.ctx = ast.Store()
    return place


def _is_tid(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "tid"


def _is_static(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and function.attr == "static"


def _is_conversion(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in NUMBERS or name in {PREFIX + "float", PREFIX + "int"}


def _is_constant(node: ast.expr, own: set[str]) -> bool:
    return all(
        isinstance(part, ast.Constant | ast.Attribute)
        or (isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub))
        or (isinstance(part, ast.Name) and part.id not in own)
        for part in nodes(node)
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
