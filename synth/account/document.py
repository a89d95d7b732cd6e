"""`REPORT.md`: what datasets are and how good they are, for someone who decides whether to train on them.

Every figure in it is read from the measures; sentences that hold only of some data are left out elsewhere.
"""

from collections.abc import Callable, Mapping, Sequence

from synth import VERSION
from synth.near.clusters import THRESHOLD

from . import advice, background, content_tables, quality_tables
from .costs import INTENSITY, MOVED
from .example import example_sections
from .markdown import bullets, picture, section, table
from .measures import Measures
from .measuring import Measured
from .quality import quality_sections
from .wording import count, distance, listed, megabytes, percent, share, things

SPILLED = "resources.backward.spill_store_bytes"
ANNOTATIONS = f"""\
Figures of each kernel, under `annotations` in its record. `static` counts what one thread does in the generated forward
code, each statement once: the body of a dynamic loop counts once, and so do both sides of a branch. `{MOVED}` are the
bytes loaded and stored, `{INTENSITY}` is the arithmetic intensity, of kernels of which everything is counted. Where
records have the level, `instructions` and `resources` are what the compilers made of the kernel and what a thread needs
of the GPU; `time` is measured on one core of the machine that made the dataset. Rows that are zero for all kernels
are left out.
"""
Plot = Callable[[str], str]
"""A plot by its name, as Markdown; nothing for one that there is not."""


def report(many: Sequence[Measured], plots: Mapping[str, str]) -> str:
    """Return the report; `plots` are the captions of those that lie in `plots/`, by name."""
    measures = [each.measures for each in many]

    def plot(name: str) -> str:
        return picture(name, plots[name]) if name in plots else ""

    parts = [
        f"# {title(measures)}\n",
        (
            f"*Written by `python -m synth report` of Warpsmith {VERSION}. Every figure is read from the "
            "manifests and the records.*\n"
        ),
        section("Summary", bullets(summary(many)), table(content_tables.overview(measures))),
        section("Why compile just in time", background.JUST_IN_TIME),
        section("The intermediate representation as a bridge", background.BRIDGE),
        section("How Warp compiles Python", background.WARP),
        section("The datasets" if len(many) > 1 else "The dataset", _datasets(measures, plot)),
        section("A record", advice.FORMAT, advice.ENCODING, *(_example(each, many) for each in many)),
        section("Use", advice.loading(many), advice.preprocessing(measures)),
        section("Quality", quality_sections(measures, plot)),
        section("Time and memory", plot("time"), table(quality_tables.stages(measures))),
        section("Limitations", bullets(advice.limitations(measures))),
    ]
    return "\n".join(filter(None, parts))


def title(many: Sequence[Measures]) -> str:
    """Return what the datasets are called together."""
    return f"NVIDIA Warp kernels and what they compile to: {listed([each.label for each in many])}"


def summary(many: Sequence[Measured]) -> list[str]:
    """Return the sentences that say it all."""
    return [*(_in_short(each.measures) for each in many), *_together(many)]


def _in_short(each: Measures) -> str:
    """Return a dataset in a few sentences, one of them its heading."""
    texts = listed([text.title for text in each.texts.values()])
    runs = ", with its runs" if each.run.part else ""
    found = [
        (
            f"**{each.label}**: {things(each.records, 'kernel')} in {megabytes(each.text_bytes)}, of "
            f"{things(len(each.categories), 'category', 'categories')}, each as {texts}{runs}."
        ),
        (
            f"Of {things(each.about.attempts, 'kernel')} tried {percent(each.compiled.fraction)} compiled; of those "
            f"that were not refused {percent(each.unique.fraction)} were distinct, and only these were kept."
        ),
    ]
    if each.run.part:
        found.append(
            f"The outputs of {percent(each.outputs.agree / each.records)} are known to be those of the same source run "
            f"by CPython, the gradients of {percent(each.gradients.agree / each.records)} to be the derivatives; "
            "what is not known could not be compared."
        )
    if each.realism:
        found.append(
            f"In shape the kernels are {distance(each.realism.mean)} from those that people wrote; two halves of the "
            f"latter are {distance(each.realism.mean_between_projects)} apart."
        )
    found.append(_apart(each))
    return "\n  - ".join(found)


