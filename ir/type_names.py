"""Warp's types in words that are the same in every version and process."""

from __future__ import annotations

import re
from typing import Any

from ir import warp_api

_MODULE = re.compile(r"\b(?:warp\._src\.\w+|builtins|typing|collections\.abc)\.")
_SIZES = re.compile(r"\b(matrix|vector)\((?:shape|length)=(?:\(0, 0\)|0), ")  # of any size
_TUPLE = re.compile(r"\b[Tt]uple(?:\(([^()]*)\)|\[([^\[\]]*)\])")


def type_name(kind: Any) -> str:
    """Return how a Warp type reads: `float32`, `vector(length=3, dtype=Float)`, `array(ndim=1, dtype=Any)`."""
    if isinstance(kind, (list, tuple)):
        return f"({', '.join(map(type_name, kind))})"
    if kind is None:
        return "None"
    text = _MODULE.sub("", str(warp_api.types().type_repr(kind)))
    text = _SIZES.sub(r"\1(", text)
    text = _TUPLE.sub(lambda match: f"tuple[{(match[1] or match[2]).replace('Ellipsis', '...')}]", text)
    return re.sub(r"<class '(\w+)'>", r"\1", text)
