"""The judgement of kernels by all oracles that are asked for, in one process that a kernel may kill."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grammar.mistakes import is_mistaken, mistaken
from grammar.printer import print_source
from grammar.term import Kernel
from grammar.wrong_results import wrong_result
from ir.compiler import Compiler
from ir.hosts import HostError
from ir.records import Built, Refused, Target, Unit

from .oracles.gradient import judge_gradient
from .oracles.levels import judge_levels
from .oracles.reference import judge_reference
from .oracles.refusal import judge_refusal
from .oracles.subject import subject_of
from .oracles.twins import judge_twins, twins_of
from .oracles.verdict import KNOWN_BUG, Agrees, Disagrees, Skipped, Verdict

ORACLES = ("compile", "reference", "gradient", "levels", "twins", "refusal")
"""What may be asked for; `compile` is that Warp takes a kernel of the grammar, `refusal` how it refuses mistakes."""

WORDED = frozenset({"compile", "refusal"})
"""Oracles whose bugs are told apart by what Warp says."""

NO_OVERLOAD = "no overload of "
"""What is said of a call that Warp, or clang, finds no function for."""

FATAL = ("crash", "hang", "error")
"""What a kernel does to its process instead of being judged; an `error` is an exception in this program."""

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
        self._levels: dict[str, Compiler] = {}
        self._twins: Compiler | None = None
        self._mistakes = Compiler(target, scratch / "mistakes") if "refusal" in oracles else None
        if "levels" in oracles:
            forward, rolled = replace(target, backward=False), replace(target, backward=False, max_unroll=0)
            self._levels = {
                "optimised": Compiler(target, scratch / "optimised", loads=True, optimised=True),
                "without its adjoint": Compiler(forward, scratch / "forward", loads=True),
                "with no loop unrolled": Compiler(rolled, scratch / "rolled", loads=True),
            }
        if "twins" in oracles:
            self._twins = Compiler(replace(target, backward=False), scratch / "twins", loads=True)

    def judge(
        self, cases: Sequence[Case], *, only: Sequence[str] | None = None, listings: bool = False
    ) -> list[Verdicts]:
        """Return what the oracles say of each kernel; the kernels are compiled together.

        With `only`, no others of the oracles are asked. With `listings`, what disagrees has the generated code among
        its details.
        """
        oracles = self._oracles if only is None else [name for name in self._oracles if name in only]
        if any(is_mistaken(case.kernel) for case in cases):  # a kernel with a mistake is judged by how it is refused
            return [{"refusal": verdict} for verdict in self._refusals([case.kernel for case in cases])]
        sources = [print_source(case.kernel) for case in cases]
        units = [Unit(case.kernel.name, source) for case, source in zip(cases, sources, strict=True)]
        built = self._plain.build(units)
        levels = {how: self._levels[how].build(units) for how in self._levels if "levels" in oracles}
        twins = self._built_twins(cases, oracles)
        verdicts = [
            _verdicts(oracles, case, source, built[i], {how: others[i] for how, others in levels.items()}, twins[i])
            for i, (case, source) in enumerate(zip(cases, sources, strict=True))
        ]
        if "refusal" in oracles:
            self._add_refusals(cases, verdicts)
        if listings:
            for plain, said in zip(built, verdicts, strict=True):
                _add_listing(plain, said)
        return verdicts

    def _add_refusals(self, cases: Sequence[Case], verdicts: Sequence[Verdicts]) -> None:
        """Judge each kernel's mistake too."""
        mistakes = [(said, mistaken(case.kernel, case.seed)) for case, said in zip(cases, verdicts, strict=True)]
        made = [(said, kernel) for said, kernel in mistakes if kernel is not None]
        for (said, _), verdict in zip(made, self._refusals([kernel for _, kernel in made]), strict=True):
            said["refusal"] = verdict

    def _refusals(self, kernels: Sequence[Kernel]) -> list[Verdict]:
        assert self._mistakes is not None, "a kernel with a mistake is for the refusal oracle"
        sources = [print_source(kernel) for kernel in kernels]
        units = [Unit(kernel.name, source) for kernel, source in zip(kernels, sources, strict=True)]
        outcomes = self._mistakes.build(units)
        return [judge_refusal(*each) for each in zip(kernels, sources, outcomes, strict=True)]

    def _built_twins(
        self, cases: Sequence[Case], oracles: Sequence[str]
    ) -> list[list[tuple[str, str, Built | Refused]]]:
        """Each kernel's twins: what was done to it, the source, and what became of it."""
        found: list[list[tuple[str, str, Built | Refused]]] = [[] for _ in cases]
        if self._twins is None or "twins" not in oracles:
            return found
        named = [(i, how, twin) for i, case in enumerate(cases) for how, twin in twins_of(case.kernel)]
        sources = [print_source(twin) for _, _, twin in named]
        units = [Unit(twin.name, source) for (_, _, twin), source in zip(named, sources, strict=True)]
        for (i, how, _), source, outcome in zip(named, sources, self._twins.build(units), strict=True):
            found[i].append((how, source, outcome))
        return found


