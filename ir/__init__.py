"""Kernels as Warp compiles them: source text in; listings, digests and refusals out."""

from ir.compiler import Compiler
from ir.records import Built, Listing, Refused, Target, Timings, Unit
from ir.warp_api import check_available, warp_version

__all__ = [
    "Built",
    "Compiler",
    "Listing",
    "Refused",
    "Target",
    "Timings",
    "Unit",
    "check_available",
    "warp_version",
]
