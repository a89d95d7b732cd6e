"""Warp, as far as this project knows it: every import of it, and every private name, each with its reason.

Why private names at all. The public `wp.compile_aot_module` goes from kernels to native code in one step, for one Warp
module. A dataset needs the seam in the middle: the text of a kernel must not depend on which others share its module
(function numbers, struct order and the filtering of equal kernels do), and a failure must be pinned on one kernel. So
each kernel is generated in a Warp module of its own, and many texts are compiled as one translation unit, through the
two functions that `compile_aot_module` itself calls.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ir.capture import captured_output
from ir.errors import BadTargetError, NoCudaCompilerError, UntestedWarpError, WarpMissingError
from ir.headers import NVRTC, kept
from ir.source import MODULE_NAME, SourceError, named, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ir.records import Target, Unit

TESTED_VERSIONS: Final = ("1.19",)

# wp.launch always runs CPU kernels with blocks of one thread, and Warp generates other text for other sizes.
BLOCK_DIM: Final = {"cpu": 1, "cuda": 256}

# The cheapest way that still ends in machine code or PTX, in ms per kernel of 25 statements with its adjoint:
# clang -O0 94, -O1 233, -O2 246; NVRTC -G 62, without it 150 (-O1) to 160 (-O3). -G means level 0.
OPTIMIZATION_LEVEL: Final = {"cpu": 0, "cuda": 0}
MODE: Final = {"cpu": "release", "cuda": "debug"}

# Generic code for the architecture: Warp's default, -march=native, would tie the result to this machine.
CPU_FLAGS: Final = ""

# Where NVRTC was built, and where it keeps its precompiled header.
_NOISE: Final = re.compile(r"^Warp NVRTC compilation error|precompiled header file")


class GenerationError(Exception):
    """Warp's code generation raised on a kernel."""


class NativeError(Exception):
    """The native compiler refused a translation unit; the message is its own, `lines` are those that it points at."""

    def __init__(self, message: str, lines: frozenset[int]) -> None:
        super().__init__(message)
        self.lines = lines


def warp_version() -> str:
    """Return the installed version of Warp, without importing it."""
    try:
        return importlib.metadata.version("warp-lang")
    except importlib.metadata.PackageNotFoundError as error:
        raise WarpMissingError("Warp is not installed: pip install 'warp-lang>=1.19,<1.20'") from error


def check_available(target: Target) -> None:
    """Raise a `ToolchainError` with a one-line message when `target` cannot be compiled for here."""
    version = warp_version()
    if not version.startswith(tuple(f"{tested}." for tested in TESTED_VERSIONS)):
        tested = ", ".join(f"{tested}.x" for tested in TESTED_VERSIONS)
        raise UntestedWarpError(
            f"Warp {version} is installed, tested are {tested}: pip install 'warp-lang>=1.19,<1.20'"
        )
    start()
    runtime = _runtime()
    if target.device == "cpu":
        if runtime.llvm is None:
            raise WarpMissingError(f"Warp {version} was built without its CPU compiler (warp-clang)")
        return
    supported = sorted(runtime.nvrtc_supported_archs)
    if not supported:
        raise NoCudaCompilerError(f"Warp {version} was built without the CUDA compiler (NVRTC): use --device cpu")
    if target.arch not in supported:
        names = ", ".join(map(str, supported))
        raise BadTargetError(f"architecture {target.arch} is not one of those that this Warp compiles for: {names}")


def start() -> None:
    """Initialise Warp, once a process, in silence.

    Warp makes its kernel cache folder in the home folder on the way; ours needs none, so it goes with the other
    temporary files, unless the user has said where it should be.
    """
    try:
        wp = _warp()
    except ImportError as error:
        raise WarpMissingError(f"Warp does not import: {error}") from error
    if _context().runtime is not None:
        return
    if wp.config.kernel_cache_dir is None and "WARP_CACHE_PATH" not in os.environ:
        wp.config.kernel_cache_dir = str(Path(tempfile.gettempdir()) / f"warpsmith-{_user()}")
    try:
        # The missing CUDA driver is reported by native code on fd 2, out of reach of Warp's log level.
        with quiet(), captured_output():
            wp.init()
    except Exception as error:  # whatever a native library raises on loading, Warp is unusable
        raise WarpMissingError(f"Warp does not start: {_one_line(error)}") from error


def generate(unit: Unit, target: Target) -> str:
    """Return the complete C++ or CUDA text that Warp generates for one unit, kernel hash left out.

    The text is a function of the unit and the target alone. Raises `SourceError` or `GenerationError`.
    """
    context = _context()
    with quiet(), _fresh_numbers(), _forgotten(), running(unit):
        module = _only_kernel(unit)
        module.options.update(
            {
                "enable_backward": target.backward,
                "block_dim": BLOCK_DIM[target.device],
                "strip_hash": True,
                "cpu_compiler_flags": CPU_FLAGS,
            }
        )
        try:
            # What Module._compile does before it calls the native compiler. `get_module_hash` resolves wp.static().
            module.get_module_hash()
            options = module.resolve_options(_warp().config)
            options["output_arch"] = None if target.device == "cpu" else target.arch
            hasher = module.hashers[options["block_dim"]]
            builder = context.ModuleBuilder(module, options, hasher=hasher, target=target.device)
            return str(builder.codegen(target.device))
        except MemoryError:
            raise
        except Exception as error:
            # Code generation runs on whatever the source says and raises what it likes (KeyError, RecursionError …).
            raise GenerationError(named(error)) from error


