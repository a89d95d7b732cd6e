"""Warp's plain way: many kernels in one module, compiled as a program that knows nothing of this project would."""

from __future__ import annotations

import linecache
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import warp as wp

from ir import warp_api
from ir.capture import captured_output
from ir.records import Target, Unit

MODULE_NAME = "plain_kernels"


def compile_plainly(units: Sequence[Unit], target: Target, folder: Path) -> None:
    """Run these sources as parts of one module, and compile it by `wp.compile_aot_module` into a folder of its own.

    Told the same level, flags and adjoint as the pipeline tells the native compiler, and to write PTX for the GPU.
    """
    with warp_api.quiet(), captured_output(), _one_module(units) as module:
        module.options.update(_options(target))
        module.mark_modified()  # options went in behind its back
        if target.device == "cpu":
            wp.compile_aot_module(module, device="cpu", module_dir=folder)
        else:
            wp.compile_aot_module(module, arch=target.arch, module_dir=folder, use_ptx=True)


def _options(target: Target) -> dict[str, Any]:
    told = warp_api.compile_options(target.device)
    return {
        "enable_backward": target.backward,
        "block_dim": warp_api.BLOCK_DIM[target.device],
        "mode": warp_api.MODE[target.device],
        "cpu_compiler_flags": told.get("extra_flags", warp_api.CPU_FLAGS),
        "optimization_level": told["optimization_level"],
        **warp_api.MATH_LIBRARIES,
    }


@contextmanager
def _one_module(units: Sequence[Unit]) -> Iterator[Any]:
    """Yield the Warp module of all units: each keeps names of its own, and Warp compiles all kernels that live."""
    files = [f"{MODULE_NAME}_{number}.py" for number in range(len(units))]
    names: list[dict[str, object]] = []
    try:
        for file, unit in zip(files, units, strict=True):
            linecache.cache[file] = (len(unit.source), None, unit.source.splitlines(keepends=True), file)
            names.append({"__name__": MODULE_NAME})
            exec(compile(unit.source, file, "exec", dont_inherit=True), names[-1])  # noqa: S102  # the source is our own
        yield wp.get_module(MODULE_NAME)
    finally:
        for file in files:
            linecache.cache.pop(file, None)
        for each in names:
            each.clear()  # functions refer to their globals and back
        warp_api.context().user_modules.pop(MODULE_NAME, None)
