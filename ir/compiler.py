"""Many kernels in, few native compiles, their listings out."""

from __future__ import annotations

import re
import sys
import time
from bisect import bisect_right
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from ir import warp_api
from ir.digest import digests
from ir.errors import BrokenToolchainError
from ir.extract import extract, split_prelude
from ir.generation import GenerationError, generate
from ir.launch import Program
from ir.records import Built, Known, Refused, Timings
from ir.source import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ir.records import IsKnown, Target, Unit

_HANDLES = count()  # of objects loaded by this process: Warp's loader never takes a name again
# Its overloads cost clang time, so Warp's prelude leaves them out of modules that never say the word.
_NO_BFLOAT16 = "#define WP_NO_BFLOAT16\n"

# Characters of generated code in one native compile. A module costs 70 to 100 ms beside its kernels, but NVRTC takes
# memory with the text. With adjoints, CPU ms a kernel and the process's most memory: 16 kernels a module 94 ms, 505 MB;
# 32 kernels 90 ms, 599 MB; 700,000 characters (some 20 kernels, seldom a few large ones) 85 ms, 512 MB.
MODULE_CHARACTERS: Final = {"cpu": sys.maxsize, "cuda": 700_000}


@dataclass(frozen=True, slots=True)
class Generated:
    """A kernel for which Warp has generated code that no native compiler has seen yet.

    `text` is the complete module as Warp wrote it; `built` is what the kernel becomes if it compiles.
    """

    unit: Unit
    text: str
    built: Built
    kernel: Any


