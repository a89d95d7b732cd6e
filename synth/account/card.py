"""The dataset card: `README.md` with the header that the Hugging Face hub and `datasets` read."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from synth import VERSION
from synth.annotations import Annotations
from synth.described import descriptions
from synth.folder import RELEASE
from synth.io import Io
from synth.levels import texts_of
from synth.near.splits import NONE
from synth.record import Metadata, Record
from synth.release import Release

from . import content_tables, quality_tables
from .advice import ENCODING, limitations, load_lines, pages, prefix_of, preprocessing
from .document import summary, title
from .features import features_of
from .markdown import bullets, code, section, table
from .measures import Measures
from .measuring import Measured
from .table import Table
from .wording import count, listed, things

MARK = "<!-- a dataset card of warpsmith -->"
"""What says that a card is ours, and may be written over."""
LICENSE = "apache-2.0"
TAGS = ("code", "compilers", "python", "nvidia-warp", "synthetic", "program-synthesis")
MAGNITUDES = (
    (10**3, "1K"),
    (10**4, "10K"),
    (10**5, "100K"),
    (10**6, "1M"),
    (10**7, "10M"),
    (10**8, "100M"),
    (10**9, "1B"),
)
NESTED = (("io", Io), ("annotations", Annotations), ("metadata", Metadata))
"""Parts of a record whose keys are described too."""
SPLITTING = f"""\
`metadata.split` says what a record is for. Near-duplicates have the same, and it does not change when the dataset
grows. A record that is near to two splits has `{NONE}`: leave it out.
"""
SCHEMA = """\
`python -m synth schema` prints the JSON Schema, with a sentence on every key of these objects too.
"""


def card(many: Sequence[Measured], out: Path) -> str:
    """Return the card of datasets, to lie in this folder."""
    measures = [each.measures for each in many]
    return "\n".join(
        [
            f"---\n{_header(many, out)}---\n",
            f"{MARK}\n",
            f"# {title(measures)}\n",
            bullets(summary(many)),
            table(content_tables.overview(measures)),
            section("Loading", _loading_code(many, out), *pages(many)),
            section(
                "Splits", SPLITTING, table(quality_tables.splits(measures)), *(_in_files(each, out) for each in many)
            ),
            section("Records", table(_fields(many)), ENCODING, SCHEMA),
            section(
                "Quality",
                table(quality_tables.quality(measures)),
                "`REPORT.md` defines each figure and shows the rest.",
            ),
            section("Use", preprocessing(measures)),
            section("Limitations", bullets(limitations(measures))),
            section("License", _license(measures)),
        ]
    )


def size_category(records: int) -> str:
    """Return the hub's name for a number of records."""
    low = "n<1K"
    for bound, name in MAGNITUDES:
        if records < bound:
            return low if low == "n<1K" else f"{low}<n<{name}"
        low = name
    return f"n>{low}"


def _header(many: Sequence[Measured], out: Path) -> str:
    """Return the header: YAML, each string as JSON writes it, which YAML reads as the same."""
    lines = [
        f"license: {LICENSE}",
        f"pretty_name: {_quoted(title([each.measures for each in many]))}",
        "language:\n- code",
        "task_categories:\n- text-generation",
        "tags:",
        *(f"- {tag}" for tag in [*TAGS, *_level_tags(many)]),
        "size_categories:",
        f"- {_quoted(size_category(sum(each.measures.records for each in many)))}",
    ]
    loadable = [each for each in many if each.dataset.is_loadable]
    if loadable:
        lines.append("dataset_info:")
    for each in loadable:
        lines += [f"- config_name: {_quoted(config_name(each, len(many)))}", "  features:"]
        lines += [f"  - {json.dumps(feature)}" for feature in features_of(each.example.record)]
    if loadable:
        lines.append("configs:")
    for number, each in enumerate(loadable):
        lines.append(f"- config_name: {_quoted(config_name(each, len(many)))}")
        if number == 0:
            lines.append("  default: true")
        lines.append("  data_files:")
        for split, pattern in data_files(each, out, len(many)).items():
            lines += [f"  - split: {split}", f"    path: {_quoted(pattern)}"]
    return "\n".join(lines) + "\n"


