"""Standalone scripts that show findings with Warp and NumPy alone."""

from .expressions import UnreproducibleError
from .script import repro

__all__ = ["UnreproducibleError", "repro"]
