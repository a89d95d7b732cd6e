"""Short names for what a kernel is: equal for two kernels exactly when their normalised text is equal."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from ir.normalise import IR_LEVEL, PASSES, normalise


class Digests(NamedTuple):
    """The digests of one kernel's forward text, in hexadecimal.

    `ir` keeps the values of constants, `structure` does not; `normalised` is the text that it is of.
    """

    ir: str
    structure: str
    normalised: str


def digests(forward: str) -> Digests:
    """Digest a forward listing at both levels; the adjoint follows from it and adds nothing."""
    kept = normalise(forward, IR_LEVEL)
    dropped = kept
    for step in PASSES[IR_LEVEL:]:
        dropped = step.apply(dropped)
    return Digests(ir=_hash(kept), structure=_hash(dropped), normalised=dropped)


def _hash(text: str) -> str:
    # 128 bits: a chance collision among 10⁹ kernels has odds of 10⁻²¹.
    return hashlib.sha256(text.encode()).hexdigest()[:32]
