"""The replay of one record: made again from its seed, and from its stored choices, and compared.

Only text that was made here is compiled; nothing that a folder holds is ever run.
"""

import difflib
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from .annotations import Annotations
from .choices import unpack_choices
from .configuration import Configuration
from .crew import Crew
from .draw import replay_sample
from .io import Io
from .levels import TEXTS
from .making import TOOLS, Tools
from .outcome import Duplicate, Made, Rejected
from .record import Record, decode_record, with_place
from .watch import Stopwatch


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a replay."""

    record: Record | None
    """The record as made now; None when the kernel did not compile."""
    refusal: str
    source: str
    """The source of a kernel that did not compile."""
    differences: tuple[str, ...]
    """Unified diffs, one for each text that differs."""


def replay(configuration: Configuration, index: int, stored: Record | None, tools: Tools = TOOLS) -> Replayed:
    """Make the record of an index again and compare it with the stored one, if there is one."""
    outcome = make_alone(configuration, index, tools)
    if not isinstance(outcome, Made):
        differs = (f"{outcome.stage}: {outcome.message}",) if stored else ()
        return Replayed(None, f"{outcome.stage}: {outcome.message}", outcome.source, differs)
    record = decode_record(outcome.record)
    if stored is not None:
        # Where a record belongs depends on those before it, which are not made again.
        record = with_place(record, stored.metadata.cluster_id, stored.metadata.split)
    reference = stored or record
    diffs = [*record_differences(reference, record), *_choice_differences(configuration, index, reference)]
    return Replayed(record, "", "", tuple(diffs))


def make_alone(configuration: Configuration, index: int, tools: Tools) -> Made | Rejected:
    """Return the outcome of one index, in a worker of its own, which may crash."""
    with (
        tempfile.TemporaryDirectory(prefix="warpsmith-") as scratch,
        Crew(configuration, tools, 1, Path(scratch)) as crew,
    ):
        batch = next(crew.run([(index,)]))
    outcome = batch.outcomes[0]
    assert not isinstance(outcome, Duplicate), "there is nothing before it"
    return outcome


def record_differences(old: Record, new: Record) -> list[str]:
    """Return unified diffs of what differs between two records of one kernel, but for what may on another machine."""
    found = [_diff(text.key, getattr(old, text.key) or "", getattr(new, text.key) or "") for text in TEXTS]
    found += [_diff(name, *(_pretty(getattr(each, name)) for each in (old, new))) for name in ("line_map", "metadata")]
    found.append(_diff("annotations", *(_pretty(_timeless(each.annotations)) for each in (old, new))))
    found.append(_diff("io", *(_pretty(_portable(record.io)) for record in (old, new))))
    return [diff for diff in found if diff]


def _choice_differences(configuration: Configuration, index: int, reference: Record) -> list[str]:
    try:
        choices = unpack_choices(reference.metadata.choices)
    except ValueError as error:
        return [f"choices: {error}\n"]
    source = replay_sample(configuration, index, choices, Stopwatch()).source
    diff = _diff("python_source from the stored choices", reference.python_source, source)
    return [diff] if diff else []


def _timeless(annotations: Annotations) -> Annotations:
    return msgspec.structs.replace(annotations, time=msgspec.UNSET)


def _portable(io: Io | None) -> Io | None:
    """Return the runs without what may differ on another machine: a library function's last place."""
    if io is None or io.exact:
        return io
    launches = tuple(msgspec.structs.replace(launch, outputs={}, gradients={}) for launch in io.launches)
    return msgspec.structs.replace(io, launches=launches)


def _pretty(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=2).decode()


def _diff(name: str, old: str, new: str) -> str:
    lines = difflib.unified_diff(
        old.splitlines(), new.splitlines(), f"{name} (stored)", f"{name} (made again)", lineterm=""
    )
    return "".join(f"{line}\n" for line in lines)
