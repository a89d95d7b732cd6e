"""The tables of how good datasets are, and what they cost."""

from synth.near.real import LEVELS

from .distribution import Share
from .measures import Measures, VerdictFigures
from .names import group_name, split_order, stage_name
from .table import Cell, Many, Table, beside
from .wording import NONE, count, distance, interval, megabytes, percent, quantity, seconds, share


def quality(many: Many) -> Table:
    """How good the datasets are; each row is defined in the report."""
    return beside(
        "Quality",
        many,
        (
            ("kernels tried", lambda each: count(each.about.attempts)),
            ("compiled", lambda each: share(each.compiled)),
            ("compiled, 95 % interval", lambda each: interval(each.compiled)),
            ("distinct before duplicates were dropped", lambda each: share(each.unique)),
            ("different structures among the records", lambda each: count(each.distinct_structures)),
            ("different Python texts among the records", lambda each: count(each.distinct_sources)),
            ("records that were run", lambda each: share(each.run)),
            ("outputs compared with CPython", lambda each: share(each.outputs.compared)),
            ("of the kernels compared, outputs agree", lambda each: share(each.outputs.right)),
            ("outputs agree, 95 % interval", lambda each: interval(each.outputs.right)),
            ("outputs the same on every machine", lambda each: share(each.exact)),
            ("gradients compared with differences", lambda each: share(each.gradients.compared)),
            ("of the kernels compared, gradients agree", lambda each: share(each.gradients.right)),
            ("gradients agree, 95 % interval", lambda each: interval(each.gradients.right)),
            ("records with a line map", lambda each: share(each.aligned) if each.aligned.part else NONE),
            ("mean distance from real kernels", lambda each: distance(each.realism.mean) if each.realism else NONE),
            (
                "the same between real projects",
                lambda each: distance(each.realism.mean_between_projects) if each.realism else NONE,
            ),
        ),
    )


def verdicts(many: Many, kind: str) -> Table:
    """What one oracle says: `outputs` or `gradients`."""
    found = [_verdicts_of(each, kind) for each in many]
    reasons: dict[str, int] = {}
    for each in found:
        for reason, number in each.skipped.items():
            reasons[reason] = reasons.get(reason, 0) + number
    ranked = sorted(reasons, key=lambda reason: (-reasons[reason], reason))
    rows = [
        ("agree", *(count(each.agree) for each in found)),
        *((reason, *(count(each.skipped.get(reason, 0)) for each in found)) for reason in ranked),
    ]
    if any(each.not_run for each in found):
        rows.append(("not run", *(count(each.not_run) for each in found)))
    return Table(f"{kind.capitalize()}, records", ("", *(each.label for each in many)), tuple(rows))


def _verdicts_of(each: Measures, kind: str) -> VerdictFigures:
    return each.outputs if kind == "outputs" else each.gradients


def refusals(many: Many) -> Table:
    """Kernels that are no records, by the stage that refused them."""
    stages = sorted({stage for each in many for stage in each.about.counts.rejects})
    return beside("Refused, by stage", many, [(stage, _refused(stage)) for stage in stages])


def _refused(stage: str) -> Cell:
    return lambda each: count(each.about.counts.rejects.get(stage, 0))


def clusters(many: Many) -> Table:
    """Near-duplicates, and what keeps them on one side of a split."""
    return beside(
        "Near-duplicates",
        many,
        (
            ("records with a near-duplicate", lambda each: share(each.clusters.near_duplicates)),
            ("clusters", lambda each: count(each.clusters.count)),
            ("records of the largest cluster", lambda each: count(each.clusters.largest)),
            ("clusters in more than one split", lambda each: count(each.clusters.crossing)),
            (
                "held out beside one of its cluster in training, if split by record",
                lambda each: share(each.clusters.leaked_by_record),
            ),
        ),
    )


def splits(many: Many) -> Table:
    """Records and bytes by split."""
    names = list(dict.fromkeys(name for each in many for name in each.splits))
    header = [
        title if len(many) == 1 else f"{each.label}: {title}" for each in many for title in ("records", "share", "size")
    ]
    rows = [(name, *(cell for each in many for cell in _split(each, name))) for name in sorted(names, key=split_order)]
    return Table("Splits", ("", *header), tuple(rows))


def _split(each: Measures, name: str) -> tuple[str, ...]:
    found = each.splits.get(name)
    if found is None:
        return NONE, NONE, NONE
    return count(found.records), percent(found.records / each.records), megabytes(found.bytes)


def resemblance(many: Many) -> Table:
    """Records by how much they resemble a real kernel."""
    header = [
        f"{each.label}: {title}" if len(many) > 1 else title for each in many for title in ("all records", "to test on")
    ]
    return Table(
        "Likeness with a kernel of Warp's own",
        ("", *header),
        tuple((f"at least {level:g}", *(cell for each in many for cell in _alike(each, level))) for level in LEVELS),
    )


def _alike(each: Measures, level: float) -> tuple[str, ...]:
    found = each.resemblance
    return tuple(share(Share(part.near[level], part.records)) for part in (found.everything, found.test))


def nearest(each: Measures) -> Table:
    """The records of one dataset that resemble a real kernel most."""
    found = each.resemblance
    rows = [
        (quantity(match.likeness), match.id, found.splits[match.id], f"{match.name}, {match.file}:{match.line}")
        for match in found.everything.nearest
    ]
    header = ("likeness", "record", "split", "kernel or function of Warp")
    return Table(f"Nearest real kernels of {each.label}", header, tuple(rows), is_prose=True)


def realism(many: Many) -> Table:
    """Distances from real kernels by group of features."""
    known = [each.realism for each in many if each.realism is not None]
    groups = sorted(known[0].distances) if known else []
    header = ("", *(each.label for each in many), "between real projects")
    rows = [
        (
            group_name(group),
            *(distance(each.realism.distances[group]) if each.realism else NONE for each in many),
            distance(known[0].between_projects[group]),
        )
        for group in groups
    ]
    return Table("Distance from real kernels", header, tuple(rows))


def stages(many: Many) -> Table:
    """Processor time by stage, and what else a run costs."""
    names = sorted({stage for each in many for stage in each.about.run.seconds})
    ranked = sorted(names, key=lambda stage: -sum(each.about.run.seconds.get(stage, 0.0) for each in many))
    return beside(
        "Time and memory",
        many,
        (
            *((f"processor time: {stage_name(stage)}", _stage(stage)) for stage in ranked),
            ("wall time", lambda each: seconds(each.about.run.wall_seconds) if each.about.run.wall_seconds else NONE),
            ("peak memory, main process", _memory("main")),
            ("peak memory, a worker", _memory("worker")),
        ),
    )


def _stage(stage: str) -> Cell:
    return lambda each: seconds(spent) if (spent := each.about.run.seconds.get(stage)) else NONE


def _memory(process: str) -> Cell:
    return lambda each: (
        megabytes(each.about.run.peak_memory_bytes.get(process, 0)) if each.about.run.peak_memory_bytes else NONE
    )
