"""The making of records: indices in, outcomes out, in one process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ir.lowering import LEVELS, LoweringError
from ir.records import Built, IsKnown, Known, Refused, Unit

from .compiled import Compiled
from .configuration import Configuration
from .near.signatures import pack, sign
from .oracles.verdict import Agrees
from .outcome import Duplicate, Made, Outcome, Reached, Rejected
from .record import encode_record, make_record, record_id
from .sample import Sample
from .watch import Stopwatch

if TYPE_CHECKING:
    from .execution import Execution

LOWERED = frozenset(LEVELS)
"""The levels below what Warp generates."""


class CompileTimes(Protocol):
    """The cumulative CPU seconds that a builder has spent."""

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
        """The CPU seconds spent so far."""

    def build(self, units: Sequence[Unit], is_known: IsKnown) -> Sequence[Built | Refused | Known]:
        """Return what became of each unit, in order; those that are known need not be compiled."""

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
    write: Callable[[Configuration, Sample, Compiled, dict[str, object]], bytes]
    """What is kept of a kernel that compiled, as JSON text; the last argument says how it was compiled."""
    execute: Callable[[Configuration, Sample, Built], "Execution"] | None = None
    """What runs a kernel that compiled, where the configuration asks for it."""
    lower: Callable[[Configuration, Builder, Sample, Compiled], Compiled] | None = None
    """What adds the lower levels of a kernel, and how long it takes, where the configuration asks for it."""
    sign: Callable[[Sample, Built], bytes] | None = None
    """What a kernel's near-duplicates are found by."""
    unit: Callable[[Configuration, Sample], Unit] = source_unit
    """What of a sample is compiled."""


def draw_from_grammar(configuration: Configuration, index: int, watch: Stopwatch) -> Sample:
    """Return the sample of an index; the process that draws imports the grammar, not the one that only directs."""
    from .draw import draw_sample  # noqa: PLC0415

    return draw_sample(configuration, index, watch)


def open_compiler(configuration: Configuration, scratch: Path) -> Builder:
    """Return the real compiler; the process that compiles imports Warp, not the one that only directs."""
    from ir.workbench import open_workbench  # noqa: PLC0415

    levels = LOWERED & set(configuration.levels)
    return open_workbench(configuration.targets, levels, scratch, loads=configuration.io)


def catalogue_rows() -> tuple[str, ...]:
    """Return the names of the rows that kernels are made of."""
    from grammar.catalogue import CATALOGUE  # noqa: PLC0415
    from grammar.universe import row_names  # noqa: PLC0415

    return row_names(CATALOGUE)


def write_record(
    configuration: Configuration, sample: Sample, compiled: Compiled, described: dict[str, object]
) -> bytes:
    """Return the JSON text of the record of a sample that compiled."""
    return encode_record(make_record(configuration, sample, compiled, described))


def sign_kernel(sample: Sample, built: Built) -> bytes:
    """Return the signatures of a kernel, packed."""
    return pack(sign(sample.source, built.normalised))


def run_kernel(configuration: Configuration, sample: Sample, built: Built) -> "Execution":
    """Run a kernel and judge it; the process that runs it imports the grammar and the oracles."""
    from .execution import execute  # noqa: PLC0415

    return execute(configuration, sample, built)


def lower_kernel(configuration: Configuration, builder: Builder, sample: Sample, compiled: Compiled) -> Compiled:
    """Return a kernel with all that the configuration asks for below what Warp generates."""
    if LOWERED.isdisjoint(configuration.levels) and not configuration.time:
        return compiled
    from ir.workbench import Workbench  # noqa: PLC0415

    from .execution import measure  # noqa: PLC0415

    assert isinstance(builder, Workbench), "the real compiler opens a workbench"
    unit = source_unit(configuration, sample)
    if not LOWERED.isdisjoint(configuration.levels):
        compiled = replace(compiled, lowered=builder.lower(unit, compiled.built))
    if configuration.time and reached(compiled.execution) == "agreed" and (program := builder.optimised(unit)):
        compiled = replace(compiled, timing=measure(configuration, sample, program))
    return compiled


TOOLS = Tools(
    draw_from_grammar,
    open_compiler,
    catalogue_rows,
    write_record,
    execute=run_kernel,
    lower=lower_kernel,
    sign=sign_kernel,
)
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
    configuration: Configuration,
    tools: Tools,
    builder: Builder,
    samples: Sequence[Sample],
    is_known: IsKnown,
    watch: Stopwatch,
) -> tuple[Outcome, ...]:
    """Return the outcomes of these samples, compiled as one module."""
    before = _snapshot(builder.timings)
    results = builder.build([tools.unit(configuration, sample) for sample in samples], is_known)
    after = _snapshot(builder.timings)
    watch.add({stage: after[stage] - before[stage] for stage in after})
    # All are run before one is lowered: lowering may compile, and what is loaded is forgotten then.
    found = [
        _judged(configuration, tools, sample, result, watch) for sample, result in zip(samples, results, strict=True)
    ]
    described = builder.describe_compile()
    return tuple(
        _made(configuration, tools, builder, sample, each, described, watch) if isinstance(each, Compiled) else each
        for sample, each in zip(samples, found, strict=True)
    )


def _rejected(sample: Sample, stage: str, message: str, digests: tuple[str, str]) -> Rejected:
    return Rejected(sample.index, sample.category, stage, message, sample.source, sample.rows, *digests)


def _judged(
    configuration: Configuration, tools: Tools, sample: Sample, built: Built | Refused | Known, watch: Stopwatch
) -> Compiled | Rejected | Duplicate:
    """Return a kernel that compiled after it was run, where that is asked for."""
    if isinstance(built, Known):
        return Duplicate(sample.index, sample.category, sample.rows)
    digests = (built.ir_digest, built.structure_digest)
    if isinstance(built, Refused):
        return _rejected(sample, built.stage, built.message, digests)
    if not configuration.io or tools.execute is None:
        return Compiled(built)
    with watch.time("execute"):
        execution = tools.execute(configuration, sample, built)
    if execution.failure is None:
        return Compiled(built, execution)
    return _rejected(sample, *execution.failure, digests)


def _made(
    configuration: Configuration,
    tools: Tools,
    builder: Builder,
    sample: Sample,
    compiled: Compiled,
    described: dict[str, object],
    watch: Stopwatch,
) -> Made | Rejected:
    """Return a kernel in which all is well, lowered and written down; one that cannot be lowered is rejected."""
    digests = (compiled.built.ir_digest, compiled.built.structure_digest)
    try:
        with watch.time("lower"):
            if tools.lower is not None:
                compiled = tools.lower(configuration, builder, sample, compiled)
    except LoweringError as error:
        return _rejected(sample, "native", str(error), digests)
    with watch.time("sign"):
        signatures = tools.sign(sample, compiled.built) if tools.sign is not None else b""
    with watch.time("write"):
        return Made(
            sample.index,
            sample.category,
            record_id(configuration, sample.index, sample.source),
            tools.write(configuration, sample, compiled, described),
            *digests,
            sample.rows,
            reached(compiled.execution),
            signatures,
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
