"""TODO."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grammar.inputs import HostObject, Maker
    from grammar.term import Symbol

# By the kind of a host's object: what makes the arrays that it is made of.
MADE: dict[str, Callable[[Maker, Symbol], HostObject]] = {}
# By the kind: how many items one may have, where not any number.
SIZES: dict[str, tuple[int, ...]] = {}
