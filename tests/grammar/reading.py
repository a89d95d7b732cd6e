"""Reading kernels from their text alone: what a test may know of a kernel without asking the grammar."""

from __future__ import annotations

import ast
import builtins as python
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

Definition = ast.FunctionDef
COMPOUND = (ast.If, ast.For, ast.While)
# What Warp reads as a type or the language has, whatever a module defines.
LANGUAGE = frozenset({"wp", "int", "float", "bool", "range", "len", "print"})
# What Warp makes code of; functions of Python around them run once, when the module is loaded.
COMPILED = ("func", "func_grad", "func_replay", "kernel")


def decorator(node: ast.FunctionDef | ast.ClassDef) -> str:
    """The name of Warp's decorator of a definition, called or not; empty if it has none."""
    for found in node.decorator_list:
        target = found.func if isinstance(found, ast.Call) else found
        if isinstance(target, ast.Attribute):
            return target.attr
    return ""


def decorated(tree: ast.AST, *names: str) -> list[Definition]:
    """The definitions under `@wp.name`, also those that a function around them makes."""
    return [node for node in ast.walk(tree) if isinstance(node, Definition) and decorator(node) in names]


def expressions(node: ast.AST) -> Iterator[ast.expr]:
    """Every expression below a node that a kernel computes: no annotations, no decorators, nothing that Python does."""
    if isinstance(node, ast.Module):
        for inner in decorated(node, *COMPILED):
            yield from expressions(inner)
        return
    stack: list[ast.AST] = list(node.body) if isinstance(node, Definition) else [node]
    while stack:
        top = stack.pop()
        if isinstance(top, ast.expr):
            yield top
        if builtin(top) != "static":  # Python computes what is in it
            stack.extend(ast.iter_child_nodes(top))


def statements(definition: Definition) -> Iterator[ast.stmt]:
    """Every statement of a definition, at any depth."""
    for top in definition.body:
        yield from (node for node in ast.walk(top) if isinstance(node, ast.stmt))


def blocks(definition: Definition) -> Iterator[list[ast.stmt]]:
    """Every suite of a definition."""
    yield definition.body
    for node in statements(definition):
        if isinstance(node, COMPOUND):
            yield node.body
            if node.orelse:
                yield node.orelse


def names_in(node: ast.AST) -> set[str]:
    """The names below a node, but for the language's."""
    return {child.id for child in ast.walk(node) if isinstance(child, ast.Name)} - LANGUAGE


def calls(node: ast.AST) -> Iterator[ast.Call]:
    """The calls below a node."""
    return (child for child in ast.walk(node) if isinstance(child, ast.Call))


def builtin(call: ast.AST) -> str:
    """The name of the Warp built-in called; empty if it is none."""
    function = call.func if isinstance(call, ast.Call) else None
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "wp":
        return function.attr
    return ""


def builtins(node: ast.AST) -> set[str]:
    """The names of the Warp built-ins called."""
    return {name for call in calls(node) if (name := builtin(call))}


def root(node: ast.expr) -> str:
    """The name that a place belongs to: `particles[i].position[0]` is the particles'; empty if it is none."""
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def places(target: ast.expr) -> Iterator[ast.expr]:
    """What an assignment assigns to, one by one."""
    if isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            yield from places(part)
    else:
        yield target.value if isinstance(target, ast.Starred) else target


def targets(node: ast.AST) -> Iterator[ast.expr]:
    """What a statement assigns to."""
    match node:
        case ast.Assign(targets=found):
            for target in found:
                yield from places(target)
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target) | ast.For(target=target):
            yield from places(target)


