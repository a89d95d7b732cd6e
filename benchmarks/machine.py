"""The machine that figures come from, described so that two can be told apart, without its name."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import msgspec


class Machine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    system: str
    processor: str
    cores: int
    """Those that this process may use."""
    memory_gb: float
    versions: dict[str, str]


def this_machine() -> Machine:
    return Machine(
        system=f"{platform.system()} {platform.machine()}",
        processor=_field("/proc/cpuinfo", "model name") or platform.processor() or "unknown",
        cores=cores(),
        memory_gb=round(int(_field("/proc/meminfo", "MemTotal").partition(" ")[0] or 0) * 1024 / 1e9, 1),
        versions={
            "python": platform.python_version(),
            **{name: version(name) for name in ("warp-lang", "hypothesis", "numpy", "msgspec")},
        },
    )


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _field(file: str, name: str) -> str:
    """What Linux says; nothing elsewhere."""
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((value.strip() for key, _, value in (line.partition(":") for line in lines) if key.strip() == name), "")
