"""The objects that only the host can make, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class HostError(Exception):
    """A host's object cannot be made here; the message says what it needs, and why."""


@dataclass(frozen=True, slots=True)
class HostValue:
    """A host's object: its kind and the arrays that it is made of."""

    kind: str
    data: Mapping[str, Any]


class Opened(Protocol):
    """An object of the host, alive as long as this is."""

    value: Any
    """What a launch is given."""
    adjoint: Any
    """What the adjoint's launch is given."""

    def read(self) -> Any:
        """What the object holds now; none for what no kernel writes to."""
