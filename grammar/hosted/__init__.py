"""Inputs that only the host can make: for each kind of object, the arrays that describe one."""

from __future__ import annotations

from grammar.hosted import queries, views, volumes

MADE = views.MADE | queries.MADE | volumes.MADE
SIZES = views.SIZES | queries.SIZES | volumes.SIZES