class Compiler:
    """Compiles modules of many kernels in this process; long-lived; not thread-safe.

    `scratch` is a folder of its own, which it fills and cleans. One that `loads` keeps what it compiled for the CPU in
    this process, ready to run, until the next compile; one that is `optimised` compiles as Warp does by default.
    Raises `errors.ToolchainError` when `target` cannot be compiled for here.
    """

    def __init__(self, target: Target, scratch: Path, *, loads: bool = False, optimised: bool = False) -> None:
        warp_api.check_available(target)
        self.target = target
        self._loads = loads
        self._optimised = optimised
        self._loaded: dict[int, Program] = {}
        self._handles: list[str] = []
        self.timings = Timings()
        self._scratch = scratch
        self._headers = scratch / "headers"
        self._headers.mkdir(parents=True, exist_ok=True)

    def build(self, units: Sequence[Unit]) -> list[Built | Refused]:
        """Generate and compile `units`, one outcome each, in their order; few native compiles when all is well."""
        return self.compile([self.generate(unit) for unit in units])

    def build_new(self, units: Sequence[Unit], is_known: IsKnown) -> list[Built | Refused | Known]:
        """Build `units` but for those that are known by the code that Warp generates for them."""
        generated = [self.generate(unit) for unit in units]
        known = [
            isinstance(each, Generated) and is_known(each.built.ir_digest, each.built.structure_digest)
            for each in generated
        ]
        outcomes = iter(self.compile([each for each, is_old in zip(generated, known, strict=True) if not is_old]))
        return [Known() if is_old else next(outcomes) for is_old in known]

    def generate(self, unit: Unit) -> Generated | Refused:
        """Generate the code of one unit; its listing and digests are known then, before the dear native compile."""
        try:
            with self._timed("code_generation"):
                generation = generate(unit, self.target)
        except SourceError as error:
            return Refused("import", str(error))
        except GenerationError as error:
            return Refused("codegen", str(error))
        with self._timed("digest"):
            listing = extract(generation.text)
            found = digests(listing.forward)
        built = Built(
            listing,
            found.ir,
            found.structure,
            device=self.target.device,
            module=generation.text,
            normalised=found.normalised,
        )
        return Generated(unit, generation.text, built, generation.kernel)

    def compile(self, modules: Sequence[Generated | Refused]) -> list[Built | Refused]:
        """Compile what was generated in as few translation units as may be, and turn each into its outcome."""
        self.unload()
        outcomes: list[Built | Refused | None] = [module if isinstance(module, Refused) else None for module in modules]
        waiting = [(i, module) for i, module in enumerate(modules) if isinstance(module, Generated)]
        units = self._translation_units([module for _, module in waiting])
        messages = [message for some in units for message in self._failures(some)]
        for (i, module), message in zip(waiting, messages, strict=True):
            built = replace(module.built, program=self._loaded.get(id(module)))
            digests = (built.ir_digest, built.structure_digest)
            outcomes[i] = built if message is None else Refused("native", message, *digests)
        return [outcome for outcome in outcomes if outcome is not None]

    def _translation_units(self, modules: Sequence[Generated]) -> Iterator[list[Generated]]:
        """Cut modules where their text becomes too much for one compile."""
        together: list[Generated] = []
        left = MODULE_CHARACTERS[self.target.device]
        for module in modules:
            if together and len(module.text) > left:
                yield together
                together, left = [], MODULE_CHARACTERS[self.target.device]
            together.append(module)
            left -= len(module.text)
        if together:
            yield together

    def unload(self) -> None:
        """Forget what is loaded."""
        self._loaded.clear()
        while self._handles:
            warp_api.unload_object(self._handles.pop())

    def describe_compile(self) -> dict[str, object]:
        """Say how kernels are compiled: the same on every machine with the same Warp."""
        device = self.target.device
        told = warp_api.compile_options(device)
        level = warp_api.OPTIMIZATION_LEVEL[device]
        description: dict[str, object] = {
            "compiler": warp_api.native_compiler(device),
            "mode": warp_api.MODE[device],
            "optimization_level": level if "optimization_level" in told else "Warp's own",
            "block_dim": warp_api.BLOCK_DIM[device],
            "backward": self.target.backward,
        }
        if device == "cuda":
            return description | {"arch": self.target.arch, "output": "ptx"}
        return description | {"flags": told.get("extra_flags", "Warp's own"), "output": "object"}

    def _failures(self, modules: Sequence[Generated]) -> list[str | None]:
        """Return for each module the native compiler's message, or None when it compiled.

        A failed compile costs seconds (Warp compiles once more without the precompiled header, then throws that away),
        so the units that the message points at are tried alone, and the rest together. Only a module that fails by
        itself is refused.
        """
        if not modules:
            return []
        try:
            blamed = self._compile_native(modules)
        except warp_api.NativeError as error:
            assert len(modules) == 1
            self._check_health()
            return [str(error)]
        if blamed is None:
            return [None] * len(modules)
        if not blamed:
            half = len(modules) // 2
            return self._failures(modules[:half]) + self._failures(modules[half:])
        rest = iter(self._failures([module for i, module in enumerate(modules) if i not in blamed]))
        return [self._failures([module])[0] if i in blamed else next(rest) for i, module in enumerate(modules)]

    def _check_health(self) -> None:
        """Raise when an empty module fails as well, so that a full disk is not taken for a bad kernel."""
        prelude = '#define WP_TILE_BLOCK_DIM 256\n#define WP_NO_CRT\n#include "builtin.h"\n'
        try:
            self._run_native("health", prelude)
        except warp_api.NativeError as error:
            first = str(error).partition("\n")[0]
            raise BrokenToolchainError(f"the native compiler fails on an empty module: {first}") from error

    def _compile_native(self, modules: Sequence[Generated]) -> frozenset[int] | None:
        """Compile modules together; return None when all is well, else the indices of those that the message blames.

        Raises `warp_api.NativeError` when there is one module only, compiled as Warp wrote it.
        """
        if len(modules) == 1:
            name = modules[0].unit.kernel_name
            self._run_native(name, modules[0].text, [(modules[0], name)])
            return None
        text, names, starts = _joined(modules)
        try:
            self._run_native("batch", text, list(zip(modules, names, strict=True)))
        except warp_api.NativeError as error:
            return frozenset(i - 1 for line in error.lines if (i := bisect_right(starts, line)) > 0)
        return None

    def _expect(self, kernels: Sequence[str], output: bytes) -> None:
        for kernel in kernels:
            if _entry(kernel, self.target.device) not in output:
                raise BrokenToolchainError(f"the native compiler reports success, but {kernel} is not in its output")

    def _load(self, file: Path, kernels: Sequence[tuple[Generated, str]]) -> None:
        """Make the kernels of an object file ready to run; each has a name in it."""
        handle = f"{file}-{next(_HANDLES)}"
        with self._timed("native_compile"):
            warp_api.load_object(file, handle)
            self._handles.append(handle)
            for module, name in kernels:
                backward = f"{name}_cpu_backward" if module.built.listing.backward else None
                hooks = warp_api.entry_points(handle, f"{name}_cpu_forward", backward)
                self._loaded[id(module)] = Program(module.kernel, hooks)

    def _run_native(self, name: str, text: str, kernels: Sequence[tuple[Generated, str]] = ()) -> None:
        suffix, result = (".cpp", ".o") if self.target.device == "cpu" else (".cu", ".ptx")
        source = self._scratch / f"{name}{suffix}"
        output = self._scratch / f"{name}{result}"
        # The specialisation for packed arrays differs in its strides only: one of the two proves that it compiles.
        kept = text if self._optimised else text.replace("_tasks<true>(", "_tasks<false>(")
        source.write_text(kept, encoding="utf-8")
        try:
            with self._timed("native_compile"):
                if self.target.device == "cpu":
                    warp_api.compile_cpu(source, output, self._headers, optimised=self._optimised)
                else:
                    warp_api.compile_cuda(source, output, self.target.arch, self._headers)
            if not output.is_file():
                raise BrokenToolchainError(f"the native compiler reports success, but wrote no {result} file")
            self._expect([name for _, name in kernels], output.read_bytes())
            if self._loads and kernels:
                self._load(output, kernels)
        finally:
            source.unlink(missing_ok=True)
            output.unlink(missing_ok=True)

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        start = time.process_time()
        try:
            yield
        finally:
            spent = getattr(self.timings, name) + time.process_time() - start
            self.timings = replace(self.timings, **{name: spent})


