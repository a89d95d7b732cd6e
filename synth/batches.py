"""The batches of a run: whole ones, and towards the end smaller ones, so that no worker waits for another's last.

Guided self-scheduling (Polychronopoulos and Kuck, 1987): a batch is at most what is left for each worker, down to an
eighth of a whole one. No byte of a dataset depends on what is in a batch.
"""

from collections.abc import Callable, Iterator

from .configuration import Configuration
from .share import batches
from .tally import Tally

RECORD_BYTES = 45_000
"""Of a record, as long as there is none to go by."""

LEAST = 8
"""A batch has at least one in so many of a whole one's kernels: a module has a cost of its own."""


def kernels_left(configuration: Configuration, tally: Tally) -> int:
    """Return about how many kernels it still takes, if they are like those so far."""
    records = tally.total.written
    left = []
    if configuration.goal_records is not None:
        left.append(float(configuration.goal_records - records))
    if configuration.goal_bytes is not None:
        left.append(
            (configuration.goal_bytes - tally.text_bytes) / (tally.text_bytes / records if records else RECORD_BYTES)
        )
    is_kept = records / tally.total.attempts if records else 1.0
    return max(0, round(min(left) / is_kept))


def guided(
    configuration: Configuration, start: int, size: int, tally: Tally, width: Callable[[], int]
) -> Iterator[tuple[int, ...]]:
    """Yield the indices of a run from `start` on, without end, in batches of at most `size`, a power of two.

    `tally` is brought up to date meanwhile; `width` says how many batches are worked on at a time.
    """
    handed = tally.total.attempts
    while True:
        left = kernels_left(configuration, tally) - (handed - tally.total.attempts)
        fair = left // width()
        some = size
        while some > fair and some * LEAST > size:
            some //= 2
        batch = next(batches(start, some, configuration.share))
        yield batch
        handed, start = handed + len(batch), batch[-1] + 1
