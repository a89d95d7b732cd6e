"""The digests of a run, spread over partitions by their hash, each in a process that may die and come back."""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from synth.configuration import Dedup
from synth.dedup import Seen, telling
from synth.outcome import Made, Outcome, Rejected


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """What a partition is asked of one batch."""

    batch: int
    """Rises from one question to the next."""
    made: tuple[str, ...]
    """Digests of kernels that are kept unless they are known; known from then on."""
    others: tuple[str, ...] = ()
    """Digests that are only asked for."""


class Partition:
    """One partition, with a log from which it is what it was when it died.

    The question that was being answered then comes again: its digests are not known before it is.
    """

    def __init__(self, log: Path) -> None:
        self._seen = Seen("structure")
        self._last: Asked | None = None
        log.touch()
        end = 0
        with log.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._learn(msgspec.json.decode(line, type=Asked))
                end += len(line)
        os.truncate(log, end)
        self._log = log

    def ask(self, asked: Asked) -> list[str]:
        """Return which of the digests were known before the batch."""
        if self._learn(asked):
            with self._log.open("ab", buffering=0) as file:
                file.write(msgspec.json.encode(asked) + b"\n")
        return [digest for digest in (*asked.made, *asked.others) if self._seen.holds(digest, digest)]

    def _learn(self, asked: Asked) -> bool:
        """Know what was made until the batch before; return whether the question is another than the last."""
        if self._last is not None:
            if asked.batch <= self._last.batch:
                return False
            for digest in self._last.made:
                self._seen.is_new(digest, digest)
        self._last = asked
        return True

    def __len__(self) -> int:
        return len(self._seen)


Ask = Callable[[Sequence[Asked]], Iterable[list[str]]]
"""Asks every partition something, and returns what each answers."""

REMEMBERED = 4096
"""Digests of earlier sessions that are sent at a time."""


class Spread:
    """What is known of the kernels kept, in partitions; asked for a whole batch at a time."""

    def __init__(self, dedup: Dedup, partitions: int, ask: Ask) -> None:
        self._dedup = dedup
        self._partitions = partitions
        self._ask = ask
        self._asked = 0
        self._known: set[str] = set()
        self._mine: set[str] = set()
        self._remembered: list[str] | None = []
        """What was kept in earlier sessions and is still to be sent; None once a batch has been foreseen."""

    def foresee(self, outcomes: Iterable[Outcome]) -> None:
        """Ask what will be asked of a batch, all at once."""
        self._send_remembered()
        self._remembered = None
        made, others = set[str](), set[str]()
        for outcome in outcomes:
            if isinstance(outcome, Made | Rejected) and outcome.ir_digest:
                digests = made if isinstance(outcome, Made) else others
                digests.add(telling(self._dedup, outcome.ir_digest, outcome.structure_digest))
        self._known = self._put(made, others)
        self._mine.clear()

    def is_new(self, ir_digest: str, structure_digest: str) -> bool:
        """Whether the kernel is the first of its kind; it is remembered from then on."""
        digest = telling(self._dedup, ir_digest, structure_digest)
        if self._remembered is not None:
            self._remembered.append(digest)
            if len(self._remembered) >= REMEMBERED:
                self._send_remembered()
            return True
        if digest in self._known or digest in self._mine:
            return False
        self._mine.add(digest)
        return True

    def holds(self, ir_digest: str, structure_digest: str) -> bool:
        """Whether a kernel of this kind is remembered."""
        digest = telling(self._dedup, ir_digest, structure_digest)
        return digest in self._known or digest in self._mine

    def _send_remembered(self) -> None:
        if self._remembered:
            self._put(set(self._remembered), set())
            self._remembered.clear()

    def _put(self, made: set[str], others: set[str]) -> set[str]:
        self._asked += 1
        questions = [
            Asked(self._asked, self._part_of(made, number), self._part_of(others, number))
            for number in range(self._partitions)
        ]
        return {digest for known in self._ask(questions) for digest in known}

    def _part_of(self, digests: set[str], number: int) -> tuple[str, ...]:
        return tuple(sorted(digest for digest in digests if int(digest[-8:], 16) % self._partitions == number))
