"""What every printed kernel is, as its syntax tree shows: nothing unused, nothing constant, nothing idle."""

from __future__ import annotations

import ast
import itertools
import keyword
from collections.abc import Callable, Iterator

import pytest
from reading import (
    Reading,
    arguments,
    assigned,
    blocks,
    builtin,
    expressions,
    is_literal,
    names_in,
    read,
    statements,
)
from sampled import Sampled, report

LONGEST = 160
Check = Callable[[Reading], Iterator[str]]


def same(left: ast.AST, right: ast.AST) -> bool:
    return ast.dump(left) == ast.dump(right)


def imports_warp_only(reading: Reading) -> Iterator[str]:
    found = [ast.unparse(node) for node in ast.walk(reading.tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    if found != ["import warp as wp"]:
        yield f"imports {found}"


def has_import_structs_functions_kernel_in_order(reading: Reading) -> Iterator[str]:
    kinds = [type(node).__name__ for node in reading.tree.body]
    order = ["Import"] + ["ClassDef"] * len(reading.structs) + ["FunctionDef"] * (len(reading.functions) + 1)
    if kinds != order or reading.tree.body[-1] is not reading.kernel:
        yield f"is made of {kinds}"


def uses_every_argument(reading: Reading) -> Iterator[str]:
    for definition in reading.definitions:
        used = {name for statement in definition.body for name in names_in(statement)}
        for name in arguments(definition):
            if name not in used:
                yield f"{definition.name} ignores its argument {name}"


def uses_every_function_and_struct(reading: Reading) -> Iterator[str]:
    used = {name for definition in reading.definitions for name in names_in(definition)}
    for node in [*reading.functions, *reading.structs]:
        if node.name not in used:
            yield f"nothing uses {node.name}"


def reads_only_what_is_there(reading: Reading) -> Iterator[str]:
    """A local is visible in its block, after the statement that makes it."""
    outside = {node.name for node in reading.tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for definition in reading.definitions:
        known = outside | {argument.arg for argument in definition.args.args}
        yield from (f"{definition.name} reads {name} too early" for name in _unknown(definition.body, known))


def _unknown(body: list[ast.stmt], known: set[str]) -> Iterator[str]:
    known = set(known)
    for statement in body:
        suites = [getattr(statement, name, []) for name in ("body", "orelse")]
        inside = {id(node) for suite in suites for inner in suite for node in ast.walk(inner)}
        own = [node for node in ast.walk(statement) if isinstance(node, ast.Name) and id(node) not in inside]
        read = {node.id for node in own if isinstance(node.ctx, ast.Load)}
        if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            read.add(statement.target.id)
        yield from sorted(read - known - {"wp", "int", "float", "bool", "range"})
        made = {node.id for node in own if isinstance(node.ctx, ast.Store)}
        if not isinstance(statement, ast.For):
            known |= made
        for suite in suites:
            yield from _unknown(suite, known | made)


def reads_every_local(reading: Reading) -> Iterator[str]:
    for definition in reading.definitions:
        counters = {
            node.target.id
            for node in statements(definition)
            if isinstance(node, ast.For) and isinstance(node.target, ast.Name)
        }
        threads = {
            name
            for node in statements(definition)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and builtin(node.value) == "tid"
            for name in names_in(node.targets[0])
        }
        for name in assigned(definition) - counters - threads - read(definition):
            yield f"{definition.name} never reads {name}"


def names_each_thing_once(reading: Reading) -> Iterator[str]:
    outside = [node.name for node in [*reading.functions, *reading.structs, reading.kernel]]
    for definition in reading.definitions:
        names = [*arguments(definition), *assigned(definition)]
        for name in [*outside, *names]:
            if [*outside, *names].count(name) > 1:
                yield f"two things are called {name}"
            if keyword.iskeyword(name) or name in {"wp", "int", "float", "bool", "range"}:
                yield f"{name} is taken by the language"
    for struct in reading.structs:
        fields = [
            node.target.id
            for node in struct.body
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        ]
        if len(set(fields)) != len(fields):
            yield f"{struct.name} has two fields of one name"


def stops_only_at_the_end(reading: Reading) -> Iterator[str]:
    for definition in reading.definitions:
        for block in blocks(definition):
            for statement in block[:-1]:
                if isinstance(statement, ast.Return | ast.Break | ast.Continue):
                    yield f"statements follow `{ast.unparse(statement)}`"


def has_no_idle_jump_or_pass(reading: Reading) -> Iterator[str]:
    for definition in reading.definitions:
        for block in blocks(definition):
            for statement in block:
                if isinstance(statement, ast.Pass):
                    yield "a block passes"
        last = definition.body[-1]
        if definition is reading.kernel and isinstance(last, ast.If | ast.Return) and _only_jumps(last):
            yield "the kernel ends with a jump"
        for node in statements(definition):
            if isinstance(node, ast.For | ast.While) and (
                isinstance(node.body[-1], ast.Continue)
                or (isinstance(node.body[-1], ast.If) and _only_jumps(node.body[-1], ast.Continue))
            ):
                yield "a loop's last statement continues"


def _only_jumps(node: ast.stmt, kind: type[ast.stmt] = ast.Return) -> bool:
    if isinstance(node, ast.If):
        return all(_only_jumps(inner, kind) for inner in [*node.body, *node.orelse])
    return isinstance(node, kind)


def varies_where_it_stores_and_tests(reading: Reading) -> Iterator[str]:
    for definition in reading.definitions:
        for node in statements(definition):
            match node:
                case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))], value=value) if (
                    name in reading.arrays
                ):
                    if not names_in(value):
                        yield f"`{ast.unparse(node)}` stores a constant"
                case ast.AugAssign(target=ast.Subscript(value=ast.Name(id=name)), value=value) if (
                    name in reading.arrays
                ):
                    if not names_in(value):
                        yield f"`{ast.unparse(node)}` adds a constant"
                case ast.If(test=test) | ast.While(test=test) if not names_in(test):
                    yield f"`{ast.unparse(test)}` is decided beforehand"
                case ast.Return(value=ast.expr() as value) if not names_in(value):
                    yield f"`{ast.unparse(node)}` returns a constant"
                case ast.Expr(value=ast.Call(args=args)) if not names_in(args[-1]):
                    yield f"`{ast.unparse(node)}` updates by a constant"


