"""Kernels with a mistake that nobody wrote down: what Warp refuses, it has to refuse by an error of its own.

What `grammar.catalogue.refused` lists is known to be refused, and how; here any part of a kernel gives way to Python
that does not belong there.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterable
from dataclasses import replace

from grammar.holes import Expr
from grammar.places import places, put
from grammar.production import Effect, Production, row
from grammar.strategies import WILD, wild_statement
from grammar.term import Apply, Body, Expression, Kernel, Literal, Name
from grammar.types import Type

MISTAKE = "mistake"
"""What the names of the rows of mistakes begin with, and their tag."""
UNDEFINED = "undefined_value"
"""A name that nothing has: what reads it has to be refused."""

ALONE = (
    *(UNDEFINED,) * 10,  # what has to be refused, often enough
    '"text"',
    'b"bytes"',
    "None",
    "...",
    "1j",
    "()",
    "(1, 2.0)",
    "[1, 2]",
    "{{}}",
    "{{1: 2}}",
    "{{1, 2}}",
    "lambda: 1",
    "wp",
    "wp.vec3",
    "wp.array",
    "wp.float32",
    "wp.undefined_function",
    "wp.undefined_function(1)",
    "print",
    "float",
    "range(3)",
    'f"{{1}}"',
    "10**30",
    "-(2**40)",
    "1e400",
)
AROUND = (
    "{x}.undefined_part",
    "{x}.x.y.z",
    "{x}[0]",
    "{x}[0][1][2]",
    "{x}[1:2]",
    "{x}[::2]",
    "{x}[...]",
    '{x}["a"]',
    "{x}[0, 1, 2, 3, 4, 5]",
    "{x}()",
    "{x}({x}, 1)",
    "({x}, {x})",
    "[{x}]",
    "[v for v in {x}]",
    "(v := {x})",
    "(yield {x})",
    "not {x}",
    "~{x}",
    "+{x}",
    "{x} @ {x}",
    "{x} ** {x}",
    "{x} << {x}",
    "{x} is {x}",
    "{x} in {x}",
    "{x} < {x} < {x}",
    "{x} and {x}",
    "{x} if {x} else {x}",
    "{x} == None",
    "len({x})",
    "str({x})",
    "int({x})",
    "bool({x})",
    "float({x}, 1)",
    "wp.vec3({x})",
    "wp.mat22({x})",
    "wp.float16({x})",
    "type({x})",
    "min({x})",
    "sum({x})",
    "wp.tid({x})",
    "wp.cast({x}, int)",
    "wp.length({x})",
    "wp.dot({x}, {x})",
    "wp.address_of({x})",
)
STATEMENTS = (
    "del undefined_name",
    "pass",
    "assert {x}",
    "assert {x}, {x}",
    "raise {x}",
    "import math",
    "from math import sin",
    "global unknown",
    "with {x}:\n    pass",
    "with {x} as held:\n    pass",
    "try:\n    pass\nfinally:\n    pass",
    "class Inner:\n    pass",
    "match {x}:\n    case 1:\n        pass",
    "for v in {x}:\n    pass",
    "for v, w in {x}:\n    pass",
    "for v in range({x}, {x}, {x}, {x}):\n    pass",
    "for v in range():\n    pass",
    "while {x}:\n    break",
    "if {x}:\n    pass\nelif {x}:\n    pass",
    "return {x}",
    "return {x}, {x}",
    "v, w = {x}",
    "v = w = {x}",
    "v: int = {x}",
    "v: int",
    "(v, w), u = {x}, {x}",
    "v, *w = {x}",
    "{x}",
    "print({x})",
    "print()",
    "print({x}, sep=1)",
    "v = wp.array({x}, dtype=float)",
    "v = wp.zeros({x}, dtype=float)",
    "v = wp.zeros(shape=(2, {x}), dtype=float)",
    "undefined_array[0] = {x}",
    "undefined_name += 1",
    "async def inner():\n    pass",
)
WILD_BYTES = 4096


def is_mistaken(kernel: Kernel) -> bool:
    """Whether a kernel has a mistake in it."""
    return any(isinstance(term, Apply) and term.row.startswith(MISTAKE) for _, term in places(kernel.body, ()))


def reads_undefined(kernel: Kernel) -> bool:
    """Whether a kernel reads a name that nothing has."""
    return any(
        isinstance(term, Apply) and term.overload.production.template == UNDEFINED
        for _, term in places(kernel.body, ())
    )


def mistaken(kernel: Kernel, seed: int) -> Kernel | None:
    """The kernel with a mistake, the same of the same seed; none if it has no place for one."""
    chooser = random.Random(seed)  # noqa: S311  (nobody is to be surprised)
    made = chooser.choice((_other_value, _other_value, _changed_call, _other_statement, _wild))(kernel, chooser)
    return made or _other_statement(kernel, chooser)


def _values(kernel: Kernel) -> list[tuple[tuple[int, ...], Expression, Type]]:
    """The expressions of a kernel with the ways to them, and their types."""
    found = []
    for path, term in places(kernel.body, ()):
        of = term.overload.result if isinstance(term, Apply) else term.type
        if isinstance(of, Type):
            found.append((path, term, of))
    return found


def _other_value(kernel: Kernel, chooser: random.Random) -> Kernel | None:
    """Something else in the place of an expression, or around it."""
    values = _values(kernel)
    if not values:
        return None
    path, term, of = chooser.choice(values)
    template = chooser.choice((*ALONE, *AROUND))
    holes = ("x",) if "{x}" in template else ()
    wrong = Apply(_row(template, holes, [of] * len(holes), of).at({}), (term,) * len(holes))
    return replace(kernel, body=put(kernel.body, path, wrong))


def _changed_call(kernel: Kernel, chooser: random.Random) -> Kernel | None:
    """A call with an argument too many, too few, twice, named or starred."""
    calls = [
        (path, term)
        for path, term in places(kernel.body, ())
        if isinstance(term, Apply) and re.fullmatch(r"wp\.\w+\(.*\)", term.overload.production.template)
    ]
    if not calls:
        return None
    path, term = chooser.choice(calls)
    production = term.overload.production
    head, _, arguments = production.template[:-1].partition("(")
    each = arguments.split(", ") if arguments else []
    changed = [f"{arguments}, surplus=1".removeprefix(", "), f"*{arguments}", f"{arguments}, 1", "1"]
    if len(each) == 1:
        changed.append(f"**{arguments}")
    if each:
        changed += [", ".join(each[:-1]), ", ".join((*each, each[-1])), ", ".join(reversed(each))]
    template = f"{head}({chooser.choice([other for other in changed if other != arguments and _is_python(other)])})"
    kept = [
        (name, hole, filling)
        for (name, hole), filling in zip(term.overload.holes, term.fillings, strict=True)
        if "{" + name + "}" in template
    ]
    more = {name: hole for name, hole, _ in kept}
    made = row(f"{MISTAKE}_call", template, term.overload.result, effect=production.effect, tags=MISTAKE, more=more)
    return replace(kernel, body=put(kernel.body, path, Apply(made.at({}), tuple(filling for *_, filling in kept))))


def _is_python(arguments: str) -> bool:
    """Whether a call may have such arguments: none that is positional stands behind one with a name."""
    try:
        ast.parse(f"f({re.sub(r'[{}]', '', arguments)})")
    except SyntaxError:
        return False
    return True


def _other_statement(kernel: Kernel, chooser: random.Random) -> Kernel | None:
    """A statement more, of a kind that kernels have not."""
    values = [(term, of) for _, term, of in _values(kernel) if isinstance(term, Literal) or _is_parameter(term)]
    template = chooser.choice(STATEMENTS)
    if "{x}" not in template or not values:
        return _with_statement(kernel, template.replace("{x}", "1"), (), (), chooser)
    term, of = chooser.choice(values)
    return _with_statement(kernel, template, (term,), (of,), chooser)


def _is_parameter(term: Expression) -> bool:
    return isinstance(term, Name) and term.symbol.role == "value"


def _wild(kernel: Kernel, chooser: random.Random) -> Kernel | None:
    """A statement more: any that Python has, by Hypothesmith."""
    kind = chooser.choice(WILD)
    text = wild_statement(kind, chooser.randbytes(WILD_BYTES)) or wild_statement("Expr", chooser.randbytes(WILD_BYTES))
    if text is None:
        return None
    return _with_statement(kernel, text.replace("{", "{{").replace("}", "}}"), (), (), chooser)


def _with_statement(
    kernel: Kernel, template: str, fillings: tuple[Expression, ...], types: Iterable[Type], chooser: random.Random
) -> Kernel:
    statements = kernel.body.statements
    place = 1 + chooser.randrange(len(statements))
    more = Apply(_row(template, ("x",) if fillings else (), types, None).at({}), fillings)
    return replace(kernel, body=Body((*statements[:place], more, *statements[place:])))


def _row(template: str, holes: Iterable[str], types: Iterable[Type], result: Type | None) -> Production:
    effect = Effect.PURE if result is not None else Effect.WRITES
    more = {name: Expr(of) for name, of in zip(holes, types, strict=True)}
    return row(
        f"{MISTAKE}_{'value' if result else 'statement'}", template, result, effect=effect, tags=MISTAKE, more=more
    )
