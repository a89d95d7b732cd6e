"""The printer, against another one that puts every operand in parentheses: both mean the same to Python."""

from __future__ import annotations

import ast
import itertools
import re
import textwrap
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hand_made import Bench, applied, is_plain
from sampled import Sampled

from grammar.catalogue import CATALOGUE
from grammar.holes import Expr, Fresh
from grammar.printer import EXPLICIT, EXPLICITLY, print_source
from grammar.production import Overload, row
from grammar.term import Apply, Body, Filling, Kernel, Literal, Name, Symbol, parts
from grammar.types import (
    BOOL,
    FLOAT,
    INT,
    Matrix,
    Quaternion,
    Scalar,
    Transformation,
    Type,
    Vector,
    is_float,
    is_storable,
    scalar_of,
    spell,
)

CALL, SOME = re.compile(r"[\w.]+\([^()]*\)"), 4
# Binds a value of whatever type.
LET = row("bind", "{name} = {value}", None, name=Fresh(FLOAT), value=Expr(FLOAT)).at({})


def literal(term: Literal) -> str:
    """A literal, or the constructor call that stands for one."""
    of = term.type
    scalar = scalar_of(of)
    assert scalar is not None
    number = (
        str(bool(term.value)) if of == BOOL else repr(float(term.value)) if is_float(scalar) else repr(int(term.value))
    )
    number = number if scalar in (FLOAT, INT, BOOL) else f"wp.{scalar.name}({number})"
    match of:
        case Scalar():
            return f"{spell(of)}({number})" if term.start and of in (FLOAT, INT) else number
        case _ if term.start and (scalar != FLOAT or of == Matrix(6, 6, FLOAT) or isinstance(of, Transformation)):
            return f"{spell(of)}()"
        case Vector(length=count):
            pass
        case Matrix(rows=rows, columns=columns):
            count = rows * columns
        case Quaternion():
            count = 4
    return f"{spell(of)}({', '.join([number] * count)})"


def expression(term: Filling) -> str:
    """An expression with all its operands in parentheses."""
    match term:
        case Name(symbol):
            return symbol.name
        case Symbol(name):
            return name
        case Literal():
            return f"({literal(term)})"
        case Apply():
            holes = {name: expression(filling) for name, filling in term.holes()}
            return f"({term.overload.production.template.format_map(holes)})"
        case Body():
            raise AssertionError


def lines(body: Body) -> Iterator[str]:
    """The lines of a suite."""
    for statement in body.statements:
        holes = dict(statement.holes())
        texts = {name: expression(filling) for name, filling in holes.items() if not isinstance(filling, Body)}
        for line in statement.overload.production.template.split("\n"):
            text = line.strip()
            indent = line[: len(line) - len(line.lstrip())]
            block = holes.get(text[1:-1]) if text.startswith("{") and text.endswith("}") else None
            if isinstance(block, Body):
                yield from (indent + inner for inner in lines(block))
            else:
                yield line.format_map(texts)


def bodies(kernel: Kernel) -> dict[str, str]:
    """The suites of the kernel and of its own functions, with parentheses wherever they might be needed."""
    found = {of.name: [*lines(of.body), f"return {expression(of.result)}"] for of in kernel.functions}
    found[kernel.name] = list(lines(kernel.body))
    texts = {name: "\n".join(body) for name, body in found.items()}
    return {
        name: EXPLICIT.sub(lambda m: EXPLICITLY[m[0]], text) if kernel.explicit else text
        for name, text in texts.items()
    }


def printed(source: str) -> dict[str, str]:
    """The suites of a module's functions, as they are printed."""
    return {
        node.name: "\n".join(map(ast.unparse, node.body))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
    }


class Flat(ast.NodeTransformer):
    """`(a and b) and c` as `a and b and c`: Python keeps them apart, and they mean the same."""

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.BoolOp:
        self.generic_visit(node)
        first = node.values[0]
        if isinstance(first, ast.BoolOp) and type(first.op) is type(node.op):
            node.values[:1] = first.values
        return node


def tree(source: str) -> str:
    wrapped = "def f():\n" + textwrap.indent(source, "    ")
    return ast.dump(Flat().visit(ast.parse(wrapped)))


def test_drawn_kernels_mean_the_same(samples: tuple[Sampled, ...]) -> None:
    for sample in samples[:520]:
        found = printed(sample.source)
        for name, body in bodies(sample.kernel).items():
            assert tree(found[name]) == tree(body), f"{found[name]}\n\n{body}"