def decides_nothing_beforehand(reading: Reading) -> Iterator[str]:
    for definition in reading.definitions:
        for node in expressions(definition):
            if isinstance(node, ast.IfExp | ast.Compare | ast.BoolOp):
                parts = {ast.IfExp: lambda n: [n.test], ast.Compare: lambda n: [n], ast.BoolOp: lambda n: n.values}[
                    type(node)
                ](node)  # type: ignore[operator]
                for part in parts:
                    if not names_in(part):
                        yield f"`{ast.unparse(part)}` is decided beforehand"
            if isinstance(node, ast.Call) and builtin(node) == "where" and not names_in(node.args[0]):
                yield f"`{ast.unparse(node)}` is decided beforehand"


def folds_no_literals(reading: Reading) -> Iterator[str]:
    for node in expressions(reading.tree):
        if isinstance(node, ast.BinOp) and is_literal(node.left) and is_literal(node.right):
            yield f"`{ast.unparse(node)}` could be written as its value"


def compares_different_things(reading: Reading) -> Iterator[str]:
    for node in expressions(reading.tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for left, right in itertools.pairwise(sides):
                if same(left, right):
                    yield f"`{ast.unparse(node)}` compares a thing with itself"
            if len(sides) == 3 and same(sides[0], sides[2]):
                yield f"`{ast.unparse(node)}` can never hold"


def subtracts_different_things(reading: Reading) -> Iterator[str]:
    for node in expressions(reading.tree):
        match node:
            case ast.BinOp(op=ast.Sub() | ast.BitXor() | ast.Div() | ast.FloorDiv() | ast.Mod()) if same(
                node.left, node.right
            ):
                yield f"`{ast.unparse(node)}` is a constant"
            case ast.BinOp(op=ast.BitAnd() | ast.BitOr()) if same(node.left, node.right):
                yield f"`{ast.unparse(node)}` is its operand"


def subtracts_no_more_than_it_adds(reading: Reading) -> Iterator[str]:
    for node in expressions(reading.tree):
        match node:
            case ast.BinOp(op=ast.Sub(), left=ast.BinOp(op=ast.Add(), left=a, right=b), right=c) if same(a, c) or same(
                b, c
            ):
                yield f"`{ast.unparse(node)}` takes back what it adds"


def chooses_between_different_things(reading: Reading) -> Iterator[str]:
    for node in expressions(reading.tree):
        match node:
            case ast.Call(args=[_, a, b]) if builtin(node) == "where" and same(a, b):
                yield f"`{ast.unparse(node)}` is no choice"
            case ast.IfExp(body=a, orelse=b) if same(a, b):
                yield f"`{ast.unparse(node)}` is no choice"
            case ast.BoolOp(values=values):
                if any(same(a, b) for i, a in enumerate(values) for b in values[:i]):
                    yield f"`{ast.unparse(node)}` asks twice"
            case ast.Call(args=[a, b]) if builtin(node) in {
                "min",
                "max",
                "cross",
                "cw_div",
                "atan2",
                "copysign",
            } and same(a, b):
                yield f"`{ast.unparse(node)}` has one operand twice"
            case ast.Call(args=[_, low, high]) if builtin(node) == "clamp" and same(low, high):
                yield f"`{ast.unparse(node)}` is a constant"
            case ast.Call(args=[x, low, high]) if builtin(node) == "clamp" and (same(x, low) or same(x, high)):
                yield f"`{ast.unparse(node)}` clamps a thing to itself"
            case ast.Call(args=[a, b, _]) if builtin(node) == "quat_slerp" and same(a, b):
                yield f"`{ast.unparse(node)}` blends a thing with itself"


def assigns_something_else(reading: Reading) -> Iterator[str]:
    for definition in reading.definitions:
        for node in statements(definition):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == ast.unparse(node.value):
                yield f"`{ast.unparse(node)}` changes nothing"
            if (
                isinstance(node, ast.AugAssign)
                and ast.unparse(node.target) == ast.unparse(node.value)
                and not isinstance(node.op, ast.Add | ast.Mult)
            ):
                yield f"`{ast.unparse(node)}` is a constant or changes nothing"


def has_different_branches(reading: Reading) -> Iterator[str]:
    for definition in reading.definitions:
        for node in statements(definition):
            if isinstance(node, ast.If):
                tests, arms, rest = [ast.dump(node.test)], [_text(node.body)], node.orelse
                while len(rest) == 1 and isinstance(rest[0], ast.If):
                    tests.append(ast.dump(rest[0].test))
                    arms.append(_text(rest[0].body))
                    rest = rest[0].orelse
                if rest:
                    arms.append(_text(rest))
                if len(set(tests)) != len(tests):
                    yield "a chain tests one thing twice"
                if len(arms) > 1 and len(set(arms)) == 1:
                    yield "every branch does the same"


def asks_what_is_not_known(reading: Reading) -> Iterator[str]:
    """A thread's index or a counter is never negative."""
    counters = {
        node.id
        for statement in statements(reading.kernel)
        if isinstance(statement, ast.For)
        or (
            isinstance(statement, ast.Assign)
            and isinstance(statement.value, ast.Call)
            and builtin(statement.value) == "tid"
        )
        for node in ast.walk(statement.target if isinstance(statement, ast.For) else statement.targets[0])
        if isinstance(node, ast.Name)
    }
    for node in expressions(reading.kernel):
        match node:
            case ast.Compare(
                left=ast.Name(id=name), ops=[ast.GtE() | ast.Lt()], comparators=[ast.Constant(value=0)]
            ) if name in counters:
                yield f"`{ast.unparse(node)}` is decided beforehand"


def overwrites_nothing_unread(reading: Reading) -> Iterator[str]:
    """In one suite, a local is not set again before anything may have read it."""
    for definition in reading.definitions:
        for block in blocks(definition):
            waiting: dict[str, ast.stmt] = {}
            for statement in block:
                used = {
                    node.id
                    for node in ast.walk(statement)
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
                }
                leaves = any(isinstance(node, ast.Continue | ast.Break) for node in ast.walk(statement))
                for name in list(waiting):
                    if leaves or name in used:
                        del waiting[name]
                match statement:
                    case ast.Assign(targets=[ast.Name(id=name)]):
                        if name in waiting and not _declares(waiting[name]):
                            yield f"`{ast.unparse(waiting[name])}` is overwritten by `{ast.unparse(statement)}`"
                        waiting[name] = statement
                    case ast.AugAssign(target=ast.Name(id=name)):
                        waiting.pop(name, None)
                        waiting[name] = statement


def _declares(statement: ast.stmt) -> bool:
    """`total = float(0.0)`: Warp wants a local that branches assign to exist before them."""
    value = getattr(statement, "value", None)
    return isinstance(value, ast.Call) and all(isinstance(argument, ast.Constant) for argument in value.args)


def _text(block: list[ast.stmt]) -> str:
    return "\n".join(map(ast.unparse, block))


CHECKS: tuple[Check, ...] = (
    imports_warp_only,
    has_import_structs_functions_kernel_in_order,
    uses_every_argument,
    uses_every_function_and_struct,
    reads_only_what_is_there,
    reads_every_local,
    names_each_thing_once,
    stops_only_at_the_end,
    has_no_idle_jump_or_pass,
    varies_where_it_stores_and_tests,
    decides_nothing_beforehand,
    folds_no_literals,
    compares_different_things,
    subtracts_different_things,
    subtracts_no_more_than_it_adds,
    chooses_between_different_things,
    assigns_something_else,
    has_different_branches,
    asks_what_is_not_known,
    overwrites_nothing_unread,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_kernel(check: Check, samples: tuple[Sampled, ...]) -> None:
    faults = [(sample, what) for sample in samples for what in check(Reading(sample.tree))]
    assert not faults, report(faults)


def test_lines_are_short(samples: tuple[Sampled, ...]) -> None:
    faults = [
        (sample, f"{len(line)} characters: {line.strip()}")
        for sample in samples
        for line in sample.source.splitlines()
        if len(line) > LONGEST
    ]
    assert not faults, report(faults)


def test_text_is_plain(samples: tuple[Sampled, ...]) -> None:
    for sample in samples:
        assert sample.source.isascii()
        assert sample.source.endswith("\n")
        assert not sample.source.endswith("\n\n")
        assert all(line == line.rstrip() and "\t" not in line for line in sample.source.split("\n"))