def _joined(modules: Sequence[Generated]) -> tuple[str, list[str], list[int]]:
    """Join modules into one translation unit; return it, the kernels in it, and the line on which each module begins.

    Each keeps to a namespace of its own, so that equal names of structs and functions never meet. Entry points have C
    linkage, which knows no namespaces: they are numbered.
    """
    parts = [split_prelude(module.text) for module in modules]
    preludes = {prelude.removeprefix(_NO_BFLOAT16) for prelude, _ in parts}
    assert len(preludes) == 1, "Warp wrote different preludes for one target"
    plain = all(prelude.startswith(_NO_BFLOAT16) for prelude, _ in parts)
    text = (_NO_BFLOAT16 if plain else "") + preludes.pop()
    line = text.count("\n") + 1
    pieces, names, starts = [text], [], []
    for i, (module, (_, body)) in enumerate(zip(modules, parts, strict=True)):
        kernel = module.unit.kernel_name
        names.append(f"{kernel}_{i}")
        starts.append(line)
        renamed = re.sub(rf"\b{kernel}(?=_(?:cpu|cuda)_)", names[-1], body)
        pieces.append(f"namespace unit_{i} {{\n{renamed}\n}} // namespace unit_{i}\n")
        line += pieces[-1].count("\n")
    return "".join(pieces), names, starts


def _entry(kernel: str, device: str) -> bytes:
    """Return what the output holds when `kernel` is in it: a symbol in the string table, or a PTX entry point."""
    if device == "cpu":
        return f"{kernel}_cpu_forward\0".encode()
    return f".entry {kernel}_cuda_kernel_forward(".encode()
