"""Whether the bytes depend on interruptions or on the number of workers: the real command, killed and continued.

    python -m benchmarks.survival [--device cpu] [--budget-mb 6] [--kills 10] [--seed 0]

A quiet run is the measure. The same configuration then runs with 1, 2 and 3 workers, and once more while it is killed with
SIGKILL (the whole process group) at moments drawn from the time that the quiet run took. Every file but the manifest's `run` and
PRODUCTION_STATE.md has to be the same. Exits 1 if one differs.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def command(options: argparse.Namespace, out: Path, workers: int) -> list[str]:
    """The command under test."""
    words = [sys.executable, "-m", "synth", "--device", options.device, "--budget-mb", str(options.budget_mb)]
    return [*words, "--seed", str(options.seed), "--workers", str(workers), "--out", str(out), "--quiet"]


def contents(folder: Path) -> dict[str, bytes]:
    """What must not differ between runs: every record file, and the manifest without `run`."""
    files = {path.name: path.read_bytes() for path in folder.glob("*.json*") if path.name != "manifest.json"}
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["run"]
    return files | {"manifest.json": json.dumps(manifest, sort_keys=True).encode()}


def quiet(options: argparse.Namespace, out: Path, workers: int) -> float:
    """Run without a disturbance; the seconds it took."""
    begun = time.monotonic()
    subprocess.run(command(options, out, workers), check=True)
    return time.monotonic() - begun


def disturbed(options: argparse.Namespace, out: Path, seconds: float) -> int:
    """Run, kill, continue, until the kills are spent or nothing is left to kill; how many hit."""
    moments = random.Random(options.seed)
    hits = 0
    for _ in range(options.kills):
        # A run that was killed has less to do: most kills have to come early to hit at all.
        pause = moments.uniform(0.05, max(2.0, 0.6 * seconds))
        process = subprocess.Popen(command(options, out, 2), start_new_session=True)
        try:
            process.wait(pause)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            hits += 1
            process.wait()
        else:
            break
    subprocess.run(command(options, out, 2), check=True)
    return hits


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill the real command at random moments and compare the bytes.")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--budget-mb", type=float, default=6.0)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seconds = quiet(options, folder / "quiet", 2)
        expected = contents(folder / "quiet")
        print(f"quiet, 2 workers: {seconds:.1f} s, {sum(map(len, expected.values())) / 1e6:.1f} MB")
        same = True
        for workers in (1, 3):
            took = quiet(options, folder / f"w{workers}", workers)
            equal = contents(folder / f"w{workers}") == expected
            same &= equal
            print(f"{workers} workers: {took:.1f} s, {'the same bytes' if equal else 'OTHER BYTES'}")
        hits = disturbed(options, folder / "killed", seconds)
        equal = contents(folder / "killed") == expected
        same &= equal
        left = sorted(path.name for path in (folder / "killed").iterdir())
        print(
            f"killed {hits} times with SIGKILL: {'the same bytes' if equal else 'OTHER BYTES'}; files: {', '.join(left)}"
        )
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
