"""Warp's random generator: a hash of 32 bits, by which a state goes on to the next."""

from __future__ import annotations

from typing import Any

from grammar.reference.values import RandomState

WORD = 0xFFFFFFFF


def hashed(word: Any) -> Any:
    """PCG's hash of 32 bits: of an integer, or of an array of uint64 by elements.

    Jarzynski and Olano, Hash Functions for GPU Rendering, JCGT 9 (3), 2020.
    """
    mixed = (word * 747796405 + 2891336453) & WORD
    mixed = (((mixed >> ((mixed >> 28) + 4)) ^ mixed) * 277803737) & WORD
    return (mixed >> 22) ^ mixed


def seeded(seed: int, offset: int | None = None) -> int:
    """The state that `wp.rand_init` makes."""
    return int(hashed((seed + (0 if offset is None else hashed(offset & WORD))) & WORD))


def word_of(state: Any) -> int:
    """A state that is only read, which may be any number."""
    return state.word if isinstance(state, RandomState) else int(state)
