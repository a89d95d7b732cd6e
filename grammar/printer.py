"""Prints kernels as source text: the templates of their rows, filled, below what they import and define."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from grammar.folding import INDENT, WIDTH, folded
from grammar.holes import Define
from grammar.production import Overload
from grammar.signature import HOST
from grammar.templates import ATOM, TERNARY, UNARY, Template, expression_template, statement_template
from grammar.term import Apply, Body, Filling, Function, Kernel, Literal, Name, Symbol, parts
from grammar.types import (
    BOOL,
    FLOAT,
    INT,
    SHORT,
    Array,
    Matrix,
    Quaternion,
    Scalar,
    Struct,
    Tile,
    Transformation,
    Type,
    Vector,
    definition,
    is_float,
    scalar_of,
    spell,
)

# How people write who name every width.
EXPLICITLY = {"float": "wp.float32", "int": "wp.int32"}
EXPLICITLY |= {
    f"wp.{name}": f"wp.{name}f"
    for name in (
        *["vec2", "vec3", "vec4", "mat22", "mat33", "mat44", "quat", "transform", "spatial_vector", "spatial_matrix"],
    )
}
# Not where it makes a value: of two vectors, Warp makes a `spatial_vector` but no `spatial_vectorf`.
EXPLICIT = re.compile(
    r"(?<![\w.])(?:" + "|".join(map(re.escape, EXPLICITLY)) + r")\b(?!\s*=)(?<!wp\.spatial_vector(?=\())"
)
# What a module imports beside Warp, by the word that needs it.
IMPORTS = {
    "ctypes": "import ctypes\n",
    "Enum": "from enum import Enum\n",
    "IntEnum": "from enum import IntEnum\n",
    "IntFlag": "from enum import IntFlag\n",
    "math": "import math\n",
    "np": "import numpy as np\n",
    "Any": "from typing import Any\n",
    "Callable": "from typing import Callable\n",
}
IMPORTED = re.compile(rf"\b(?:{'|'.join(IMPORTS)})\b")
# How a type that Warp has no name for may be called.
UNNAMED = re.compile(r"(?<!wp\.)\b(?:vec|mat|quat|transform)\w")
WIDEST = Matrix(6, 6, FLOAT)  # too many zeros to write


def print_source(kernel: Kernel) -> str:
    """The complete module text of a kernel: the import, structs, functions and the kernel."""
    options, settings = (
        [_statement(option) for option in kernel.options if tag in option.overload.production.tags]
        for tag in ("option", "setting")
    )
    decorator = f"kernel({', '.join(options)})" if options else "kernel"
    made = _definition(decorator, kernel.name, kernel.parameters, None, _block(kernel.body), generic=kernel.generic)
    above = [
        *map(_struct, kernel.structs),
        *(symbol.text.strip("\n") for symbol in kernel.definitions),
        *map(_function, kernel.functions),
    ]
    constants, numbers = kernel.constants, ""
    if kernel.closure:
        below = _factory(kernel.name, constants, made)
    else:
        below = [made]
        numbers = "".join(f"{symbol.name} = wp.constant({symbol.text})\n" for symbol in constants)
    code = "".join(f"\n\n{text}\n" for text in (*above, *below)) + _overload(kernel)
    numbers = "".join(f"{line}\n" for line in settings) + numbers
    code = f"\n{numbers}{code}" if numbers else code
    text = _imports(code) + _type_definitions(kernel, code) + code
    return folded(_explicitly(text) if kernel.explicit else text)


def _explicitly(text: str) -> str:
    """A text with every width named."""
    return EXPLICIT.sub(lambda found: EXPLICITLY[found[0]], text)


# --- definitions ----------------------------------------------------------------------------------------------------


def _imports(code: str) -> str:
    """The lines of imports that a module's text needs."""
    words = set(IMPORTED.findall(code))
    lines = "".join(line for word, line in IMPORTS.items() if word in words)
    return f"{lines}\nimport warp as wp\n" if lines else "import warp as wp\n"


def _type_definitions(kernel: Kernel, code: str) -> str:
    """The lines that define the types which Warp has no name for, each once."""
    if not UNNAMED.search(code):  # a look at the text, where one at each term takes a third of the printing
        return ""
    used = (of for part in (*parts(kernel), *kernel.parameters) for of in _types_of(part))
    lines = {spell(of): line for of in used if (line := definition(of)) is not None}
    kept = [f"{line}\n" for name, line in lines.items() if re.search(rf"\b{name}\b", code)]
    return "\n" + "".join(kept) if kept else ""


@lru_cache(maxsize=16384)
def _types_at(overload: Overload) -> tuple[Type, ...]:
    """The types that an overload mentions and Warp has no name for."""
    found: list[object] = [overload.result]
    for _, hole in overload.holes:
        found.append(getattr(hole, "pattern", None))
        found += [of for _, of in hole.types] if isinstance(hole, Define) else []
    found += [of.element for of in found if isinstance(of, Array | Tile)]
    compounds = (of for of in found if isinstance(of, Vector | Matrix | Quaternion | Transformation))
    return tuple(of for of in compounds if definition(of) is not None)


def _types_of(part: Filling) -> tuple[Type, ...]:
    if isinstance(part, Apply):
        return _types_at(part.overload)
    if isinstance(part, Symbol):
        if isinstance(part.type, Struct):
            return tuple(of.element if isinstance(of, Array) else of for _, of in part.type.fields)
        return (part.type,)
    return (part.type,) if isinstance(part, Literal) else ()


