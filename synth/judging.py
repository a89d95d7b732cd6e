"""The judgement of kernels by all oracles that are asked for, in one process that a kernel may kill."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grammar.inputs import SHAPES, make_inputs
from grammar.printer import print_source
from grammar.reference.run import Reference
from grammar.term import Kernel
from ir.compiler import Compiler
from ir.hosts import HostError
from ir.records import Built, Refused, Target, Unit

from .oracles.gradient import judge_gradient
from .oracles.levels import judge_levels
from .oracles.reference import judge_reference
from .oracles.subject import Subject
from .oracles.twins import judge_twins, twins_of
from .oracles.verdict import Disagrees, Skipped, Verdict

ORACLES = ("compile", "reference", "gradient", "levels", "twins")
"""What may be asked for; `compile` is that Warp takes a kernel of the grammar."""

FATAL = ("crash", "hang")
"""What a kernel does to its process instead of being judged."""

Verdicts = dict[str, Verdict]


@dataclass(frozen=True, slots=True)
class Case:
    """A kernel and the seed of its inputs."""

    kernel: Kernel
    seed: int


class Judge:
    """Compiles kernels and asks the oracles; not thread-safe."""

    def __init__(self, target: Target, scratch: Path, oracles: Sequence[str]) -> None:
        self._oracles = oracles
        self._plain = Compiler(target, scratch, loads=True)
        self._optimised = Compiler(target, scratch / "optimised", loads=True, optimised=True)

    def judge(self, cases: Sequence[Case]) -> list[Verdicts]:
        """Return what the oracles say of each kernel; the kernels are compiled together."""
        sources = [print_source(case.kernel) for case in cases]
        units = [Unit(case.kernel.name, source) for case, source in zip(cases, sources, strict=True)]
        built = self._plain.build(units)
        optimised: Sequence[Built | Refused | None] = [None] * len(units)
        if "levels" in self._oracles:
            optimised = self._optimised.build(units)
        twins = self._twins(cases) if "twins" in self._oracles else [[] for _ in cases]
        return [
            self._verdicts(case, source, plain, fast, others)
            for case, source, plain, fast, others in zip(cases, sources, built, optimised, twins, strict=True)
        ]

    def _twins(self, cases: Sequence[Case]) -> list[list[tuple[str, str, Built | Refused]]]:
        """Each kernel's twins: what was done to it, the source, and what became of it."""
        named = [(i, how, twin) for i, case in enumerate(cases) for how, twin in twins_of(case.kernel)]
        sources = [print_source(twin) for _, _, twin in named]
        runner = self._optimised  # the other compiler: what is loaded stays until its next compile
        built = runner.build([Unit(twin.name, source) for (_, _, twin), source in zip(named, sources, strict=True)])
        found: list[list[tuple[str, str, Built | Refused]]] = [[] for _ in cases]
        for (i, how, _), source, outcome in zip(named, sources, built, strict=True):
            found[i].append((how, source, outcome))
        return found

    def _verdicts(
        self,
        case: Case,
        source: str,
        plain: Built | Refused,
        fast: Built | Refused | None,
        twins: Sequence[tuple[str, str, Built | Refused]],
    ) -> Verdicts:
        if isinstance(plain, Refused):
            refused: Verdict = Disagrees(f"{plain.stage}: {plain.message}", {"source": source})
            return {"compile": refused}
        assert plain.program is not None
        launches = tuple(make_inputs(case.kernel, shape, case.seed) for shape in SHAPES)
        subject = Subject(case.kernel, source, Reference(case.kernel, source), plain.program, launches)
        verdicts: Verdicts = {}
        try:
            if "reference" in self._oracles:
                verdicts["reference"] = judge_reference(subject)
            if isinstance(verdicts.get("reference"), Disagrees):
                return verdicts  # nothing else can be right
            if "gradient" in self._oracles:
                verdicts["gradient"] = judge_gradient(subject)[0]
            if fast is not None:
                verdicts["levels"] = judge_levels(subject, fast)
            if "twins" in self._oracles:
                verdicts["twins"] = judge_twins(subject, twins)
        except HostError as error:
            return dict.fromkeys(self._oracles, Skipped(str(error)))
        return verdicts


def first_failure(verdicts: Verdicts) -> tuple[str, Disagrees] | None:
    """Return the first oracle that disagrees, and what it says."""
    for name in (*FATAL, *ORACLES):
        verdict = verdicts.get(name)
        if isinstance(verdict, Disagrees):
            return name, verdict
    return None


def normalised(how: str) -> str:
    """Return what is said without what differs between two kernels of one bug: names, numbers, values."""
    line = how.strip().partition("\n")[0]
    line = re.sub(r"'[^']*'|\"[^\"]*\"", "…", line)
    line = re.sub(r"^\w+(\.\w+)*(\[[\d, ]*\])?(?= is )", "a value", line)
    line = re.sub(r"[-+]?(\d+\.?\d*(e[-+]?\d+)?|nan|inf)\b", "#", line)
    return " ".join(line.split())[:160]
