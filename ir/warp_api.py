"""Warp, as far as this project knows it: the one import of it, what is private in it, and the native compilers.

Three modules work on what is handed out here: `generation` on its registries of modules, `registry` and `recording` on
those of built-ins.

Why private names at all. The public `wp.compile_aot_module` goes from kernels to native code in one step, for one Warp
module. A dataset needs the seam in the middle: the text of a kernel must not depend on which others share its module
(function numbers, struct order and the filtering of equal kernels do), and a failure must be pinned on one kernel. So
each kernel is generated in a Warp module of its own, and many texts are compiled as one translation unit, through the
two functions that `compile_aot_module` itself calls.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import io
import os
import re
import tempfile
import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ir.capture import captured_output
from ir.errors import BadTargetError, BrokenToolchainError, NoCudaCompilerError, UntestedWarpError, WarpMissingError
from ir.headers import NVRTC, kept
from ir.source import named
from ir.versions import REQUIREMENT, TESTED_VERSIONS, accepted, is_tested

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ir.records import Target

# wp.launch always runs CPU kernels with blocks of one thread, and Warp generates other text for other sizes.
BLOCK_DIM: Final = {"cpu": 1, "cuda": 256}

# The cheapest way that still ends in machine code or PTX, in ms per kernel of 25 statements with its adjoint:
# clang -O0 94, -O1 233, -O2 246; NVRTC -G 62, without it 150 (-O1) to 160 (-O3). -G means level 0.
OPTIMIZATION_LEVEL: Final = {"cpu": 0, "cuda": 0}
OPTIMISED: Final = 2  # Warp's default on the CPU
MODE: Final = {"cpu": "release", "cuda": "debug"}

# Generic code for the architecture: Warp's default, -march=native, would tie the result to this machine.
CPU_FLAGS: Final = ""

# Where a kernel is only to compile and run as it is: what clang's own driver says to a release build of it, and Warp
# does not (trust your own IR, give values no names), and no warnings. The same object file in 0.87 of the time.
QUICK_FLAGS: Final = "-w -disable-llvm-verifier -discard-value-names"

# NVIDIA's math libraries on the GPU, for tile_matmul, tile_fft and the solvers: Warp has them compile a function for
# every shape, type and layout it meets, which takes 2 to 9 s each. Without them it uses templates of its own, as on the
# CPU. Warp 1.10 and 1.11 cannot do without, 1.12 and 1.13 can for tile_matmul only.
MATH_LIBRARIES: Final = {"enable_mathdx_gemm": False, "enable_mathdx_solver": False, "enable_mathdx_fft": False}

# LLVM prints the module as it is handed to instruction selection, once for each function.
_PRINT_IR: Final = "-mllvm -print-module-scope -mllvm -print-after=codegenprepare"

# Where NVRTC was built, and where it keeps its precompiled header.
_NOISE: Final = re.compile(r"^Warp NVRTC compilation error|precompiled header file")


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
        raise WarpMissingError(f"Warp is not installed: pip install '{REQUIREMENT}'") from error


def check_available(target: Target) -> None:
    """Raise a `ToolchainError` with a one-line message when `target` cannot be compiled for here."""
    version = warp_version()
    if not is_tested(version):
        tested = f"{TESTED_VERSIONS[0]}.x to {TESTED_VERSIONS[-1]}.x"
        raise UntestedWarpError(f"Warp {version} is installed, tested are {tested}: pip install '{REQUIREMENT}'")
    start()
    runtime = _runtime()
    if target.device == "cpu":
        if runtime.llvm is None:
            raise WarpMissingError(f"Warp {version} was built without its CPU compiler (warp-clang)")
        return
    supported = architectures()
    if not supported:
        raise NoCudaCompilerError(f"Warp {version} was built without the CUDA compiler (NVRTC): use --device cpu")
    if target.arch not in supported:
        names = ", ".join(map(str, supported))
        raise BadTargetError(f"architecture {target.arch} is not one of those that this Warp compiles for: {names}")


def architectures() -> list[int]:
    """Return the SM architectures that the NVRTC inside Warp compiles for; none when Warp was built without it.

    Asked of the native library: Warp 1.10 and 1.11 keep a list of their own only where there is a driver.
    """
    core = _runtime().core
    found = (ctypes.c_int * max(0, core.wp_nvrtc_supported_arch_count()))()
    if found:
        core.wp_nvrtc_supported_archs(found)
    return sorted(found)


def start() -> None:
    """Initialise Warp, once a process, in silence.

    Warp would make its kernel cache folder on the way, in the home folder; ours needs none, so none is made. What it
    would keep there later goes with the temporary files, unless the user has said where it should be.
    """
    try:
        wp = _warp()
    except ImportError as error:
        raise WarpMissingError(f"Warp does not import: {error}") from error
    if context().runtime is not None:
        return
    if wp.config.kernel_cache_dir is None:
        home = os.environ.get("WARP_CACHE_PATH") or Path(tempfile.gettempdir()) / f"warpsmith-{_user()}"
        wp.config.kernel_cache_dir = str(Path(home) / wp.config.version)
    build = wp._src.build  # noqa: SLF001  # it makes the folder
    make_folder, build.init_kernel_cache = build.init_kernel_cache, lambda _path=None: None
    try:
        # The missing CUDA driver is reported by native code on fd 2, out of reach of Warp's log level.
        with quiet(), captured_output():
            wp.init()
    except Exception as error:  # whatever a native library raises on loading, Warp is unusable
        raise WarpMissingError(f"Warp does not start: {_one_line(error)}") from error
    finally:
        build.init_kernel_cache = make_folder


def config() -> Any:
    """Return Warp's settings."""
    return _warp().config


