"""The state of a production, for a person: `PRODUCTION_STATE.md` and the command that goes on."""

import shlex
from pathlib import Path

from .configuration import Configuration, megabytes
from .folder import profile_file
from .profiles import default_categories
from .share import WHOLE
from .tally import Tally


def continuing_command(configuration: Configuration, out: Path) -> str:
    """Return the command that makes, or goes on making, exactly this dataset in this folder."""
    words = ["python", "-m", "synth", "generate", "--device", configuration.device]
    if configuration.arch is not None:
        words += ["--arch", str(configuration.arch)]
    if configuration.budget_bytes is not None:
        words += ["--budget-mb", megabytes(configuration.budget_bytes)]
    if configuration.count is not None:
        words += ["--count", str(configuration.count)]
    words += ["--seed", str(configuration.seed), "--profile", configuration.profile]
    if configuration.profile_source is not None:
        words[-1] = str(out / profile_file(configuration))
    if configuration.categories != default_categories(configuration.profile, configuration.profile_source):
        words += ["--categories", ",".join(configuration.categories)]
    words += ["--dedup", configuration.dedup, "--format", configuration.format]
    if not configuration.backward:
        words.append("--no-backward")
    if not configuration.io:
        words.append("--no-io")
    if len(configuration.levels) > len(configuration.devices):
        words += ["--levels", ",".join(configuration.levels)]
    if configuration.strip_comments:
        words.append("--strip-comments")
    if configuration.time:
        words.append("--time")
    if configuration.share != WHOLE:
        words += ["--shard", str(configuration.share)]
    return shlex.join([*words, "--out", str(out)])


def progress_phrase(configuration: Configuration, tally: Tally) -> str:
    """How far a production has got, in the terms of its target."""
    done = f"{tally.text_bytes / 1e6:.1f}"
    size = f"{done} MB" if configuration.goal_bytes is None else f"{done} of {megabytes(configuration.goal_bytes)} MB"
    records = f"{tally.total.written:,}" + (f" of {configuration.goal_records:,}" if configuration.count else "")
    return f"{size}, {records} records"


def production_state(configuration: Configuration, tally: Tally, command: str, *, is_complete: bool) -> str:
    """Return the text of `PRODUCTION_STATE.md`; the command is what makes the dataset, or goes on making it."""
    target = "—" if configuration.goal_bytes is None else megabytes(configuration.goal_bytes)
    counts = tally.total
    if is_complete:
        phase, status = "done", "complete"
        then = "Nothing is left to do. This command says so, and made the dataset:"
    else:
        phase, status = "generate", "unfinished: at work, or interrupted"
        then = "This command goes on where it stopped, to the same bytes:"
    row = (
        configuration.device,
        phase,
        status,
        f"{tally.text_bytes / 1e6:.1f}",
        target,
        f"{counts.written:,}",
        f"{counts.duplicates:,}",
        f"{sum(counts.rejects.values()):,}",
    )
    return f"""# Production state

| device | phase | status | MB | of target MB | records | duplicates dropped | rejects |
|---|---|---|---|---|---|---|---|
| {" | ".join(row)} |

{then}

    {command}
"""
