"""Breaks the long lines of a script within their brackets."""

import re
import textwrap
from collections.abc import Iterator

WIDTH = 110
INDENT = " " * 4
SHORT = 40  # columns of an item that shares its line with others


def laid_out(code: str, indent: str = "", end: str = "") -> str:
    """A line of code, broken at the commas of the outermost brackets at its end where it is too long.

    Strings in it hold no brackets; `end` is what follows it.
    """
    prefix, items, close = _opened(code)
    if len(indent + code + end) <= WIDTH or not items:
        return indent + code + end
    inner = indent + INDENT
    if prefix.endswith("[") and all(len(item) <= SHORT for item in items):
        wrapped = textwrap.wrap(", ".join(item.replace(" ", "\0") for item in items) + ",", WIDTH - len(inner))
        lines = [inner + line.replace("\0", " ") for line in wrapped]
    else:
        lines = [laid_out(item, inner, ",") for item in items]
    return "\n".join([indent + prefix, *lines, indent + close + end])


def _opened(code: str) -> tuple[str, list[str], str]:
    """A line up to the brackets that it ends with, what is in them, and how they are closed."""
    depths = list(_depths(code))
    if not code or code[-1] not in ")]":
        return code, [], ""
    start = max(i for i, depth in enumerate(depths) if depth == 0 and code[i] in "([")
    inside = code[start + 1 : -1]
    cuts = [i for i in range(start + 1, len(code) - 1) if code[i] == "," and depths[i] == 1]
    bounds = zip([start, *cuts], [*cuts, len(code) - 1], strict=True)
    return code[: start + 1], [code[a + 1 : b].strip() for a, b in bounds] if inside else [], code[-1]


def _depths(code: str) -> Iterator[int]:
    """How many brackets are open around each character; around a bracket, without itself."""
    depth = 0
    for character in code:
        depth -= character in ")]"
        yield depth
        depth += character in "(["


def blocks(source: str) -> tuple[list[str], list[str]]:
    """The imports of a module's text, and its parts that stand apart from each other: definitions, in their order."""
    imports = [line for line in source.splitlines() if line.startswith(("import ", "from "))]
    code = re.sub(r"\A(from .*\n|import .*\n|\n)+", "", source)
    return imports, [block.strip("\n") for block in re.split(r"\n{3,}(?=\S)", code)]
