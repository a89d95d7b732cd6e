"""The campaign: rounds of sessions under faults, each round until its dataset is complete and compared."""

from __future__ import annotations

import subprocess
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, TypeVar

from benchmarks.faults.comparison import contents, difference
from benchmarks.faults.rows import BLOWS, DAMAGES, SURROUNDINGS, Blow, Damage, Fault, Surrounding
from benchmarks.faults.scene import Launch, Scene, scene
from synth.ledger import read_journal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

Row = TypeVar("Row", Surrounding, Blow, Damage)

SURROUNDED = (0, 1, 1, 2)
"""How many things are wrong from a session's start, each as likely."""
ENDING = 0.3
"""How often a blow is one that ends the session."""
COMMITTED = 0.4
"""How often a blow waits for a batch to be committed."""
DAMAGED = 0.35
"""How often files suffer between two sessions."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command under test."""

    name: str
    words: Callable[[Path, int], list[str]]
    """The command for an output folder and a number of workers."""
    is_impatient: bool = False
    """Whether it gives a worker up within seconds."""


@dataclass(slots=True)
class Tally:
    """What a campaign has seen."""

    faults: Counter[str] = field(default_factory=Counter)
    sessions: int = 0
    rounds: int = 0
    bytes: int = 0
    """That differed."""
    records: int = 0
    """That were lost: missing in the end, or committed once and forgotten though no file had been damaged."""
    processes: int = 0
    """That outlived their run."""
    files: int = 0
    """Temporary ones that were left in the end."""
    wrong: list[str] = field(default_factory=list)
    """What else was not as it should be, one line each."""

    @property
    def struck(self) -> int:
        """How many faults there were."""
        return self.faults.total()

    @property
    def is_clean(self) -> bool:
        """Whether all survived."""
        return not (self.bytes or self.records or self.processes or self.files or self.wrong)


@dataclass(slots=True)
class Round:
    """One dataset on its way through faults."""

    command: Command
    scene: Scene
    seconds: float
    """That a quiet run took."""
    chance: Random
    tally: Tally
    log: Path
    say: Callable[[str], None]
    done: int = 0
    """Faults in this round."""

    def run(self, faults: int) -> None:
        """Strike until so many faults have been, or the dataset is complete in spite of them; then let it finish."""
        kept = 0
        while self.done < faults and not self._is_complete():
            self._session()
            committed = self._committed()
            self.tally.records += max(0, kept - committed)
            kept = committed
            if not self._is_complete() and self.chance.random() < DAMAGED and self._damage():
                kept = 0
        if not self._is_complete():
            self._undisturbed()

    def _is_complete(self) -> bool:
        return self.scene.folder.manifest.exists() and not self.scene.folder.aside.exists()

    def _committed(self) -> int:
        """The records that the journal has, or all once there is none any more."""
        if self.scene.folder.manifest.exists():
            return 10**9
        try:
            lines = deque(read_journal(self.scene.folder.journal), maxlen=1)
        except FileNotFoundError:
            return 0
        return lines[0].entry.tally.total.written if lines else 0

    def _launch(self) -> Launch:
        return Launch(self.command.words(self.scene.out, self.chance.choice([1, 2, 2, 3])), self.scene.environment())

    def _session(self) -> None:
        self.scene.prepare()
        launch = self._launch()
        exits = {0}
        names = []
        for row in self._rarest(SURROUNDINGS)[: self.chance.choice(SURROUNDED)]:
            row.set_up(launch, self.chance)
            names.append(row.name)
            exits.update(row.exits)
        self._count(*names)
        process = launch.start(self.log)
        is_ending = False
        while process.poll() is None and not is_ending:
            if (struck := self._strike_once(process)) is not None:
                names.append(struck.name)
                exits.update(struck.exits)
                is_ending = struck.ends
        self._end(process, exits, names)

    def _strike_once(self, process: subprocess.Popen[bytes]) -> Blow | None:
        """Wait until a random moment and strike; None when there was nothing to strike any more."""
        self._await_moment(process)
        rows = [
            row
            for row in BLOWS
            if (self.scene.is_disk or not row.needs_disk) and (self.command.is_impatient or not row.needs_impatience)
        ]
        is_ending = self.chance.random() < ENDING
        row = self._rarest(row for row in rows if row.ends == is_ending)[0]
        if process.poll() is not None or not row.strike(self.scene, process.pid, self.chance):
            return None
        self._count(row.name)
        return row

    def _await_moment(self, process: subprocess.Popen[bytes]) -> None:
        """Wait some part of the time that the run takes, or for a moment soon after a batch was committed."""
        size = self._journal_bytes() if self.chance.random() < COMMITTED else None
        deadline = time.monotonic() + self.chance.uniform(0, (0.25 if size is None else 1.0) * self.seconds)
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
            if size is not None and self._journal_bytes() > size:
                time.sleep(self.chance.uniform(0, 0.05))
                return

    def _journal_bytes(self) -> int:
        try:
            return self.scene.folder.journal.stat().st_size
        except OSError:
            return 0

    def _damage(self) -> bool:
        for row in self._rarest(DAMAGES):
            if row.strike(self.scene, self.chance):
                self._count(row.name)
                return True
        return False

    def _rarest(self, rows: Iterable[Row]) -> list[Row]:
        """The rows that have struck least first; which of equals comes first is chance."""
        return sorted(rows, key=lambda row: (self.tally.faults[row.name], self.chance.random()))

    def _undisturbed(self) -> None:
        self.scene.prepare()
        self._end(self._launch().start(self.log), {0}, [])

    def _end(self, process: subprocess.Popen[bytes], exits: set[int], names: Sequence[str]) -> None:
        """Wait for a session's end, and see that it was a good one."""
        what = ", ".join(names) or "nothing"
        try:
            code = process.wait(300 + 10 * self.seconds)
        except subprocess.TimeoutExpired:
            self.complain(f"did not end after {what}")
            process.kill()
            process.wait()
        else:
            if code not in exits:
                self.complain(f"exit code {code} after {what}: {self._last_line()}")
        self.scene.balloon.unlink(missing_ok=True)
        if left := self.scene.survivors():
            self.complain(f"{len(left)} processes left after {what}")
        self.tally.processes += len(left)
        self.tally.sessions += 1
        kept = "complete" if self._is_complete() else f"{self._committed():,} kept"
        self.say(f"session {self.tally.sessions}: {what}; {kept}")

    def complain(self, what: str) -> None:
        """Note something that is not as it should be."""
        self.tally.wrong.append(f"{self.command.name}: {what}")
        self.say(self.tally.wrong[-1])

    def _last_line(self) -> str:
        return (self.log.read_text(errors="replace").splitlines() or [""])[-1]

    def _count(self, *names: str) -> None:
        self.tally.faults.update(names)
        self.done += len(names)


