"""Prints kernels as source text: templates parsed once by LibCST, instantiated by building their trees anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache

import libcst as cst

from grammar.production import Define, Overload
from grammar.signature import HOST
from grammar.term import Apply, Body, Filling, Function, Kernel, Literal, Name, Symbol, parts
from grammar.types import (
    BOOL,
    FLOAT,
    INT,
    SHORT,
    Array,
    Matrix,
    Quaternion,
    Scalar,
    Struct,
    Tile,
    Transformation,
    Type,
    Vector,
    definition,
    is_float,
    scalar_of,
    spell,
)

# How people write who name every width.
EXPLICITLY = {"float": "wp.float32", "int": "wp.int32"}
EXPLICITLY |= {
    f"wp.{name}": f"wp.{name}f"
    for name in (
        *["vec2", "vec3", "vec4", "mat22", "mat33", "mat44", "quat", "transform", "spatial_vector", "spatial_matrix"],
    )
}
# Not where it makes a value: of two vectors, Warp makes a `spatial_vector` but no `spatial_vectorf`.
EXPLICIT = re.compile(
    r"(?<![\w.])(?:" + "|".join(map(re.escape, EXPLICITLY)) + r")\b(?!\s*=)(?<!wp\.spatial_vector(?=\())"
)

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement
Holes = Mapping[str, Filling]
Builder = Callable[[Holes], cst.CSTNode]
MARK = "hole_"
# What a module imports beside Warp, by the word that needs it.
IMPORTS = (
    ("ctypes", "import ctypes\n"),
    ("Enum", "from enum import Enum\n"),
    ("IntEnum", "from enum import IntEnum\n"),
    ("IntFlag", "from enum import IntFlag\n"),
    ("math", "import math\n"),
    ("np", "import numpy as np\n"),
    ("Any", "from typing import Any\n"),
    ("Callable", "from typing import Callable\n"),
)
WIDTH = 110
WIDEST = Matrix(6, 6, FLOAT)  # too many zeros to write

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
    body: list[Statement] = [_struct(struct) for struct in kernel.structs]
    body += [line for symbol in kernel.definitions for line in _lines(symbol.text)]
    body += [_function(function) for function in kernel.functions]
    made = _definition("kernel", kernel.name, kernel.parameters, None, _statements(kernel.body), generic=kernel.generic)
    if kernel.closure:
        body += _factory(kernel, made)
    else:
        if kernel.constants:
            body = [*_constants(kernel.constants), *body]
        body.append(made)
    code = cst.Module(body=body).code + _overload(kernel)
    text = "".join([*_imports(code), *_type_definitions(kernel, code), code])
    return EXPLICIT.sub(lambda found: EXPLICITLY[found[0]], text) if kernel.explicit else text


# --- definitions ----------------------------------------------------------------------------------------------------


def _imports(code: str) -> list[str]:
    """The lines of imports that a module's text needs."""
    lines = [line for word, line in IMPORTS if re.search(rf"\b{word}\b", code)]
    return [*lines, "\n" if lines else "", "import warp as wp\n"]


def _type_definitions(kernel: Kernel, code: str) -> list[str]:
    """The lines that define the types which Warp has no name for, each once."""
    found: dict[str, str] = {}
    for part in parts(kernel):
        for of in _types_of(part):
            line = definition(of)
            if line is not None and re.search(rf"\b{spell(of)}\b", code):
                found[spell(of)] = line
    return ["\n", *(f"{line}\n" for line in found.values())] if found else []


@lru_cache(maxsize=16384)
def _types_at(overload: Overload) -> tuple[Type, ...]:
    """The types that an overload mentions and Warp may have no name for."""
    found: list[object] = [overload.result]
    for _, hole in overload.holes:
        found.append(getattr(hole, "pattern", None))
        found += [of for _, of in hole.types] if isinstance(hole, Define) else []
    found += [of.element for of in found if isinstance(of, Array | Tile)]
    return tuple(of for of in found if isinstance(of, Vector | Matrix | Quaternion | Transformation))


