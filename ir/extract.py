"""The generated text of a unit, taken apart into its definitions and put together as a listing.

Warp writes definitions one after another, each closed by a brace in the first column: structs with the functions that
their adjoints need, forward functions, adjoint functions, the argument struct (CPU), the kernels, and the entry points
(CPU), which are the same for all kernels and are left out of a listing. What functions of NVIDIA's math libraries a
module is linked with is declared first of all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from ir.records import Listing
from ir.words import places

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# The end of the text that all modules share: includes, macros for casts and thread indices, in either order.
_PRELUDE_END = re.compile(r"^#define adj_int\(.*\n(?:\s*#define builtin_.*\n)*", re.MULTILINE)

# What has to stand before a literal is asked for after it: see `ir.normalise`.
_STRUCT = re.compile(r"struct (?<=^struct )(\w+)\s*$", re.MULTILINE)
_ARGUMENTS = re.compile(r"struct (?<=^struct )(wp_args_\w+) \{", re.MULTILINE)
_KERNEL = re.compile(r"(\w+)_(?:cpu|cuda)_kernel_(forward|backward)\(")
_FUNCTION = re.compile(r"static (?<=^static )[^\n]*?(\w+)\($", re.MULTILINE)
_FUNCTION_SOURCE = re.compile(r"// (?<=^// ).+\.py:\d+$", re.MULTILINE)
# Functions of Warp's own that are written in Python are named by where Warp is installed, which is nobody's business.
_WARP_SOURCE = re.compile(r"// (?<=^// ).*/(warp/.+\.py:\d+)$", re.MULTILINE)
_DECLARATIONS = re.compile(r'^(?:#define \w+ 1\n)?extern "C" \{\n(?=void \w+\([^{]*\);$)', re.MULTILINE)
_DECLARED = re.compile(r"^void (\w+)\(.*\);$", re.MULTILINE)
_COMPANION = re.compile(r"^(?:static )?CUDA_CALLABLE ", re.MULTILINE)
_TILE_COMPANION = "// Required by tile templates"
_HASHED_STRUCT = re.compile(r"struct (?<=^struct )(\w+)_([0-9a-f]{8})\s*$", re.MULTILINE)

# A definition ends with a brace in the first column, but the body of a native function is the user's text: its lines
# may start anywhere, and its brace follows on the last of them. So what comes next has to look like a definition.
_START = (
    r'// .+\.py:\d+\n|// Required|struct |template|static |CUDA_CALLABLE|extern "C"|void \w+_cpu_|#if defined\(__CUDA'
)
_LINE = r"#line [^\n]*\n"  # of the module option "lineinfo"
_END = re.compile(
    rf"\}}(?:;| // extern C)?\n(?=(?:[ \t]*\n)*(?:{_LINE})?(?:\Z|{_START}))|#endif\n(?<=^#endif\n)", re.MULTILINE
)
_GUARDED = re.compile(r"\n*#if ")


class Kind(Enum):
    """What a definition is."""

    STRUCT = auto()
    COMPANION = auto()  # of a struct, for adjoints (adj_S, add, adj_atomic_add) or for tiles of it (sub, atomic_add …)
    FUNCTION = auto()
    ADJOINT = auto()
    ARGUMENTS = auto()
    FORWARD = auto()
    BACKWARD = auto()
    ENTRY = auto()
    DECLARATION = auto()  # of a function of a math library


@dataclass(frozen=True, slots=True)
class Definition:
    """One top-level definition: what it is, the name it defines, and its text."""

    kind: Kind
    name: str
    text: str

    def mentions(self, name: str) -> bool:
        """Tell whether a name stands in the code."""
        return any("//" not in self.text[self.text.rfind("\n", 0, at) + 1 : at] for at in places(self.text, name))


def split_prelude(text: str) -> tuple[str, str]:
    """Split generated text into what all modules share and the definitions of this one."""
    end = _PRELUDE_END.search(text)
    assert end is not None, "Warp's generated text has another prelude than the one this module knows"
    return text[: end.end()], text[end.end() :]


def definitions(body: str) -> list[Definition]:
    """Split the text after the prelude into its definitions, in order."""
    found: list[Definition] = []
    struct = ""
    for text in _chunks(body):
        if _DECLARATIONS.match(text):
            found += [
                Definition(Kind.DECLARATION, match[1], f'extern "C" {match[0]}\n') for match in _DECLARED.finditer(text)
            ]
            continue
        definition = _classify(text, struct)
        if definition.kind is Kind.STRUCT:
            struct = definition.name
        found.append(definition)
    return found


def extract(text: str) -> Listing:
    """Make the listing of the one kernel in `text`; each part holds what its kernel needs, in Warp's order."""
    body = _plain_struct_names(split_prelude(text)[1])
    found = definitions(_WARP_SOURCE.sub(r"// \1", body) if "/warp/" in body else body)
    return Listing(forward=_closure(found, Kind.FORWARD), backward=_closure(found, Kind.BACKWARD))


def _chunks(body: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(body):
        if bool(_GUARDED.match(body, start)) == (end[0] == "#endif\n"):
            yield body[start : end.end()].strip("\n") + "\n"
            start = end.end()
    assert not body[start:].strip(), f"text after the last definition: {body[start:]!r}"


def _classify(text: str, struct: str) -> Definition:
    head = text.partition("\n{")[0]
    if match := _ARGUMENTS.search(head):
        return Definition(Kind.ARGUMENTS, match[1], text)
    if "_kernel_" in head and (match := _KERNEL.search(head)):
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
    by_name: dict[str, list[Definition]] = {}  # instances of a generic function share a name
    for definition in found:
        if definition.kind in {Kind.STRUCT, Kind.FUNCTION, Kind.ADJOINT, Kind.ARGUMENTS, Kind.DECLARATION}:
            by_name.setdefault(definition.name, []).append(definition)
    wanted = [definition for definition in found if definition.kind is root]
    if not wanted:
        return ""
    taken: set[str] = set()
    has_adjoint = root is Kind.BACKWARD
    while wanted:
        definition = wanted.pop()
        has_adjoint = has_adjoint or definition.kind is Kind.ADJOINT
        for name in by_name.keys() - taken:
            if definition.mentions(name):
                taken.add(name)
                wanted += by_name[name]
    # Companions are found by overload resolution, inside templates too, so a mention cannot be looked for. Warp writes
    # those for tiles only where there are tiles of the struct.
    companions = [definition for definition in found if definition.kind is Kind.COMPANION]
    tiled = {definition.name for definition in companions if _TILE_COMPANION in definition.text}
    parts = [
        definition.text
        for definition in found
        if definition.kind is root
        or (
            definition.name in taken
            and (has_adjoint or definition.kind is not Kind.COMPANION or definition.name in tiled)
        )
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
