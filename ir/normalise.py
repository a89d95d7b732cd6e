"""Generated text with what does not matter taken out, one pass after another.

A digest level is a prefix of `PASSES`: each level tells apart fewer kernels than the one before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from ir.words import places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# A search for `^x`, `\bx` or `(?<!\w)x` tries each place of a text, one for `x` skips to the next `x` and takes a fifth
# of the time. So what must stand before a literal is asked for after it.
_COMMENT = re.compile(r'("(?:[^"\\\n]|\\.)*")|[ \t]*//[^\n]*')
_ARGUMENT_STRUCT = re.compile(r"struct (?<=^struct )wp_args_\w+ \{\n(?:.*\n)*?\};\n", re.MULTILINE)
_CONTIGUOUS = re.compile(r"^ *wp_args_\w+ wp_contiguous_args;\n(?:.*\n)*? *\}\n", re.MULTILINE)
_ARGUMENT_LOAD = re.compile(r"= _wp_args->\w+;")
_ARGUMENT_TYPE = re.compile(r"wp_args_(?<!\wwp_args_)\w+")
# User functions have each argument on a line of its own.
_COMPANION = re.compile(r"^(?:static )?CUDA_CALLABLE [^\n]*\([^\n]+\n(?:.*\n)*?\}\n", re.MULTILINE)
_GUARD = re.compile(r"#if (?<=^#if )defined\(__CUDA_ARCH__\)\n\s*#endif\n", re.MULTILINE)
_DEFINITION_END = re.compile(r"\n\};?(?=\n)")
_STRUCT_HEAD = re.compile(r"struct (\w+)")
_STRUCT = re.compile(r"struct (?<=^struct )(\w+)\n\{\n((?: {4}\S.*;\n)+)(?:.*\n)*?\};\n", re.MULTILINE)
_FIELD = re.compile(r"^ {4}(.+?) (\w+);$", re.MULTILINE)
_FUNCTION = re.compile(r"static .*?(\w+)\(")
_KERNEL = re.compile(r"\b(\w+(_(?:cpu|cuda)_kernel_forward))\($")
_TYPE_NAME = re.compile(r"(\w+)(>*)[ *&]*$")
_DECLARED = re.compile(r"\b(\w+)(>*)[ *&]* (var_\w+)\b")
_MEMBERS = re.compile(r"(?:\b(var_\w+)|wp::(?:index|address)\((var_\w+)[^()]*\)|\b(_e))((?:\)*(?:\.|->)[A-Za-z_]\w*)+)")
_MEMBER = re.compile(r"(\)*(?:\.|->))(\w+)")
_SLOT = re.compile(r"_slot\((var_\w+)")
_VALUE = re.compile(
    r"(v(?<![\w:]v)ar_\w+|a(?<![\w:]a)dj_\w+"
    r"|s(?<![\w:]s)tart_(?:for|while)_?\d+\b|e(?<![\w:]e)nd_(?:for|while)_?\d+\b|l(?<![\w:]l)abel_?\d+\b)"
)
_LABEL = re.compile(r"([a-z_]+?)_?(\d+)")
_NEW = "\0"  # marks a name that was given, so that it is not taken for one that has to be replaced
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
    return "\n".join(_uncommented(line) if "//" in line else line for line in text.split("\n"))


def drop_plumbing(text: str) -> str:
    """Remove what follows from the rest: how a CPU kernel gets at its arguments, and what tiles of a struct need."""
    if "CUDA_CALLABLE " in text:
        text = _COMPANION.sub("", text)
    text = _ARGUMENT_STRUCT.sub("", _GUARD.sub("", text))
    if "wp_contiguous_args" in text:
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

    return "".join(_name_members(part, layouts) for part in _definitions(_STRUCT.sub(reduce, text)))


def number_names(text: str) -> str:
    """Name the kernel, structs and functions in the order of their definitions."""
    lines = text.split("\n")
    heads = [line for line in lines if line.endswith("(")]
    structs = [match[1] for line in lines if line.startswith("struct ") and (match := _STRUCT_HEAD.fullmatch(line))]
    names = {name: f"S{i}" for i, name in enumerate(structs)}
    functions = [match[1] for line in heads if (match := _FUNCTION.fullmatch(line))]
    names |= {name: f"f{i}" for i, name in enumerate(functions)}
    names |= {match[1]: f"k{match[2]}" for line in heads if (match := _KERNEL.search(line))}
    for name, new in names.items():
        text = _renamed(text, name, _NEW + new)
    return text.replace(_NEW, "")


def number_values(text: str) -> str:
    """Name arguments, locals and labels in the order of their appearance in each function."""
    return "".join(map(_number_values, _definitions(text)))


def drop_space(text: str) -> str:
    """Remove indentation, trailing blanks and empty lines."""
    lines = (line.lstrip().rstrip(" \t") for line in text.split("\n"))
    return "\n".join(filter(None, lines)).strip()


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
    parts = _VALUE.split(definition)
    numbers: dict[str, int] = {}
    names: dict[str, str] = {}
    labels: dict[str, int] = {}
    for token in dict.fromkeys(parts[1::2]):
        prefix, _, name = token.partition("_")
        if prefix == "var" or (prefix == "adj" and name != "ret" and not name.startswith("ret_")):
            names[token] = f"{prefix[0]}{numbers.setdefault(name, len(numbers))}"
        elif prefix != "adj" and (label := _LABEL.fullmatch(token)):
            names[token] = f"{label[1]}_{labels.setdefault(label[2], len(labels))}"
        else:
            names[token] = token
    parts[1::2] = [names[token] for token in parts[1::2]]
    return "".join(parts)


def _definitions(text: str) -> Iterator[str]:
    """Yield the parts of a text of which each but the last ends with a brace in the first column."""
    start = 0
    for end in _DEFINITION_END.finditer(text):
        yield text[start : end.end() + 1]
        start = end.end() + 1
    yield text[start:]


def _uncommented(line: str) -> str:
    if '"' in line:
        return _COMMENT.sub(lambda match: match[1] or "", line)
    return line[: line.index("//")].rstrip(" \t")


def _renamed(text: str, name: str, new: str) -> str:
    """Replace a name where it is no member, in no namespace and not new."""
    parts, start = [], 0
    for place in places(text, name):
        if text[place - 1 : place] not in {".", ":", _NEW}:
            parts += [text[start:place], new]
            start = place + len(name)
    return "".join([*parts, text[start:]])
