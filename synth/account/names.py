"""What the parts of a record, the stages of a run and the features of kernels are called in plots and tables."""

from collections.abc import Sequence

from synth.levels import TEXTS, texts_of
from synth.near.splits import NONE, SPLITS

from .measures import Measures

PARTS = {"cpp_forward": "forward code", "cpp_backward": "adjoint code", "io": "inputs and outputs"}
"""What a key of the record is called, where datasets have it in different languages or it is no text."""
STAGES = {
    "execute": "run and judge",
    "lower": "lower levels",
    "sign": "signatures of near-duplicates",
    "place": "clusters and splits",
}


def part_names(many: Sequence[Measures]) -> dict[str, str]:
    """Return what the keys of the records are called: the texts first, in the order of the levels."""
    titles: dict[str, set[str]] = {}
    for each in many:
        of_device = {level.key: level.title for level in texts_of(each.device)}
        for key in each.parts:
            titles.setdefault(key, set()).add(of_device.get(key, PARTS.get(key, key.replace("_", " "))))
    order = [level.key for level in TEXTS]
    ranked = sorted(titles, key=lambda key: (order.index(key) if key in order else len(order), key))
    return {key: titles[key].pop() if len(titles[key]) == 1 else PARTS[key] for key in ranked}


def stage_name(stage: str) -> str:
    """Return what a stage of the run is called."""
    return STAGES.get(stage, stage.replace("_", " "))


def split_order(name: str) -> tuple[int, str]:
    """Return what splits are sorted by: what is trained on first, what is in none last."""
    order = (*SPLITS, NONE)
    return (order.index(name) if name in order else len(order)), name


def group_name(group: str) -> str:
    """Return what a group of features of kernels is called."""
    return f"number of {group.removeprefix('n ')}" if group.startswith("n ") else group
