"""Breaks long lines where they are loosest, as formatters do: at operators, or between arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import libcst as cst

from grammar.templates import strength

WIDTH = 110  # columns of a line
INDENT = " " * 4
BESIDE = 3  # columns of an operator or a comma beside an operand


Separate = TypeVar("Separate", bound=cst.CSTNode)


def folded(code: str) -> str:
    """Lines of code, those over WIDTH columns broken."""
    return "\n".join(line if len(line) <= WIDTH else _folded(line) for line in code.split("\n"))


def _folded(line: str) -> str:
    code = line.lstrip(" ")
    indent = line[: len(line) - len(code)]
    otherwise = "el" * code.startswith("elif ")
    rest = " pass" * code.endswith(":")
    try:
        tree = cst.parse_module(code.removeprefix(otherwise) + rest)
    except cst.ParserSyntaxError:  # part of a statement that its template breaks itself
        return line
    broken = otherwise + tree.with_changes(body=[_statement(tree.body[0], WIDTH - len(indent))]).code.removesuffix(rest)
    return indent + broken.replace("\n", f"\n{indent}")


def _statement(node: cst.CSTNode, room: int) -> cst.CSTNode:
    """A statement on one line, or the head of one with a block, broken."""
    match node:
        case cst.SimpleStatementLine():
            return node.with_changes(body=[_statement(node.body[0], room)])
        case cst.If() | cst.While() | cst.Assert():
            return node.with_changes(test=_broken(node.test, room, 1))
        case cst.For():
            return node.with_changes(iter=_broken(node.iter, room, 1))
        case cst.FunctionDef():
            parameters = node.params.with_changes(params=_separated(node.params.params, 1))
            return node.with_changes(params=parameters, whitespace_before_params=_newline(1))
        case cst.Assign() | cst.AugAssign() | cst.AnnAssign() | cst.Return() | cst.Expr() if node.value is not None:
            return node.with_changes(value=_broken(node.value, room, 1))
        case _:
            return node


def _broken(node: cst.BaseExpression, room: int, deep: int) -> cst.BaseExpression:
    """An expression on a line of its own, in brackets whose contents stand `deep` further in."""
    inner, outer = _newline(deep), _newline(deep - 1)
    match node:
        case cst.BinaryOperation() | cst.BooleanOperation() | cst.Comparison() | cst.IfExp():
            left, right = cst.LeftParen(whitespace_after=inner), cst.RightParen(whitespace_before=outer)
            return _spread(node, room, deep).with_changes(lpar=(left,), rpar=(right,))
        case cst.Call() if node.args:
            if sum(len(_code(argument)) + 2 for argument in node.args) <= room - len(INDENT) * deep:
                arguments = [*node.args[:-1], node.args[-1].with_changes(whitespace_after_arg=outer)]
            else:
                arguments = _separated(
                    [each.with_changes(value=_alone(each.value, room, deep)) for each in node.args], deep
                )
            return node.with_changes(args=arguments, whitespace_before_args=inner)
        case cst.Tuple() if node.lpar and node.elements:
            elements = _separated(
                [each.with_changes(value=_alone(each.value, room, deep)) for each in node.elements], deep
            )
            return node.with_changes(elements=elements, lpar=(cst.LeftParen(whitespace_after=inner),))
        case cst.Dict() if node.elements:
            entries = _separated(node.elements, deep)
            return node.with_changes(elements=entries, lbrace=cst.LeftCurlyBrace(whitespace_after=inner))
        case cst.Subscript() | cst.Attribute():
            return node.with_changes(value=_broken(node.value, room, deep))
        case cst.UnaryOperation():
            return node.with_changes(expression=_broken(node.expression, room, deep))
        case _:
            return node


def _spread(node: cst.BaseExpression, room: int, deep: int) -> cst.BaseExpression:
    """An operation within brackets, with a line for each operand, also of those as loose that it begins with."""
    line = _newline(deep)
    match node:
        case cst.BinaryOperation() | cst.BooleanOperation():
            same = type(node.left) is type(node) and not node.left.lpar and strength(node.left) == strength(node)
            return node.with_changes(
                left=_spread(node.left, room, deep) if same else _operand(node.left, room, deep),
                operator=node.operator.with_changes(whitespace_before=line),
                right=_operand(node.right, room, deep),
            )
        case cst.Comparison():
            return node.with_changes(
                left=_operand(node.left, room, deep),
                comparisons=[
                    each.with_changes(
                        operator=each.operator.with_changes(whitespace_before=line),
                        comparator=_operand(each.comparator, room, deep),
                    )
                    for each in node.comparisons
                ],
            )
        case cst.IfExp():
            return node.with_changes(
                body=_operand(node.body, room, deep),
                test=_operand(node.test, room, deep),
                orelse=_operand(node.orelse, room, deep),
                whitespace_before_if=line,
                whitespace_before_else=line,
            )
        case _:
            return _broken(node, room, deep + 1)


def _operand(node: cst.BaseExpression, room: int, deep: int) -> cst.BaseExpression:
    """An operand on a line of its own, broken if that is too long."""
    return _broken(node, room, deep + 1) if _is_long(node, room, deep) else node


def _alone(node: cst.BaseExpression, room: int, deep: int) -> cst.BaseExpression:
    """An argument on a line of its own, spread over several if that is too long: the brackets are there already."""
    if not _is_long(node, room, deep):
        return node
    return _broken(node, room, deep + 1) if node.lpar else _spread(node, room, deep)


def _is_long(node: cst.BaseExpression, room: int, deep: int) -> bool:
    return len(_code(node)) + BESIDE > room - len(INDENT) * deep


def _separated(nodes: Sequence[Separate], deep: int) -> list[Separate]:
    """Arguments, elements or parameters with a line for each."""
    every = [each.with_changes(comma=cst.Comma(whitespace_after=_newline(deep))) for each in nodes]
    every[-1] = every[-1].with_changes(comma=cst.Comma(whitespace_after=_newline(deep - 1)))
    return every


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


def _newline(deep: int) -> cst.ParenthesizedWhitespace:
    """A line's end within brackets, and what the next one begins with."""
    return cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(INDENT * deep))
