"""Breaks the long lines of a script within their brackets."""

import re
import textwrap
from collections.abc import Iterator

WIDTH = 110
INDENT = " " * 4
OPEN, CLOSE = "([{", ")]}"
SHORT = 40  # columns of an item that shares its line with others


def laid_out(code: str, indent: str = "", end: str = "") -> str:
    """A line of code, broken at the commas in its longest brackets where it is too long; `end` follows it.

    No string in it holds a bracket.
    """
    prefix, items, rest = _opened(code)
    if len(indent + code + end) <= WIDTH or not items:
        return indent + code + end
    inner = indent + INDENT
    if prefix.endswith("[") and all(len(item) <= SHORT for item in items):
        wrapped = textwrap.wrap(", ".join(item.replace(" ", "\0") for item in items) + ",", WIDTH - len(inner))
        lines = [inner + line.replace("\0", " ") for line in wrapped]
    else:
        comma = "" if prefix.endswith("(") and len(items) == 1 else ","  # which would make a tuple
        lines = [laid_out(item, inner, comma) for item in items if item]
    return "\n".join([indent + prefix, *lines, indent + rest + end])


def _opened(code: str) -> tuple[str, list[str], str]:
    """A line up to its longest brackets, what is in them between commas, and what follows."""
    depths = list(_depths(code))
    outer = [i for i, depth in enumerate(depths) if depth == 0]
    pairs = zip([i for i in outer if code[i] in OPEN], [i for i in outer if code[i] in CLOSE], strict=True)
    start, stop = max(pairs, key=lambda pair: pair[1] - pair[0], default=(0, 1))
    if stop - start < 2:
        return code, [], ""
    cuts = [i for i in range(start + 1, stop) if code[i] == "," and depths[i] == 1]
    items = [code[a + 1 : b].strip() for a, b in zip([start, *cuts], [*cuts, stop], strict=True)]
    return code[: start + 1], items, code[stop:]


def _depths(code: str) -> Iterator[int]:
    """How many brackets are open around each character; around a bracket, without itself."""
    depth = 0
    for character in code:
        depth -= character in CLOSE
        yield depth
        depth += character in OPEN


def blocks(source: str) -> tuple[list[str], list[str]]:
    """The imports of a module's text, and its parts that stand apart from each other: definitions, in their order."""
    imports = [line for line in source.splitlines() if line.startswith(("import ", "from "))]
    code = re.sub(r"\A(from .*\n|import .*\n|\n)+", "", source)
    return imports, [block.strip("\n") for block in re.split(r"\n{3,}(?=\S)", code)]
