"""The generated text of a unit, taken apart into its definitions and put together as a listing.

Warp writes definitions one after another, each closed by a brace in the first column: structs with the functions that
their adjoints need, forward functions, adjoint functions, the argument struct (CPU), the kernels, and the entry points
(CPU), which are the same for all kernels and are left out of a listing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from ir.records import Listing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# The last line of the text that all modules share: includes, macros for thread indices and casts.
_PRELUDE_END = "#define adj_int(x, adj_x, adj_ret) adj_cast_int(x, adj_x, adj_ret)\n"

_COMMENT = re.compile(r"//[^\n]*")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_STRUCT = re.compile(r"^struct (\w+)\s*$", re.MULTILINE)
_ARGUMENTS = re.compile(r"^struct (wp_args_\w+) \{", re.MULTILINE)
_KERNEL = re.compile(r"(\w+)_(?:cpu|cuda)_kernel_(forward|backward)\(")
_FUNCTION = re.compile(r"^(?:template<[^\n]*>\n)?static [^\n]*?(\w+)\($", re.MULTILINE)
_FUNCTION_SOURCE = re.compile(r"^// .+\.py:\d+$", re.MULTILINE)
# Functions of Warp's own that are written in Python are named by where Warp is installed, which is nobody's business.
_WARP_SOURCE = re.compile(r"^// .*/(warp/.+\.py:\d+)$", re.MULTILINE)
_COMPANION = re.compile(r"^(?:static )?CUDA_CALLABLE ", re.MULTILINE)
_HASHED_STRUCT = re.compile(r"^struct (\w+)_([0-9a-f]{8})\s*$", re.MULTILINE)


class Kind(Enum):
    """What a definition is."""

    STRUCT = auto()
    COMPANION = auto()  # of a struct, for adjoints: adj_S, add, adj_atomic_add
    FUNCTION = auto()
    ADJOINT = auto()
    ARGUMENTS = auto()
    FORWARD = auto()
    BACKWARD = auto()
    ENTRY = auto()


@dataclass(frozen=True, slots=True)
class Definition:
    """One top-level definition: what it is, the name it defines, and its text."""

    kind: Kind
    name: str
    text: str

    @property
    def mentioned(self) -> frozenset[str]:
        """Every identifier in the code."""
        return frozenset(_IDENTIFIER.findall(_COMMENT.sub("", self.text)))


def split_prelude(text: str) -> tuple[str, str]:
    """Split generated text into what all modules share and the definitions of this one."""
    prelude, end, body = text.partition(_PRELUDE_END)
    assert end, "Warp's generated text has another prelude than the one this module knows"
    return prelude + end, body


def definitions(body: str) -> list[Definition]:
    """Split the text after the prelude into its definitions, in order."""
    found: list[Definition] = []
    struct = ""
    for text in _chunks(body):
        definition = _classify(text, struct)
        if definition.kind is Kind.STRUCT:
            struct = definition.name
        found.append(definition)
    return found


def extract(text: str) -> Listing:
    """Make the listing of the one kernel in `text`; each part holds what its kernel needs, in Warp's order."""
    found = definitions(_WARP_SOURCE.sub(r"// \1", _plain_struct_names(split_prelude(text)[1])))
    return Listing(forward=_closure(found, Kind.FORWARD), backward=_closure(found, Kind.BACKWARD))


def _chunks(body: str) -> Iterator[str]:
    lines: list[str] = []
    for line in body.splitlines(keepends=True):
        lines.append(line)
        if line.startswith("}"):
            yield "".join(lines).strip("\n") + "\n"
            lines.clear()
    assert not "".join(lines).strip(), f"text after the last definition: {''.join(lines)!r}"


def _classify(text: str, struct: str) -> Definition:
    head = text.partition("\n{")[0]
    if match := _ARGUMENTS.search(head):
        return Definition(Kind.ARGUMENTS, match[1], text)
    if match := _KERNEL.search(head):
        kind = Kind.FORWARD if match[2] == "forward" else Kind.BACKWARD
        return Definition(kind, match[1], text)
    if _FUNCTION_SOURCE.search(head) and (match := _FUNCTION.search(head)):
        kind = Kind.ADJOINT if match[1].startswith("adj_") else Kind.FUNCTION
        return Definition(kind, match[1], text)
    if (match := _STRUCT.search(head)) and "_cpu_block_payload_" not in match[1]:
        return Definition(Kind.STRUCT, match[1], text)
    if _COMPANION.search(head):
        return Definition(Kind.COMPANION, struct, text)
    return Definition(Kind.ENTRY, "", text)


def _closure(found: Sequence[Definition], root: Kind) -> str:
    """Return the text of the kernel of kind `root` and of all it mentions, directly or not."""
    by_name: dict[str, Definition] = {}
    for definition in found:
        if definition.kind in {Kind.STRUCT, Kind.FUNCTION, Kind.ADJOINT, Kind.ARGUMENTS}:
            by_name[definition.name] = definition
    wanted = [definition for definition in found if definition.kind is root]
    if not wanted:
        return ""
    taken: set[str] = set()
    has_adjoint = root is Kind.BACKWARD
    while wanted:
        definition = wanted.pop()
        has_adjoint = has_adjoint or definition.kind is Kind.ADJOINT
        for name in definition.mentioned & by_name.keys() - taken:
            taken.add(name)
            wanted.append(by_name[name])
    # Companions are found by overload resolution, inside templates too, so a mention cannot be looked for.
    parts = [
        definition.text
        for definition in found
        if definition.kind is root
        or (definition.name in taken and (has_adjoint or definition.kind is not Kind.COMPANION))
    ]
    return "\n".join(parts)


def _plain_struct_names(body: str) -> str:
    """Drop the hash from struct names, `Body_1a2b3c4d` to `Body`; number those that would then be ambiguous.

    A name in lower case keeps a number too: it could be a word of C++.
    """
    found = _HASHED_STRUCT.findall(body)
    keys = [key for key, _ in found]
    for number, (key, digest) in enumerate(found):
        plain = key if key[0].isupper() and keys.count(key) == 1 else f"{key}_{number}"
        body = body.replace(f"{key}_{digest}", plain)
    return body