def _types_of(part: Filling) -> tuple[Type, ...]:
    if isinstance(part, Apply):
        return _types_at(part.overload)
    if isinstance(part, Symbol):
        if isinstance(part.type, Struct):
            return tuple(of.element if isinstance(of, Array) else of for _, of in part.type.fields)
        return (part.type,)
    return (part.type,) if isinstance(part, Literal) else ()


def _overload(kernel: Kernel) -> str:
    """The line that says for which types a generic kernel is compiled."""
    types = {s.name: _annotated(s) for s in kernel.parameters if s.type in kernel.generic and not s.text}
    if not types:
        return ""
    line = f"wp.overload({kernel.name}, {{{', '.join(f'{name!r}: {of}' for name, of in types.items())}}})".replace(
        "'", '"'
    )
    if len(line) > WIDTH:
        inner = "".join(f'        "{name}": {of},\n' for name, of in types.items())
        line = f"wp.overload(\n    {kernel.name},\n    {{\n{inner}    }},\n)"
    return f"\n\n{line}\n"


def _lines(text: str) -> list[Statement]:
    """The statements of a definition, set off from what stands above."""
    first, *rest = cst.parse_module(text).body
    first = first.with_changes(leading_lines=_BLANK)
    return [first, *rest]


def _constants(constants: Sequence[Symbol]) -> list[Statement]:
    """The lines that give numbers their names."""
    lines = [cst.parse_statement(f"{symbol.name} = wp.constant({symbol.text})\n") for symbol in constants]
    return [lines[0].with_changes(leading_lines=_BLANK[:1]), *lines[1:]]


def _factory(kernel: Kernel, made: cst.FunctionDef) -> list[Statement]:
    """A function that makes the kernel for some numbers, and a call of it."""
    name = f"make_{kernel.name}"
    inner = [
        made.with_changes(leading_lines=()),
        cst.SimpleStatementLine([cst.Return(cst.Name(kernel.name))], leading_lines=_BLANK[:1]),
    ]
    given = ", ".join(symbol.text for symbol in kernel.constants)
    called = cst.parse_statement(f"{kernel.name} = {name}({given})\n")
    return [_definition(None, name, kernel.constants, None, inner), called.with_changes(leading_lines=_BLANK)]


_BLANK = (cst.EmptyLine(indent=False), cst.EmptyLine(indent=False))


@lru_cache(maxsize=1024)
def _annotation(text: str) -> cst.Annotation:
    return cst.Annotation(cst.parse_expression(text))


def _annotated(symbol: Symbol, generic: frozenset[Type] = frozenset()) -> str:
    if symbol.role.startswith(HOST):
        return symbol.text
    text = "Any" if symbol.type in generic else spell(symbol.type)
    if symbol.extents:
        rank = len(symbol.extents)
        text = f"wp.array(dtype={text})" if rank == 1 else f"wp.array{rank}d(dtype={text})"
    return text


def _definition(
    decorator: str | None,
    name: str,
    symbols: Sequence[Symbol],
    returns: str | None,
    body: Sequence[cst.BaseStatement],
    *,
    generic: frozenset[Type] = frozenset(),
) -> cst.FunctionDef:
    parameters = [cst.Param(cst.Name(s.name), _annotation(_annotated(s, generic)), star="") for s in symbols]
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
        decorators=[] if decorator is None else [_decorator(decorator)],
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
    returns = spell(function.result.type) if function.annotated else None
    generic = frozenset(symbol.type for symbol in function.parameters if function.generic)
    body = [*_statements(function.body), result]
    return _definition("func", function.name, function.parameters, returns, body, generic=generic)


# --- terms ----------------------------------------------------------------------------------------------------------


def _statements(body: Body) -> list[cst.BaseStatement]:
    return [line for statement in body.statements for line in _statement(statement)]


def _statement(term: Apply) -> list[cst.BaseStatement]:
    holes = dict(term.holes())
    lines = _statement_lines(term, holes)
    return [_broken(line) if _is_wide(line) else line for line in lines] if _width(term) > WIDTH else lines


def _is_wide(line: cst.BaseStatement) -> bool:
    """Whether the first line of a statement is too long."""
    code = cst.Module([]).code_for_node(line)
    return max(len(text) for text in code.split("\n")[:2]) > WIDTH - 12


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


