"""Templates as text with holes: LibCST says how tightly the place of each hole binds.

LibCST prints a tree exactly as it was written, so a template is parsed once, for its structure; what is printed for a
kernel is the template's own text with its holes filled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache

import libcst as cst

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
HOLE = re.compile(r"^( *)\{(\w+)\}$|(?<!\{)\{(\w+)\}(?!\})", re.MULTILINE)
MARK = re.compile(r"hole(\d+)_")
BETWEEN = re.compile("^[lr](par|bracket|brace)$|whitespace|lines|comma|semicolon|operator|header|footer|indent|newline")
"""The fields of LibCST's nodes for what stands between names."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A hole in a template's text."""

    hole: str
    needed: int  # how tightly what fills it has to bind to stand without parentheses
    indent: str | None = None  # where it is a line by itself, and may be a block: what the line begins with


@dataclass(frozen=True, slots=True)
class Template:
    """A template's text, cut at its holes."""

    parts: tuple[str | Slot, ...]
    strength: int = ATOM  # how tightly it binds by itself, if it is an expression


@lru_cache(maxsize=8192)
def expression_template(template: str) -> Template:
    """The template of an expression."""
    node = cst.parse_expression(_marked(template))
    return _cut(template, cst.Expr(node), ATOM if node.lpar else strength(node))


@lru_cache(maxsize=8192)
def statement_template(template: str) -> Template:
    """The template of statements, one or more lines."""
    template = template.rstrip("\n")
    return _cut(template, cst.parse_module(_marked(template)), ATOM)


def _marked(template: str) -> str:
    """A template with a name in the place of each hole, by its number."""
    count = iter(range(len(template)))
    return HOLE.sub(lambda found: f"{found[1] or ''}hole{next(count)}_", template)


def _cut(template: str, node: cst.CSTNode, binds: int) -> Template:
    needed = dict(_needs(node))
    parts: list[str | Slot] = []
    end = 0
    for number, found in enumerate(HOLE.finditer(template)):
        parts += [_plain(template[end : found.start()]), Slot(found[2] or found[3], needed[number], found[1])]
        end = found.end()
    return Template(tuple(part for part in (*parts, _plain(template[end:])) if part), binds)


def _plain(text: str) -> str:
    """The text of a template between holes: braces stand twice in it."""
    return text.replace("{{", "{").replace("}}", "}")


def _needs(node: cst.CSTNode) -> Iterator[tuple[int, int]]:
    """The number of each hole below a node, with how tightly what fills it has to bind."""
    for field in _inner(type(node)):
        value = getattr(node, field)
        for child in value if isinstance(value, list | tuple) else (value,):
            if not isinstance(child, cst.Name):
                yield from _needs(child)
            elif found := MARK.fullmatch(child.value):
                yield int(found[1]), TERNARY if child.lpar else _needed(node, field)


@lru_cache(maxsize=256)
def _inner(kind: type[object]) -> tuple[str, ...]:
    """The fields of a kind of nodes that expressions and statements may stand in; none of what is no node."""
    every = fields(kind) if is_dataclass(kind) else ()
    return tuple(field.name for field in every if not BETWEEN.search(field.name))


def strength(node: cst.BaseExpression) -> int:
    """How tightly an expression without parentheses binds."""
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


def _needed(parent: cst.CSTNode, field: str) -> int:
    """How strongly what stands in a field of a node must bind."""
    match parent:
        case cst.BinaryOperation():
            power = isinstance(parent.operator, cst.Power)
            # Python chains to the left, powers to the right.
            return strength(parent) + ((field == "right") != power)
        case cst.UnaryOperation():
            return strength(parent)
        case cst.Comparison() | cst.ComparisonTarget():
            return COMPARISON + 1
        case cst.BooleanOperation():
            # `a and (b and c)` keeps its parentheses: it is another tree than `(a and b) and c`.
            return strength(parent) + (field == "right")
        case cst.IfExp():
            return TERNARY + (field != "orelse")
        case cst.Attribute() | cst.Subscript() | cst.Call() if field in {"value", "func"}:
            return ATOM
        case _:
            return TERNARY
