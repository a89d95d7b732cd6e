"""What goes wrong with the toolchain as a whole; a kernel that is refused is a value (`records.Refused`), not an error.

ToolchainError
 ├─ WarpMissingError            Warp is not installed, or its native library does not load
 ├─ UntestedWarpError           a version of Warp that this package was never run with
 ├─ NoCudaCompilerError         this build of Warp has no NVRTC
 ├─ BadTargetError              a device or architecture that cannot be compiled for
 ├─ CoverageMissingError        coverage.py, which is optional, is not installed
 └─ BrokenToolchainError        the native compiler fails on an empty module, or reports success and writes nothing
"""

from __future__ import annotations


class ToolchainError(Exception):
    """The compiler cannot be used as asked; the message is one line for a person."""


class ToolMissingError(ToolchainError):
    """A tool of an optional package is not installed."""


class WarpMissingError(ToolchainError):
    """Warp is not installed, or its native library does not load."""


class UntestedWarpError(ToolchainError):
    """The installed Warp is of a version that this package was never run with."""


class NoCudaCompilerError(ToolchainError):
    """The installed Warp was built without NVRTC."""


class BadTargetError(ToolchainError):
    """The device or architecture is not one that can be compiled for."""


class CoverageMissingError(ToolchainError):
    """coverage.py, which only `ir.coverage` needs, is not installed."""


class BrokenToolchainError(ToolchainError):
    """The native compiler fails whatever it is given (disk full, scratch folder gone), or leaves no output."""