def _broken_expression(node: cst.BaseExpression, deep: int = 1) -> cst.BaseExpression:
    """An expression broken where it is loosest, and what is still too long in it again."""
    inner, outer = "    " * deep, "    " * (deep - 1)
    match node:
        case cst.BinaryOperation() | cst.BooleanOperation():
            operator = node.operator.with_changes(whitespace_before=_newline(inner))
            left = cst.LeftParen(whitespace_after=_newline(inner))
            right = cst.RightParen(whitespace_before=_newline(outer))
            sides = {"left": _shortened(node.left, deep + 1), "right": _shortened(node.right, deep + 1)}
            return node.with_changes(operator=operator, lpar=(left,), rpar=(right,), **sides)
        case cst.Call() if node.args:
            comma = cst.Comma(whitespace_after=_newline(inner))
            arguments = [
                argument.with_changes(comma=comma, value=_shortened(argument.value, deep + 1)) for argument in node.args
            ]
            arguments[-1] = arguments[-1].with_changes(comma=cst.Comma(whitespace_after=_newline(outer)))
            return node.with_changes(args=arguments, whitespace_before_args=_newline(inner))
        case _:
            return node


def _shortened(node: cst.BaseExpression, deep: int) -> cst.BaseExpression:
    """An expression on a line of its own, broken if that is too long."""
    code = cst.Module([]).code_for_node(node)
    return _broken_expression(node, deep) if len(code) > WIDTH - 4 * deep - 12 else node


def _statement_lines(term: Apply, holes: Holes) -> list[cst.BaseStatement]:
    return [build(holes) for build in _statement_builders(term.overload.production.template)]  # type: ignore[misc]  # statements build statements


def _expression(term: Filling, needed: int) -> cst.BaseExpression:
    """The tree of a term, in parentheses where what stands around it binds tighter than `needed`."""
    match term:
        case Name(symbol):
            return _name(symbol.name)
        case Symbol():
            return _name(term.name)
        case Literal():
            node, strength = _literal(term.value, term.type, term.start)
        case Apply():
            build, strength = _expression_builder(term.overload.production.template)
            node = build(dict(term.holes()))  # type: ignore[assignment]  # expressions build expressions
        case Body():
            message = "a block is no expression"
            raise ValueError(message)
    return node if strength >= needed else node.with_changes(lpar=LEFT, rpar=RIGHT)


def _name(name: str) -> cst.BaseExpression:
    """A name, dotted or not."""
    return cst.parse_expression(name) if "." in name else cst.Name(name)


@lru_cache(maxsize=4096)
def _literal(value: float, of: Type, start: bool) -> tuple[cst.BaseExpression, int]:
    """A literal with its type, and how strongly it binds."""
    text = literal_text(value, of, start=start)
    return cst.parse_expression(text), UNARY if text.startswith("-") else ATOM


def literal_text(value: float, of: Type, *, start: bool = False) -> str:
    """A literal as it is written: `0.5`, `wp.uint8(3)`, `wp.vec2(0.0, 0.0)`, `float(0.0)` for a local's first value."""
    scalar = scalar_of(of)
    assert scalar is not None
    if scalar == BOOL:
        return str(bool(value))
    plain = repr(float(value)) if is_float(scalar) else str(int(value))
    if start and (isinstance(of, Transformation) or (not isinstance(of, Scalar) and scalar != FLOAT) or of == WIDEST):
        return f"{spell(of)}()"
    if not isinstance(of, Scalar):
        assert isinstance(of, Vector | Matrix | Quaternion), of
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

    changing = {name for name, _ in parts}
    kind = type(node)
    shared = tuple((field.name, getattr(node, field.name)) for field in fields(node) if field.name not in changing)

    def build(holes: Holes) -> cst.CSTNode:
        # What `with_changes` does, but it asks again whether the tree is valid, most of the time of printing.
        made = kind.__new__(kind)
        for name, value in shared:
            object.__setattr__(made, name, value)
        for name, builder in parts:
            part = [each(holes) for each in builder] if isinstance(builder, tuple) else builder(holes)
            object.__setattr__(made, name, part)
        return made

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