def context() -> Any:
    """Return Warp's module of registries (user_modules, builtin_functions) and of ModuleBuilder."""
    return _warp()._src.context  # noqa: SLF001


def codegen() -> Any:
    """Return Warp's code generator: the module with `Adjoint`, which turns a function into C++."""
    return _warp()._src.codegen  # noqa: SLF001


def types() -> Any:
    """Return Warp's module of types."""
    return _warp()._src.types  # noqa: SLF001


def forget_structs() -> None:
    """Let Warp forget the sizes of structs, by which it keeps them, their modules and all that these hold for good."""
    sizes = getattr(types(), "_type_size_cache", {})
    for each in [each for each in sizes if isinstance(each, codegen().Struct)]:
        del sizes[each]


def compile_cpu(source: Path, output: Path, headers: Path, *, optimised: bool = False) -> None:
    """Compile C++ to an object file with Warp's clang; `headers` holds the precompiled header between calls."""
    build = _warp()._src.build.build_cpu  # noqa: SLF001  # the step under compile_aot_module
    files = {"use_precompiled_headers": True, "pch_dir": str(headers)}
    with _native_errors(source), kept(headers):
        usual = {"optimization_level": OPTIMISED, "extra_flags": CPU_FLAGS} if optimised else {}
        build(str(output), str(source), **accepted(build, compile_options("cpu") | usual | files))


def lower_cpu(source: Path, output: Path, headers: Path, *, prints: bool) -> str:
    """Compile C++ to an object file as Warp does by default; return what clang prints, with `prints` its LLVM IR."""
    build = _warp()._src.build.build_cpu  # noqa: SLF001  # the step under compile_aot_module
    options = compile_options("cpu") | {"use_precompiled_headers": True, "pch_dir": str(headers)}
    flags = {"extra_flags": f"{CPU_FLAGS} {_PRINT_IR}".strip() if prints else CPU_FLAGS}
    with _native_errors(source) as read, kept(headers):
        build(str(output), str(source), **accepted(build, options | {"optimization_level": OPTIMISED} | flags))
        return read()


def prints_llvm_ir() -> bool:
    """Tell whether the installed Warp's clang can be told to print its LLVM IR."""
    return bool(accepted(_warp()._src.build.build_cpu, {"extra_flags": ""}))  # noqa: SLF001


def compile_cuda(source: Path, output: Path, arch: int, headers: Path, *, optimised: bool = False) -> None:
    """Compile CUDA C++ to PTX with the NVRTC inside Warp; neither a GPU nor a driver is needed."""
    build = _warp()._src.build.build_cuda  # noqa: SLF001  # the step under compile_aot_module
    with _native_errors(source), NVRTC.temporary_files(headers) as has_headers:
        # Warp 1.12 always uses its header, and has to be told where to keep it.
        can_refuse = accepted(build, {"use_precompiled_headers": has_headers})
        files = can_refuse | accepted(build, {"pch_dir": None if can_refuse else str(headers)})
        mode = accepted(build, {"config": "release"}) if optimised else {}
        build(str(source), arch, str(output), **compile_options("cuda") | mode | files)


def load_object(file: Path, handle: str) -> None:
    """Load an object file that `compile_cpu` wrote into this process, under a name of its own."""
    load = _runtime().llvm.wp_load_obj
    linker = [_warp().config.legacy_cpu_linker] if len(load.argtypes or ()) > 2 else []  # since 1.12
    if load(str(file).encode(), handle.encode(), *linker):
        raise BrokenToolchainError(f"Warp's loader refuses the object file of {handle}")


def unload_object(handle: str) -> None:
    """Forget an object file."""
    _runtime().llvm.wp_unload_obj(handle.encode())


