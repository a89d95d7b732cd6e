"""Strike the real command with faults at random moments, continue it, and compare every byte with a quiet run's.

    python -m benchmarks.faults [--device cpu] [--count 300] [--faults 200] [--seed 0]

Three commands take turns, 40 faults each: JSON Lines, one file a record, and `benchmarks.faults.poison`. Every file but the
manifest's `run` has to be as a quiet run left it. Prints how often each fault struck, then the bytes that differ, the
records lost, the processes and the temporary files left behind; exits 1 if there is any.
"""

from __future__ import annotations

import argparse
import sys
import time

from benchmarks.faults.campaign import Command, campaign, table
from benchmarks.faults.poison import POISONED
from benchmarks.faults.scene import scene


def commands(device: str, count: int) -> tuple[Command, ...]:
    """The commands under test."""

    def command(name: str, module: str, records: int, form: str) -> Command:
        words = [sys.executable, "-m", module, "--device", device, "--count", str(records), "--format", form]
        return Command(
            name,
            lambda out, workers: [*words, "--workers", str(workers), "--out", str(out)],
            is_impatient=module != "synth",
        )

    return (
        command("jsonl", "synth", count, "jsonl"),
        command("json", "synth", count, "json"),
        command("poison", "benchmarks.faults.poison", max(POISONED) + 6, "json"),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Strike the real command with faults and compare the bytes.")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    begun = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - begun:6.0f} s  {line}", file=sys.stderr, flush=True)

    with scene() as place:
        is_disk = place.is_disk
    tally = campaign(commands(options.device, options.count), options.faults, options.seed, say=say)
    print(table(tally, is_disk=is_disk))
    return 0 if tally.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
