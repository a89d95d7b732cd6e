"""TODO arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from grammar.reference.machine import Meaning

if TYPE_CHECKING:
    from grammar.inputs import HostObject
    from grammar.reference.run import Binder
    from grammar.term import Symbol

MEANINGS: dict[str, Meaning] = {}

# By the kind of a host's object: what the kernel is given of it, and what the object holds after the launch.
BOUND: dict[str, Callable[[Binder, Symbol, HostObject], Any]] = {}
UNBOUND: dict[str, Callable[[Binder, Symbol, Any], Any]] = {}