def compile_cpu(source: Path, output: Path, headers: Path) -> None:
    """Compile C++ to an object file with Warp's clang; `headers` holds the precompiled header between calls."""
    build = _warp()._src.build.build_cpu  # noqa: SLF001  # the step under compile_aot_module
    with _native_errors(source), kept(headers):
        build(
            str(output),
            str(source),
            mode=MODE["cpu"],
            extra_flags=CPU_FLAGS,
            optimization_level=OPTIMIZATION_LEVEL["cpu"],
            use_precompiled_headers=True,
            pch_dir=str(headers),
            block_dim=BLOCK_DIM["cpu"],
        )


def compile_cuda(source: Path, output: Path, arch: int, headers: Path) -> None:
    """Compile CUDA C++ to PTX with the NVRTC inside Warp; neither a GPU nor a driver is needed."""
    build = _warp()._src.build.build_cuda  # noqa: SLF001  # the step under compile_aot_module
    with _native_errors(source), NVRTC.temporary_files(headers) as has_headers:
        build(
            str(source),
            arch,
            str(output),
            config=MODE["cuda"],
            optimization_level=3,  # the default; to ask for 0 beside -G makes NVRTC warn of a conflict
            use_precompiled_headers=has_headers,
            pch_dir=None,
        )


def native_compiler(device: str) -> str:
    """Return the name and version of the native compiler inside Warp."""
    runtime = _runtime()
    if device == "cpu":
        return f"clang {runtime.get_llvm_version()}"
    return "nvrtc {}.{}".format(*runtime.toolkit_version)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Warp's log and Python's warnings from a person who asked for neither, also where warnings are errors."""
    config = _warp().config
    level = config.log_level
    config.log_level = 100  # above LOG_ERROR
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        config.log_level = level


@contextmanager
def _native_errors(source: Path) -> Iterator[None]:
    """Turn Warp's bare exception, which holds an error code only, into a `NativeError` with the compiler's words."""
    with captured_output() as read:
        try:
            with quiet():
                yield
        except (OSError, MemoryError):
            raise  # of this process, not of the kernel
        except Exception as error:  # Warp raises Exception itself
            message = _native_message(read(), source.parent) or _one_line(error)
            lines = re.findall(rf"\b{re.escape(source.name)}[:(](\d+)", message)
            lines += re.findall(rf'at line (\d+) of "?{re.escape(source.name)}', message)
            raise NativeError(message, frozenset(map(int, lines))) from error


def _native_message(output: str, scratch: Path) -> str:
    """Return what the compiler says of the source, without what differs between two machines or two runs."""
    # Warp tries again without the precompiled header, whatever the error; the second try says it all once more.
    output = output.rpartition("retrying without precompiled headers\n")[2]
    kept = (line for line in output.splitlines() if not _NOISE.search(line))
    native = Path(_warp().__file__).resolve().parent
    message = "\n".join(kept)
    for folder, name in ((scratch, ""), (scratch.resolve(), ""), (native, "warp/")):
        message = message.replace(f"{folder}{os.sep}", name)
    return message.strip()


def _only_kernel(unit: Unit) -> Any:
    """Return the Warp module that running `unit` has made, with its one kernel in it."""
    module = _context().user_modules.get(MODULE_NAME)
    names = sorted(module.kernels) if module is not None else []
    if names != [unit.kernel_name]:
        found = ", ".join(names) or "none"
        raise SourceError(f"expected exactly one kernel, {unit.kernel_name}; found {found}")
    return module


@contextmanager
def _forgotten() -> Iterator[None]:
    """Let Warp forget the module of a unit, which it would keep for good."""
    try:
        yield
    finally:
        _context().user_modules.pop(MODULE_NAME, None)


@contextmanager
def _fresh_numbers() -> Iterator[None]:
    """Let Warp number functions from zero: its counter is global, counts every name ever seen and is never trimmed."""
    counts = _context().function_key_counts
    saved = dict(counts)
    counts.clear()
    try:
        yield
    finally:
        counts.clear()
        counts.update(saved)


def _one_line(error: BaseException) -> str:
    return " ".join(named(error).split())


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else "user"


def _warp() -> Any:
    import warp  # noqa: PLC0415  # lazily: `warp_version` answers before a broken install raises

    return warp


def _context() -> Any:  # registries (user_modules, function_key_counts) and ModuleBuilder live there
    return _warp()._src.context  # noqa: SLF001


def _runtime() -> Any:  # knows what the native libraries can do
    return _context().runtime
