"""The execution of a compiled kernel on generated inputs, and its judgement."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grammar.inputs import SHAPES, make_inputs
from grammar.reference.run import Reference
from ir.hosts import HostError
from ir.records import Built

from .configuration import Configuration
from .io import Io, Launch, encode_value
from .oracles.gradient import Adjoint, judge_gradient
from .oracles.reference import judge_reference
from .oracles.subject import Subject, arguments_of
from .oracles.verdict import Agrees, Disagrees, Skipped, Verdict
from .sample import Sample

RECORDED = ("smooth", "odd")
"""The launches that a record holds; all are judged."""


@dataclass(frozen=True, slots=True)
class Execution:
    """What came of running a kernel."""

    io: Io | None
    """None where it could not be run, or a judge disagrees."""
    reference: Verdict
    gradient: Verdict

    @property
    def failure(self) -> tuple[str, str] | None:
        """The judge that disagrees, and what it says."""
        for name in ("reference", "gradient"):
            verdict = getattr(self, name)
            if isinstance(verdict, Disagrees):
                return name, verdict.how
        return None


def execute(configuration: Configuration, sample: Sample, built: Built) -> Execution:
    """Run a kernel of a configuration and judge it."""
    kernel, program = sample.kernel, built.program
    if kernel is None or program is None:
        why = Skipped("it does not compile for the CPU")
        return Execution(None, why, why)
    seed = input_seed(configuration, sample.index)
    launches = tuple(make_inputs(kernel, shape, seed) for shape in SHAPES)
    subject = Subject(kernel, sample.source, Reference(kernel, sample.source), program, launches)
    try:
        runs = {
            shape.name: (inputs, program.run(inputs.dim, arguments_of(inputs)))
            for shape, inputs in zip(SHAPES, launches, strict=True)
        }
    except HostError as error:
        why = Skipped(str(error))
        return Execution(None, why, why)
    reference = judge_reference(subject)
    gradient, adjoint = judge_gradient(subject)
    recorded = tuple(
        Launch(
            name,
            inputs.dim,
            {each: encode_value(value) for each, value in inputs.arguments.items()},
            {each: encode_value(found[each]) for each in subject.outputs},
            *(_adjoint(adjoint) if name == SHAPES[0].name else ()),
        )
        for name, (inputs, found) in runs.items()
        if name in RECORDED
    )
    return Execution(
        Io(_said(reference), _said(gradient), reference == Agrees(exact=True), recorded), reference, gradient
    )


def input_seed(configuration: Configuration, index: int) -> int:
    """Return the seed of the inputs of a sample."""
    text = f"{configuration.catalogue_digest}/{configuration.profile_key}/{configuration.seed}/{index}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def _said(verdict: Verdict) -> str:
    match verdict:
        case Agrees():
            return "agrees"
        case Skipped(why):
            return why
        case Disagrees(how):
            return f"disagrees: {how}"


def _adjoint(adjoint: Adjoint | None) -> tuple[Mapping[str, Any], ...]:
    if adjoint is None:
        return ()
    return tuple(
        {name: encode_value(value) for name, value in part.items()} for part in (adjoint.cotangents, adjoint.gradients)
    )
