"""A kernel that compiled, and all that came of it before it is written down."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ir.lowering import Lowered
from ir.records import Built

from .annotations import Timing

if TYPE_CHECKING:
    from .execution import Execution


@dataclass(frozen=True, slots=True)
class Compiled:
    """One kernel; what was not asked for is not there."""

    built: Built
    execution: "Execution | None" = None
    lowered: Lowered = field(default_factory=Lowered)
    timing: Timing | None = None
