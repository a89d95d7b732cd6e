"""The page written to disk: the list first, then the records in compressed chunks that the browser opens on demand.

The list stands before the chunks, so that a page of 100 MB can be used while the rest of it is still being read; as
it is known only after the last record, the chunks wait in a file without a name.
"""

import base64
import html
import shutil
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import msgspec

from ir.counting import StaticCounts
from ir.cuda_tools import Resources
from synth.annotations import Annotations, Timing
from synth.dataset import Line
from synth.described import descriptions
from synth.errors import UsageError

from .entry import Entry, read_entry
from .listing import List
from .source import About

CHUNK_BYTES = 400_000
"""Of JSON in a chunk: a few milliseconds to open, and as small as all chunks together get."""
LEVEL = 6
"""Of zlib: 9 takes three times as long for two per cent."""
SCRIPTS = tuple(
    f"{name}.js"
    for name in (
        "elements",
        "values",
        "highlight",
        "chunks",
        "search",
        "list",
        "panes",
        "code",
        "runs",
        "costs",
        "kernel",
        "page",
    )
)
"""In the order in which they stand in the page; the last one starts it."""
FIGURES = (Annotations, StaticCounts, Resources, Timing)
"""What a record's annotations are made of."""
SEPARATOR = "\0"
"""Between the sources that the search looks through."""


@dataclass(frozen=True, slots=True)
class Written:
    """What came of writing a page."""

    records: int
    bytes: int


def write_page(out: Path, about: About, lines: Iterable[Line]) -> Written:
    """Write the page of these records; it appears when it is whole."""
    page = List()
    sources = Packed()
    draft = out.with_name(f".{out.name}.draft")
    try:
        with tempfile.TemporaryFile(dir=out.parent) as chunks, draft.open("wb") as file:
            for number, chunk in enumerate(chunked(lines)):
                page.begin_chunk()
                for _, entry in chunk:
                    page.add(entry)
                    sources.add(entry.source + SEPARATOR)
                chunks.write(block(f"chunk-{number}", pack(encode_chunk(chunk))))
            if not len(page):
                raise UsageError("there is no record to show")
            head, tail = template(about, page)
            file.write(head)
            file.write(block("sources", sources.finish()))
            chunks.seek(0)
            shutil.copyfileobj(chunks, file)
            file.write(tail)
        size = draft.stat().st_size
        draft.rename(out)
    finally:
        draft.unlink(missing_ok=True)
    return Written(len(page), size)


Chunk = list[tuple[bytes, Entry]]


def chunked(lines: Iterable[Line]) -> Iterator[Chunk]:
    """Yield the records in chunks; `UsageError` for a text that is no record."""
    chunk: Chunk = []
    size = 0
    for line in lines:
        try:
            chunk.append((line.text, read_entry(line.text)))
        except msgspec.MsgspecError as error:
            raise UsageError(f"{line.where}: this is not a record of warpsmith: {error}") from error
        size += len(chunk[-1][0])
        if size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def encode_chunk(chunk: Chunk) -> bytes:
    """Return the JSON of a chunk: the records as they are stored."""
    return b"[" + b",".join(text for text, _ in chunk) + b"]"


def pack(content: bytes) -> bytes:
    """Return some bytes compressed, in characters that HTML leaves alone."""
    return base64.b64encode(zlib.compress(content, LEVEL))


class Packed:
    """Text packed as it comes."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._compressor = zlib.compressobj(LEVEL)
        self._parts: list[bytes] = []

    def add(self, text: str) -> None:
        """Append some text."""
        self._parts.append(self._compressor.compress(text.encode()))

    def finish(self) -> bytes:
        """Return all of it as `pack` would have."""
        self._parts.append(self._compressor.flush())
        return base64.b64encode(b"".join(self._parts))


def block(name: str, content: bytes) -> bytes:
    """Return the element that holds packed bytes under a name; no browser runs it."""
    return b'<script type="text/plain" id="' + name.encode() + b'">' + content + b"</script>\n"


def template(about: About, page: List) -> tuple[bytes, bytes]:
    """Return the page before the sources and chunks, and after them."""
    folder = files(__package__)
    index = {
        "title": about.title,
        "replay": about.replay,
        "replay_alone": about.replay_alone,
        "levels": [text for text in about.texts if not text.is_source],
        "meanings": meanings(),
        **page.columns(),
    }
    parts = {
        "title": html.escape(about.title),
        "facts": html.escape(" · ".join(about.facts)),
        "style": folder.joinpath("page.css").read_text("utf-8"),
        "script": "\n".join(folder.joinpath(name).read_text("utf-8") for name in SCRIPTS),
        "index": pack(msgspec.json.encode(index)).decode(),
        **{column: "" if page.has_choice(column) else "hidden" for column in ("device", "split")},
    }
    head, _, tail = folder.joinpath("page.html").read_text("utf-8").partition("{{chunks}}")
    return _filled(head, parts), _filled(tail, parts)


def meanings() -> dict[str, str]:
    """Return what each figure of a kernel is, by its key."""
    return {key: said for struct in FIGURES for key, said in descriptions(struct).items()}


def _filled(text: str, parts: dict[str, str]) -> bytes:
    # Split first: what is put in may hold what looks like a place to fill.
    pieces = text.split("{{")
    filled = [pieces[0]]
    for piece in pieces[1:]:
        name, _, rest = piece.partition("}}")
        filled += [parts[name], rest]
    return "".join(filled).encode()
