"""How a kernel is compiled: what `@wp.kernel` is given, and settings of its module."""

from __future__ import annotations

from grammar.production import Effect, Production, row


def _option(name: str, text: str, settles: str = "") -> Production:
    """An argument of `@wp.kernel`; of those that settle the same thing, a kernel has one."""
    return row(f"option_{name}", text, None, effect=Effect.WRITES, tags="option", noun=settles)


def _setting(name: str, text: str, needs: str = "") -> Production:
    """A line above everything but the import; what is `ordered` is meant by `plan.ordered`."""
    return row(f"setting_{name}", text, None, effect=Effect.WRITES, tags="setting", needs=needs)


def _module(name: str, key: str, value: str, needs: str = "") -> Production:
    return _setting(name, f'wp.set_module_options({{{{"{key}": {value}}}}})', needs)


OPTIONS: tuple[Production, ...] = (
    _option("forward_only", "enable_backward=False"),
    _option("launch_bounds", "launch_bounds=256", "registers"),
    _option("launch_bounds_single", "launch_bounds=(128,)", "registers"),
    _option("launch_bounds_blocks", "launch_bounds=(256, 2)", "registers"),
    _option("max_registers", "cuda_max_registers=64", "registers"),
    _option("smem_spilling", "enable_cuda_smem_spilling=True"),
    _option("cluster", "cluster_dim=2"),
    _option("lean", "grid_stride=False"),
    _option("unique", 'module="unique"'),
    _module("line_info", "lineinfo", "True"),
    _module("unroll", "max_unroll", "4"),
    _module("deterministic", "deterministic", "wp.DeterministicMode.RUN_TO_RUN", needs="ordered"),
    _setting("verify_access", "wp.config.verify_autograd_array_access = True"),
    _setting("component_overwrites", "wp.config.enable_vector_component_overwrites = True"),
)