@dataclass(frozen=True)
class Reading:
    """A module of one kernel, as its text says."""

    tree: ast.Module

    @cached_property
    def kernel(self) -> Definition:
        (kernel,) = decorated(self.tree, "kernel")
        return kernel

    @cached_property
    def functions(self) -> list[Definition]:
        return decorated(self.tree, "func", "func_grad", "func_replay", "func_native")

    @cached_property
    def structs(self) -> list[ast.ClassDef]:
        return [node for node in self.tree.body if isinstance(node, ast.ClassDef) and decorator(node) == "struct"]

    @cached_property
    def factory(self) -> Definition | None:
        """The function around the kernel, if one makes it."""
        around = [node for node in self.tree.body if isinstance(node, Definition) and self.kernel in node.body]
        return around[0] if around else None

    @cached_property
    def fields(self) -> set[str]:
        found = (line.target for struct in self.structs for line in struct.body if isinstance(line, ast.AnnAssign))
        return {target.id for target in found if isinstance(target, ast.Name)}

    @cached_property
    def settled(self) -> set[str]:
        """The names outside the kernel: constants, functions, types, and what a factory is given."""
        found = {node.name for node in self.tree.body if isinstance(node, Definition | ast.ClassDef)}
        found |= {root(target) for node in self.tree.body for target in targets(node)}
        found |= {
            (alias.asname or alias.name)
            for node in self.tree.body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        for made in self.tree.body:
            if isinstance(made, Definition) and decorator(made) not in COMPILED:
                found |= {*arguments(made)}
                found |= {node.name for node in made.body if isinstance(node, Definition)}
        return found

    def varies(self, node: ast.AST) -> bool:
        """Whether anything below a node is known only when the kernel runs."""
        return bool(names_in(node) - self.settled)

    @cached_property
    def annotations(self) -> dict[str, str]:
        """The kernel's arguments with the text of their types."""
        return {a.arg: ast.unparse(a.annotation) for a in self.kernel.args.args if a.annotation is not None}

    @cached_property
    def arrays(self) -> set[str]:
        """The arguments that are arrays as a launch is given them, whatever they hold."""
        return {name for name, of in self.annotations.items() if of.startswith("wp.array")}

    @cached_property
    def outputs(self) -> set[str]:
        """The arguments that the kernel stores to, or updates atomically."""
        found = set()
        for node in ast.walk(self.kernel):
            found |= {root(t) for t in targets(node) if isinstance(t, ast.Subscript | ast.Attribute)}
            if isinstance(node, ast.Call) and builtin(node).startswith("atomic_"):
                found.add(root(node.args[0]))
        return found & {*self.annotations}

    @cached_property
    def definitions(self) -> list[Definition]:
        """What Warp makes code of."""
        return decorated(self.tree, *COMPILED)

    @cached_property
    def counters(self) -> set[str]:
        """The kernel's own indices: of the thread, and of its loops."""
        found = set()
        for node in statements(self.kernel):
            if isinstance(node, ast.For) and isinstance(node.iter, ast.Call) and ast.unparse(node.iter.func) == "range":
                found |= {root(target) for target in targets(node)}
        return found | self.threads

    @cached_property
    def threads(self) -> set[str]:
        """The indices of the thread."""
        return {
            root(target)
            for node in statements(self.kernel)
            if isinstance(node, ast.Assign) and builtin(node.value) == "tid"
            for target in targets(node)
        }


def assigned(definition: Definition) -> set[str]:
    """The locals of a definition: whatever is assigned, loop variables too."""
    return {
        node.id
        for statement in definition.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def arguments(definition: Definition) -> list[str]:
    """The names of the arguments of a definition."""
    return [argument.arg for argument in definition.args.args]


def read(definition: Definition) -> set[str]:
    """The names a definition reads; an augmented assignment or a component's assignment reads nothing by itself."""
    through = {
        id(inner)
        for statement in statements(definition)
        for target in targets(statement)
        if isinstance(target, ast.Attribute | ast.Subscript)
        for inner in _path(target)
    }
    return {
        node.id
        for statement in definition.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in through
    }


def _path(node: ast.expr) -> Iterator[ast.expr]:
    """A place and what it is a part of, without the indices."""
    yield node
    if isinstance(node, ast.Attribute | ast.Subscript):
        yield from _path(node.value)


def unbound(tree: ast.Module) -> Iterator[ast.Name]:
    """The names that are read before anything above has bound them; a function sees what it closes over."""
    yield from _unbound_in(tree.body, {*dir(python)})


def _unbound_in(body: list[ast.stmt], known: set[str]) -> Iterator[ast.Name]:
    known = set(known)
    for statement in body:
        yield from _unbound(statement, known)
        known |= _binds(statement)


def _unbound(statement: ast.stmt, known: set[str]) -> Iterator[ast.Name]:
    match statement:
        case ast.FunctionDef(args=given):
            outside = [
                *statement.decorator_list,
                *given.defaults,
                *(argument.annotation for argument in given.args),
                statement.returns,
            ]
            for node in filter(None, outside):
                yield from _missing(node, known)
            parameters = {argument.arg for argument in (*given.args, *given.kwonlyargs)}
            yield from _unbound_in(statement.body, known | {statement.name} | parameters)
        case ast.ClassDef():
            for node in (*statement.decorator_list, *statement.bases):
                yield from _missing(node, known)
            yield from _unbound_in(statement.body, known | {statement.name})
        case ast.If() | ast.While() | ast.For():
            yield from _missing(statement.iter if isinstance(statement, ast.For) else statement.test, known)
            inner = known | ({root(t) for t in targets(statement)} if isinstance(statement, ast.For) else set())
            yield from _unbound_in(statement.body, inner)
            yield from _unbound_in(statement.orelse, known)
        case ast.AugAssign(target=ast.Name(id=name)) if name not in known:
            yield ast.copy_location(ast.Name(name), statement)
        case _:
            yield from _missing(statement, known)


def _missing(node: ast.AST, known: set[str]) -> Iterator[ast.Name]:
    """Also in comprehensions and lambdas, whose variables are their own."""
    own = {a.arg for child in ast.walk(node) if isinstance(child, ast.arguments) for a in child.args}
    own |= {root(child.target) for child in ast.walk(node) if isinstance(child, ast.comprehension)}
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load) and child.id not in known | own:
            yield child


def _binds(statement: ast.stmt) -> set[str]:
    """The names bound once a statement has run; a local of a block is not seen after it, as Warp has it."""
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return {alias.asname or alias.name for alias in names}
        case ast.For():
            return set()
        case _:
            return {target.id for target in targets(statement) if isinstance(target, ast.Name)}


def is_literal(node: ast.AST) -> bool:
    """A number or truth value, signed or converted or in a constructor: nothing that varies."""
    match node:
        case ast.Constant():
            return True
        case ast.UnaryOp(operand=operand):
            return is_literal(operand)
        case ast.Call(func=ast.Name(id="int" | "float" | "bool"), args=args):
            return all(is_literal(arg) for arg in args)
        case ast.Call(func=ast.Attribute(), args=args, keywords=keywords) if not keywords:
            return bool(args) and all(is_literal(arg) for arg in args)
    return False


def depth(node: ast.AST) -> int:
    """How deep operators and calls stand in each other."""
    own = isinstance(node, ast.BinOp | ast.UnaryOp | ast.Call | ast.Compare | ast.BoolOp | ast.IfExp)
    return own + max((depth(child) for child in ast.iter_child_nodes(node)), default=0)
