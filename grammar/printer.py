"""Prints kernels as source text: templates parsed once by LibCST, instantiated by building their trees anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache

import libcst as cst

from grammar.term import Apply, Body, Filling, Function, Kernel, Literal, Name, Symbol
from grammar.types import (
    BOOL,
    FLOAT,
    INT,
    SHORT,
    Matrix,
    Quaternion,
    Scalar,
    Struct,
    Vector,
    is_float,
    scalar_of,
    spell,
)

Holes = Mapping[str, Filling]
Builder = Callable[[Holes], cst.CSTNode]
MARK = "hole_"
WIDTH = 110

# Binding strength, weakest first; what an operand must at least have to stand without parentheses.
TERNARY, OR, AND, NOT, COMPARISON, BIT_OR, BIT_XOR, BIT_AND, SHIFT, SUM, PRODUCT, UNARY, POWER, ATOM = range(14)
BINARY: Mapping[type[cst.BaseBinaryOp], int] = {
    cst.BitOr: BIT_OR,
    cst.BitXor: BIT_XOR,
    cst.BitAnd: BIT_AND,
    cst.LeftShift: SHIFT,
    cst.RightShift: SHIFT,
    cst.Add: SUM,
    cst.Subtract: SUM,
    cst.Multiply: PRODUCT,
    cst.Divide: PRODUCT,
    cst.FloorDivide: PRODUCT,
    cst.Modulo: PRODUCT,
    cst.MatrixMultiply: PRODUCT,
    cst.Power: POWER,
}
LEFT, RIGHT = (cst.LeftParen(),), (cst.RightParen(),)


def print_source(kernel: Kernel) -> str:
    """The complete module text of a kernel: the import, structs, functions and the kernel."""
    body: list[cst.SimpleStatementLine | cst.BaseCompoundStatement] = []
    body.extend(_struct(struct) for struct in kernel.structs)
    body.extend(_function(function) for function in kernel.functions)
    body.append(_definition("kernel", kernel.name, kernel.parameters, None, _statements(kernel.body)))
    return cst.Module(body=[_IMPORT, *body]).code


# --- definitions ----------------------------------------------------------------------------------------------------

_IMPORT = cst.parse_statement("import warp as wp\n")
_BLANK = (cst.EmptyLine(indent=False), cst.EmptyLine(indent=False))


@lru_cache(maxsize=1024)
def _annotation(text: str) -> cst.Annotation:
    return cst.Annotation(cst.parse_expression(text))


def _annotated(symbol: Symbol) -> str:
    text = spell(symbol.type)
    if symbol.extents:
        rank = len(symbol.extents)
        text = f"wp.array(dtype={text})" if rank == 1 else f"wp.array{rank}d(dtype={text})"
    return text


def _definition(
    decorator: str, name: str, symbols: Sequence[Symbol], returns: str | None, body: Sequence[cst.BaseStatement]
) -> cst.FunctionDef:
    parameters = [cst.Param(cst.Name(s.name), _annotation(_annotated(s)), star="") for s in symbols]
    width = sum(len(s.name) + len(_annotated(s)) + 4 for s in symbols) + len(name) + len(returns or "") + 8
    before: cst.BaseParenthesizableWhitespace = cst.SimpleWhitespace("")
    if width > WIDTH:  # one parameter a line
        before = _newline("    ")
        parameters = [p.with_changes(comma=cst.Comma(whitespace_after=before)) for p in parameters]
        parameters[-1] = parameters[-1].with_changes(comma=cst.Comma(whitespace_after=_newline("")))
    return cst.FunctionDef(
        name=cst.Name(name),
        params=cst.Parameters(parameters),
        whitespace_before_params=before,
        body=cst.IndentedBlock(body),
        decorators=[_decorator(decorator)],
        returns=None if returns is None else _annotation(returns),
        leading_lines=_BLANK,
    )


def _newline(indent: str) -> cst.ParenthesizedWhitespace:
    return cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(indent))


@lru_cache(maxsize=8)
def _decorator(name: str) -> cst.Decorator:
    return cst.Decorator(cst.Attribute(cst.Name("wp"), cst.Name(name)))


def _struct(struct: Struct) -> cst.ClassDef:
    lines = [
        cst.SimpleStatementLine([cst.AnnAssign(cst.Name(name), _annotation(spell(of)), None)])
        for name, of in struct.fields
    ]
    return cst.ClassDef(
        cst.Name(struct.name), cst.IndentedBlock(lines), decorators=[_decorator("struct")], leading_lines=_BLANK
    )


def _function(function: Function) -> cst.FunctionDef:
    result = cst.SimpleStatementLine([cst.Return(_expression(function.result, TERNARY))])
    return _definition(
        "func", function.name, function.parameters, spell(function.result.type), [*_statements(function.body), result]
    )


# --- terms ----------------------------------------------------------------------------------------------------------


def _statements(body: Body) -> list[cst.BaseStatement]:
    return [line for statement in body.statements for line in _statement(statement)]


def _statement(term: Apply) -> list[cst.BaseStatement]:
    holes = dict(term.holes())
    lines = _statement_lines(term, holes)
    return [_broken(line) for line in lines] if _width(term) > WIDTH else lines


def _width(term: Filling) -> int:
    """About how many columns a term takes, blocks aside."""
    match term:
        case Name(symbol):
            return len(symbol.name)
        case Symbol():
            return len(term.name)
        case Literal():
            return 12 if term.type not in {FLOAT, INT} else 3
        case Body():
            return 0
        case Apply():
            own = re.sub(r"{\w+}", "", term.overload.production.template)
            return len(own.strip()) + sum(map(_width, term.fillings))


def _broken(line: cst.BaseStatement) -> cst.BaseStatement:
    """A statement on one line, broken where it is loosest: at its operator, or between its arguments."""
    if isinstance(line, cst.If):
        return line.with_changes(test=_broken_expression(line.test))
    if not isinstance(line, cst.SimpleStatementLine):
        return line
    small = line.body[0]
    value = getattr(small, "value", None)
    if not isinstance(value, cst.BaseExpression):
        return line
    return line.with_changes(body=[small.with_changes(value=_broken_expression(value))])


def _broken_expression(node: cst.BaseExpression) -> cst.BaseExpression:
    match node:
        case cst.BinaryOperation() | cst.BooleanOperation():
            operator = node.operator.with_changes(whitespace_before=_newline("    "))
            left = cst.LeftParen(whitespace_after=_newline("    "))
            right = cst.RightParen(whitespace_before=_newline(""))
            return node.with_changes(operator=operator, lpar=(left,), rpar=(right,))
        case cst.Call() if node.args:
            comma = cst.Comma(whitespace_after=_newline("    "))
            arguments = [argument.with_changes(comma=comma) for argument in node.args]
            arguments[-1] = arguments[-1].with_changes(comma=cst.Comma(whitespace_after=_newline("")))
            return node.with_changes(args=arguments, whitespace_before_args=_newline("    "))
        case _:
            return node


def _statement_lines(term: Apply, holes: Holes) -> list[cst.BaseStatement]:
    return [build(holes) for build in _statement_builders(term.overload.production.template)]  # type: ignore[misc]  # statements build statements


def _expression(term: Filling, needed: int) -> cst.BaseExpression:
    """The tree of a term, in parentheses where what stands around it binds tighter than `needed`."""
    match term:
        case Name(symbol):
            return cst.Name(symbol.name)
        case Symbol():
            return cst.Name(term.name)
        case Literal():
            node, strength = _literal(term.value, term.type, term.start)
        case Apply():
            build, strength = _expression_builder(term.overload.production.template)
            node = build(dict(term.holes()))  # type: ignore[assignment]  # expressions build expressions
        case Body():
            message = "a block is no expression"
            raise ValueError(message)
    return node if strength >= needed else node.with_changes(lpar=LEFT, rpar=RIGHT)


@lru_cache(maxsize=4096)
def _literal(value: float, of: Scalar | Vector | Matrix | Quaternion, start: bool) -> tuple[cst.BaseExpression, int]:
    """A literal with its type, and how strongly it binds."""
    text = literal_text(value, of, start=start)
    return cst.parse_expression(text), UNARY if text.startswith("-") else ATOM


def literal_text(value: float, of: Scalar | Vector | Matrix | Quaternion, *, start: bool = False) -> str:
    """A literal as it is written: `0.5`, `wp.uint8(3)`, `wp.vec2(0.0, 0.0)`, `float(0.0)` for a local's first value."""
    scalar = scalar_of(of)
    assert scalar is not None
    if scalar == BOOL:
        return str(bool(value))
    plain = repr(float(value)) if is_float(scalar) else str(int(value))
    if start and not isinstance(of, Scalar) and scalar != FLOAT:
        return f"{spell(of)}()"
    if not isinstance(of, Scalar):
        count = of.length if isinstance(of, Vector) else 4 if isinstance(of, Quaternion) else of.rows * of.columns
        part = plain if scalar in {FLOAT, INT} else f"wp.{scalar.name}({plain})"
        return f"{spell(of)}({', '.join([part] * count)})"
    if scalar in {FLOAT, INT}:
        return f"{SHORT[scalar.name]}({plain})" if start else plain
    return f"wp.{scalar.name}({plain})"


