"""The real command with Ray on one node and on two, with a node killed midway, and locally with one worker and with two.

    python -m benchmarks.nodes [--few 128] [--count 768] [--device cpu] [--no-io]

Every node is on this machine and has one processor; the head has none. Each way makes few kernels and then many: what it
takes to start is in both, so seconds and ratios are of what the many have beyond the few. Ray's cluster is up before the
command starts. The few and the many of one way are made after each other. Of the many, one node is killed when half the
time has gone by that two took. Every dataset is compared with that of one local worker, byte by byte.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.faults.comparison import contents
from benchmarks.figures import grid
from benchmarks.machine import cores
from benchmarks.subjects import Asked
from synth.scale.command import RAY

MEMORY = {"object_store_memory": 100 * 10**6}


@dataclass
class Way:
    """One way to run the command."""

    name: str
    nodes: int
    """Of Ray; none for a local run."""
    workers: int
    loses_one: bool = False
    few: float = 0.0
    many: float = 0.0
    """Wall seconds."""
    is_equal: bool = True
    """Whether its bytes are those of one local worker."""

    @property
    def beyond(self) -> float:
        """What the many took beyond the few."""
        return self.many - self.few


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--few", type=int, default=128)
    parser.add_argument("--count", type=int, default=768, help="the many")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--no-io", dest="io", action="store_false", help="do not run the kernels")
    options = parser.parse_args()
    ways = [
        Way("local, 1 worker", 0, 1),
        Way("Ray, 1 node", 1, 1),
        Way("local, 2 workers", 0, 2),
        Way("Ray, 2 nodes", 2, 2),
        Way("Ray, 2 nodes, one killed and replaced", 2, 2, loses_one=True),
    ]
    os.environ.update(RAY)
    asked = Asked(options.device, io=options.io)
    print(f"load before: {os.getloadavg()[0]:.1f} on {cores()} cores", flush=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["RAY_TMPDIR"] = home
        half = 0.0
        for way in ways:
            way.few = _measure(way, asked, options.few, Path(home), None)
            way.many = _measure(way, asked, options.count, Path(home), half if way.loses_one else None)
            half = way.many / 2
    print(f"load after: {os.getloadavg()[0]:.1f}\n\n{_table(ways, options.count - options.few)}")
    if not all(way.is_equal for way in ways):
        raise SystemExit("benchmarks.nodes: some dataset differs")


def _measure(way: Way, asked: Asked, kernels: int, home: Path, half: float | None) -> float:
    """Make a dataset in one way, compare it with that of the first, and return how long it took."""
    words = [*asked.words(), "--count", str(kernels), "--quiet"]
    out, first = home / f"{way.name}, {kernels}", home / str(kernels)
    seconds = _seconds(way, [*words, "--out", str(out)], half)
    print(f"{' '.join(words)}: {way.name}: {seconds:.1f} s", flush=True)
    if not first.exists():
        out.rename(first)
    else:
        way.is_equal &= contents(out) == contents(first)
    return seconds


def _seconds(way: Way, words: Sequence[str], half: float | None) -> float:
    """Return how long the command runs; a node that it loses it loses after so many seconds."""
    with _cluster(way.nodes) as (address, replace_one):
        where = ["--engine", "ray", "--ray-address", address] if way.nodes else ["--workers", str(way.workers)]
        begun = time.monotonic()
        with subprocess.Popen([sys.executable, "-m", "synth", *words, *where]) as process:
            if half is not None:
                time.sleep(half)
                assert process.poll() is None, "it is at work when half the time has gone by"
                replace_one()
        if process.returncode:
            raise SystemExit(f"benchmarks.nodes: {way.name} failed")
        return time.monotonic() - begun


@contextmanager
def _cluster(nodes: int) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield the address of a cluster of so many nodes, and what kills one of them and adds another."""
    if not nodes:
        yield "", lambda: None
        return
    from ray.cluster_utils import Cluster  # noqa: PLC0415  (without Ray there are still the local runs)

    cluster: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False, **MEMORY})
    there = [cluster.add_node(num_cpus=1, **MEMORY) for _ in range(nodes)]

    def replace_one() -> None:
        cluster.remove_node(there.pop(), allow_graceful=False)
        there.append(cluster.add_node(num_cpus=1, **MEMORY))

    try:
        yield cluster.address, replace_one
    finally:
        cluster.shutdown()


def _table(ways: Sequence[Way], kernels: int) -> str:
    one = {"Ray": ways[1].beyond, "local": ways[0].beyond}
    lines = [["", "s, few", "s, many", f"s for {kernels} more", "times as fast as one", "bytes"]]
    for way in ways:
        ratio = f"{one[way.name.split(',')[0]] / way.beyond:.2f}"
        equal = "equal" if way.is_equal else "DIFFER"
        lines.append([way.name, f"{way.few:.1f}", f"{way.many:.1f}", f"{way.beyond:.1f}", ratio, equal])
    return grid(lines)


if __name__ == "__main__":
    main()
