"""The figures that records have about their kernels, as numbers by name."""

from collections.abc import Iterator, Mapping

import msgspec

from synth.annotations import Annotations

MOVED, INTENSITY = "moved_bytes", "flops_per_byte"
"""What follows from the counts: bytes loaded and stored, and what is computed for each."""
SETTINGS = frozenset({"time.threads", "time.runs"})
"""How it was measured, which is no figure of the kernel."""


def figures_of(annotations: Annotations) -> dict[str, float]:
    """Return the figures of a kernel by their path in the record, and before them those that follow."""
    counts = annotations.static
    moved = counts.load_bytes + counts.store_bytes
    derived: dict[str, float] = {MOVED: moved}
    if moved and not counts.uncounted:  # of what is only partly counted there is no ratio
        derived[INTENSITY] = counts.flops / moved
    return derived | {path: value for path, value in _numbers(msgspec.to_builtins(annotations)) if path not in SETTINGS}


def _numbers(values: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, float]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{prefix}{name}.")
        elif isinstance(value, int | float):
            yield f"{prefix}{name}", value
