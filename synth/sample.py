"""The sample: what index *i* of a configuration means, before anything is compiled.

A sample is a pure function of (catalogue digest, profile, seed, index): no worker, batch, clock or hash seed has a say.
"""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .configuration import Configuration

if TYPE_CHECKING:
    from grammar.term import Kernel

SEED_BYTES = 64 * 1024
"""Bytes given to the strategy for one kernel: ~200 choices take well under a tenth of them."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One kernel as drawn and printed."""

    index: int
    category: str
    kernel_name: str
    source: str
    choices: tuple[int, ...]
    description: str
    arguments: tuple[tuple[str, str, int], ...]
    """Name, type and number of dimensions of each argument."""
    constructs: dict[str, int]
    """How often each row of the catalogue occurs."""
    features: tuple[str, ...]
    """What of its profile's features it drew."""
    kernel: "Kernel | None" = None
    """The kernel itself, for whoever runs it."""

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows of the catalogue that it is made of."""
        return tuple(self.constructs)


def seed_bytes(configuration: Configuration, index: int) -> bytes:
    """Return the bytes that one sample is drawn from."""
    parts = (configuration.catalogue_digest, configuration.profile_key, str(configuration.seed), str(index))
    return hashlib.shake_256("\0".join(parts).encode()).digest(SEED_BYTES)
