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
    """The functions that a run works with; at the top level of a module, so that a process can be sent them."""

    draw: Callable[[Configuration, int, Stopwatch], Sample]
    open_builder: Callable[[Configuration, Path], Builder]
    rows: Callable[[], tuple[str, ...]]
    """The names of the catalogue's rows."""
    write: Callable[[Configuration, Sample, Built, dict[str, object]], bytes]
    """What is kept of a kernel that compiled, as JSON text."""


def draw_from_grammar(configuration: Configuration, index: int, watch: Stopwatch) -> Sample:
    """Return the sample of an index; the process that draws imports the grammar, not the one that only directs."""
    from .draw import draw_sample  # noqa: PLC0415

    return draw_sample(configuration, index, watch)


def open_compiler(configuration: Configuration, scratch: Path) -> Builder:
    """Return the real compiler; the process that compiles imports Warp, not the one that only directs."""
    from ir.compiler import Compiler  # noqa: PLC0415

    return Compiler(configuration.target, scratch)


def catalogue_rows() -> tuple[str, ...]:
    """Return the names of the rows that kernels are made of."""
    from grammar.catalogue import CATALOGUE  # noqa: PLC0415
    from grammar.universe import row_names  # noqa: PLC0415

    return row_names(CATALOGUE)


def write_record(configuration: Configuration, sample: Sample, built: Built, compiled: dict[str, object]) -> bytes:
    """Return the JSON text of the record of a sample that compiled."""
    return encode_record(make_record(configuration, sample, built, compiled))


TOOLS = Tools(draw_from_grammar, open_compiler, catalogue_rows, write_record)
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
        return Rejected(index, configuration.category_of(index), "draw", message, "", ())


def build_batch(
    configuration: Configuration, tools: Tools, builder: Builder, samples: Sequence[Sample], watch: Stopwatch
) -> tuple[Outcome, ...]:
    """Return the outcomes of these samples, compiled as one module."""
    before = _snapshot(builder.timings)
    results = builder.build([Unit(sample.kernel_name, sample.source) for sample in samples])
    after = _snapshot(builder.timings)
    watch.add({stage: after[stage] - before[stage] for stage in after})
    with watch.time("write"):
        compiled = builder.describe_compile()
        return tuple(
            _outcome(configuration, tools, sample, result, compiled)
            for sample, result in zip(samples, results, strict=True)
        )


def _outcome(
    configuration: Configuration, tools: Tools, sample: Sample, result: Built | Refused, compiled: dict[str, object]
) -> Outcome:
    match result:
        case Built():
            record = tools.write(configuration, sample, result, compiled)
            return Made(sample.index, sample.category, record, result.ir_digest, result.structure_digest, sample.rows)
        case Refused(stage, message):
            return Rejected(sample.index, sample.category, stage, message, sample.source, sample.rows)


def _snapshot(times: CompileTimes) -> dict[str, float]:
    # Copied out at once: the builder may hand out the same object each time.
    return {
        "code_generation": times.code_generation,
        "native_compile": times.native_compile,
        "digest": times.digest,
    }
