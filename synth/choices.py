"""A choice sequence as short text: base64 of LEB128 variable-length integers."""

import base64
import binascii
from collections.abc import Sequence


def pack_choices(choices: Sequence[int]) -> str:
    """Return the text of a sequence of natural numbers; small numbers take one byte each."""
    packed = bytearray()
    for choice in choices:
        if choice < 0:
            raise ValueError(f"a choice is a natural number, not {choice}")
        rest = choice
        while rest >= 0x80:
            packed.append(rest & 0x7F | 0x80)
            rest >>= 7
        packed.append(rest)
    return base64.b64encode(packed).decode("ascii")


def unpack_choices(text: str) -> tuple[int, ...]:
    """Return the sequence that `pack_choices` made into this text; `ValueError` for any other text."""
    try:
        packed = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"not base64: {error}") from error
    choices, value, shift = [], 0, 0
    for byte in packed:
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            choices.append(value)
            value, shift = 0, 0
    if shift:
        raise ValueError("the last choice is cut short")
    return tuple(choices)
