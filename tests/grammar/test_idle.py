"""What no printed kernel does: nothing is decided beforehand, nothing said twice, nothing without effect."""

from __future__ import annotations

import ast
import itertools
import random
from collections.abc import Callable, Iterator

import pytest
from meant import MEANT, Meant, fits, is_meant
from reading import (
    Reading,
    arguments,
    blocks,
    builtin,
    expressions,
    is_literal,
    root,
    statements,
    targets,
)
from sampled import Sampled, report
from test_sources import CHECKS as BUILT

from grammar.catalogue import CATALOGUE
from grammar.choices import Recorded
from grammar.growth import exhibit
from grammar.plan import showable
from grammar.printer import print_source
from grammar.profile import profile_for

Fault = tuple[ast.AST, str]
Check = Callable[[Reading], Iterator[Fault]]


def same(left: ast.AST, right: ast.AST) -> bool:
    return ast.dump(left) == ast.dump(right)


def stops_only_at_the_end(reading: Reading) -> Iterator[Fault]:
    for definition in reading.definitions:
        for block in blocks(definition):
            for statement in block[:-1]:
                if isinstance(statement, ast.Return | ast.Break | ast.Continue):
                    yield statement, "something follows"


def has_no_idle_jump_or_pass(reading: Reading) -> Iterator[Fault]:
    for definition in reading.definitions:
        for block in blocks(definition):
            for statement in block:
                if isinstance(statement, ast.Pass):
                    yield statement, "a block passes"
                is_text = statement is definition.body[0] and isinstance(
                    getattr(statement, "value", None), ast.Constant
                )
                if isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Call) and not is_text:
                    yield statement, "a value is dropped"
        last = definition.body[-1]
        if definition is reading.kernel and isinstance(last, ast.If | ast.Return) and _only_jumps(last):
            yield last, "the kernel ends with a jump"
        for node in statements(definition):
            if isinstance(node, ast.For | ast.While) and (
                isinstance(node.body[-1], ast.Continue)
                or (isinstance(node.body[-1], ast.If) and _only_jumps(node.body[-1], ast.Continue))
            ):
                yield node.body[-1], "a loop's last statement continues"


def _only_jumps(node: ast.stmt, kind: type[ast.stmt] = ast.Return) -> bool:
    if isinstance(node, ast.If):
        return all(_only_jumps(inner, kind) for inner in [*node.body, *node.orelse])
    return isinstance(node, kind)


def stores_and_tests_what_varies(reading: Reading) -> Iterator[Fault]:
    for definition in reading.definitions:
        own = {*arguments(definition)}
        for node in statements(definition):
            match node:
                case ast.Assign(value=value) | ast.AugAssign(value=value) if any(
                    isinstance(target, ast.Subscript) and root(target) in own for target in targets(node)
                ):
                    if not reading.varies(value):
                        yield node, "stores a constant"
                case ast.If(test=test) | ast.While(test=test) if not reading.varies(test):
                    yield test, "is decided beforehand"
                case ast.Return(value=ast.expr() as value) if not reading.varies(value):
                    yield node, "returns a constant"
                case ast.Expr(value=ast.Call(args=args) as call) if args:
                    given = args[-1:] if builtin(call).startswith("atomic_") else args
                    if not any(map(reading.varies, given)):
                        yield node, "updates by a constant"


def decides_nothing_beforehand(reading: Reading) -> Iterator[Fault]:
    for node in expressions(reading.tree):
        match node:
            case ast.IfExp(test=test) if not reading.varies(test):
                yield test, "is decided beforehand"
            case ast.Compare() if not reading.varies(node):
                yield node, "is decided beforehand"
            case ast.BoolOp(values=values):
                yield from ((part, "is decided beforehand") for part in values if not reading.varies(part))
            case ast.Call(args=[test, _, _]) if builtin(node) == "where" and not reading.varies(test):
                yield node, "is decided beforehand"


def folds_no_literals(reading: Reading) -> Iterator[Fault]:
    for node in expressions(reading.tree):
        if isinstance(node, ast.BinOp) and is_literal(node.left) and is_literal(node.right):
            yield node, "could be written as its value"


