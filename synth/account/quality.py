"""The part of the report that says how good the data is: each figure with its definition."""

from collections.abc import Callable, Sequence

from . import quality_tables
from .markdown import bullets, section, table
from .measures import Measures
from .separation import separation
from .wording import count, percent, things

UNIQUENESS = {
    ("structure"): (
        "Two kernels are the same if their generated forward code is, once comments, names, numbering and "
        "constants are taken away."
    ),
    ("ir"): (
        "Two kernels are the same if their generated forward code is, once comments, names and numbering are "
        "taken away; kernels that differ in a constant are two."
    ),
}
VALIDITY = """\
A kernel is valid if Warp generates code for it and the native compiler takes it, forward and adjoint where there is
one. The share is that of all kernels that were tried, also of those that were not kept. The interval is Wilson's at
95 %: where the share of further kernels, drawn independently in the same way, is to be expected.
"""
EXECUTION = """\
A kernel is run on the CPU on generated inputs, whatever it is compiled for, and its source in CPython on NumPy values.
Where the two could be compared and differ, or the adjoint is not the derivative, the kernel is no record: it is among
the refused, which the intervals count. Where they could not be compared, the record says why: what is called a known
bug is one of Warp's, by the name that it has in this project. The share that agrees says nothing about those.
"""
REALISM = """\
The Jensen–Shannon distance between distributions over features of kernels (statements, operators, built-ins called,
types of arguments, sizes), one for each group of features: zero for the same distribution, one for nothing in
common. The figure for real projects is that between two halves of the real kernels, split by project: less than that,
and the kernels look no more foreign than one project does to another. Few kernels are far from any distribution by
chance: compare datasets of the same size.
"""


def quality_sections(many: Sequence[Measures], plot: Callable[[str], str]) -> str:
    """Return the part of the report."""
    refusals = quality_tables.refusals(many)
    return "\n".join(
        [
            table(quality_tables.quality(many)),
            section("Uniqueness", *_uniqueness(many), plot("duplicates"), level=3),
            section("Validity", VALIDITY, _refused(many), table(refusals) if refusals.rows else "", level=3),
            section(
                "Execution",
                EXECUTION,
                plot("verdicts"),
                "Outputs, by what the records say:",
                table(quality_tables.verdicts(many, "outputs")),
                "Gradients:",
                table(quality_tables.verdicts(many, "gradients")),
                level=3,
            ),
            section("Realism", *_realism(many, plot), level=3),
            separation(many, plot),
        ]
    )


def _uniqueness(many: Sequence[Measures]) -> list[str]:
    found = []
    for kind in dict.fromkeys(each.about.configuration.dedup for each in many):
        labels = [each.label for each in many if each.about.configuration.dedup == kind]
        whom = f" ({', '.join(labels)})" if len(labels) < len(many) else ""
        found.append(UNIQUENESS.get(kind, f"Two kernels are the same by the rule `{kind}`.") + whom)
    figures = [
        (
            f"**{each.label}**: {percent(each.unique.fraction)} of {things(each.unique.whole, 'kernel')} differed "
            f"from all that were made before; {things(each.about.counts.duplicates, 'duplicate')} dropped. Among "
            f"the records there are {things(each.distinct_structures, 'different structure')} and "
            f"{things(each.distinct_sources, 'different Python text')}."
        )
        for each in many
    ]
    return [" ".join(found), bullets(figures)]


def _refused(many: Sequence[Measures]) -> str:
    return bullets(
        [
            (
                f"**{each.label}**: {count(each.about.counts.rejected)} of "
                f"{things(each.about.attempts, 'kernel')} refused; did not compile: "
                f"{count(each.about.attempts - each.compiled.part)}."
            )
            for each in many
        ]
    )


def _realism(many: Sequence[Measures], plot: Callable[[str], str]) -> list[str]:
    found = next((each.realism for each in many if each.realism is not None), None)
    if found is None:
        return []
    compared = f"The kernels are compared with {count(found.real_kernels)} real ones.\n"
    return [REALISM + compared, plot("realism"), table(quality_tables.realism(many))]
