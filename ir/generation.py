"""A unit's source turned into the text that Warp generates for it, in a Warp module of its own."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ir import warp_api
from ir.source import MODULE_NAME, SourceError, named, running
from ir.versions import accepted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ir.records import Target, Unit


class GenerationError(Exception):
    """Warp's code generation raised on a kernel."""


@dataclass(frozen=True, slots=True)
class Generation:
    """The text that Warp generates for one unit, and the kernel, Warp's own object, that knows its arguments."""

    text: str
    kernel: Any


def generate(unit: Unit, target: Target) -> Generation:
    """Return the complete C++ or CUDA text that Warp generates for one unit, kernel hash left out.

    The text is a function of the unit and the target alone. Raises `SourceError` or `GenerationError`.
    """
    warp_api.start()  # else Warp does when it has to, and what it sets then is forgotten with what the unit sets
    with warp_api.quiet(), _fresh_numbers(), _own_config(), _forgotten(), running(unit) as names:
        kernel = _only_kernel(unit, names)
        module = kernel.module
        options = {
            "enable_backward": target.backward,
            "block_dim": warp_api.BLOCK_DIM[target.device],
            "strip_hash": True,
            "cpu_compiler_flags": warp_api.CPU_FLAGS,
        }
        if target.max_unroll is not None:
            options["max_unroll"] = target.max_unroll
        module.options.update(
            {name: value for name, value in (options | warp_api.MATH_LIBRARIES).items() if name in module.options}
        )
        module.mark_modified()  # a module of its own (module="unique") was hashed when it was made
        try:
            text = str(_built(module, target).codegen(target.device))
            return Generation(text, next(iter(kernel.overloads.values()), kernel))
        except (MemoryError, SourceError):
            raise
        except Exception as error:
            # Code generation runs on whatever the source says and raises what it likes (KeyError, RecursionError …).
            raise GenerationError(named(error)) from error


def _only_kernel(unit: Unit, names: Mapping[str, Any]) -> Any:
    """Return the one kernel that running `unit` has made, under the name that the unit calls it by.

    A kernel that a factory returns goes by where it was defined (make__locals__k) until then. Of a generic kernel it is
    the one overload that the source asks for.
    """
    kernel_type = warp_api.context().Kernel
    made = {id(module.kernels[key]): key for module in _modules_of_unit() for key in module.kernels}
    kernel = names.get(unit.kernel_name)
    kernel = getattr(kernel, "generic_parent", None) or kernel  # @wp.overload gives the overload the name
    if not isinstance(kernel, kernel_type) or set(made) != {id(kernel)}:
        found = ", ".join(sorted(made.values())) or "none"
        raise SourceError(f"expected exactly one kernel, {unit.kernel_name}; found {found}")
    if kernel.is_generic and len(kernel.overloads) != 1:
        raise SourceError(f"expected exactly one overload of {unit.kernel_name}; found {len(kernel.overloads)}")
    for each in (kernel, *kernel.overloads.values()):
        each.key = unit.kernel_name
    return kernel


def _modules_of_unit() -> list[Any]:
    """Return the Warp modules that hold something of a unit: one, and one for each kernel made with module="unique"."""
    modules = warp_api.context().user_modules
    return [
        module
        for name, module in modules.items()
        if name == MODULE_NAME or any(kernel.func.__module__ == MODULE_NAME for kernel in module.kernels.values())
    ]


def _built(module: Any, target: Target) -> Any:
    """Do what `Module._compile` does before it calls the native compiler; return the builder."""
    module.get_module_hash()  # resolves wp.static()
    config = warp_api.config()
    # Asked of the class: for a name that a module of Warp 1.12 does not have, it looks for ever.
    resolves = hasattr(type(module), "resolve_options")
    options = module.resolve_options(config) if resolves else dict(module.options)
    options["output_arch"] = None if target.device == "cpu" else target.arch
    hasher = module.hashers[options["block_dim"]]
    if len(hasher.get_unique_kernels()) != 1:
        raise SourceError("expected exactly one kernel; found several of one name")
    builder = warp_api.context().ModuleBuilder
    return builder(module, options, hasher=hasher, **accepted(builder, {"target": target.device}))


@contextmanager
def _forgotten() -> Iterator[None]:
    """Let Warp forget the modules of a unit, which it would keep for good."""
    try:
        yield
    finally:
        modules = warp_api.context().user_modules
        forgotten = _modules_of_unit()
        for module in forgotten:
            del modules[module.name]
        for module in modules.values():  # Warp's own, as that of wp.norm_l2, remember who calls them
            module.dependents.difference_update(forgotten)
        warp_api.forget_structs()


@contextmanager
def _own_config() -> Iterator[None]:
    """Let a unit change Warp's configuration for itself alone."""
    config = warp_api.config()
    saved = dict(vars(config))
    try:
        yield
    finally:
        vars(config).update(saved)


@contextmanager
def _fresh_numbers() -> Iterator[None]:
    """Let Warp number functions from zero: its counter is global, counts every name ever seen and is never trimmed."""
    counts = warp_api.context().function_key_counts
    saved = dict(counts)
    counts.clear()
    try:
        yield
    finally:
        counts.clear()
        counts.update(saved)
