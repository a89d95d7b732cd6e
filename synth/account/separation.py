"""The part of the report on near-duplicates: what they are, where they are, and which resemble real kernels."""

from collections.abc import Callable, Sequence

from synth.near.clusters import THRESHOLD
from synth.near.shingles import IR_WIDTH, PYTHON_WIDTH
from synth.near.signatures import SLOTS
from synth.near.splits import NONE

from . import quality_tables
from .markdown import bullets, section, table
from .measures import Measures
from .wording import count, share, things

CLUSTERS = f"""\
Two records are near-duplicates if their Python, or the forward code that Warp generates, is alike by at least
{THRESHOLD:g}. That is the part of all runs of {PYTHON_WIDTH} tokens, or of {IR_WIDTH} instructions, that both have, the
names numbered anew in each run (Jaccard similarity, estimated by MinHash with {SLOTS} slots). A record joins the
cluster of the nearest one before it, or begins a cluster. `metadata.cluster_id` is the id of its first record, and a
hash of that chooses `metadata.split` for the whole cluster: it never depends on what is made later.
"""
LEAK = """\
The last row is what a split of single records by the same hash would have done.
"""
BRIDGES = f"""\
`{NONE}` is the split of records that are near to records of two splits: in either they would leak from one to the
other. Leave them out.
"""
NO_BRIDGES = f"""\
No record is near to records of two splits; it would have the split `{NONE}`.
"""


def separation(many: Sequence[Measures], plot: Callable[[str], str]) -> str:
    """Return the part of the report."""
    has_bridges = any(NONE in each.splits for each in many)
    return section(
        "Near-duplicates and splits",
        CLUSTERS,
        bullets([_crossing(each) for each in many]),
        table(quality_tables.clusters(many)),
        LEAK,
        plot("clusters"),
        table(quality_tables.splits(many)),
        BRIDGES if has_bridges else NO_BRIDGES,
        _real(many),
        table(quality_tables.resemblance(many)),
        "The pairs that are most alike:",
        *(_nearest(each, many) for each in many),
        level=3,
    )


def _crossing(each: Measures) -> str:
    found = each.clusters
    crossing = things(found.crossing, "cluster is", "clusters are") if found.crossing else "no cluster is"
    return (
        f"**{each.label}**: {share(found.near_duplicates)} of the records have a near-duplicate; one of each cluster "
        f"would leave {count(found.count)}. As the records are placed, {crossing} in more than one split."
    )


def _real(many: Sequence[Measures]) -> str:
    found = many[0].resemblance
    return (
        "**Real kernels.** A model may have seen the kernels of Warp itself, or may be tested on them. In the same way "
        f"the Python of each record is compared with each of the {count(found.everything.real)} kernels and functions "
        f"in the Python files of the installed Warp {found.warp}, its examples and tests among them. `python -m synth "
        "export DIR --splits --decontaminate` leaves out near-duplicates of these.\n"
    )


def _nearest(each: Measures, many: Sequence[Measures]) -> str:
    shown = table(quality_tables.nearest(each))
    return f"{each.label}:\n\n{shown}" if len(many) > 1 else shown
