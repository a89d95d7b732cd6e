"""How much a kernel computes and moves in one thread, counted in its generated text."""

from __future__ import annotations

from ir.counting.counts import StaticCounts
from ir.counting.reading import read_listing
from ir.counting.statements import Known, count_function

__all__ = ["StaticCounts", "static_counts"]


def static_counts(listing: str) -> StaticCounts:
    """Return the counts of a kernel's forward listing, C++ or CUDA C++: both give the same numbers."""
    source = read_listing(listing)
    kernels = [function for named in source.functions.values() for function in named if function.is_kernel]
    if len(kernels) != 1:
        raise ValueError(f"a listing of {len(kernels)} forward kernels: expected one")
    known: Known = {}
    return StaticCounts(**count_function(source, kernels[0], frozenset(), known))