# --- templates ------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8192)
def _expression_builder(template: str) -> tuple[Builder, int]:
    node = cst.parse_expression(_marked(template))
    return _builder(node, TERNARY), _strength(node)


@lru_cache(maxsize=8192)
def _statement_builders(template: str) -> tuple[Builder, ...]:
    return tuple(_builder(node, TERNARY) for node in cst.parse_module(_marked(template)).body)


def _marked(template: str) -> str:
    return re.sub(r"{(\w+)}", rf"{MARK}\1", template)


def _hole_of(node: object) -> str | None:
    return node.value.removeprefix(MARK) if isinstance(node, cst.Name) and node.value.startswith(MARK) else None


def _strength(node: cst.BaseExpression) -> int:
    match node:
        case cst.BinaryOperation():
            return BINARY[type(node.operator)]
        case cst.UnaryOperation():
            return NOT if isinstance(node.operator, cst.Not) else UNARY
        case cst.Comparison():
            return COMPARISON
        case cst.BooleanOperation():
            return AND if isinstance(node.operator, cst.And) else OR
        case cst.IfExp():
            return TERNARY
        case _:
            return ATOM


def _needed(parent: cst.CSTNode, field: str, outer: int) -> int:
    """How strongly what stands in a field of a node must bind."""
    match parent:
        case cst.BinaryOperation():
            strength = BINARY[type(parent.operator)]
            power = isinstance(parent.operator, cst.Power)
            # Python chains to the left, powers to the right.
            return strength + ((field == "right") != power)
        case cst.UnaryOperation():
            return NOT if isinstance(parent.operator, cst.Not) else UNARY
        case cst.Comparison() | cst.ComparisonTarget():
            return COMPARISON + 1
        case cst.BooleanOperation():
            # `a and (b and c)` keeps its parentheses: it is another tree than `(a and b) and c`.
            return (AND if isinstance(parent.operator, cst.And) else OR) + (field == "right")
        case cst.IfExp():
            return TERNARY + (field != "orelse")
        case cst.Attribute() | cst.Subscript() | cst.Call() if field in {"value", "func"}:
            return ATOM
        case _:
            return outer if isinstance(parent, cst.SimpleWhitespace) else TERNARY


