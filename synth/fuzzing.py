"""The commands of the fuzzer: fuzz, list and bisect findings, replay one, reduce one further."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from grammar.catalogue import catalogue_for
from grammar.profile import Profile, profile_for
from grammar.strategies import draw_kernel, replay_kernel
from grammar.term import Kernel

from . import values
from .bench import Bench
from .choices import unpack_choices
from .configuration import Configuration
from .errors import Interrupted, UsageError
from .findings import Finding, read_findings, write_finding
from .fuzz import Campaign, Plan, fuzz
from .judging import FATAL, ORACLES, Case, first_failure
from .progress import choose_screen, duration
from .request import refuse_unavailable, requested_configuration
from .sample import seed_bytes
from .shrink import Shrunk, reduce_further

MOST_MINUTES = 100_000
MOST_LISTED = 20
REPRO_SECONDS = 300.0


def fuzz_command(options: argparse.Namespace, workers: int) -> int:
    """Do what `fuzz` says."""
    if options.list:
        _list(options.out)
        return 0
    if options.bisect is not None:
        return _bisect(options)
    configuration, plan = _asked(options, workers)
    campaign = Campaign(minutes=plan.minutes)
    try:
        fuzz(configuration, plan, campaign, choose_screen(quiet=False))
    except Interrupted as stop:
        stop.add_note(f"{len(campaign.folders)} findings are kept in {plan.out}")
        _summarise(campaign, plan)
        raise
    _summarise(campaign, plan)
    return 0


def _asked(options: argparse.Namespace, workers: int) -> tuple[Configuration, Plan]:
    try:
        minutes = float(options.minutes)
    except ValueError:
        minutes = -1.0
    if not 0.0 < minutes <= MOST_MINUTES:
        raise UsageError(f"--minutes: {options.minutes!r} is not a number of minutes from 0 to {MOST_MINUTES:,}")
    oracles = values.some_of("--oracles", options.oracles, ORACLES)
    options.budget_mb, options.count, options.dedup, options.format, options.io = (
        None,
        None,
        "structure",
        "jsonl",
        False,
    )
    options.device, options.arch = "cpu", None
    configuration = requested_configuration(options)
    refuse_unavailable(configuration)
    return configuration, Plan(minutes, oracles, workers, options.out)


def _summarise(campaign: Campaign, plan: Plan) -> None:
    """Say what came of it."""
    console = _console()
    table = Table(title="What the oracles said", title_justify="left")
    for heading in ("oracle", "agrees", "skipped", "disagrees", "usable"):
        table.add_column(heading, justify="left" if heading == "oracle" else "right")
    for oracle in (*ORACLES, *FATAL):
        counts = [campaign.verdicts[oracle, verdict] for verdict in ("agrees", "skipped", "disagrees")]
        if total := sum(counts):
            table.add_row(oracle, *(f"{count:,}" for count in counts), f"{100 * (total - counts[1]) / total:.1f} %")
    console.print(table)
    reasons = Table(title="Why kernels were skipped", title_justify="left")
    for heading in ("oracle", "why", "kernels"):
        reasons.add_column(heading, justify="right" if heading == "kernels" else "left")
    for (oracle, why), count in campaign.reasons.most_common(25):
        reasons.add_row(oracle, why, f"{count:,}")
    console.print(reasons)
    spent = campaign.seconds
    console.print(
        f"{campaign.drawn:,} kernels drawn in {duration(spent)} ({campaign.drawn / spent:.1f}/s), "
        f"{campaign.compiled:,} compiled, {campaign.failures:,} failures, "
        f"{len(campaign.folders)} findings in {plan.out}, "
        f"{campaign.repeated.total():,} like one of them, {len(campaign.flaky)} that did not fail again, "
        f"{duration(campaign.shrinking)} spent shrinking"
    )
    if campaign.waiting:
        left = ", ".join(f"{outcome.index} ({oracle})" for outcome, (oracle, _) in campaign.waiting[:MOST_LISTED])
        console.print(f"{len(campaign.waiting):,} failures were not looked at before the end: kernels {left}")


def _list(out: Path) -> None:
    """Print the table of findings."""
    findings = list(read_findings(out))
    if not findings:
        raise UsageError(f"{out}: there are no findings in it (fuzz writes them with --out {out})")
    table = Table(title=f"Findings in {out}", title_justify="left")
    for heading in ("finding", "lines", "what", "constructs", "Warp"):
        table.add_column(heading, overflow="fold")
    for folder, finding in findings:
        how = finding.how.strip().splitlines()[0][:100]
        table.add_row(folder.name, str(finding.body_lines), how, " ".join(finding.constructs), finding.warp)
    _console().print(table)


def _bisect(options: argparse.Namespace) -> int:
    """Run a finding's script under other Warps; print which have the bug."""
    script = options.bisect / "repro.py"
    if not script.is_file():
        raise UsageError(f"--bisect: {options.bisect} holds no repro.py")
    if not options.versions:
        raise UsageError("--bisect: say which releases with --versions 1.10.0,1.16.0")
    versions = [name for text in options.versions for name in text.split(",") if name]
    for version in versions:
        if not (options.warps / version / "warp").is_dir():
            raise UsageError(
                f"--versions: Warp {version} is not in {options.warps}: "
                f"pip install --no-deps --target {options.warps / version} warp-lang=={version}"
            )
    for version in versions:
        sys.stdout.write(f"{version}: {_under(script, options.warps / version)}\n")
    return 0


