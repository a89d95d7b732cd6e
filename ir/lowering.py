"""The lower levels of one kernel: what the native compilers make of Warp's text for it, as Warp builds it by default.

Each kernel is compiled in a module of its own here. In a module of many, inlining and the numbers of names depend on
the others, so that the same kernel would have another text in another batch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ir import assembly, cuda_tools, ptx, warp_api
from ir.errors import BadTargetError, BrokenToolchainError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from ir.cuda_tools import Resources

LEVELS: Final = {"llvm_ir": "cpu", "assembly": "cpu", "ptx": "cuda", "sass": "cuda"}
"""Each level and the device whose build it is of."""

_DUMP = re.compile(r"^\*\*\* IR Dump After .*\n", re.MULTILINE)
_FILE = re.compile(r"^(; ModuleID = '|source_filename = \").*?(['\"])$", re.MULTILINE)
_DIRECTIONS = ("forward", "backward")


@dataclass(frozen=True, slots=True)
class Lowered:
    """What one kernel becomes below the text that Warp generates."""

    texts: dict[str, str] = field(default_factory=dict)
    """By level."""
    instructions: dict[str, dict[str, int]] = field(default_factory=dict)
    """By level, of the forward and the backward entry point."""
    resources: dict[str, Resources] = field(default_factory=dict)
    """Of the forward and the backward entry point on the GPU; with the level `sass`."""
    code_bytes: int | None = None
    """Of the CPU's instructions; with the level `assembly`."""


class LoweringError(Exception):
    """A compiler or assembler refused one kernel; the message is its own."""


class Lowering:
    """Lowers kernels to some of `LEVELS`; long-lived; not thread-safe. `scratch` is a folder of its own.

    Raises `errors.ToolchainError` when a level cannot be made here; the message says what is missing.
    """

    def __init__(self, levels: Collection[str], arch: int, scratch: Path) -> None:
        self._levels = frozenset(levels)
        self._arch = arch
        self._scratch = scratch
        self._headers = scratch / "headers"
        check_tools(levels)
        self._headers.mkdir(parents=True, exist_ok=True)

    def lower(self, kernel_name: str, modules: Mapping[str, str]) -> Lowered:
        """Return the levels of a kernel, given the complete module that Warp wrote for it on each device.

        Raises `LoweringError` for a kernel of which there is no such level.
        """
        try:
            return self._lower(kernel_name, modules)
        except (cuda_tools.AssemblerError, warp_api.NativeError) as error:
            raise LoweringError(str(error)) from error

    def _lower(self, kernel_name: str, modules: Mapping[str, str]) -> Lowered:
        devices = {LEVELS[level] for level in self._levels}
        lowered = Lowered()
        for device, make in (("cpu", self._on_cpu), ("cuda", self._on_cuda)):
            if device in devices:
                part = make(kernel_name, modules[device])
                lowered = Lowered(
                    lowered.texts | part.texts,
                    lowered.instructions | part.instructions,
                    lowered.resources | part.resources,
                    lowered.code_bytes if part.code_bytes is None else part.code_bytes,
                )
        return lowered

    def describe(self) -> dict[str, object]:
        """Say how the levels are made: the same on every machine with the same tools."""
        said: dict[str, object] = {}
        devices = {LEVELS[level] for level in self._levels}
        if "cpu" in devices:
            said["cpu"] = {"compiler": warp_api.native_compiler("cpu"), "optimization_level": warp_api.OPTIMISED}
        if "cuda" in devices:
            said["cuda"] = {"compiler": warp_api.native_compiler("cuda"), "arch": self._arch, "mode": "release"}
        return said

    def _on_cpu(self, name: str, text: str) -> Lowered:
        source, output = self._scratch / f"{name}.cpp", self._scratch / f"{name}.o"
        source.write_text(text, encoding="utf-8")
        try:
            printed = warp_api.lower_cpu(source, output, self._headers, prints="llvm_ir" in self._levels)
            content = output.read_bytes()
        finally:
            source.unlink(missing_ok=True)
            output.unlink(missing_ok=True)
        texts: dict[str, str] = {}
        counts: dict[str, dict[str, int]] = {}
        if "llvm_ir" in self._levels:
            texts["llvm_ir"] = _last_module(printed, f"{name}.cpp")
        if "assembly" in self._levels:
            texts["assembly"] = assembly.disassemble(content)
            counts["assembly"] = _by_direction(assembly.instructions(texts["assembly"]), f"{name}_cpu_")
            return Lowered(texts, counts, code_bytes=assembly.code_bytes(content))
        return Lowered(texts, counts)

    def _on_cuda(self, name: str, text: str) -> Lowered:
        source, output, cubin = (self._scratch / f"{name}{suffix}" for suffix in (".cu", ".ptx", ".cubin"))
        source.write_text(text, encoding="utf-8")
        try:
            warp_api.compile_cuda(source, output, self._arch, self._headers, optimised=True)
            assembled = ptx.cut(output.read_bytes())
            prefix = f"{name}_cuda_kernel_"
            counts = {"ptx": _by_direction(ptx.instructions(assembled), prefix)}
            texts = {"ptx": assembled}
            resources: dict[str, Resources] = {}
            if "sass" in self._levels:
                output.write_text(assembled, encoding="utf-8")
                resources = _by_direction(cuda_tools.assemble(output, cubin, self._arch), prefix)
                codes = _by_direction(cuda_tools.disassemble(cubin), prefix)
                counts["sass"] = cuda_tools.count(codes)
                texts["sass"] = "\n".join(codes.values())
        finally:
            for path in (source, output, cubin):
                path.unlink(missing_ok=True)
        wanted = self._levels & texts.keys()
        return Lowered(
            {level: texts[level] for level in texts if level in wanted},
            {level: counts[level] for level in counts if level in wanted},
            resources,
        )


def check_tools(levels: Collection[str]) -> None:
    """Raise a `ToolchainError` when a level cannot be made here."""
    if "assembly" in levels:
        assembly.check_installed()
    if "llvm_ir" in levels and not warp_api.prints_llvm_ir():
        raise BadTargetError(
            f"Warp {warp_api.warp_version()} cannot be made to print LLVM IR: that takes 1.13 or newer"
        )
    if "sass" in levels:
        cuda_tools.find("ptxas")
        cuda_tools.find("nvdisasm")


def tool_versions(levels: Collection[str]) -> dict[str, str]:
    """Return the versions of the tools, beside Warp, that the text of these levels depends on."""
    found: dict[str, str] = {}
    if "assembly" in levels:
        found |= assembly.versions()
    if "sass" in levels:
        found |= {name: cuda_tools.version(name) for name in ("ptxas", "nvdisasm")}
    return found


def _last_module(printed: str, name: str) -> str:
    """Return the module as it was after its last function: LLVM prints all of it after each."""
    parts = _DUMP.split(printed)
    if len(parts) < 2:
        raise BrokenToolchainError("the CPU compiler was asked to print its LLVM IR, but printed none")
    return _FILE.sub(rf"\g<1>{name}\2", parts[-1]).strip() + "\n"


def _by_direction(found: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """Return what belongs to the forward and to the backward entry point, in this order."""
    return {way: found[prefix + way] for way in _DIRECTIONS if prefix + way in found}
