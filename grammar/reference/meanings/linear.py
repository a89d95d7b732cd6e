"""TODO linear."""

from __future__ import annotations

from grammar.reference.machine import Meaning

MEANINGS: dict[str, Meaning] = {}