def test_printing_is_pure(samples: tuple[Sampled, ...]) -> None:
    for sample in samples[:160]:
        assert print_source(sample.kernel) == sample.source


def test_types_that_only_parameters_have_are_defined(samples: tuple[Sampled, ...]) -> None:
    """As in a kernel whose statements were taken away."""
    named = re.compile(r"^(\w+) = wp\.types\.", re.MULTILINE)
    some = [sample for sample in samples if named.search(sample.source)][:40]
    assert some
    for sample in some:
        source = print_source(replace(sample.kernel, body=Body(sample.kernel.body.statements[:1])))
        annotations = {name for name in re.findall(r"dtype=(\w+)\)", source) if re.fullmatch(r"(vec|mat)\w+", name)}
        assert annotations <= set(named.findall(source)), source


def operators(of: Type) -> list[Overload]:
    """The overloads that give a type from values alone: one for each template, and a few of the calls, all alike."""
    found: dict[str, Overload] = {}
    guards = (overloads for (_, guarded), overloads in CATALOGUE.guards_by_type.items() if guarded == of)
    for overload in (*CATALOGUE.overloads.get(of, ()), *itertools.chain.from_iterable(guards)):
        if is_plain(overload) and any(isinstance(hole, Expr) for _, hole in overload.holes):
            found.setdefault(overload.production.template, overload)
    calls = [template for template in found if CALL.fullmatch(template)]
    return [overload for template, overload in found.items() if template not in calls[SOME:]]


@pytest.mark.parametrize("of", [FLOAT, INT, BOOL, Vector(3, FLOAT), Matrix(3, 3, FLOAT), Quaternion(FLOAT)], ids=spell)
def test_every_row_in_every_hole_means_the_same(of: Type) -> None:
    """All pairs of an operator and an operand of a type, signs and literals among them."""
    bench = Bench("pairs")
    inner: list[Filling] = [bench.filled(overload, {}) for overload in operators(of)]
    if isinstance(of, Scalar) and of != BOOL:
        inner += [Literal(-2, of), Literal(2, of)]
    outer = {
        overload.production.template: overload
        for result in CATALOGUE.overloads
        if is_storable(result)
        for overload in operators(result)
        if any(isinstance(hole, Expr) and hole.pattern == of for _, hole in overload.holes)
    }
    for overload in outer.values():
        for name, hole in overload.holes:
            if isinstance(hole, Expr) and hole.pattern == of:
                for term in inner:
                    value = bench.filled(overload, {name: term})
                    bench.statements.append(applied(LET, name=Symbol("x", of, "local"), value=value))
    kernel = bench.kernel()
    assert len(kernel.body.statements) > 100
    found, expected = (ast.parse(texts[kernel.name]) for texts in (printed(print_source(kernel)), bodies(kernel)))
    for one, other in zip(found.body, expected.body, strict=True):
        assert ast.dump(Flat().visit(one)) == ast.dump(Flat().visit(other)), (
            f"{ast.unparse(one)} | {ast.unparse(other)}"
        )


def test_no_parentheses_where_none_are_needed(samples: tuple[Sampled, ...]) -> None:
    """No operand of the text can lose its parentheses and mean the same: tried on the shorter kernels.

    But for those that a row has itself, and those around a line that is broken for its width.
    """
    tried = 0
    for sample in samples:
        text = sample.source
        if len(text) > 2_000 or any(any(_pairs(own)) for own in texts(sample.kernel)):
            continue
        for start, end in _pairs(text):
            bare = f"{text[:start]} {text[start + 1 : end]} {text[end + 1 :]}"
            if "\n" in text[start:end]:
                continue
            tried += 1
            try:
                same = ast.dump(ast.parse(bare)) == ast.dump(sample.tree)
            except SyntaxError:
                continue
            assert not same, f"({text[start + 1 : end]}) needs no parentheses\n{text}"
    assert tried > 40


def texts(kernel: Kernel) -> Iterator[str]:
    """What rows print of themselves."""
    yield from (part.overload.production.template for part in parts(kernel) if isinstance(part, Apply))
    yield from (symbol.text for symbol in kernel.definitions)


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    """Where parentheses open and close that call nothing."""
    opened: list[int] = []
    for place, character in enumerate(text):
        if character == "(":
            opened.append(place)
        elif character == ")":
            start = opened.pop()
            if start and not (text[start - 1].isalnum() or text[start - 1] in "_)]"):
                yield start, place
