"""What a page says of the dataset that it shows."""

import shlex
from dataclasses import dataclass

from synth.dataset import Dataset, Request
from synth.levels import BOTH, CPP, CUDA, Text, texts_of
from synth.profiles import default_categories

PROGRAM = "python -m synth"


@dataclass(frozen=True, slots=True)
class About:
    """A page's words for the whole of its records."""

    title: str
    facts: tuple[str, ...]
    replay: str
    """The command that makes a record again, with `{index}` to fill in."""
    replay_alone: str
    """The same without the folder; empty where only the folder has the profile."""
    texts: tuple[Text, ...]
    """Those that its records can have."""


def described(dataset: Dataset) -> About:
    """Return what a page says of this dataset."""
    about, request = dataset.about, dataset.about.configuration
    target = request.device if request.arch is None else f"{request.device} sm_{request.arch}"
    return About(
        title=dataset.root.resolve().name,
        facts=(
            f"{about.records:,} kernels",
            f"{about.text_bytes / 1e6:,.1f} MB",
            target,
            f"Warp {request.versions.get('warp', 'of a version unknown')}",
            f"Warpsmith {about.warpsmith}",
            f"seed {request.seed}",
        ),
        replay=f"{PROGRAM} replay {shlex.quote(str(dataset.root))} {{index}}",
        replay_alone=_replay_alone(request),
        texts=texts_of(request.device),
    )


def _replay_alone(request: Request) -> str:
    if request.profile_source is not None:
        return ""
    options = [f"--device {request.device}", f"--seed {request.seed}"]
    if request.arch is not None:
        options.append(f"--arch {request.arch}")
    if request.profile != "default":
        options.append(f"--profile {request.profile}")
    if request.categories and request.categories != default_categories(request.profile, None):
        options.append(f"--categories {','.join(request.categories)}")
    default = (CPP, CUDA) if request.device == BOTH else (CPP,)
    if request.levels and request.levels != default:
        options.append(f"--levels {','.join(request.levels)}")
    options += ["--no-backward"] * (not request.backward) + ["--no-io"] * (not request.io)
    return f"{PROGRAM} replay {' '.join(options)} --index {{index}}"
