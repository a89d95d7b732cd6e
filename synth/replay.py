"""The replay of one record: made again from its seed, and from its stored choices, and compared.

Only text that was made here is compiled; nothing that a folder holds is ever run.
"""

import difflib
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from .choices import unpack_choices
from .configuration import Configuration
from .crew import Crew
from .draw import replay_sample
from .io import Io
from .making import TOOLS, Tools
from .outcome import Made, Outcome
from .record import Record, decode_record
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
    reference = stored or record
    diffs = [*_record_differences(reference, record), *_choice_differences(configuration, index, reference)]
    return Replayed(record, "", "", tuple(diffs))


def make_alone(configuration: Configuration, index: int, tools: Tools) -> Outcome:
    """Return the outcome of one index, in a worker of its own, which may crash."""
    with (
        tempfile.TemporaryDirectory(prefix="warpsmith-") as scratch,
        Crew(configuration, tools, 1, Path(scratch)) as crew,
    ):
        batch = next(crew.run([(index,)]))
    return batch.outcomes[0]


def _record_differences(old: Record, new: Record) -> list[str]:
    found = [
        _diff(name, getattr(old, name), getattr(new, name)) for name in ("python_source", "cpp_forward", "cpp_backward")
    ]
    found.append(_diff("metadata", _pretty(old.metadata), _pretty(new.metadata)))
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