def compares_different_things(reading: Reading) -> Iterator[Fault]:
    for node in expressions(reading.tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for left, right in itertools.pairwise(sides):
                if same(left, right):
                    yield node, "compares a thing with itself"
            if len(sides) == 3 and same(sides[0], sides[2]):
                yield node, "can never hold"


def works_on_different_things(reading: Reading) -> Iterator[Fault]:
    """`x - x` and `a + b - b` are constants, or one of their operands."""
    idle = ast.Sub | ast.BitXor | ast.Div | ast.FloorDiv | ast.Mod | ast.BitAnd | ast.BitOr
    for node in expressions(reading.tree):
        match node:
            case ast.BinOp(op=op, left=left, right=right) if isinstance(op, idle) and same(left, right):
                yield node, "has one operand twice"
            case ast.BinOp(op=ast.Sub(), left=ast.BinOp(op=ast.Add(), left=a, right=b), right=c):
                if same(a, c) or same(b, c):
                    yield node, "takes back what it adds"


TWICE = frozenset({"min", "max", "cross", "cw_div", "atan2", "copysign", "sub", "div", "mod", "expect_near", "bit_xor"})


def chooses_between_different_things(reading: Reading) -> Iterator[Fault]:
    for node in expressions(reading.tree):
        match node:
            case ast.Call(args=[_, a, b]) if builtin(node) in {"where", "clamp", "smoothstep", "lerp"} and same(a, b):
                yield node, "is no choice"
            case ast.IfExp(body=a, orelse=b) if same(a, b):
                yield node, "is no choice"
            case ast.BoolOp(values=values):
                if any(same(a, b) for i, a in enumerate(values) for b in values[:i]):
                    yield node, "asks twice"
            case ast.Call(args=[a, b]) if builtin(node) in TWICE and same(a, b):
                yield node, "has one operand twice"
            case ast.Call(args=[x, low, high]) if builtin(node) == "clamp" and (same(x, low) or same(x, high)):
                yield node, "clamps a thing to itself"
            case ast.Call(args=[a, b, _]) if builtin(node) in {"quat_slerp", "lerp"} and same(a, b):
                yield node, "blends a thing with itself"


def assigns_something_else(reading: Reading) -> Iterator[Fault]:
    for definition in reading.definitions:
        for node in statements(definition):
            match node:
                case ast.Assign(targets=found, value=value):
                    if any(ast.unparse(target) == ast.unparse(value) for target in found):
                        yield node, "changes nothing"
                case ast.AugAssign(target=target, value=value, op=op) if not isinstance(op, ast.Add | ast.Mult):
                    if ast.unparse(target) == ast.unparse(value):
                        yield node, "is a constant or changes nothing"


def has_different_branches(reading: Reading) -> Iterator[Fault]:
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
                    yield node, "tests one thing twice"
                if len(arms) > 1 and len(set(arms)) == 1:
                    yield node, "does the same in every branch"


def asks_what_is_not_known(reading: Reading) -> Iterator[Fault]:
    """A thread's index or a counter is never negative."""
    counted = {
        root(node.target)
        for node in statements(reading.kernel)
        if isinstance(node, ast.For) and isinstance(node.iter, ast.Call) and not _starts(node.iter)
    }
    for node in expressions(reading.kernel):
        match node:
            case ast.Compare(
                left=ast.Name(id=name), ops=[ast.GtE() | ast.Lt()], comparators=[ast.Constant(value=0)]
            ) if name in counted | reading.threads:
                yield node, "is decided beforehand"


def _starts(loop: ast.Call) -> bool:
    """Whether a range may start below 0, or a loop is over something else."""
    return not (isinstance(loop.func, ast.Name) and loop.func.id == "range" and len(loop.args) == 1)


def overwrites_nothing_unread(reading: Reading) -> Iterator[Fault]:
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
                            yield waiting[name], f"is overwritten by `{ast.unparse(statement)}`"
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
    stops_only_at_the_end,
    has_no_idle_jump_or_pass,
    stores_and_tests_what_varies,
    decides_nothing_beforehand,
    folds_no_literals,
    compares_different_things,
    works_on_different_things,
    chooses_between_different_things,
    assigns_something_else,
    has_different_branches,
    asks_what_is_not_known,
    overwrites_nothing_unread,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_kernel(check: Check, samples: tuple[Sampled, ...]) -> None:
    faults = [
        (sample, f"`{ast.unparse(node)}` {what}")
        for sample in samples
        for node, what in check(sample.reading)
        if not is_meant(check.__name__, node, sample.kernel)
    ]
    assert not faults, report(faults)


def test_exemptions_are_of_laws_and_rows_that_exist() -> None:
    laws = {check.__name__ for check in (*CHECKS, *BUILT)}
    known = {*CATALOGUE.by_name, *(tag for row in CATALOGUE.rows for tag in row.tags)}
    for entry in MEANT:
        assert entry.law in laws, entry
        assert {*entry.rows.split()} <= known, entry


# A kernel around a row uses all that the row makes; only among others is one of its results enough.
SHOWN = [entry for entry in MEANT if entry.law != "reads_every_local"]


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: f"{entry.law}: {entry.reason}")
def test_exemptions_are_needed(entry: Meant) -> None:
    """Some row that one is of does print what its law forbids."""
    (check,) = (check for check in (*CHECKS, *BUILT) if check.__name__ == entry.law)
    rows = {*entry.rows.split()}
    plain = profile_for("default", "arithmetic")
    for overload in showable(CATALOGUE):
        if rows & {overload.production.name, *overload.production.tags}:
            numbers = random.Random(overload.production.name)
            kernel = exhibit(CATALOGUE, plain, [overload], Recorded([numbers.randrange(1_000) for _ in range(200)]))
            found = check(Reading(ast.parse(print_source(kernel))))
            if any(fits(entry, entry.law, ast.unparse(node), kernel) for node, _ in found):
                return
    raise AssertionError(entry)
