"""What only the host can make, made with Warp: meshes, grids, volumes … of the arrays that describe them."""

from __future__ import annotations

from typing import Any

from ir.hosting import queries, views, volumes
from ir.hosts import HostValue, Opened

OPENERS = views.OPENERS | queries.OPENERS | volumes.OPENERS


def open_host(value: HostValue, of: Any) -> Opened:
    """Make an object for an argument of a type of Warp's."""
    return OPENERS[value.kind](value, of)
