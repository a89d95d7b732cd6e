"""The options of a run on many machines, and the subcommand `merge`, which makes one dataset of the shares of a run."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from synth import values
from synth.complaint import complain
from synth.errors import UsageError

if TYPE_CHECKING:
    from synth.configuration import Configuration
    from synth.making import Tools
    from synth.site import Site

ENGINES = ("local", "ray")
RAY = {
    "RAY_USAGE_STATS_ENABLED": "0",  # it would tell its makers about the run
    "RAY_worker_niceness": "0",  # it would let everything else on the machine go first
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".",  # it would print what it does about a node that died, among what we print
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # it would warn of what a version to come does
}
"""How Ray is set, where the environment does not say it; it reads this when it is imported."""


def add_merge(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.set_defaults(command=_merge)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="the folders of all shares of one run")
    parser.add_argument("--out", required=True, type=Path, metavar="OUT", help="where to")
    parser.add_argument(
        "--workers", metavar="W", help="processes, for what no share holds (default: one for each core)"
    )
    parser.add_argument("--quiet", action="store_true", help="say nothing but errors")


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Say what a command takes that works on one machine or many."""
    parser.add_argument(
        "--engine", default="local", metavar="{local,ray}", help="processes of this machine (default), or Ray's tasks"
    )
    parser.add_argument("--ray-address", metavar="A", help="the cluster (default: one of this machine's own)")


@contextmanager
def open_site(options: argparse.Namespace, configuration: "Configuration") -> Iterator["Site"]:
    """Yield where a run is to be made."""
    from synth.site import HERE  # noqa: PLC0415

    if values.one_of("--engine", options.engine, ENGINES) == "local":
        if options.ray_address is not None:
            raise UsageError("--ray-address goes with --engine ray")
        yield HERE
        return
    if options.ray_address is not None and options.workers is not None:
        raise UsageError("--workers: there are as many as the cluster at --ray-address has processors")
    if configuration.format != "jsonl":
        raise UsageError("--engine ray writes jsonl; `python -m synth export` makes other formats of it")
    for name, value in RAY.items():
        os.environ.setdefault(name, value)
    try:
        from .cluster import open_cluster  # noqa: PLC0415
    except ImportError as error:
        raise UsageError(f"--engine ray needs {error.name}: pip install 'warpsmith[ray]'") from error
    with open_cluster(options.ray_address, values.workers_of(options)) as site:
        yield site


def _merge(options: argparse.Namespace, tools: "Tools") -> int:
    from synth.generate import Setting  # noqa: PLC0415  (a subcommand pays for its own imports)
    from synth.progress import choose_screen  # noqa: PLC0415
    from synth.request import foreign_parts  # noqa: PLC0415

    from .merge import merge, parts_in  # noqa: PLC0415

    out = options.out.resolve()
    if out in [folder.resolve() for folder in options.folders]:
        raise UsageError(f"--out: {options.out} is one of the shares: name another folder")
    parts = parts_in(options.folders)
    if different := foreign_parts(parts[0].configuration):
        raise UsageError(f"{parts[0].root} was made with another installation: {'; '.join(different)}")
    setting = Setting(workers=values.workers_of(options), tools=tools)
    result, made = merge(parts, options.out, setting, choose_screen(quiet=options.quiet), complain)
    if not options.quiet:
        manifest = result.manifest
        done = "is complete already" if result.was_complete else f"merged in {manifest.run.wall_seconds:.1f} s"
        sys.stdout.write(
            f"{options.out}: {done}: {manifest.records:,} records of {manifest.attempts:,} kernels, "
            f"{manifest.counts.duplicates:,} duplicates dropped; {made:,} kernels were in no share and made here\n"
        )
    return 0
