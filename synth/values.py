"""The values that options take: text in, a checked value out, or one line that says what would have been right."""

import argparse
import difflib
import math
import os
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from .configuration import MEGABYTE
from .errors import UsageError
from .share import Share

MOST_MEGABYTES = 10**7
MOST_RECORDS = 10**10
MOST_WORKERS = 1024
MOST_SHARES = 10**5
MOST_SEED = 2**64 - 1


def one_of(option: str, text: str, known: Sequence[str]) -> str:
    """Return a name from a list; for another, the error proposes the nearest."""
    if text in known:
        return text
    raise UsageError(f"{option}: {text!r} is unknown{nearest(text, known) or ';'} known are {', '.join(known)}")


def nearest(text: str, known: Sequence[str]) -> str:
    """Return the proposal of the most similar name, or nothing where none is similar."""
    near = difflib.get_close_matches(text.lower(), known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else ""


def some_of(option: str, texts: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Names from a list, with commas or spaces between them; in the list's order, whatever order they were given in."""
    names = [name for text in texts for name in text.split(",") if name]
    if not names:
        raise UsageError(f"{option}: {' '.join(texts)!r} names nothing; known are {', '.join(known)}")
    chosen = {one_of(option, name, known) for name in names}
    return tuple(name for name in known if name in chosen)


def natural(option: str, text: str, least: int, most: int) -> int:
    """Return a whole number within bounds."""
    try:
        number = int(text)
    except ValueError:
        number = None
    if number is None or not least <= number <= most:
        raise UsageError(f"{option}: {text!r} is not a whole number from {least:,} to {most:,}")
    return number


def workers_of(options: argparse.Namespace) -> int:
    """Return the number of processes that `--workers` asks for: one for each core if it does not."""
    if options.workers is not None:
        return natural("--workers", options.workers, 1, MOST_WORKERS)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def share(option: str, text: str) -> Share:
    """Return a share of a run, as 2/16."""
    number, slash, of = text.partition("/")
    if slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of) <= MOST_SHARES:
        return Share(int(number), int(of))
    raise UsageError(f"{option}: {text!r} is not a share K/N with K from 1 to N, such as 2/16")


def budget(option: str, text: str) -> int:
    """Return a number of MB as bytes."""
    try:
        megabytes = Decimal(text)
    except InvalidOperation:
        megabytes = Decimal(math.nan)
    if not megabytes.is_finite():
        raise UsageError(f"{option}: {text!r} is not a number of MB, such as 200 or 0.5")
    if megabytes <= 0:
        raise UsageError(f"{option}: {text!r} must be more than 0 MB")
    if megabytes > MOST_MEGABYTES:
        raise UsageError(f"{option}: {text!r} is more than the {MOST_MEGABYTES:,} MB that one folder may hold")
    return max(1, round(megabytes * MEGABYTE))


def architecture(option: str, text: str) -> int:
    """Return an SM architecture, as 90 or sm_90."""
    return natural(option, text.removeprefix("sm_"), 50, 999)
