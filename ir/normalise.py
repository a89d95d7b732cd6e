"""Generated text with what does not matter taken out, one pass after another.

A digest level is a prefix of `PASSES`: each level tells apart fewer kernels than the one before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_COMMENT = re.compile(r'("(?:[^"\\\n]|\\.)*")|[ \t]*//[^\n]*')
_ARGUMENT_STRUCT = re.compile(r"^struct wp_args_\w+ \{\n(?:.*\n)*?\};\n", re.MULTILINE)
_CONTIGUOUS = re.compile(r"^ *wp_args_\w+ wp_contiguous_args;\n(?:.*\n)*? *\}\n", re.MULTILINE)
_ARGUMENT_LOAD = re.compile(r"= _wp_args->\w+;")
_ARGUMENT_TYPE = re.compile(r"\bwp_args_\w+")
# User functions have each argument on a line of its own.
_COMPANION = re.compile(r"^(?:static )?CUDA_CALLABLE [^\n]*\([^\n]+\n(?:.*\n)*?\}\n", re.MULTILINE)
_GUARD = re.compile(r"^#if defined\(__CUDA_ARCH__\)\n\s*#endif\n", re.MULTILINE)
_DEFINITION_END = re.compile(r"(?<=\n\}\n)|(?<=\n\};\n)")
_STRUCT_HEAD = re.compile(r"^struct (\w+)$", re.MULTILINE)
_STRUCT = re.compile(r"^struct (\w+)\n\{\n((?: {4}\S.*;\n)+)(?:.*\n)*?\};\n", re.MULTILINE)
_FIELD = re.compile(r"^ {4}(.+?) (\w+);$", re.MULTILINE)
_FUNCTION = re.compile(r"^static [^\n]*?(\w+)\($", re.MULTILINE)
_KERNEL = re.compile(r"\b\w+(_(?:cpu|cuda)_kernel_forward)\($", re.MULTILINE)
_TYPE_NAME = re.compile(r"(\w+)(>*)[ *&]*$")
_DECLARED = re.compile(r"\b(\w+)(>*)[ *&]* (var_\w+)\b")
_MEMBERS = re.compile(r"(?:\b(var_\w+)|wp::(?:index|address)\((var_\w+)[^()]*\)|\b(_e))((?:\)*(?:\.|->)[A-Za-z_]\w*)+)")
_MEMBER = re.compile(r"(\)*(?:\.|->))(\w+)")
_SLOT = re.compile(r"_slot\((var_\w+)")
_NAME = re.compile(r"(?<![\w.:])[A-Za-z_]\w*")
_VALUE = re.compile(r"(?<![\w:])(?:(var|adj)_(\w+)|((?:start|end)_(?:for|while)|label)_?(\d+))\b")
_SPACE = re.compile(r"[ \t]*\n\s*")
_LITERAL = re.compile(
    r'^(const [^=\n]* =|[av]\d+ =(?= -?[\d"]| -?INFINITY;| -?NAN;| true;| false;)) .*;$', re.MULTILINE
)


class Pass(NamedTuple):
    """One step of normalising: its name, and the function from text to text."""

    name: str
    apply: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class _Type:
    """A struct, or an array of it."""

    struct: str
    is_array: bool


# Field name → its canonical name and, if a struct can be reached through it, which.
_Layout = dict[str, tuple[str, _Type | None]]


def drop_comments(text: str) -> str:
    """Remove comments, among them the echo of the Python source."""
    return _COMMENT.sub(lambda match: match[1] or "", text)


def drop_plumbing(text: str) -> str:
    """Remove what follows from the rest: how a CPU kernel gets at its arguments, and what tiles of a struct need."""
    text = _GUARD.sub("", _COMPANION.sub("", text))
    text = _ARGUMENT_STRUCT.sub("", text)
    text = _CONTIGUOUS.sub("", text)
    text = _ARGUMENT_LOAD.sub("= _wp_args;", text)
    return _ARGUMENT_TYPE.sub("wp_args", text)


def number_members(text: str) -> str:
    """Reduce structs to their fields, and name each field by its position, where it is defined and where it is used."""
    layouts: dict[str, _Layout] = {}
    for match in _STRUCT.finditer(text):
        layouts[match[1]] = {
            name: (f"m{position}", _type(type_name, layouts))
            for position, (type_name, name) in enumerate(_FIELD.findall(match[2]))
        }
    if not layouts:
        return text

    def reduce(match: re.Match[str]) -> str:
        fields = [f"    {type_name} m{i};\n" for i, (type_name, _) in enumerate(_FIELD.findall(match[2]))]
        return f"struct {match[1]}\n{{\n{''.join(fields)}}};\n"

    parts = _DEFINITION_END.split(_STRUCT.sub(reduce, text))
    return "".join(_name_members(part, layouts) for part in parts)


def number_names(text: str) -> str:
    """Name the kernel, structs and functions in the order of their definitions."""
    names = {match[1]: f"S{i}" for i, match in enumerate(_STRUCT_HEAD.finditer(text))}
    names |= {match[1]: f"f{i}" for i, match in enumerate(_FUNCTION.finditer(text))}
    for match in _KERNEL.finditer(text):
        names[match[0][:-1]] = f"k{match[1]}"
    return _NAME.sub(lambda match: names.get(match[0], match[0]), text)


def number_values(text: str) -> str:
    """Name arguments, locals and labels in the order of their appearance in each function."""
    return "".join(_number_values(part) for part in _DEFINITION_END.split(text))


def drop_space(text: str) -> str:
    """Remove indentation, trailing blanks and empty lines."""
    return _SPACE.sub("\n", text).strip()


def drop_constants(text: str) -> str:
    """Replace the value of every literal by a placeholder; its type stays."""
    return _LITERAL.sub(r"\1 #;", text)


PASSES: Final = (
    Pass("comments", drop_comments),
    Pass("plumbing", drop_plumbing),
    Pass("members", number_members),
    Pass("names", number_names),
    Pass("values", number_values),
    Pass("space", drop_space),
    Pass("constants", drop_constants),
)

IR_LEVEL: Final = 6
STRUCTURE_LEVEL: Final = 7


def normalise(text: str, level: int = STRUCTURE_LEVEL) -> str:
    """Apply the first `level` passes."""
    for step in PASSES[:level]:
        text = step.apply(text)
    return text


def _type(text: str, layouts: Mapping[str, _Layout]) -> _Type | None:
    """Return the struct that a C++ type is made of, as far as members can be reached through it."""
    match = _TYPE_NAME.search(text)
    return _Type(match[1], bool(match[2])) if match and match[1] in layouts else None


def _name_members(definition: str, layouts: Mapping[str, _Layout]) -> str:
    """Name the members that one function reaches, by following types from the variable at the root of each access."""
    declared = {
        name: _Type(struct, bool(closers))
        for struct, closers, name in _DECLARED.findall(definition)
        if struct in layouts
    }
    if not declared:
        return definition

    def root(match: re.Match[str]) -> _Type | None:
        variable, array, _ = match.group(1, 2, 3)
        if variable is not None:
            found = declared.get(variable)
            return None if found is None or found.is_array else found
        if array is None:  # the element that an atomic operation on `array[i].field` works on
            line = definition.rfind("\n", 0, match.start()) + 1
            slot = _SLOT.search(definition, line, match.start())
            array = slot[1] if slot else None
        return declared.get(array or "")

    def rename(match: re.Match[str]) -> str:
        here = root(match)
        parts = []
        for link, name in _MEMBER.findall(match[4]):
            renamed, here = layouts[here.struct].get(name, (name, None)) if here else (name, None)
            if here is not None and here.is_array:
                here = None  # what follows is the array's own: shape, strides
            parts.append(link + renamed)
        return match[0][: match.start(4) - match.start()] + "".join(parts)

    return _MEMBERS.sub(rename, definition)


def _number_values(definition: str) -> str:
    values: dict[str, int] = {}
    labels: dict[str, int] = {}

    def rename(match: re.Match[str]) -> str:
        prefix, name, label, number = match.groups()
        if label is not None:
            return f"{label}_{labels.setdefault(number, len(labels))}"
        if prefix == "adj" and (name == "ret" or name.startswith("ret_")):
            return match[0]
        return f"{'v' if prefix == 'var' else 'a'}{values.setdefault(name, len(values))}"

    return _VALUE.sub(rename, definition)