def _under(script: Path, warp: Path) -> str:
    environment = os.environ | {"PYTHONPATH": str(warp)}
    try:
        done = subprocess.run(  # noqa: S603  (a script that this program wrote, at the user's request)
            [sys.executable, str(script)], env=environment, capture_output=True, timeout=REPRO_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "does not end"
    return {0: "has not the bug", 1: "has the bug"}.get(done.returncode, f"exit code {done.returncode}")


# --- one finding ----------------------------------------------------------------------------------------------------


def replay_finding(folder: Path) -> int:
    """Judge the kernel of a finding again, drawn from its seed and grown from its choices; 1 if it no longer fails."""
    finding, configuration = _read(folder)
    grammar = catalogue_for(configuration.versions.warp, faults=True)
    profile = _profile(configuration, finding)
    drawn = draw_kernel(grammar, profile, seed_bytes(configuration, finding.index)).kernel
    grown = replay_kernel(grammar, profile, unpack_choices(finding.choices))
    code = 0
    with Bench(configuration.target, ORACLES) as bench:
        for name, kernel in (("drawn from the seed", drawn), ("grown from the choices", grown)):
            failure = first_failure(bench.judge(Case(kernel, finding.input_seed)))
            if failure is None or failure[0] != finding.oracle:
                code = 1
                sys.stdout.write(f"{name}: it does not fail by {finding.oracle}\n")
            else:
                sys.stdout.write(f"{name}: {failure[0]}: {failure[1].how.strip().splitlines()[0]}\n")
    return code


def reduce_command(options: argparse.Namespace) -> int:
    """Shrink a finding further and write its folder again."""
    tries = values.natural("--tries", options.tries, 1, 10**6)
    finding, configuration = _read(options.folder)
    grown: Kernel = replay_kernel(
        catalogue_for(configuration.versions.warp, faults=True),
        _profile(configuration, finding),
        unpack_choices(finding.choices),
    )
    with Bench(configuration.target, ORACLES) as bench:
        kernel = reduce_further(bench, grown, finding.oracle, finding.how, finding.input_seed, tries)
        failure = first_failure(bench.judge(Case(kernel, finding.input_seed)))
        if failure is None or failure[0] != finding.oracle:
            raise UsageError(
                f"{options.folder}: it does not fail by {finding.oracle} any more, with Warp "
                f"{configuration.versions.warp}"
            )
        shrunk = Shrunk(kernel, failure[1], unpack_choices(finding.choices), bench.judged, finding.shrink_seconds)
        folder = write_finding(
            options.folder.parent, configuration, finding.index, finding.oracle, shrunk, finding.input_seed
        )
    sys.stdout.write((folder / "kernel.py").read_text(encoding="utf-8"))
    sys.stdout.write(f"\n{folder}\n")
    return 0


def _read(folder: Path) -> tuple[Finding, Configuration]:
    path = folder / "finding.json"
    try:
        finding = msgspec.json.decode(path.read_bytes(), type=Finding)
    except FileNotFoundError as error:
        raise UsageError(f"{folder} is not a finding: it has no finding.json") from error
    except msgspec.MsgspecError as error:
        raise UsageError(f"{path} is damaged: {error}") from error
    options = argparse.Namespace(
        device=finding.device,
        arch=None,
        budget_mb=None,
        count=None,
        profile=finding.profile,
        categories=None,
        backward=True,
        io=False,
        seed=str(finding.seed),
        dedup="structure",
        format="jsonl",
    )
    configuration = requested_configuration(options)
    refuse_unavailable(configuration)
    if configuration.catalogue_digest != finding.catalogue_digest:
        raise UsageError(
            f"{folder} was found with another catalogue (Warpsmith {finding.warpsmith}): only repro.py replays it here"
        )
    return finding, configuration


def _profile(configuration: Configuration, finding: Finding) -> Profile:
    return profile_for(configuration.profile, finding.category, configuration.profile_source)


def _console() -> Console:
    console = Console(file=sys.stdout, highlight=False, markup=False)
    if not console.is_terminal:
        console.width = max(console.width, 140)
    return console
