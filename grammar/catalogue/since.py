"""Rows that older versions of Warp refuse, by the minor version since which they compile (`python tests/since.py`)."""

from __future__ import annotations

from collections.abc import Mapping

SINCE: Mapping[int, tuple[str, ...]] = {}
