"""Templates as text with holes: LibCST says how tightly the place of each hole binds.

LibCST prints a tree exactly as it was written, so a template is parsed once, for its structure; what is printed for a
kernel is the template's own text with its holes filled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
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
    return _cut(template, node, ATOM if node.lpar else strength(node))


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
    needed = dict(_needs(node, TERNARY))
    parts: list[str | Slot] = []
    end = 0
    for number, found in enumerate(HOLE.finditer(template)):
        parts += [_plain(template[end : found.start()]), Slot(found[2] or found[3], needed[number], found[1])]
        end = found.end()
    return Template(tuple(part for part in (*parts, _plain(template[end:])) if part), binds)


def _plain(text: str) -> str:
    """The text of a template between holes: braces stand twice in it."""
    return text.replace("{{", "{").replace("}}", "}")


def _needs(node: cst.CSTNode, needed: int) -> Iterator[tuple[int, int]]:
    """The number of each hole, with how tightly what fills it has to bind."""
    if isinstance(node, cst.Name):
        if found := MARK.fullmatch(node.value):
            yield int(found[1]), TERNARY if node.lpar else needed
        return
    for field in fields(node):
        value = getattr(node, field.name)
        for child in value if isinstance(value, list | tuple) else (value,):
            if isinstance(child, cst.CSTNode):
                yield from _needs(child, _needed(node, field.name))


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
