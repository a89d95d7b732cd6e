"""NVIDIA's `ptxas` and `nvdisasm`: PTX to machine code and what it needs of the GPU, machine code to text.

Both come with the packages of the extra `cuda-tools`; where those are not installed, from the path.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ir.errors import BrokenToolchainError, ToolMissingError

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENTRY: Final = re.compile(r"Compiling entry function '([^']+)'")
_SPILLS: Final = re.compile(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads")
_USED: Final = re.compile(r"Used (\d+) registers.*")
_SHARED: Final = re.compile(r"(\d+) bytes smem")
_VERSION: Final = re.compile(r"release [\d.]+, V([\d.]+)")
_SECTION: Final = re.compile(r"^//-+ \.text\.(\S+) +-+$", re.MULTILINE)
_ADDRESS: Final = re.compile(r"^ +/\*[0-9a-f]{4,}\*/ +(.*?) *;.*$")
_LABEL: Final = re.compile(r"^(?:\.L_x_\d+|\$[\w$]+):$")


class AssemblerError(Exception):
    """The assembler refused its input; the message is its own, free of paths."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What a thread of one entry point needs of the GPU, as `ptxas` says; shared memory is of a block."""

    registers: int
    """Of 32 bits."""
    stack_bytes: int
    """Of local memory for its stack frame."""
    spill_store_bytes: int
    """Written to local memory because registers ran out."""
    spill_load_bytes: int
    """Read from there."""
    shared_bytes: int
    """Of shared memory, for the whole block."""


def find(name: str) -> Path:
    """Return where a tool is; `ToolMissingError` names the extra to install."""
    spec = importlib.util.find_spec("nvidia")
    homes = [Path(home) for home in (spec.submodule_search_locations or ())] if spec else []
    for home in homes:
        for path in sorted(home.glob(f"cu*/bin/{name}"), reverse=True):
            return path
    found = shutil.which(name)
    if found is None:
        raise ToolMissingError(f"SASS needs {name}, which is not installed: pip install 'warpsmith[cuda-tools]'")
    return Path(found)


def version(name: str) -> str:
    """Return the version of a tool."""
    match = _VERSION.search(_run([str(find(name)), "--version"]))
    if match is None:
        raise BrokenToolchainError(f"{name} does not say its version")
    return match[1]


def assemble(ptx: Path, cubin: Path, arch: int) -> dict[str, Resources]:
    """Turn PTX into machine code; return what each entry point needs, by its name. Raises `AssemblerError`."""
    said = _run([str(find("ptxas")), f"-arch=sm_{arch}", "-v", str(ptx), "-o", str(cubin)])
    parts = _ENTRY.split(said)[1:]
    return {name: _resources(name, words) for name, words in zip(parts[::2], parts[1::2], strict=True)}


def disassemble(cubin: Path) -> dict[str, str]:
    """Return the machine code of each entry point as text, without addresses; labels name the targets of branches."""
    text = _run([str(find("nvdisasm")), "-c", str(cubin)])
    parts = _SECTION.split(text)[1:]
    return {name: _code(name, body) for name, body in zip(parts[::2], parts[1::2], strict=True)}


def count(codes: Mapping[str, str]) -> dict[str, int]:
    """Return how many instructions each text of `disassemble` has."""
    return {name: sum(line.startswith("    ") for line in code.splitlines()) for name, code in codes.items()}


def _resources(name: str, words: str) -> Resources:
    spills, used = _SPILLS.search(words), _USED.search(words)
    if spills is None or used is None:
        raise BrokenToolchainError(f"ptxas does not say what {name} needs: {' '.join(words.split())[:200]}")
    shared = _SHARED.search(used[0])
    stack, stores, loads = map(int, spills.groups())
    return Resources(int(used[1]), stack, stores, loads, int(shared[1]) if shared else 0)


def _code(name: str, body: str) -> str:
    lines = [f"{name}:"]
    labels: dict[str, str] = {}
    for line in body.splitlines():
        if match := _ADDRESS.match(line):
            lines.append(f"    {' '.join(match[1].split())};")
        elif _LABEL.match(line):
            lines.append(line)
    # Labels are numbered over all sections of the file: here, in the order in which this one mentions them.
    numbered = re.sub(
        r"\.L_x_\d+", lambda match: labels.setdefault(match[0], f".L{len(labels)}"), "\n".join(_trimmed(lines))
    )
    return numbered + "\n"


def _trimmed(lines: list[str]) -> list[str]:
    """Leave out the empty instructions that fill a section's end, and the label behind them."""
    end = len(lines)
    while lines[end - 1] == "    NOP;" or lines[end - 1].startswith(".L_x_"):
        end -= 1
    return lines[:end]


def _run(words: list[str]) -> str:
    # The paths are ours, and no shell reads them.
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise AssemblerError(_said(words, done.stderr or done.stdout))
    return done.stdout + done.stderr


def _said(words: list[str], output: str) -> str:
    """Return what a tool complains of, without where it found its input."""
    folders = {f"{Path(word).parent}/" for word in words[1:] if "/" in word}
    complaints = [line for line in output.splitlines() if "error" in line or "fatal" in line] or output.splitlines()
    text = " ".join(" ".join(complaints).split())
    for folder in folders:
        text = text.replace(folder, "")
    return f"{Path(words[0]).name}: {text[:400]}"
