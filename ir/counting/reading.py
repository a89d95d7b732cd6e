"""The text of a listing, read into its functions: typed variables and statements, one a line.

Nothing here rests on comments: a listing may be stripped of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ir.counting.types import Layouts

# What has to stand before a literal is asked for after it: see `ir.normalise`.
_STRUCT = re.compile(r"struct (?<=^struct )(\w+)\n\{\n((?: {4}\S[^\n(=]*;\n)*)", re.MULTILINE)
_FIELD = re.compile(r"^ {4}(.+) \w+;$", re.MULTILINE)
# A blank line stands between two definitions. A native function may hold one too, but what follows it there does not
# look like the start of a definition.
_BETWEEN = re.compile(r"[};]\n\n+(?=// |#line |struct |template|static |extern |CUDA_CALLABLE )")
# A function's parameters have a line each, its head starts in the first column.
_FUNCTION = re.compile(r"^[^\s/#{}][^\n]*?(\w+)\(\n(.*?)\)\n\{\n(.*)", re.MULTILINE | re.DOTALL)
_PARAMETER = re.compile(r"^ *(\S.*?) ?(\w+),?$", re.MULTILINE)
_DECLARATION = re.compile(r"(?:const )?([A-Za-z_][\w:]*(?:<[^()=]*>)?[*&]?) (var_\w+)(?: = .*)?;")
# What else is a statement names a variable, as braces and the head of a kernel, which is the same for all, do not.
_STATEMENT = re.compile(r".*\bvar_|start_(?:for|while)_|\w+\(\);")
_PASSIVE: Final = ("//", "return ", "goto ")
_KERNEL = re.compile(r"\w+_(?:cpu|cuda)_kernel_forward")
_GENERATED: Final = ("var_", "ret_", "adj_")


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a listing: its parameters, and the types of all its variables, both in the words of C++.

    A native function's body is C++ of the user's own: it has no statements that could be read.
    """

    name: str
    parameters: tuple[str, ...]
    variables: dict[str, str]
    statements: tuple[str, ...]
    is_native: bool

    @property
    def is_kernel(self) -> bool:
        """Whether it is what is launched."""
        return _KERNEL.fullmatch(self.name) is not None


@dataclass(frozen=True, slots=True)
class Source:
    """A listing, read: its functions by name, which instances of a generic one share, and the sizes of its structs."""

    functions: dict[str, list[Function]]
    layouts: Layouts


def read_listing(listing: str) -> Source:
    """Return what a listing defines."""
    structs = {name: _FIELD.findall(fields) for name, fields in _STRUCT.findall(listing)}
    functions: dict[str, list[Function]] = {}
    for definition in _BETWEEN.split(listing):
        if not definition.startswith("struct ") and (match := _FUNCTION.search(definition)):
            functions.setdefault(match[1], []).append(_read_function(*match.groups()))
    return Source(functions, Layouts(structs))


def _read_function(name: str, parameters: str, body: str) -> Function:
    given = [(variable, kind) for kind, variable in _PARAMETER.findall(parameters)]
    variables = dict(given)
    if _KERNEL.fullmatch(name) is None and not _is_generated(list(variables), body):
        return Function(name, tuple(variables), variables, (), is_native=True)
    statements = []
    for line in body.split("\n"):
        text = line.strip()
        if text.startswith("var_"):
            statements.append(text)
        elif text.startswith(_PASSIVE):
            continue
        elif declared := _DECLARATION.match(text):
            variables[declared[2]] = declared[1]
        elif _STATEMENT.match(text):
            statements.append(text)
    return Function(name, tuple(name for name, _ in given), variables, tuple(statements), is_native=False)


def _is_generated(parameters: list[str], body: str) -> bool:
    """Whether Warp wrote the function: it names each parameter its way, and indents each line."""
    if parameters:
        return all(parameter.startswith(_GENERATED) for parameter in parameters)
    return all(line.startswith("    ") or not line for line in body.split("\n"))
