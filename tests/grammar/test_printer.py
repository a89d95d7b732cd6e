"""The printer, against another one that puts every operand in parentheses: both mean the same to Python."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

import pytest
from hand_made import Bench, applied, row_at
from sampled import Sampled

from grammar.catalogue import CATALOGUE
from grammar.printer import print_source
from grammar.production import Expr, Overload
from grammar.term import Apply, Body, Filling, Function, Kernel, Literal, Name, Symbol
from grammar.types import BOOL, FLOAT, INT, Matrix, Quaternion, Scalar, Struct, Type, Vector, is_float, spell


def literal(term: Literal) -> str:
    """A literal, or the constructor call that stands for one."""
    of = term.type
    assert not isinstance(of, Struct)
    scalar = of if isinstance(of, Scalar) else of.scalar
    number = (
        str(bool(term.value)) if of == BOOL else repr(float(term.value)) if is_float(scalar) else repr(int(term.value))
    )
    number = number if scalar in (FLOAT, INT, BOOL) else f"wp.{scalar.name}({number})"
    match of:
        case Scalar():
            return f"{spell(of)}({number})" if term.start and of in (FLOAT, INT) else number
        case _ if term.start and scalar != FLOAT:
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


def annotation(symbol: Symbol) -> str:
    rank = len(symbol.extents)
    return {0: "{}", 1: "wp.array(dtype={})"}.get(rank, f"wp.array{rank}d(dtype={{}})").format(spell(symbol.type))


def definition(decorator: str, name: str, parameters: Sequence[Symbol], returns: str, body: Sequence[str]) -> str:
    listed = ", ".join(f"{symbol.name}: {annotation(symbol)}" for symbol in parameters)
    return "\n".join([f"@wp.{decorator}", f"def {name}({listed}){returns}:", *("    " + line for line in body)])


def function(of: Function) -> str:
    body = [*lines(of.body), f"return {expression(of.result)}"]
    return definition("func", of.name, of.parameters, f" -> {spell(of.result.type)}", body)


def parenthesised(kernel: Kernel) -> str:
    """The module, with parentheses wherever they might be needed."""
    parts = ["import warp as wp"]
    parts += [
        "\n".join(["@wp.struct", f"class {s.name}:", *(f"    {name}: {spell(of)}" for name, of in s.fields)])
        for s in kernel.structs
    ]
    parts += [function(of) for of in kernel.functions]
    parts.append(definition("kernel", kernel.name, kernel.parameters, "", list(lines(kernel.body))))
    return "\n".join(parts)


class Flat(ast.NodeTransformer):
    """`(a and b) and c` as `a and b and c`: Python keeps them apart, and they mean the same."""

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.BoolOp:
        self.generic_visit(node)
        first = node.values[0]
        if isinstance(first, ast.BoolOp) and type(first.op) is type(node.op):
            node.values[:1] = first.values
        return node


def tree(source: str) -> str:
    return ast.dump(Flat().visit(ast.parse(source)))


def test_drawn_kernels_mean_the_same(samples: tuple[Sampled, ...]) -> None:
    for sample in samples[:480]:
        full = parenthesised(sample.kernel)
        assert tree(sample.source) == tree(full), f"{sample.source}\n\n{full}"


def test_printing_is_pure(samples: tuple[Sampled, ...]) -> None:
    for sample in samples[:160]:
        assert print_source(sample.kernel) == sample.source


def operators(of: Type) -> list[Overload]:
    """The overloads that give a type by an operator: one for each template."""
    found: dict[str, Overload] = {}
    for overload in CATALOGUE.overloads[of]:
        if any(isinstance(hole, Expr) for _, hole in overload.holes):
            found.setdefault(overload.production.template, overload)
    for (_, guarded), overloads in CATALOGUE.guards_by_type.items():
        for overload in overloads if guarded == of else ():
            found.setdefault(overload.production.template, overload)
    return list(found.values())


def filled(bench: Bench, overload: Overload, given: dict[str, Filling]) -> Apply:
    """An overload with plain names in the holes that are not given."""
    fillings: dict[str, Filling] = dict(given)
    for place, (name, hole) in enumerate(overload.holes):
        if name not in fillings:
            fillings[name] = bench.fill(hole, fillings, f"_{place}", "parameter", 0)
    return applied(overload, **fillings)


@pytest.mark.parametrize("of", [FLOAT, INT, BOOL, Vector(3, FLOAT), Matrix(3, 3, FLOAT), Quaternion(FLOAT)], ids=spell)
def test_every_row_in_every_hole_means_the_same(of: Type) -> None:
    """All pairs of an operator and an operand of a type, signs and literals among them."""
    bench = Bench("pairs")
    inner: list[Filling] = [filled(bench, overload, {}) for overload in operators(of)]
    if isinstance(of, Scalar) and of != BOOL:
        inner += [Literal(-2, of), Literal(2, of)]
    for overload in (o for result in CATALOGUE.overloads for o in operators(result)):
        for name, hole in overload.holes:
            if isinstance(hole, Expr) and hole.pattern == of:
                for term in inner:
                    value = filled(bench, overload, {name: term})
                    bench.statements.append(
                        applied(row_at("let", value.type), name=Symbol("x", of, "local"), value=value)
                    )
    kernel = bench.kernel()
    assert len(kernel.body.statements) > 100
    found, expected = (ast.parse(text).body[-1] for text in (print_source(kernel), parenthesised(kernel)))
    assert isinstance(found, ast.FunctionDef)
    assert isinstance(expected, ast.FunctionDef)
    for one, other in zip(found.body, expected.body, strict=True):
        assert ast.dump(Flat().visit(one)) == ast.dump(Flat().visit(other)), (
            f"{ast.unparse(one)} | {ast.unparse(other)}"
        )


def test_no_parentheses_where_none_are_needed(samples: tuple[Sampled, ...]) -> None:
    """No operand of the text can lose its parentheses and mean the same: tried on the shorter kernels."""
    tried = 0
    for sample in samples[:480]:
        text = sample.source
        if len(text) > 1_500:
            continue
        for start, end in _pairs(text):
            bare = f"{text[:start]} {text[start + 1 : end]} {text[end + 1 :]}"
            tried += 1
            try:
                same = ast.dump(ast.parse(bare)) == ast.dump(sample.tree)
            except SyntaxError:
                continue
            assert not same, f"({text[start + 1 : end]}) needs no parentheses\n{text}"
    assert tried > 100


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
