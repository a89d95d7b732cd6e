"""TODO."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ir.hosts import HostValue, Opened

# By the kind of a host's object: what makes it, for an argument of a type of Warp's.
OPENERS: dict[str, Callable[[HostValue, Any], Opened]] = {}
