"""The making of records: indices in, outcomes out, in one process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ir.records import Built, Refused, Unit

from .configuration import Configuration
from .oracles.verdict import Agrees
from .outcome import Made, Outcome, Reached, Rejected
from .record import encode_record, make_record
from .sample import Sample
from .watch import Stopwatch

if TYPE_CHECKING:
    from .execution import Execution


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


def source_unit(_configuration: Configuration, sample: Sample) -> Unit:
    """Return the source of a sample as what is compiled."""
    return Unit(sample.kernel_name, sample.source)


@dataclass(frozen=True, slots=True)
class Tools:
    """The functions that a run works with; at the top level of a module, so that a process can be sent them."""

    draw: Callable[[Configuration, int, Stopwatch], Sample]
    open_builder: Callable[[Configuration, Path], Builder]
    rows: Callable[[], tuple[str, ...]]
    """The names of the catalogue's rows."""
    write: Callable[[Configuration, Sample, Built, "Execution | None", dict[str, object]], bytes]
    """What is kept of a kernel that compiled, as JSON text."""
    execute: Callable[[Configuration, Sample, Built], "Execution"] | None = None
    """What runs a kernel that compiled, where the configuration asks for it."""
    unit: Callable[[Configuration, Sample], Unit] = source_unit
    """What of a sample is compiled."""


def draw_from_grammar(configuration: Configuration, index: int, watch: Stopwatch) -> Sample:
    """Return the sample of an index; the process that draws imports the grammar, not the one that only directs."""
    from .draw import draw_sample  # noqa: PLC0415

    return draw_sample(configuration, index, watch)


def open_compiler(configuration: Configuration, scratch: Path) -> Builder:
    """Return the real compiler; the process that compiles imports Warp, not the one that only directs."""
    from ir.companion import Companion  # noqa: PLC0415
    from ir.compiler import Compiler  # noqa: PLC0415

    if configuration.io and configuration.device != "cpu":
        return Companion(configuration.target, scratch)
    return Compiler(configuration.target, scratch, loads=configuration.io)


def catalogue_rows() -> tuple[str, ...]:
    """Return the names of the rows that kernels are made of."""
    from grammar.catalogue import CATALOGUE  # noqa: PLC0415
    from grammar.universe import row_names  # noqa: PLC0415

    return row_names(CATALOGUE)


def write_record(
    configuration: Configuration,
    sample: Sample,
    built: Built,
    execution: "Execution | None",
    compiled: dict[str, object],
) -> bytes:
    """Return the JSON text of the record of a sample that compiled."""
    return encode_record(make_record(configuration, sample, built, execution.io if execution else None, compiled))


def run_kernel(configuration: Configuration, sample: Sample, built: Built) -> "Execution":
    """Run a kernel and judge it; the process that runs it imports the grammar and the oracles."""
    from .execution import execute  # noqa: PLC0415

    return execute(configuration, sample, built)


TOOLS = Tools(draw_from_grammar, open_compiler, catalogue_rows, write_record, run_kernel)
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
    results = builder.build([tools.unit(configuration, sample) for sample in samples])
    after = _snapshot(builder.timings)
    watch.add({stage: after[stage] - before[stage] for stage in after})
    with watch.time("execute"):
        executions = [
            tools.execute(configuration, sample, result)
            if configuration.io and tools.execute is not None and isinstance(result, Built)
            else None
            for sample, result in zip(samples, results, strict=True)
        ]
    with watch.time("write"):
        compiled = builder.describe_compile()
        return tuple(
            _outcome(configuration, tools, sample, result, execution, compiled)
            for sample, result, execution in zip(samples, results, executions, strict=True)
        )


def _outcome(
    configuration: Configuration,
    tools: Tools,
    sample: Sample,
    result: Built | Refused,
    execution: "Execution | None",
    compiled: dict[str, object],
) -> Outcome:
    if isinstance(result, Refused):
        return Rejected(sample.index, sample.category, result.stage, result.message, sample.source, sample.rows)
    if execution is not None and execution.failure is not None:
        judge, how = execution.failure
        return Rejected(sample.index, sample.category, judge, how, sample.source, sample.rows)
    return Made(
        sample.index,
        sample.category,
        tools.write(configuration, sample, result, execution, compiled),
        result.ir_digest,
        result.structure_digest,
        sample.rows,
        reached(execution),
    )


def reached(execution: "Execution | None") -> Reached:
    """Return how far a kernel that compiled got."""
    if execution is None or execution.io is None:
        return "compiled"
    return "agreed" if isinstance(execution.reference, Agrees) else "executed"


def _snapshot(times: CompileTimes) -> dict[str, float]:
    # Copied out at once: the builder may hand out the same object each time.
    return {
        "code_generation": times.code_generation,
        "native_compile": times.native_compile,
        "digest": times.digest,
    }