def entry_points(handle: str, forward: str, backward: str | None) -> Any:
    """Return where two functions of a loaded object are, in Warp's own holder; the second may not be there."""
    look_up = _runtime().llvm.wp_lookup
    found = [name and look_up(handle.encode(), name.encode()) for name in (forward, backward)]
    return context().KernelHooks(*(ctypes.CFUNCTYPE(None)(address) if address else None for address in found))


def array_over(buffer: Any, dtype: Any, ndim: int, grad: Any) -> Any:
    """Return a Warp array over a NumPy buffer, which has to live as long; `grad` is a Warp array of the same shape."""
    shape = tuple(buffer.shape[:ndim])
    if 0 in shape:
        return _warp().empty(shape=shape, dtype=dtype, device="cpu", requires_grad=grad is not None)
    made = _warp().array(ptr=buffer.ctypes.data, dtype=dtype, shape=shape, device="cpu", copy=False)
    if grad is not None:
        made.grad = grad
    return made


def described(buffer: Any, dtype: Any, ndim: int, grad: Any) -> Any:
    """Return what a launch is given for `array_over` of the same, of which it is a fifth of the work.

    `grad` is described as well.
    """
    shape = buffer.shape[:ndim]
    if 0 in shape:
        return array_over(buffer, dtype, ndim, grad).__ctype__()
    data = buffer.ctypes.data
    return types().array_t(data, 0 if grad is None else grad.data, ndim, shape, buffer.strides[:ndim])


def run_kernel(
    kernel: Any, hooks: Any, dim: tuple[int, ...], arguments: list[Any], adjoints: list[Any] | None = None
) -> None:
    """Run a kernel on the CPU as `wp.launch` does: forward, then its adjoint if there are adjoints of the arguments."""
    invoke, params = context().invoke, [_bounds(kernel, dim), *_packed(kernel, arguments, is_adjoint=False)]
    invoke(kernel, hooks, params, False)
    if adjoints is not None:
        invoke(kernel, hooks, params + _packed(kernel, adjoints, is_adjoint=True), True)


def prepared_launch(kernel: Any, hooks: Any, dim: tuple[int, ...], arguments: list[Any]) -> Callable[[], None]:
    """Return what launches a kernel on arguments; these have to live as long."""
    params = [_bounds(kernel, dim), *_packed(kernel, arguments, is_adjoint=False)]
    return partial(context().invoke, kernel, hooks, params, False)


def _bounds(kernel: Any, dim: tuple[int, ...]) -> Any:
    rank = getattr(kernel.adj, "kernel_dim", len(dim))
    return types().launch_bounds_t((dim + (1,) * rank)[: max(rank, 1)])


def _packed(kernel: Any, values: list[Any], *, is_adjoint: bool) -> list[Any]:
    """Return arguments or their adjoints as the native function takes them."""
    pack, described_array = context().pack_arg, types().array_t
    return [
        value
        if type(value) is described_array
        else pack(kernel, argument.type, argument.label, value, "cpu", is_adjoint)
        for argument, value in zip(kernel.adj.args, values, strict=True)
    ]


def compile_options(device: str) -> dict[str, Any]:
    """Return what the installed Warp's native compiler for `device` is told: its own names for options, and values."""
    build = _warp()._src.build  # noqa: SLF001  # the step under compile_aot_module
    if device == "cpu":
        level = {"optimization_level": OPTIMIZATION_LEVEL["cpu"]}
        asked = {"mode": MODE["cpu"], "extra_flags": QUICK_FLAGS, "block_dim": BLOCK_DIM["cpu"]} | level
        return accepted(build.build_cpu, asked)
    # Level 3 is the default; to ask for 0 beside -G (mode "debug") makes NVRTC warn of a conflict.
    return accepted(build.build_cuda, {"config": MODE["cuda"], "optimization_level": 3})


