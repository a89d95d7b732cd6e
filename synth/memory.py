"""The memory of the current process, in bytes."""

import resource
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")


def resident_bytes() -> int:
    """Memory in use now; the peak where the system does not tell."""
    return _field("VmRSS:") or _maximum()


def peak_bytes() -> int:
    """Return the most memory ever in use."""
    # Not getrusage on Linux: a spawned process starts with the peak of the process that spawned it.
    return _field("VmHWM:") or _maximum()


def _field(name: str) -> int:
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(name)), 0)


def _maximum() -> int:
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024