def _verdicts(
    oracles: Sequence[str],
    case: Case,
    source: str,
    plain: Built | Refused,
    levels: Mapping[str, Built | Refused],
    twins: Sequence[tuple[str, str, Built | Refused]],
) -> Verdicts:
    if isinstance(plain, Refused):
        known = wrong_result(case.kernel, "compile")
        refused: Verdict = Disagrees(f"{plain.stage}: {plain.message}", {"source": source})
        return {"compile": refused if known is None else Skipped(f"{KNOWN_BUG}{known.name}")}
    assert plain.program is not None
    subject = subject_of(case.kernel, source, plain.program, case.seed)
    verdicts: Verdicts = {"compile": Agrees()} if "compile" in oracles else {}
    try:
        if "reference" in oracles:
            verdicts["reference"] = judge_reference(subject)
        if isinstance(verdicts.get("reference"), Disagrees):
            return verdicts  # nothing else can be right
        if "gradient" in oracles:
            verdicts["gradient"] = judge_gradient(subject)[0]
        if levels:
            verdicts["levels"] = judge_levels(subject, levels)
        if "twins" in oracles:
            verdicts["twins"] = judge_twins(subject, twins)
    except HostError as error:
        return dict.fromkeys(oracles, Skipped(str(error))) | verdicts
    return verdicts


def _add_listing(built: Built | Refused, verdicts: Verdicts) -> None:
    if isinstance(built, Built):
        for verdict in verdicts.values():
            if isinstance(verdict, Disagrees):
                verdict.details["generated"] = f"{built.listing.forward}\n{built.listing.backward}"


def first_failure(verdicts: Verdicts) -> tuple[str, Disagrees] | None:
    """Return the first oracle that disagrees, and what it says."""
    for name in (*FATAL, *ORACLES):
        verdict = verdicts.get(name)
        if isinstance(verdict, Disagrees):
            return verdict.judge or name, verdict
    return None


def normalised(how: str) -> str:
    """Return what is said without what differs between two kernels of one bug: names, numbers, values."""
    line = how.strip().partition("\n")[0]
    stage = re.match(r"\w+: ", line)
    if ";" in how and "Error while parsing" in line:  # Warp says where first, and then what
        line = f"{stage[0] if stage else ''}{how.rpartition(';')[2].strip().partition(chr(10))[0]}"
    elif stage and ": error: " in line:  # as clang does
        line = f"{stage[0]}{line.partition(': error: ')[2]}"
    if missing := re.search(r"(?:overload for|function for call to) '(\w+)'", line):
        return f"{stage[0] if stage else ''}{NO_OVERLOAD}{missing[1]}"
    line = re.sub(r"'[^']*'|\"[^\"]*\"", "…", line)
    line = re.sub(r"^\w+(\.\w+)*(\[[\d, ]*\])?(?= is )", "a value", line)
    line = re.sub(r"[-+]?(\d+\.?\d*(e[-+]?\d+)?|nan|inf)\b", "#", line)
    return " ".join(line.split())[:160]