def _overload(kernel: Kernel) -> str:
    """The line that says for which types a generic kernel is compiled."""
    types = {s.name: _annotated(s) for s in kernel.parameters if s.type in kernel.generic and not s.text}
    if not types:
        return ""
    given = ", ".join(f'"{name}": {of}' for name, of in types.items())
    return f"\n\nwp.overload({kernel.name}, {{{given}}})\n"


def _factory(name: str, constants: Sequence[Symbol], made: str) -> list[str]:
    """A function that makes the kernel for some numbers, and its call."""
    given = ", ".join(symbol.text for symbol in constants)
    factory = _definition("", f"make_{name}", constants, None, f"{made}\n\nreturn {name}")
    return [factory, f"{name} = make_{name}({given})"]


def _annotated(symbol: Symbol, generic: frozenset[Type] = frozenset()) -> str:
    if symbol.role.startswith(HOST):
        return symbol.text
    text = "Any" if symbol.type in generic else spell(symbol.type)
    if symbol.extents:
        rank = len(symbol.extents)
        text = f"wp.array(dtype={text})" if rank == 1 else f"wp.array{rank}d(dtype={text})"
    return text


def _definition(
    decorator: str,
    name: str,
    symbols: Sequence[Symbol],
    returns: str | None,
    body: str,
    *,
    generic: frozenset[Type] = frozenset(),
) -> str:
    """A function's definition, its body indented below its head."""
    parameters = [f"{symbol.name}: {_annotated(symbol, generic)}" for symbol in symbols]
    end = "):" if returns is None else f") -> {returns}:"
    head = f"def {name}({', '.join(parameters)}{end}"
    if len(head) > WIDTH:  # `folded` would do so too, in a hundred times the time
        head = f"def {name}(\n{''.join(f'{INDENT}{parameter},{chr(10)}' for parameter in parameters)}{end}"
    above = f"@wp.{decorator}\n" if decorator else ""
    return f"{above}{head}\n{_indented(body, INDENT)}"


def _struct(struct: Struct) -> str:
    lines = [f"{INDENT}{name}: {spell(of)}" for name, of in struct.fields]
    return "\n".join(["@wp.struct", f"class {struct.name}:", *lines])


def _function(function: Function) -> str:
    returns = spell(function.result.type) if function.annotated else None
    generic = frozenset(symbol.type for symbol in function.parameters if function.generic)
    body = [*map(_statement, function.body.statements), f"return {_expression(function.result, TERNARY)}"]
    return _definition("func", function.name, function.parameters, returns, "\n".join(body), generic=generic)


# --- terms ----------------------------------------------------------------------------------------------------------


def _block(body: Body) -> str:
    return "\n".join(map(_statement, body.statements))


def _indented(lines: str, indent: str) -> str:
    return "\n".join(indent + line if line else line for line in lines.split("\n"))


def _statement(term: Apply) -> str:
    return _filled(statement_template(term.overload.production.template), dict(term.holes()))


def _filled(template: Template, holes: Mapping[str, Filling]) -> str:
    """A template's text with its holes filled."""
    text: list[str] = []
    for part in template.parts:
        if isinstance(part, str):
            text.append(part)
            continue
        filling = holes[part.hole]
        if isinstance(filling, Body):
            assert part.indent is not None, f"{part.hole} is a block, and no line by itself"
            lines = _indented(_block(filling), part.indent)
            text.append(lines or text.pop().removesuffix("\n"))  # an empty block leaves no line
        else:
            text.append((part.indent or "") + _expression(filling, part.needed))
    return "".join(text)


def _expression(term: Filling, needed: int) -> str:
    """The text of a term, in parentheses where what stands around it binds tighter than the term does."""
    match term:
        case Name(symbol):
            return symbol.name
        case Symbol():
            return term.name
        case Literal():
            text = literal_text(term.value, term.type, start=term.start)
            strength = UNARY if text.startswith("-") else ATOM
        case Apply():
            template = expression_template(term.overload.production.template)
            text, strength = _filled(template, dict(term.holes())), template.strength
        case Body():
            message = "a block is no expression"
            raise ValueError(message)
    return text if strength >= needed else f"({text})"


@lru_cache(maxsize=4096)
def literal_text(value: float, of: Type, *, start: bool = False) -> str:
    """A literal as it is written: `0.5`, `wp.uint8(3)`, `wp.vec2(0.0, 0.0)`, `float(0.0)` for a local's first value."""
    scalar = scalar_of(of)
    assert scalar is not None
    if scalar == BOOL:
        return str(bool(value))
    plain = repr(float(value)) if is_float(scalar) else str(int(value))
    if start and (isinstance(of, Transformation) or (not isinstance(of, Scalar) and scalar != FLOAT) or of == WIDEST):
        return f"{spell(of)}()"
    if not isinstance(of, Scalar):
        assert isinstance(of, Vector | Matrix | Quaternion), of
        count = of.length if isinstance(of, Vector) else 4 if isinstance(of, Quaternion) else of.rows * of.columns
        part = plain if scalar in {FLOAT, INT} else f"wp.{scalar.name}({plain})"
        return f"{spell(of)}({', '.join([part] * count)})"
    if scalar in {FLOAT, INT}:
        return f"{SHORT[scalar.name]}({plain})" if start else plain
    return f"wp.{scalar.name}({plain})"