def native_compiler(device: str) -> str:
    """Return the name and version of the native compiler inside Warp."""
    runtime = _runtime()
    if device == "cpu":
        has_version = hasattr(runtime, "get_llvm_version")
        return f"clang {runtime.get_llvm_version()}" if has_version else f"clang of Warp {warp_version()}"
    return "nvrtc {}.{}".format(*runtime.toolkit_version)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Warp's log and Python's warnings from a person who asked for neither, also where warnings are errors.

    Before Warp 1.14 some of it is printed, whatever the settings.
    """
    config = _warp().config
    name, silent = ("log_level", 100) if hasattr(config, "log_level") else ("quiet", True)  # 100: above LOG_ERROR
    saved = getattr(config, name)
    setattr(config, name, silent)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        setattr(config, name, saved)


@contextmanager
def _native_errors(source: Path) -> Iterator[Callable[[], str]]:
    """Turn Warp's bare exception, which holds an error code only, into a `NativeError` with the compiler's words.

    Yields what reads those words.
    """
    with captured_output() as read:
        try:
            with quiet():
                yield read
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


def _one_line(error: BaseException) -> str:
    return " ".join(named(error).split())


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else "user"


def _warp() -> Any:
    import warp  # noqa: PLC0415  # lazily: `warp_version` answers before a broken install raises

    return warp


def _runtime() -> Any:  # knows what the native libraries can do
    return context().runtime


def new_volume(tiles: Any, transform: Any, translation: Any, background: Any) -> Any:
    """Return a volume on the CPU with a leaf of 8 x 8 x 8 voxels at each of `tiles` (n, 3), filled with the background.

    It holds values of the background's dtype and shape. `transform` (3, 3) goes from index space to the world's.
    """
    wp = _warp()
    dtype = getattr(wp, background.dtype.name)
    of = dtype if background.ndim == 0 else wp.types.vector(background.shape[0], dtype)
    value = of(*background.ravel().tolist())
    points = wp.array(tiles.astype("int32"), dtype=wp.vec3i, device="cpu")
    return wp.Volume.allocate_by_tiles(
        points, bg_value=value, translation=translation.tolist(), transform=transform.tolist(), device="cpu"
    )


def new_topology(voxels: Any, transform: Any, translation: Any) -> Any:
    """Return a volume on the CPU of exactly these voxels (n, 3), which holds their numbers."""
    wp = _warp()
    points = wp.array(voxels.astype("int32"), dtype=wp.vec3i, device="cpu")
    return wp.Volume.allocate_by_voxels(
        points, translation=translation.tolist(), transform=transform.tolist(), device="cpu"
    )


def new_texture(rank: int, texels: Any, **settings: Any) -> Any:
    """Return a texture of one to three dimensions on the CPU; settings that this Warp does not know are left out."""
    of = getattr(_warp(), f"Texture{rank}D")
    return of(texels, device="cpu", **accepted(of.__init__, settings))


def hash_grid(points: Any, groups: Any, dims: Any, width: Any) -> Any:
    """Return a hash grid on the CPU of points (n, 3) with groups (n), `dims` cells of that width on each axis."""
    wp = _warp()
    of = {"float16": (wp.vec3h, wp.float16), "float32": (wp.vec3, wp.float32), "float64": (wp.vec3d, wp.float64)}
    vector, scalar = of[points.dtype.name]
    new = wp.HashGrid
    made = new(*map(int, dims), device="cpu", **accepted(new.__init__, {"dtype": scalar}))
    members = {"groups": wp.array(groups, dtype=wp.int32, device="cpu")}
    made.build(wp.array(points, dtype=vector, device="cpu"), float(width), **accepted(made.build, members))
    return made


def bvh(lowers: Any, uppers: Any, groups: Any) -> Any:
    """Return a hierarchy on the CPU of boxes, corners (n, 3), with groups (n)."""
    wp = _warp()
    corners = [wp.array(each, dtype=wp.vec3, device="cpu") for each in (lowers, uppers)]
    members = {"groups": wp.array(groups, dtype=wp.int32, device="cpu")}
    return wp.Bvh(*corners, **accepted(wp.Bvh.__init__, members))


def mesh(points: Any, indices: Any, velocities: Any, groups: Any) -> Any:
    """Return a mesh on the CPU: vertices and velocities (n, 3), three indices a face, the faces' groups if any."""
    wp = _warp()
    vertices, moves = (wp.array(each, dtype=wp.vec3, device="cpu") for each in (points, velocities))
    corners, members = (wp.array(each, dtype=wp.int32, device="cpu") for each in (indices, groups))
    settings = {"velocities": moves, "support_winding_number": True, "groups": members if len(groups) else None}
    return wp.Mesh(vertices, corners, **accepted(wp.Mesh.__init__, settings))


def array_of_structs(instances: list[Any], dtype: Any) -> Any:
    """Return an array on the CPU of copies of structs; the arrays that they hold have to live as long."""
    if not instances:
        return _warp().empty(shape=0, dtype=dtype, device="cpu")
    return _warp().array(instances, dtype=dtype, device="cpu")


def indexed_array(source: Any, indices: Any) -> Any:
    """Return an array of those elements of a Warp array that a NumPy array of int32 points at; it has its own copy."""
    wp = _warp()
    return wp.indexedarray(source, [wp.array(indices, dtype=wp.int32, device="cpu")])


def fabric_array(attribute: dict[str, Any], indices: Any) -> Any:
    """Return an array over an attribute of a Fabric stage that is described as Fabric does, whole or by indices.

    The memory that it describes has to live as long.
    """
    wp = _warp()
    made = wp.fabricarray({"version": 1, "device": "cpu", "attribs": {"it": attribute}}, "it")
    return made if indices is None else made[wp.array(indices, dtype=wp.int32, device="cpu")]
