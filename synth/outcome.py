"""What became of one index: a value, whatever happened."""

from dataclasses import dataclass
from typing import Literal

Reached = Literal["compiled", "executed", "agreed"]
"""How far a kernel got that was not refused: `agreed` with the reference."""

JUDGES = frozenset({"definedness", "reference", "gradient"})
"""The stages at which a kernel is rejected that compiled and ran, but gives something else than it should."""


@dataclass(frozen=True, slots=True)
class Made:
    """A kernel that compiled, with its record's JSON text."""

    index: int
    category: str
    id: str
    """Of the record."""
    record: bytes
    ir_digest: str
    structure_digest: str
    rows: tuple[str, ...]
    """The rows of the catalogue that it is made of."""
    reached: Reached = "compiled"
    signatures: bytes = b""
    """What its near-duplicates are found by, as `synth.near.signatures` packs it."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A kernel that did not compile, or that took its worker down."""

    index: int
    category: str
    stage: str
    """`draw` (the grammar failed), `import`, `codegen`, `native` (the compiler refused), `crash`, `hang` or `error`
    (the worker did not survive), or one of `JUDGES`."""
    message: str
    source: str
    rows: tuple[str, ...]
    """The rows of the catalogue that it is made of; none if it was never drawn."""
    ir_digest: str = ""
    structure_digest: str = ""
    """Of a kernel that Warp has generated code for."""

    @property
    def headline(self) -> str:
        """What was said of it, in so many words that many kernels share it."""
        return self.message.partition("\n")[0][:120]

    @property
    def summary(self) -> str:
        """What happened to it, in one line."""
        return f"kernel {self.index}, {self.stage}: {' '.join(self.message.split())}"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A kernel that an earlier index has already made; what would have become of it is nobody's concern."""

    index: int
    category: str
    rows: tuple[str, ...]


Outcome = Made | Rejected | Duplicate


@dataclass(frozen=True, slots=True)
class Batch:
    """The outcomes of consecutive indices, in order, and what they cost."""

    outcomes: tuple[Outcome, ...]
    seconds: dict[str, float]