def _builder(node: cst.CSTNode, needed: int) -> Builder:
    """What builds a node of a template once its holes are known; a node without holes is shared."""
    hole = _hole_of(node)
    if hole is not None:
        return lambda holes: _expression(holes[hole], needed)
    if isinstance(node, cst.IndentedBlock):
        return _suite_builder(node)
    parts: list[tuple[str, Builder | tuple[Builder, ...]]] = []
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, cst.CSTNode) and _has_hole(value):
            parts.append((field.name, _builder(value, _needed(node, field.name, needed))))
        elif isinstance(value, list | tuple) and any(isinstance(v, cst.CSTNode) and _has_hole(v) for v in value):
            parts.append((field.name, tuple(_builder(v, _needed(node, field.name, needed)) for v in value)))
    if not parts:
        return lambda _: node

    def build(holes: Holes) -> cst.CSTNode:
        changes = {
            name: [part(holes) for part in builder] if isinstance(builder, tuple) else builder(holes)
            for name, builder in parts
        }
        return node.with_changes(**changes)

    return build


def _suite_builder(node: cst.IndentedBlock) -> Builder:
    """A suite: a line that is but a hole stands for the statements of a block."""
    lines: list[tuple[str | None, Builder]] = []
    for line in node.body:
        block = None
        if isinstance(line, cst.SimpleStatementLine) and isinstance(line.body[0], cst.Expr):
            block = _hole_of(line.body[0].value)
        lines.append((block, _builder(line, TERNARY)))

    def build(holes: Holes) -> cst.CSTNode:
        body: list[object] = []
        for block, builder in lines:
            filling = holes[block] if block is not None else None
            if isinstance(filling, Body):
                body.extend(_statements(filling))
            else:
                body.append(builder(holes))
        return node.with_changes(body=body)

    return build


def _has_hole(node: cst.CSTNode) -> bool:
    return _hole_of(node) is not None or any(_has_hole(child) for child in node.children)
