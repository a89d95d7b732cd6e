"""The versions of Warp that this package works with, and how one text serves them all.

What differs between them, as far as it concerns this package (measured, each with the tests of `tests/ir`):

| since | what                                                                                                  |
|-------|-------------------------------------------------------------------------------------------------------|
| 1.11  | the optimisation level of NVRTC                                                                        |
| 1.12  | the folder of NVRTC's precompiled header; the version of clang; architectures known without a driver   |
| 1.13  | `Module.resolve_options`; modules without bfloat16 say so; clang's level, flags and precompiled header |
| 1.14  | `config.log_level` instead of `config.quiet`                                                           |
| 1.17  | the macros for casts follow those for thread indices, before they went ahead of them                   |
| 1.19  | `ModuleBuilder` is told its target                                                                     |

Nothing asks for a version number: an argument that a function does not have is left out (`accepted`), an attribute
that is not there is done without.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

TESTED_VERSIONS: Final = tuple(f"1.{minor}" for minor in range(10, 20))
REQUIREMENT: Final = "warp-lang>=1.10,<1.20"


def is_tested(version: str) -> bool:
    """Tell whether `version` is a release of one of the tested ones."""
    return version.startswith(tuple(f"{tested}." for tested in TESTED_VERSIONS))


def accepted(function: Callable[..., Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """Return those of `arguments` that `function` of the installed version has a parameter for."""
    parameters = inspect.signature(function).parameters
    return {name: value for name, value in arguments.items() if name in parameters}