def campaign(
    commands: Sequence[Command],
    faults: int,
    seed: int,
    *,
    faults_a_round: int = 40,
    say: Callable[[str], None] = lambda _line: None,
) -> Tally:
    """Strike the commands in turn until there have been so many faults; every round is compared with a quiet run."""
    tally, chance = Tally(), Random(seed)
    quiet: dict[str, tuple[float, dict[str, bytes]]] = {}
    while tally.struck < faults:
        command = commands[tally.rounds % len(commands)]
        if command.name not in quiet:
            quiet[command.name] = _quiet(command)
            say(f"{command.name}: {quiet[command.name][0]:.1f} s when quiet")
        seconds, expected = quiet[command.name]
        with scene() as place:
            log = place.base / "log"
            current = Round(command, place, seconds, chance, tally, log, say)
            current.run(min(faults_a_round, faults - tally.struck))
            found = difference(expected, contents(place.out))
            left = place.leftovers()
            said = log.read_text(errors="replace")
        tally.rounds += 1
        tally.bytes += found.bytes
        tally.records += found.records
        tally.files += len(left)
        for wrong in (
            *(f"a traceback: {each}" for each in _tracebacks(said)),
            *(f"left {name}" for name in left[:5]),
            *(f"other bytes in {place}" for place in found.places[:5]),
        ):
            current.complain(wrong)
        say(
            f"round {tally.rounds}, {command.name}: {current.done} faults, {found.bytes} bytes differ, {len(left)} files "
            f"left; so far {tally.records} records lost, {tally.processes} processes left, {len(tally.wrong)} complaints"
        )
    return tally


def _tracebacks(said: str) -> list[str]:
    """Return the tracebacks in what a run said, but for those of processes that Python had only begun to start.

    They end so at Ctrl-C, and where the run is gone before it has said what to do.
    """
    found = [
        each.partition("\nwarpsmith: ")[0].strip() for each in said.split("Traceback (most recent call last):")[1:]
    ]
    return [
        each[-600:]
        for each in found
        if not each.endswith("KeyboardInterrupt")
        and not ("spawn_main" in each and "\nEOFError: Ran out of input" in each)
    ]


def _quiet(command: Command) -> tuple[float, dict[str, bytes]]:
    """Return the seconds that a run takes that nobody disturbs, and what it makes."""
    with scene() as place:
        place.prepare()
        begun = time.monotonic()
        code = Launch(command.words(place.out, 2), place.environment()).start(place.base / "log").wait()
        if code:
            raise RuntimeError(f"the quiet run of {command.name} ended with {code}: {(place.base / 'log').read_text()}")
        return time.monotonic() - begun, contents(place.out)


def table(tally: Tally, *, is_disk: bool) -> str:
    """Return the result as text: each fault and how often it struck, then what came of them."""
    rows: list[tuple[str, Sequence[Fault]]] = [
        ("at a session's start", SURROUNDINGS),
        ("at a random moment", BLOWS),
        ("between two sessions", DAMAGES),
    ]
    lines = [
        f"| {when}: {row.name} | {_times(tally, row, is_disk=is_disk)} |" for when, faults in rows for row in faults
    ]
    came_of_it = (
        f"{tally.struck} faults in {tally.sessions} sessions of {tally.rounds} datasets: {tally.bytes} bytes differ, "
        f"{tally.records} records lost, {tally.processes} processes and {tally.files} temporary files left behind."
    )
    return "\n".join(["| fault | times |", "|---|---|", *lines, "", came_of_it, *tally.wrong])


def _times(tally: Tally, row: Fault, *, is_disk: bool) -> str:
    if isinstance(row, Blow) and row.needs_disk and not is_disk:
        return "left out: no disk can be mounted here"
    return str(tally.faults[row.name])
