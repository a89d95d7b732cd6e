"""The command `coverage`: what a dataset's kernels, or kernels drawn for the purpose, contain of what there is."""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import cast

import msgspec
from rich.console import Console

from grammar.catalogue import catalogue_for
from grammar.universe import Census, universe_of
from ir.coverage import CodegenCoverage
from ir.errors import ToolchainError

from . import values
from .configuration import Configuration
from .errors import Interrupted, UsageError
from .folder import Finished, Folder
from .progress import choose_screen
from .report import Report, recorded, resolved_builtins, surveyed
from .request import refuse_unavailable, requested_configuration
from .rows import Refusals
from .survey import Findings, Plan, survey
from .surveyor import DEPTHS, Depth, measured
from .tables import print_report

MOST_KERNELS = 10**7
DRAWING = ("kernels", "compile", "warp", "workers", "device", "arch", "seed", "profile", "categories", "backward")
"""Options that say how kernels are drawn, which those of a folder have been."""


def coverage(options: argparse.Namespace, defaults: argparse.Namespace, workers: int) -> None:
    """Print what the options ask for; `defaults` are those of a command line without any."""
    if options.json is not None:
        options.json.open("ab").close()  # a long run must not end in a name that cannot be written
    if options.folder is not None:
        for name in DRAWING:
            if getattr(options, name) != getattr(defaults, name):
                option = "no-backward" if name == "backward" else name
                raise UsageError(f"--{option} says how to draw kernels, but those of {options.folder} are drawn")
        _show(_of_folder(Folder(options.folder)), options.json)
        return
    configuration, plan = _asked(options, workers)
    findings = Findings(Census(universe_of(catalogue_for(configuration.versions.warp))), {}, near_misses=plan.warp)
    with tempfile.TemporaryDirectory(prefix="warpsmith-") as aside:
        try:
            survey(configuration, plan, findings, choose_screen(quiet=False), Path(aside))
        except Interrupted:
            _show(_of_survey(configuration, plan, findings, Path(aside)), options.json)
            raise
        _show(_of_survey(configuration, plan, findings, Path(aside)), options.json)


def _asked(options: argparse.Namespace, workers: int) -> tuple[Configuration, Plan]:
    """Return what to draw and how, checked."""
    options.budget_mb, options.dedup, options.format, options.io = None, "structure", "jsonl", False
    options.count = str(values.natural("--kernels", options.kernels, 1, MOST_KERNELS))
    depth = cast("Depth", values.one_of("--compile", options.compile, DEPTHS))
    if options.warp and depth == "none":
        raise UsageError("--warp measures code generation: it goes with --compile codegen or native")
    if "," in options.device:
        raise UsageError(f"--device: {options.device!r} is more than one: coverage is of one device at a time")
    configuration = requested_configuration(options)
    if depth != "none":
        refuse_unavailable(configuration)
    if options.warp:
        try:
            CodegenCoverage()
        except ToolchainError as error:
            raise UsageError(f"--warp: {error}") from error
    return configuration, Plan(depth, workers, options.warp)


def _of_survey(configuration: Configuration, plan: Plan, findings: Findings, aside: Path) -> Report:
    builtins = resolved_builtins(findings.overloads) if plan.depth != "none" else None
    codegen = measured(aside) if plan.warp else None
    depth = {"none": "drawn only", "codegen": "code generation", "native": "native code"}[plan.depth]
    count = len(configuration.categories)
    kinds = configuration.categories[0] if count == 1 else f"{count} categories"
    source = f"profile {configuration.profile}, {kinds}, seed {configuration.seed}, {configuration.device}, {depth}"
    return surveyed(source, findings, builtins, codegen)


def _of_folder(folder: Folder) -> Report:
    condition = folder.inspect()
    if not isinstance(condition, Finished):
        raise UsageError(f"{folder.root} is not a complete dataset: the ledger comes with its manifest.json")
    manifest = condition.manifest
    refusals = Refusals()
    undrawn: Counter[str] = Counter()
    for index in folder.rejected_indices():
        try:
            rejected = folder.read_reject(index)
        except msgspec.MsgspecError as error:
            raise UsageError(f"{folder.rejects}/{index}.json is damaged: {error}") from error
        refusals.add(rejected)
        if not rejected.rows:
            undrawn[rejected.headline] += 1
    return recorded(str(folder.root), manifest.counts, manifest.rows, refusals, undrawn)


def _show(report: Report, json: Path | None) -> None:
    if json is not None:
        json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    console = Console(file=sys.stdout, highlight=False, markup=False)
    if not console.is_terminal:
        console.width = max(console.width, 120)  # nobody's window limits a file
    print_report(report, console)
