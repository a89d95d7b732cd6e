"""The values that go into and come out of a compiler."""

from __future__ import annotations

import keyword
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ir.errors import BadTargetError

if TYPE_CHECKING:
    from ir.launch import Program

Stage = Literal["import", "codegen", "native"]


@dataclass(frozen=True, slots=True)
class Target:
    """What to compile for.

    `arch` is the SM architecture (90 = sm_90) and means nothing on the CPU. `backward` asks for the adjoint as well.
    `max_unroll` is the most trips of a loop that is unrolled; none: what Warp says.
    """

    device: str
    arch: int = 90
    backward: bool = True
    max_unroll: int | None = None

    def __post_init__(self) -> None:
        if self.device not in {"cpu", "cuda"}:
            raise BadTargetError(f"unknown device {self.device!r}: expected 'cpu' or 'cuda'")


@dataclass(frozen=True, slots=True)
class Unit:
    """One kernel's complete source text.

    `source` imports `warp as wp`, may define structs, functions, constants, enumerations and what else Python allows on
    the level of a module, and makes exactly one kernel, which its global `kernel_name` is: decorated, returned by a
    factory, or generic with exactly one overload (`wp.overload`).
    """

    kernel_name: str
    source: str

    def __post_init__(self) -> None:
        if not self.kernel_name.isidentifier() or keyword.iskeyword(self.kernel_name):
            raise ValueError(f"kernel name {self.kernel_name!r} is not a Python identifier")


@dataclass(frozen=True, slots=True)
class Listing:
    """The generated text of one kernel: structs, functions, argument struct and kernel, complete in itself.

    `backward` is empty when the target asked for no adjoint.
    """

    forward: str
    backward: str


@dataclass(frozen=True, slots=True)
class Built:
    """A kernel that compiled."""

    listing: Listing
    ir_digest: str
    structure_digest: str
    program: Program | None = field(default=None, compare=False)
    """The kernel ready to run in this process, until the next compile; of a compiler that loads."""
    device: str = "cpu"
    module: str = field(default="", compare=False, repr=False)
    """The complete text that Warp wrote, which the listing is taken from."""
    normalised: str = field(default="", compare=False, repr=False)
    """The forward text as far as it matters to the structure digest."""
    other: Built | None = field(default=None, compare=False, repr=False)
    """The same kernel for another device, of two compilers as one."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A kernel that the world refused: an expected outcome, with the compiler's own message, free of machine paths.

    `stage` is where: "import" (CPython running the source), "codegen" (Warp), "native" (clang or NVRTC).
    """

    stage: Stage
    message: str
    ir_digest: str = ""
    structure_digest: str = ""
    """Of a kernel that Warp has generated code for."""


@dataclass(frozen=True, slots=True)
class Known:
    """A kernel that was known by its digests once Warp had generated its code; no native compiler has seen it."""


IsKnown = Callable[[str, str], bool]
"""Whether a kernel with this IR digest and this structure digest need not be compiled."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Cumulative CPU seconds that a compiler has spent, by what they were spent on."""

    code_generation: float = 0.0
    native_compile: float = 0.0
    digest: float = 0.0
