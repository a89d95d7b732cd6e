"""Sealed lines: JSON text with its digest before it, so that a line that was damaged on the disk is never believed."""

import hashlib

import msgspec


def sealed(text: bytes) -> bytes:
    """Return a line for some JSON text."""
    text = text.strip()
    return msgspec.json.encode((_digest(text), msgspec.Raw(text))) + b"\n"


def opened(line: bytes) -> bytes:
    """Return the JSON text in a line; `ValueError` for one that is not as it was written."""
    if not line.endswith(b"\n"):
        raise ValueError("its end is missing")
    digest, raw = msgspec.json.decode(line, type=tuple[str, msgspec.Raw])
    text = bytes(raw)
    if digest != _digest(text):
        raise ValueError("its digest is another")
    return text


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:16]
