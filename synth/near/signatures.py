"""A record's MinHash signatures: how alike two records are can be estimated from these alone.

`rensa` makes them (R-MinHash, 32 bits a slot): unbiased, with a spread just under that of independent slots. Its slots
changed with versions 0.4 and 0.5; it says so by `ALGORITHM_VERSION`, and another one than ours is refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth.errors import UsageError

from .shingles import ir_shingles, python_shingles

SLOTS = 126
"""Forty-two bands of three: see `bands`."""
SEED = 0
ALGORITHM = 2
"""Of rensa 0.5: what the slots mean."""

Signature = NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class Signatures:
    """What the two views of one record look like; a view without text has none."""

    python: Signature | None
    ir: Signature | None

    @property
    def views(self) -> tuple[Signature | None, ...]:
        """Both, in the order in which neighbours are looked for."""
        return (self.python, self.ir)


def sign(source: str, normalised: str) -> Signatures:
    """Return the signatures of a record; `SyntaxError` when its source, the first of these texts, is no Python."""
    return Signatures(signature(python_shingles(source)), signature(ir_shingles(normalised)) if normalised else None)


def signature(shingles: Iterable[str]) -> Signature | None:
    """Return the signature of a set of shingles; none of the empty set, which is like nothing."""
    # rensa hashes a text by its UTF-8 bytes with Fx and a constant seed: neither order nor PYTHONHASHSEED matter.
    tokens = list(shingles)
    if not tokens:
        return None
    sketch = _rensa().RMinHash(SLOTS, SEED)
    sketch.update(tokens)
    return np.array(sketch.digest(), dtype=np.uint32)


def pack(signatures: Signatures) -> bytes:
    """Return the bytes of a record's signatures: one that says which there are, then their slots, little-endian."""
    there = [signature is not None for signature in signatures.views]
    slots = (signature.astype("<u4").tobytes() for signature in signatures.views if signature is not None)
    return bytes([there[0] | there[1] << 1]) + b"".join(slots)


def unpack(packed: bytes) -> Signatures:
    """Return the signatures that `pack` made into these bytes."""
    slots = iter(np.frombuffer(packed, dtype="<u4", offset=1).astype(np.uint32).reshape(-1, SLOTS))
    return Signatures(*(next(slots) if packed[0] & bit else None for bit in (1, 2)))


def slots_for(threshold: float) -> int:
    """Return how many slots have to agree for an estimate that reaches a threshold."""
    return ceil(round(threshold * SLOTS, 6))  # 0.7 * 10 is 7.000000000000001 in floating point


@cache
def _rensa() -> Any:
    try:
        rensa = import_module("rensa")
    except ImportError as error:
        raise UsageError("near-duplicates need rensa, which is not installed: pip install 'rensa>=0.5,<0.6'") from error
    version = getattr(rensa.RMinHash, "ALGORITHM_VERSION", None)
    if version != ALGORITHM:
        raise UsageError(
            f"this rensa makes signatures of version {version}, splits need version {ALGORITHM}: "
            "pip install 'rensa>=0.5,<0.6'"
        )
    return rensa
