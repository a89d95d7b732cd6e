"""One record of the data, shown: its texts, what became of one line, a launch, and its figures."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import numpy as np

from synth.annotations import Annotations
from synth.io import Io, decode_array
from synth.levels import GENERATED, Text, texts_of
from synth.record import Metadata, Record

from .entry import Entry
from .markdown import code, code_span, section, table
from .table import Table
from .wording import count, listed, things

MOST_LINES = 40
"""Lines of a source and of what Warp generates of it that are shown."""
MOST_LOWER_LINES = 20
"""Lines of a text of a lower level that are shown."""
TRACED_LINES = 6
"""Generated lines that the Python line has whose way is shown, or as near to that as there is."""
MOST_VALUES = 6
"""Values of an array that are shown."""
MOST_ITEMS = 12
"""Items of a list in the metadata that are shown."""
WIDTH = 120
"""Characters of JSON on a line, about."""
MOST_TEXT = 60
"""Characters of a long string in the metadata that are shown."""


def example_sections(entry: Entry, device: str, *, with_figures: bool) -> str:
    """Return a record in Markdown."""
    record, metadata = entry.record, entry.record.metadata
    levels = [level for level in texts_of(device) if level.key in entry.texts]
    texts = [
        section(f"{level.title}: `{level.key}`", cut_code(entry.texts[level.key], level), level=4) for level in levels
    ]
    launches = [
        section("A launch: `io.launches[0]`", table(each), level=4) for each in list(launch_tables(record.io))[:1]
    ]
    figures = [
        section(f"`{name}`", code(json_text(value), "json"), level=4)
        for name, value in (("annotations", record.annotations), ("metadata", metadata))
    ]
    return "\n".join(
        [
            f"Record `{metadata.id}`, index {metadata.index}, category `{metadata.category}`: {metadata.description}\n",
            *texts,
            _traced(record, {level.key: level for level in levels}),
            *launches,
            f"{_said(record.io)}\n",
            *(figures if with_figures else ()),
        ]
    )


def _said(io: Io | None) -> str:
    if io is None:
        return "It was not run: `io` is null."
    same = "the outputs are the same on every machine" if io.exact else "outputs may differ in the last place"
    return f"Outputs: {io.reference}; gradients: {io.gradient}; {same}."


def _traced(record: Record, levels: Mapping[str, Text]) -> str:
    """Return what Warp generates of one line of the source, forward and adjoint, as the line map has it."""
    mapped = [key for key in GENERATED if record.line_map.get(key) and key in levels][:2]
    lines = set.intersection(*({line for _, _, line in record.line_map[key]} for key in mapped)) if mapped else set()
    if not lines:
        return ""
    chosen = min(lines, key=lambda line: (abs(len(_made_of(record, mapped[0], line)) - TRACED_LINES), -line))
    python = record.python_source.splitlines()[chosen - 1].strip()
    spans = [
        f"{listed([str(list(span)) for span in record.line_map[key] if span[2] == chosen])} of `line_map.{key}`"
        for key in mapped
    ]
    return section(
        "One line and what becomes of it: `line_map`",
        f"Line {chosen} of the source, {code_span(python)}, has {listed(spans)}: first line, last line, line of the "
        "source.\n",
        *(code("\n".join(_made_of(record, key, chosen)), levels[key].fence) for key in mapped),
        level=4,
    )


def _made_of(record: Record, key: str, line: int) -> list[str]:
    """Return the lines of a text that come from a line of the source."""
    text = getattr(record, key).splitlines()
    return [each for first, last, source in record.line_map[key] if source == line for each in text[first - 1 : last]]


def cut_code(text: str, level: Text) -> str:
    """Return the beginning of a text as a block of code; what is left out is said."""
    lines = text.splitlines()
    most = MOST_LINES if level.is_source or level.key in GENERATED else MOST_LOWER_LINES
    block = code("\n".join(lines[:most]), level.fence)
    more = len(lines) - most
    return f"{block}\n… and {things(more, 'more line')}.\n" if more > 0 else block


def launch_tables(io: Io | None) -> Iterator[Table]:
    """Yield a table for each launch of a record: every array and value before and after it."""
    for launch in io.launches if io is not None else ():
        kinds = {
            "inputs": launch.inputs,
            "outputs": launch.outputs,
            "cotangents": launch.cotangents,
            "gradients": launch.gradients,
        }
        rows = [
            (f"{kind}: {name}", *cells)
            for kind, values in kinds.items()
            for path, value in values.items()
            for name, *cells in _values(path, value)
        ]
        dim = " × ".join(map(str, launch.dim))
        title = f"launch of shape {launch.shape}, dim {dim}"
        yield Table(title, (title, "dtype", "shape", "first values"), tuple(rows), is_prose=True)


def _values(name: str, value: Any) -> Iterator[tuple[str, str, str, str]]:
    """Yield the arrays and values of an argument, each with its name."""
    match value:
        case {"dtype": dtype, "shape": list(shape), "bits": _}:
            yield name, str(dtype), " × ".join(map(str, shape)) or "value", _first(value)
        case {"kind": str(kind), "data": data}:
            yield from _values(f"{name} ({kind})", data)
        case Mapping():
            for part, inner in value.items():
                yield from _values(f"{name}.{part}", inner)
        case _:
            yield name, type(value).__name__, "value", str(value)[:MOST_TEXT]


def _first(encoded: Mapping[str, Any]) -> str:
    values = np.ravel(decode_array(encoded))
    shown = ", ".join(f"{float(value):.6g}" for value in values[:MOST_VALUES])
    more = len(values) - MOST_VALUES
    return f"{shown} … {count(more)} more" if more > 0 else shown


def json_text(value: Annotations | Metadata) -> str:
    """Return a part of a record as JSON, what is short on one line; long strings are cut."""
    return _laid_out(_cut(msgspec.to_builtins(value)), "")


def _laid_out(value: Any, indent: str) -> str:
    line = msgspec.json.format(msgspec.json.encode(value), indent=0).decode()
    inner = f"{indent}  "
    match value:
        case dict() if len(indent) + len(line) > WIDTH:
            parts = [
                f"{inner}{msgspec.json.encode(key).decode()}: {_laid_out(part, inner)}" for key, part in value.items()
            ]
            return "\n".join(["{", ",\n".join(parts), f"{indent}}}"])
        case list() if len(indent) + len(line) > WIDTH:
            return "\n".join(["[", ",\n".join(f"{inner}{_laid_out(part, inner)}" for part in value), f"{indent}]"])
        case _:
            return line


def _cut(value: Any) -> Any:
    match value:
        case dict():
            return {name: _cut(part) for name, part in value.items()}
        case list() | tuple() if len(value) > MOST_ITEMS:
            return [*map(_cut, value[:MOST_ITEMS]), f"… {count(len(value) - MOST_ITEMS)} more"]
        case list() | tuple():
            return [_cut(part) for part in value]
        case str() if len(value) > MOST_TEXT and " " not in value:
            return value[:MOST_TEXT] + "…"
        case _:
            return value
