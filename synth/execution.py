"""The execution of a compiled kernel on generated inputs, and its judgement."""

import hashlib
import math
import statistics
from dataclasses import dataclass

from grammar.inputs import Inputs, Shape, make_inputs
from ir.hosts import HostError
from ir.launch import Program
from ir.records import Built

from .annotations import Timing
from .configuration import Configuration
from .io import AGREES, Io, Launch, encode_value
from .oracles.gradient import Adjoint, judge_gradient
from .oracles.reference import judge_reference
from .oracles.subject import LAUNCHED, Subject, arguments_of, subject_of
from .oracles.verdict import KNOWN_BUG, UNDEFINED, Agrees, Disagrees, Skipped, Verdict
from .sample import Sample

FEW = Shape("few", (128, 4, 4, 2), plain=True)
MANY = Shape("many", (4096, 4, 4, 2), plain=True)
"""What is timed; kernels with loops within loops over all elements on few threads."""

BRIEF = 1e-4
"""Seconds: a kernel that takes less on few threads is timed on many."""

RUNS = 15

RECORDED = ("smooth", "odd")
"""The launches that a record holds; all are judged."""


@dataclass(frozen=True, slots=True)
class Execution:
    """What came of running a kernel."""

    io: Io | None
    """None where it could not be run."""
    reference: Verdict
    gradient: Verdict

    @property
    def failure(self) -> tuple[str, str] | None:
        """The judge that disagrees, and what it says."""
        for name in ("reference", "gradient"):
            verdict = getattr(self, name)
            if isinstance(verdict, Disagrees):
                return verdict.judge or name, verdict.how
        return None


def execute(configuration: Configuration, sample: Sample, built: Built) -> Execution:
    """Run a kernel of a configuration and judge it."""
    kernel, program = sample.kernel, built.program
    if kernel is None or program is None:
        why = Skipped("it does not compile for the CPU")
        return Execution(None, why, why)
    subject = subject_of(kernel, sample.source, program, input_seed(configuration, sample.index))
    try:
        reference = judge_reference(subject)
        if isinstance(reference, Disagrees) or _is_unsafe(reference):
            return Execution(Io(_said(reference), "not compared", exact=False, launches=()), reference, Skipped(""))
        gradient, adjoint = judge_gradient(subject)
        recorded = tuple(
            _launch(subject, LAUNCHED[number].name, inputs, adjoint if adjoint and adjoint.launch == number else None)
            for number, inputs in enumerate(subject.launches)
            if LAUNCHED[number].name in RECORDED or (adjoint and adjoint.launch == number)
        )
    except HostError as error:
        why = Skipped(str(error))
        return Execution(None, why, why)
    io = Io(_said(reference), _said(gradient), exact=reference == Agrees(exact=True), launches=recorded)
    return Execution(io, reference, gradient)


def _is_unsafe(reference: Verdict) -> bool:
    """Whether a kernel's own outputs are not to be relied on."""
    return isinstance(reference, Skipped) and reference.why.startswith((UNDEFINED, KNOWN_BUG))


def _launch(subject: Subject, name: str, inputs: Inputs, adjoint: Adjoint | None) -> Launch:
    found = subject.run(inputs)
    return Launch(
        name,
        inputs.dim,
        {each: encode_value(value) for each, value in inputs.arguments.items()},
        {each: encode_value(found[each]) for each in subject.outputs},
        {} if adjoint is None else {each: encode_value(value) for each, value in adjoint.cotangents.items()},
        {} if adjoint is None else {each: encode_value(value) for each, value in adjoint.gradients.items()},
    )


def measure(configuration: Configuration, sample: Sample, program: Program) -> Timing:
    """Return how long a kernel takes for one thread, launched on inputs larger than those that are recorded."""
    assert sample.kernel is not None, "only what was run is timed"
    seed = input_seed(configuration, sample.index)
    inputs = make_inputs(sample.kernel, FEW, seed)
    if min(program.seconds(inputs.dim, arguments_of(inputs), 2)) < BRIEF:
        inputs = make_inputs(sample.kernel, MANY, seed)
    arguments = arguments_of(inputs)
    # What a launch costs whatever it launches is that of no thread at all.
    overhead = statistics.median(program.seconds(tuple(0 for _ in inputs.dim), arguments, RUNS))
    seconds = program.seconds(inputs.dim, arguments, RUNS)
    middle = statistics.median(seconds)
    low, _, high = statistics.quantiles(seconds, n=4)
    threads = math.prod(inputs.dim)
    each = max(middle - overhead, 0.0) / max(threads, 1)
    return Timing(round(1e9 * each, 3), round((high - low) / middle, 4), threads, RUNS)


def input_seed(configuration: Configuration, index: int) -> int:
    """Return the seed of the inputs of a sample."""
    text = f"{configuration.catalogue_digest}/{configuration.profile_key}/{configuration.seed}/{index}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def _said(verdict: Verdict) -> str:
    match verdict:
        case Agrees():
            return AGREES
        case Skipped(why):
            return why
        case Disagrees(how):
            return f"disagrees: {how}"
