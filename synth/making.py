"""The making of records: indices in, outcomes out, in one process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ir.records import Built, Refused, Unit

from .configuration import Configuration
from .outcome import Made, Outcome, Rejected
from .record import encode_record, make_record
from .sample import Sample
from .watch import Stopwatch


class CompileTimes(Protocol):
    """The cumulative seconds that a builder has spent."""

    @property
    def code_generation(self) -> float:
        """Warp's Python code generation."""

    @property
    def native_compile(self) -> float:
        """Clang or NVRTC."""

    @property
    def digest(self) -> float:
        """Normalising and hashing."""


class Builder(Protocol):
    """What turns units into listings; `ir.compiler.Compiler` is the one."""

    @property
    def timings(self) -> CompileTimes:
        """The seconds spent so far."""

    def build(self, units: Sequence[Unit]) -> Sequence[Built | Refused]:
        """Return what became of each unit, in order."""

    def describe_compile(self) -> dict[str, object]:
        """Return flags, architecture and so on, the same on every machine."""


@dataclass(frozen=True, slots=True)
class Tools:
    """The two functions that a worker works with; at the top level of a module, so that a process can be sent them."""

    draw: Callable[[Configuration, int, Stopwatch], Sample]
    open_builder: Callable[[Configuration, Path], Builder]


def draw_from_grammar(configuration: Configuration, index: int, watch: Stopwatch) -> Sample:
    """Return the sample of an index; the process that draws imports the grammar, not the one that only directs."""
    from .draw import draw_sample  # noqa: PLC0415

    return draw_sample(configuration, index, watch)


def open_compiler(configuration: Configuration, scratch: Path) -> Builder:
    """Return the real compiler; the process that compiles imports Warp, not the one that only directs."""
    from ir.compiler import Compiler  # noqa: PLC0415

    return Compiler(configuration.target, scratch)


TOOLS = Tools(draw_from_grammar, open_compiler)
"""The grammar and Warp."""


def draw_batch(
    configuration: Configuration, tools: Tools, indices: Sequence[int], watch: Stopwatch
) -> tuple[Sample | Rejected, ...]:
    """Return the samples of these indices; drawing is plain Python, so one that fails does not concern the others."""
    return tuple(_drawn(configuration, tools, index, watch) for index in indices)


def _drawn(configuration: Configuration, tools: Tools, index: int, watch: Stopwatch) -> Sample | Rejected:
    try:
        return tools.draw(configuration, index, watch)
    except Exception as error:  # noqa: BLE001  (whatever it is, it must cost one kernel, and is recorded)
        message = f"{type(error).__name__}: {error}"
        return Rejected(index, configuration.category_of(index), "draw", message, "")


def build_batch(
    configuration: Configuration, builder: Builder, samples: Sequence[Sample], watch: Stopwatch
) -> tuple[Outcome, ...]:
    """Return the outcomes of these samples, compiled as one module."""
    before = _snapshot(builder.timings)
    results = builder.build([Unit(sample.kernel_name, sample.source) for sample in samples])
    after = _snapshot(builder.timings)
    watch.add({stage: after[stage] - before[stage] for stage in after})
    with watch.time("write"):
        compiled = builder.describe_compile()
        return tuple(
            _outcome(configuration, sample, result, compiled) for sample, result in zip(samples, results, strict=True)
        )


def _outcome(
    configuration: Configuration, sample: Sample, result: Built | Refused, compiled: dict[str, object]
) -> Outcome:
    match result:
        case Built():
            record = encode_record(make_record(configuration, sample, result, compiled))
            return Made(sample.index, sample.category, record, result.ir_digest, result.structure_digest)
        case Refused(stage, message):
            return Rejected(sample.index, sample.category, stage, message, sample.source)


def _snapshot(times: CompileTimes) -> dict[str, float]:
    # Copied out at once: the builder may hand out the same object each time.
    return {
        "code_generation": times.code_generation,
        "native_compile": times.native_compile,
        "digest": times.digest,
    }
