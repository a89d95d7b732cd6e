"""PTX of one kernel: its entry points and what they reach, cut from the module that NVRTC makes of Warp's text.

A module holds some 30 kB of tables and constants of Warp's headers, whatever the kernel is; most kernels use none.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ir.reach import reached

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = re.compile(r"^\.(?:version|target|address_size)\b.*$", re.MULTILINE)
_COMMENT = re.compile(r"^\s*//.*\n", re.MULTILINE)
_FUNCTION = re.compile(r"\.(?:func|entry)\s+(?:\([^)]*\)\s*)?([\w$]+)")
_VARIABLE = re.compile(r"\.(?:const|global|shared|extern|visible|weak)\b[^=;]*?([\w$]+)\s*(?:\[[^\]]*\]\s*)*(?:=|;)")
_NAME = re.compile(r"(?<![\w$%.])[A-Za-z_$][\w$]*")
# Names of internal linkage hold the name of the file that was compiled, and a hash of it; the number is their length.
_INTERNAL = re.compile(r"\d+_INTERNAL_[0-9a-f]{8}_\d+_\w+?_cu_[0-9a-f]{8}(?:_\d+)?(?=\d|[A-Z]|\b)")
_INSTRUCTION = re.compile(r"^\s+(?:@!?%\w+\s+)?[a-z]\w*(?:\.[\w:]+)*(?:\s[^;]*)?;", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Item:
    """One function or variable of a module: its name, and its text."""

    name: str
    text: str
    is_entry: bool

    @property
    def mentioned(self) -> set[str]:
        """Every name in the text."""
        return set(_NAME.findall(self.text))


def cut(module: bytes) -> str:
    """Return the text of a module with what its entry points do not reach left out.

    The module ends in a NUL byte as NVRTC writes it; comments and names that depend on where it was compiled are left
    out too, so that equal kernels have equal texts.
    """
    text = _INTERNAL.sub("10_INTERNAL_", module.decode().rstrip("\0"))
    header = _HEADER.findall(text)
    items = list(_items(_COMMENT.sub("", text[text.index(header[-1]) + len(header[-1]) :])))
    taken = reached({item.name for item in items if item.is_entry}, _mentioned(items))
    return "\n".join(["\n".join(header), "", *(item.text for item in items if item.name in taken)])


def instructions(text: str) -> dict[str, int]:
    """Return how many instructions each entry point has, by its name, functions that it reaches included."""
    items = list(_items(_COMMENT.sub("", text)))
    counts: Counter[str] = Counter()
    for item in items:
        counts[item.name] += len(_INSTRUCTION.findall(item.text.partition("\n{")[2]))
    mentioned = _mentioned(items)
    return {item.name: sum(counts[each] for each in reached({item.name}, mentioned)) for item in items if item.is_entry}


def _mentioned(items: list[Item]) -> dict[str, set[str]]:
    """Return which of these each one mentions, by name: a function may be declared, then defined."""
    names = {item.name for item in items}
    found: dict[str, set[str]] = {name: set() for name in names}
    for item in items:
        found[item.name] |= item.mentioned & names
    return found


def _items(text: str) -> Iterator[Item]:
    """Yield what a module declares and defines, in order: each ends at a semicolon or brace outside of all braces."""
    lines: list[str] = []
    depth = 0
    for line in text.splitlines():
        if not lines and not line.strip():
            continue
        if not lines and _HEADER.match(line):
            continue
        lines.append(line)
        depth += line.count("{") - line.count("}")
        last = line.rstrip()
        if depth == 0 and last.endswith((";", "}")):
            yield _item("\n".join(lines) + "\n")
            lines = []
    assert not lines, f"a PTX module ends inside of {lines[0]!r}"


def _item(text: str) -> Item:
    head = text.partition("\n{")[0]
    match = _FUNCTION.search(head) or _VARIABLE.search(head)
    assert match is not None, f"no name in {head[:200]!r}"
    return Item(match[1], text, ".entry" in head)