def _apart(each: Measures) -> str:
    found, alike = each.clusters, each.resemblance.everything
    crossing = things(found.crossing, "cluster is", "clusters are") if found.crossing else "no cluster of these is"
    among = (
        f"{percent(found.near_duplicates.fraction)} have a near-duplicate among the others; {crossing} in more than "
        "one split."
        if found.near_duplicates.part
        else "None has a near-duplicate among the others."
    )
    return f"{among} {percent(alike.near[THRESHOLD] / each.records)} are near-duplicates of a kernel of Warp's own."


def _together(many: Sequence[Measured]) -> list[str]:
    """Return what is to be said of several datasets together."""
    if len(many) < 2:
        return []
    shared = [_shared(one, other) for number, one in enumerate(many) for other in many[number + 1 :]]
    return list(filter(None, shared)) or ["No Python text is in two of the datasets."]


def _shared(one: Measured, other: Measured) -> str:
    """Return what is to be said of the kernels that two datasets both have; nothing where they have none."""
    both = one.sources.keys() & other.sources.keys()
    if not both:
        return ""
    apart = sum(one.sources[source] != other.sources[source] for source in both)
    splits = (
        f"{count(apart)} of them in another split: hold out of both what is held out of one"
        if apart
        else "each in the same split in both"
    )
    texts = things(len(both), "Python text is", "Python texts are")
    return f"{texts} both in {one.measures.label} and in {other.measures.label}, {splits}."


def _datasets(many: Sequence[Measures], plot: Plot) -> str:
    return "\n".join(
        filter(
            None,
            [
                *(_origin(each) for each in many),
                plot("sizes"),
                table(content_tables.parts(many)),
                section("Lengths", advice.TOKENS, plot("tokens"), *(_texts(each, many) for each in many), level=3),
                section("Categories", plot("categories"), table(content_tables.categories(many)), level=3),
                section(
                    "What the kernels are made of",
                    bullets([_contents(each) for each in many]),
                    plot("constructs"),
                    plot("builtins"),
                    level=3,
                ),
                section("Annotations", ANNOTATIONS, plot("annotations"), *map(_annotations, many), level=3),
            ],
        )
    )


def _origin(each: Measures) -> str:
    made = each.about.configuration
    versions = listed([f"{name} {version}" for name, version in each.versions.items()])
    compilers = f" by {listed(list(each.compilers))}" if each.compilers else ""
    target = listed(each.device.split(",")) + (f", sm_{made.arch}," if made.arch is not None else "")
    return (
        f"**{each.label}** is compiled for {target}{compilers}: profile `{made.profile}`, seed {made.seed}, "
        f"{things(len(each.about.shards), 'file')} of records, digest `{each.about.digest[:16]}`, "
        f"made with {versions}. It has {things(each.pairs, 'pair')} of a Python source and a text that was made "
        "of it.\n"
    )


def _texts(each: Measures, many: Sequence[Measures]) -> str:
    shown = table(content_tables.texts(each))
    return f"{each.label}:\n\n{shown}" if len(many) > 1 else shown


def _contents(each: Measures) -> str:
    constructs, known = each.constructs, len(each.about.rows)
    of_known = f" of the {count(known)} that the catalogue has" if known else ""
    rarely = constructs.rarer_than(10)
    return (
        f"**{each.label}**: {things(constructs.distinct, 'row')}{of_known} occur, {count(constructs.total)} times "
        f"in all; {count(rarely)} of them in fewer than ten records. The kernels call "
        f"{things(each.builtins.distinct, 'built-in')} of Warp by name, {count(each.builtins.total)} times in "
        f"all, and have arguments of {things(each.argument_types.distinct, 'type')}."
    )


def _annotations(each: Measures) -> str:
    uncounted, spilled = (each.annotations.get(name) for name in ("static.uncounted", SPILLED))
    said = [f"**{each.label}**:"]
    if uncounted is not None:
        said.append(f"{share(uncounted.zeros)} of the kernels call nothing whose work is not counted.")
    if spilled is not None:
        said.append(f"The adjoint spills no register in {share(spilled.zeros)}.")
    return f"{' '.join(said)}\n\n{table(content_tables.annotations(each))}"


def _example(each: Measured, many: Sequence[Measured]) -> str:
    # The figures of one say what those of the others look like.
    shown = example_sections(each.example, each.measures.device, with_figures=each is many[0])
    return section(f"From {each.measures.label}", shown, level=3) if len(many) > 1 else shown