def _level_tags(many: Sequence[Measured]) -> list[str]:
    """Return the tags for the levels that the records have."""
    languages = {
        level.lexer for each in many for level in texts_of(each.measures.device) if level.key in each.measures.texts
    }
    return sorted(languages & {"cuda", "ptx", "sass", "llvm"})


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def config_name(each: Measured, datasets: int) -> str:
    """Return what a dataset is called by who loads it."""
    if datasets == 1:
        return "default"
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in each.measures.label).strip("-")


def data_files(each: Measured, out: Path, datasets: int) -> dict[str, str]:
    """Return the files of each split, as seen from the card.

    Of a dataset that does not lie under the card: as if it were, in a folder of its name if there are several.
    """
    root, place = each.dataset.root.resolve(), out.resolve()
    if root.is_relative_to(place):
        folder = os.fspath(root.relative_to(place))
    else:
        folder = "." if datasets == 1 else config_name(each, datasets)
    prefix = "" if folder == "." else f"{folder}/"
    return {split: f"{prefix}{pattern}" for split, pattern in patterns(each, out).items()}


def patterns(each: Measured, out: Path) -> dict[str, str]:
    """Return what matches the names of a dataset's files by split: those in the card's folder that are made of it."""
    release = _released(each, out)
    if release is None:
        return each.dataset.patterns
    files = {split: next(out.glob(f"{split}-*")) for split, records in release.splits.items() if records}
    return {split: f"{split}-*.{file.name.partition('.')[2]}" for split, file in files.items()}


def _released(each: Measured, out: Path) -> Release | None:
    """Return what the folder of the card says of the splits that were made of a dataset; None where there are none."""
    path = out / RELEASE
    if not path.is_file():
        return None
    release = msgspec.json.decode(path.read_bytes(), type=Release)
    return release if release.source_digest == each.dataset.about.digest else None


def _in_files(each: Measured, out: Path) -> str:
    """Return what the files of splits hold; nothing where there are none."""
    release = _released(each, out)
    if release is None:
        return ""
    held = listed([f"{count(number)} ({split})" for split, number in release.splits.items()])
    left = listed([f"{count(number)} ({why})" for why, number in release.left_out.items()])
    return f"The files here hold {held} of these records, by split; left out: {left or 'none'}.\n"


def _loading_code(many: Sequence[Measured], out: Path) -> str:
    loadable = [each for each in many if each.dataset.is_loadable]
    if not loadable:
        return ""
    lines = ["from datasets import load_dataset", "", "# PATH is this folder, or its name on the hub"]
    for each in loadable:
        config = "" if len(many) == 1 else f', "{config_name(each, len(many))}"'
        lines += load_lines(each, f'"PATH"{config}', patterns(each, out), prefix_of(each, len(many)))
    return code("\n".join(lines), "python")


def _fields(many: Sequence[Measured]) -> Table:
    """Return what the keys of the records are, in the words of the record's own types."""
    rows = [
        (f"`{key}`", f"{said} {_how_many(key, [each.measures for each in many])}".strip())
        for key, said in descriptions(Record).items()
        if any(key in each.measures.parts for each in many)
    ]
    for key, struct in NESTED:
        values = [value for each in many if (value := getattr(each.example.record, key)) is not None]
        rows += [
            (f"`{key}.{name}`", said)
            for name, said in descriptions(struct).items()
            if any(getattr(value, name) is not msgspec.UNSET for value in values)
        ]
    return Table("Records", ("key", "what"), tuple(rows), is_prose=True)


def _how_many(key: str, many: Sequence[Measures]) -> str:
    """Return how many records have a text, where not all have it."""
    has = sum(each.texts[key].bytes.count for each in many if key in each.texts)
    records = sum(each.records for each in many)
    return f"In {count(has)} of {things(records, 'record')}." if 0 < has < records else ""


def _license(many: Sequence[Measures]) -> str:
    warp = listed(sorted({each.warp for each in many}))
    return (
        f"Apache-2.0. Made with Warpsmith {VERSION} from a grammar; the generated code is written by NVIDIA Warp "
        f"{warp}, which is under Apache-2.0 too. There is no text of other projects and no personal data in it."
    )
