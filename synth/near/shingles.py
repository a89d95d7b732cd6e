"""What a kernel is made of, as a set: short runs of its tokens or of its generated instructions.

Names are numbered inside each shingle, in the order of their appearance there: a shingle says how values flow through
it, and one more statement changes the few shingles that contain it, not the numbers of all that follow. Which name it
is that comes in from far away is not seen: `out[j, i] = x` is like `out[i, j] = x`.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from .python_tokens import VARIABLE, python_tokens

PYTHON_WIDTH = 6
"""Tokens in a shingle of Python: about one operation with its operands and its target."""
IR_WIDTH = 3
"""Instructions in a shingle of generated code: what one operation of Python becomes (address, load, compute)."""

_VALUE = re.compile(r"(v(?<!\wv)\d+)\b")  # what stands before a literal is asked for after it: see `ir.normalise`
_DECLARATION = re.compile(r"^(?!return )(?:const )?([\w:<>, ]+?[ *&]+)(v\d+)(?: = (?:#|_wp_args))?[;,)]$")
# What the text of every kernel and function begins with, whatever it does: with it, short kernels that have nothing in
# common have half of their lines in common.
_FRAME = re.compile(
    r"^(?:template <|static |extern |wp::launch_bounds_t<|size_t |wp_args |[{]"
    r"|wp::tile_shared_storage_t|for \(size_t _idx |_idx (?:<|\+=) )"
)
_LABEL = re.compile(r"(s(?<!\ws)tart_(?:for|while)|e(?<!\we)nd_(?:for|while)|l(?<!\wl)abel)_\d+\b")


def python_shingles(source: str) -> frozenset[str]:
    """Return the shingles of a module's normalised Python; `SyntaxError` when it is none."""
    return token_shingles(python_tokens(source))


def token_shingles(tokens: Sequence[str]) -> frozenset[str]:
    """Return the runs of `PYTHON_WIDTH` tokens; the whole if there are fewer."""
    return _shingles([_token(token) for token in tokens], PYTHON_WIDTH, " ")


def ir_shingles(normalised: str) -> frozenset[str]:
    """Return the runs of `IR_WIDTH` instructions of a normalised forward listing, each value with its type."""
    return _shingles(list(_instructions(normalised)), IR_WIDTH, "")


_Item = tuple[str, Sequence[str]]
"""A piece of a shingle: its text with `%d` where a name's number goes, and the names."""


def _shingles(items: Sequence[_Item], width: int, between: str) -> frozenset[str]:
    texts = [text for text, _ in items]
    names = [name for _, each in items for name in each]
    first = list(accumulate((len(each) for _, each in items), initial=0))
    return frozenset(
        between.join(texts[start : start + width])
        % _numbers(names[first[start] : first[min(start + width, len(items))]])
        for start in range(max(len(items) - width, 0) + 1)
    )


def _numbers(names: Sequence[str]) -> tuple[int, ...]:
    """Return for each name which one it is, counted from the first."""
    numbers: dict[str, int] = {}
    return tuple([numbers.setdefault(name, len(numbers)) for name in names])


def _token(token: str) -> _Item:
    return (f"{VARIABLE}%d", (token,)) if token[0] == VARIABLE else (token.replace("%", "%%"), ())


def _instructions(text: str) -> Iterator[_Item]:
    """Yield the instructions of a normalised listing."""
    types: dict[str, str] = {}  # each definition declares what it uses before it does
    for line in _LABEL.sub(r"\1", text.replace("%", "%%")).split("\n"):
        if declared := _DECLARATION.match(line):
            types[declared[2]] = declared[1].strip()
        elif not _FRAME.match(line):
            parts = _VALUE.split(line)
            kinds = [types.get(value, "") for value in parts[1::2]]
            names = [f"{value}:{kind}" for value, kind in zip(parts[1::2], kinds, strict=True)]
            parts[1::2] = [f"{VARIABLE}%d{kind}" for kind in kinds]
            yield "".join([*parts, "\n"]), names
