"""The line map of a listing: which Python line each generated line comes from, read from Warp's echoes of the source.

Warp writes each statement as a comment with its line number, `// y = x[i]    <L 12>`: in forward code before what it
generates for it, in the adjoint (`// adj: …`) after it. A generated line belongs to the nearest echo before it (after
it, in the adjoint) that is not indented deeper: so a closing brace is the branch's, not the last statement's in it. A
loop's adjoint runs its body once more, with echoes of the first kind among the others: what follows one of these is
the body's until the first line that names an adjoint.

Lines of functions that Warp has copied (generic ones above all) are counted from their `def`: the shift that brings
most echoes onto equal lines of the source says by how much. An echo that is not at its line then (functions of Warp's
own modules have some) comes from no line of this source.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ir.normalise import drop_comments

Span = tuple[int, int, int]
"""First generated line, last generated line, Python line, each counted from 1."""

ECHO = re.compile(r"(\s*)// (adj: )?(.*?)\s*<L (\d+)>")
RULE = "//---------"
REVERSE = "// reverse"
TAB = 4
"""Warp indents what a loop resets by spaces and a tab."""


@dataclass(frozen=True, slots=True)
class Echo:
    """One comment that repeats a line of the source."""

    indent: int
    is_adjoint: bool
    text: str
    line: int


def line_map(python_source: str, listing: str) -> list[Span]:
    """Return the spans of generated lines that come from one Python line, in order; none for a text without echoes."""
    if "<L " not in listing:
        return []
    lines = listing.split("\n")
    places: dict[str, list[int]] = {}
    for number, text in enumerate(python_source.split("\n"), start=1):
        if text.strip():
            places.setdefault(text.strip(), []).append(number)
    owners = [0] * len(lines)
    start = 0
    for end in [place for place, line in enumerate(lines) if line == "}"]:
        # Of a function or a struct: nothing in one is that far left.
        echoes = _echoes(lines, start, end)
        if echoes:
            _own(lines, _settled(echoes, places), end, owners)
        start = end + 1
    return _spans(owners)


def without_comments(listing: str, spans: Sequence[Span]) -> tuple[str, list[Span]]:
    """Return a listing without its comments, and the spans of what is left."""
    kept: list[str] = []
    places = [0]  # for each line of the listing, how many lines are left up to there
    for line, whole in zip(drop_comments(listing).split("\n"), listing.split("\n"), strict=True):
        was_comment = whole.strip() and not line.strip()
        if not was_comment and (line.strip() or (kept and kept[-1])):
            kept.append(line.rstrip())
        places.append(len(kept))
    moved = ((places[first - 1] + 1, places[last], line) for first, last, line in spans)
    return "\n".join(kept), _joined(span for span in moved if span[0] <= span[1])


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Return spans with those joined that have come to lie one after another and are of one Python line."""
    found: list[Span] = []
    for first, last, line in spans:
        if found and found[-1][1:] == (first - 1, line):
            found[-1] = (found[-1][0], last, line)
        else:
            found.append((first, last, line))
    return found


def _echoes(lines: Sequence[str], start: int, end: int) -> dict[int, Echo]:
    """Return the echoes of one function, by their place."""
    found = {}
    for place, line in enumerate(lines[start:end], start):
        if "<L " in line and (match := ECHO.fullmatch(line)):
            margin, adjoint, text, number = match.groups()
            found[place] = Echo(len(margin.expandtabs(TAB)), adjoint is not None, text, int(number))
    return found


def _settled(echoes: Mapping[int, Echo], places: Mapping[str, Sequence[int]]) -> dict[int, Echo]:
    """Return the echoes with line numbers of the whole source; 0 for what is not a line of it."""
    votes = Counter(found - echo.line for echo in echoes.values() for found in places.get(echo.text, ()))
    most = max(votes.values(), default=0)
    shift = 0 if votes[0] == most else min(shift for shift, number in votes.items() if number == most)
    settled = {}
    for place, echo in echoes.items():
        line = echo.line + shift
        found = line if line in places.get(echo.text, ()) else 0
        settled[place] = echo if found == echo.line else replace(echo, line=found)
    return settled


def _own(lines: Sequence[str], echoes: Mapping[int, Echo], end: int, owners: list[int]) -> None:
    """Write down whose each line of one function is: what follows an echo, then what an adjoint's echo follows."""
    above: list[Echo] = []
    first, reverse = min(echoes), end
    for place in range(first, end):
        line, echo = lines[place], echoes.get(place)
        if echo is None:
            text = line.strip()
            if text == REVERSE:
                reverse = place
                above.clear()
            elif reverse < end and "adj_" in line:
                above.clear()
            elif above and text and text != RULE:
                owners[place] = _owner(above, _indent(line))
        elif echo.is_adjoint:
            above.clear()
        else:
            owners[place] = _enter(above, echo)
    below: list[Echo] = []
    for place in range(end - 1, reverse, -1):
        line, echo = lines[place], echoes.get(place)
        if echo is not None and echo.is_adjoint:
            owners[place] = _enter(below, echo)
        elif echo is not None:
            _leave(below, echo.indent)  # a body that is run once more starts here; what is before it heads the loop
        elif below and not owners[place] and line.strip():
            owners[place] = _owner(below, _indent(line))


def _enter(stack: list[Echo], echo: Echo) -> int:
    _leave(stack, echo.indent)
    stack.append(echo)
    return echo.line


def _leave(stack: list[Echo], indent: int) -> None:
    while stack and stack[-1].indent >= indent:
        stack.pop()


def _owner(stack: list[Echo], indent: int) -> int:
    _leave(stack, indent + 1)
    return stack[-1].line if stack else 0


def _indent(line: str) -> int:
    line = line.expandtabs(TAB)
    return len(line) - len(line.lstrip())


def _spans(owners: Sequence[int]) -> list[Span]:
    spans, first = [], 1
    for owner, lines in groupby(owners):
        end = first + len(list(lines))
        if owner:
            spans.append((first, end - 1, owner))
        first = end
    return spans
