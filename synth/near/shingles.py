"""What a kernel is made of, as a set: short runs of its tokens or of its generated instructions.

Names are numbered inside each shingle, in the order of their appearance there: a shingle says how values flow through
it, and one more statement changes the few shingles that contain it, not the numbers of all that follow. Which name it
is that comes in from far away is not seen: `out[j, i] = x` is like `out[i, j] = x`.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from ir.normalise import normalise

from .python_tokens import VARIABLE, python_tokens

PYTHON_WIDTH = 6
"""Tokens in a shingle of Python: about one operation with its operands and its target."""
IR_WIDTH = 3
"""Instructions in a shingle of generated code: what one operation of Python becomes (address, load, compute)."""

T = TypeVar("T")

_VALUE = re.compile(r"\b(v\d+)\b")
_DECLARATION = re.compile(r"^(?!return )(?:const )?([\w:<>, ]+?[ *&]+)(v\d+)(?: = (?:#|_wp_args))?[;,)]$")
# What the text of every kernel and function begins with, whatever it does: with it, short kernels that have nothing in
# common have half of their lines in common.
_FRAME = re.compile(
    r"^(?:template <|static |extern |wp::launch_bounds_t<|size_t |wp_args |[{]"
    r"|wp::tile_shared_storage_t|for \(size_t _idx |_idx (?:<|\+=) )"
)
_LABEL = re.compile(r"\b((?:start|end)_(?:for|while)|label)_\d+\b")


def python_shingles(source: str) -> frozenset[str]:
    """Return the shingles of a module's normalised Python; `SyntaxError` when it is none."""
    return token_shingles(python_tokens(source))


def token_shingles(tokens: Sequence[str]) -> frozenset[str]:
    """Return the runs of `PYTHON_WIDTH` tokens; the whole if there are fewer."""
    return frozenset(" ".join(_numbered(run)) for run in _runs(tokens, PYTHON_WIDTH))


def ir_shingles(forward: str) -> frozenset[str]:
    """Return the runs of `IR_WIDTH` instructions of a forward listing, each value with its type."""
    return frozenset(
        "".join(_numbered([part for instruction in run for part in instruction]))
        for run in _runs(list(_instructions(normalise(forward))), IR_WIDTH)
    )


def _instructions(text: str) -> Iterator[list[str]]:
    """Yield the instructions of a normalised listing, each cut into text and values."""
    types: dict[str, str] = {}  # each definition declares what it uses before it does
    for line in text.split("\n"):
        if declared := _DECLARATION.match(line):
            types[declared[2]] = declared[1].strip()
        elif not _FRAME.match(line):
            parts = _VALUE.split(_LABEL.sub(r"\1", line))
            parts[1::2] = [f"{VARIABLE}{value}:{types.get(value, '')}" for value in parts[1::2]]
            yield [*filter(None, parts), "\n"]


def _runs(items: Sequence[T], width: int) -> Iterator[Sequence[T]]:
    return (items[start : start + width] for start in range(max(len(items) - width, 0) + 1))


def _numbered(run: Sequence[str]) -> list[str]:
    numbers: dict[str, int] = {}
    return [_name(token, numbers) if token[0] == VARIABLE else token for token in run]


def _name(token: str, numbers: dict[str, int]) -> str:
    """Return a name's number in its shingle, with its type where it has one."""
    _, _, kind = token.partition(":")
    return f"{VARIABLE}{numbers.setdefault(token, len(numbers))}{kind}"
