"""The command line: what each subcommand takes, and what each says."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import msgspec

from . import VERSION, values
from .account import command as account
from .browse import command as browse
from .complaint import complain
from .errors import Interrupted, UsageError, WarpsmithError
from .making import TOOLS, Tools
from .manifest import Manifest
from .scale import command as scale

if TYPE_CHECKING:
    from .configuration import Format

COMMANDS = (
    *("generate", "merge", "replay", "verify", "export", "schema", "report", "stats", "show", "browse"),
    *("coverage", "fuzz", "reduce"),
)
PROGRAM = "python -m synth"
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Parser(argparse.ArgumentParser):
    """A parser that reports what is wrong in one line, as everything else here does."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line."""
        raise UsageError(f"{message} (see {self.prog} --help)")


def main(arguments: Sequence[str], tools: Tools = TOOLS) -> int:
    """Do what these arguments say; the result is the exit code."""
    try:
        with _stoppable():
            options = _parser().parse_args(_with_command(arguments))
            command: Callable[[argparse.Namespace, Tools], int] = options.command
            code = command(options, tools)
            sys.stdout.flush()
    except WarpsmithError as error:
        complain(f"error: {error}")
        return error.exit_code
    except Interrupted as stop:
        complain(": ".join([f"stopped by {stop.reason}", *getattr(stop, "__notes__", [])]))
        return stop.exit_code
    except BrokenPipeError:
        # Whoever read our output has read enough. Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        complain(f"error: {error.filename or PROGRAM}: {error.strerror or error}")
        return UsageError.exit_code
    return code


@contextmanager
def _stoppable() -> Iterator[None]:
    """Turn the signals that ask a process to stop into `Interrupted`."""
    before = {number: signal.signal(number, _interrupt) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, _frame: FrameType | None) -> NoReturn:
    raise Interrupted(number)


def _with_command(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with the subcommand spelled out: `generate` when there is none."""
    if not arguments:
        return ["generate"]
    first = arguments[0]
    if first in {"-h", "--help", "--version"}:
        return list(arguments)
    if first.startswith("-"):
        return ["generate", *arguments]
    return [values.one_of("subcommand", first, COMMANDS), *arguments[1:]]


def _parser() -> Parser:
    parser = Parser(
        prog=PROGRAM,
        description="Make a dataset of NVIDIA Warp kernels: drawn from a grammar, compiled, distinct.",
        epilog="Without a subcommand, `generate` is meant: python -m synth --device cpu --budget-mb 200",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"warpsmith {VERSION}")
    commands = parser.add_subparsers(title="subcommands", required=True, parser_class=Parser)
    _add_generate(commands.add_parser("generate", help="make a dataset, or go on making it", allow_abbrev=False))
    scale.add_merge(commands.add_parser("merge", help="make one dataset of all shares", allow_abbrev=False))
    _add_replay(commands.add_parser("replay", help="make one record again and compare", allow_abbrev=False))
    _add_verify(commands.add_parser("verify", help="check a complete dataset", allow_abbrev=False))
    _add_export(commands.add_parser("export", help="convert a complete dataset to another format", allow_abbrev=False))
    _add_schema(commands.add_parser("schema", help="print the JSON Schema of a record", allow_abbrev=False))
    account.add_report(commands.add_parser("report", help="tell of datasets: report, card, plots", allow_abbrev=False))
    account.add_stats(commands.add_parser("stats", help="print the figures of a dataset", allow_abbrev=False))
    account.add_show(commands.add_parser("show", help="print one record, highlighted", allow_abbrev=False))
    browse.add_browse(commands.add_parser("browse", help="make a page to look at kernels in", allow_abbrev=False))
    _add_coverage(commands.add_parser("coverage", help="say what kernels contain of what there is", allow_abbrev=False))
    _add_fuzz(commands.add_parser("fuzz", help="look for bugs of Warp, shrink and keep them", allow_abbrev=False))
    _add_reduce(commands.add_parser("reduce", help="shrink a finding further", allow_abbrev=False))
    return parser


def _add_configuration(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--device", default="cpu", metavar="{cpu,cuda}", help="what to compile for (default: cpu); cpu,cuda for both"
    )
    parser.add_argument("--arch", metavar="SM", help="SM architecture for cuda, as 90 or sm_90 (default: 90)")
    parser.add_argument("--seed", default="0", metavar="S", help="what to draw from (default: 0)")
    parser.add_argument(
        "--profile",
        default="default",
        metavar="P",
        help="what is likely: default, explore, a category's name for that one only, or the path of your own NAME.toml",
    )
    parser.add_argument(
        "--categories",
        nargs="+",
        metavar="C",
        help="kinds of kernel, in equal shares, with commas (default: all of the profile)",
    )
    parser.add_argument("--no-backward", dest="backward", action="store_false", help="leave the adjoints out")


def _add_generate(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_generate)
    _add_configuration(parser)
    parser.add_argument(
        "--budget-mb", metavar="N", help="end with the record that reaches N million bytes of JSON (default: 5)"
    )
    parser.add_argument("--count", metavar="N", help="end after N records")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to (default: data/<device>)")
    parser.add_argument("--workers", metavar="W", help="processes (default: one for each core)")
    parser.add_argument("--format", default="jsonl", metavar="{jsonl,json}", help="shards, or one file a record")
    parser.add_argument(
        "--dedup",
        default="structure",
        metavar="{structure,ir}",
        help="keep one kernel for each structure (default), or also those that differ in constants only",
    )
    parser.add_argument(
        "--shard", metavar="K/N", help="make the K-th of N shares, each on a machine of its own, for `merge`"
    )
    scale.add_engine(parser)
    parser.add_argument("--quiet", action="store_true", help="say nothing but errors")
    _add_io(parser)


def _add_io(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-io", dest="io", action="store_false", help="do not run the kernels")
    parser.add_argument(
        "--levels",
        nargs="+",
        metavar="L",
        help="what of each kernel to record, with commas: python, cpp (both always), cuda, ptx, sass, llvm_ir, "
        "assembly; or all (default: what Warp generates for each device)",
    )
    parser.add_argument("--strip-comments", action="store_true", help="record generated code without its comments")
    parser.add_argument("--time", action="store_true", help="measure ns per thread on the CPU; not the same twice")


def _add_replay(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_replay)
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="a dataset, or a finding")
    parser.add_argument("record", nargs="?", metavar="INDEX|ID", help="which record of it")
    _add_configuration(parser)
    _add_io(parser)
    parser.add_argument("--index", metavar="I", help="without DIR: which sample of the seed")
    parser.add_argument("--field", metavar="NAME", help="print only this, as python_source or metadata.id")


def _add_verify(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_verify)
    parser.add_argument("folder", type=Path, metavar="DIR", help="a dataset")


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_export)
    parser.add_argument("folder", type=Path, metavar="DIR", help="a complete dataset")
    parser.add_argument(
        "--format",
        required=True,
        metavar="{jsonl,jsonl.zst,json,parquet}",
        help="shards of lines, the same compressed, one file a record, or columns",
    )
    parser.add_argument("--out", type=Path, metavar="OUT", help="where to (default: DIR-FORMAT)")
    parser.add_argument(
        "--splits",
        action="store_true",
        help="files for train, validation and test instead: for who loads, not to go on with or to replay",
    )
    parser.add_argument(
        "--decontaminate",
        action="store_true",
        help="with --splits: leave out kernels that resemble one of the installed Warp's",
    )


def _add_schema(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_schema)


def _add_coverage(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", nargs="?", type=Path, metavar="DIR", help="a complete dataset (default: draw kernels)"
    )
    _add_configuration(parser)
    parser.add_argument("--kernels", default="500", metavar="N", help="how many to draw (default: 500)")
    parser.add_argument(
        "--compile", default="codegen", metavar="{none,codegen,native}", help="how far to take them (default: codegen)"
    )
    parser.add_argument("--warp", action="store_true", help="measure what runs of Warp's code generator")
    parser.add_argument("--workers", metavar="W", help="processes (default: one for each core)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all of it there too")
    defaults = parser.parse_args([])
    parser.set_defaults(command=lambda options, _tools: _coverage(options, defaults))


def _add_fuzz(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_fuzz)
    parser.add_argument("--minutes", default="10", metavar="N", help="how long (default: 10)")
    parser.add_argument(
        "--oracles",
        nargs="+",
        default=["compile,reference,gradient"],
        metavar="O",
        help="who judges, with commas: compile, reference, gradient, levels, twins, refusal (default: the first three)",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("findings"), metavar="DIR", help="where to (default: findings)"
    )
    parser.add_argument("--workers", metavar="W", help="processes (default: one for each core)")
    parser.add_argument("--seed", default="0", metavar="S", help="what to draw from (default: 0)")
    parser.add_argument("--profile", default="explore", metavar="P", help="what is likely (default: explore)")
    parser.add_argument("--categories", nargs="+", metavar="C", help="kinds of kernel (default: all of the profile)")
    parser.add_argument("--no-backward", dest="backward", action="store_false", help="leave the adjoints out")
    parser.add_argument("--list", action="store_true", help="print the table of findings, and that is all")
    parser.add_argument("--bisect", type=Path, metavar="FINDING", help="run the finding's script under other Warps")
    parser.add_argument("--versions", nargs="+", metavar="V", help="with --bisect: which releases, with commas")
    parser.add_argument(
        "--warps",
        type=Path,
        default=Path("warps"),
        metavar="DIR",
        help="with --bisect: where they are (default: warps)",
    )


def _add_reduce(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_reduce)
    parser.add_argument("folder", type=Path, metavar="FINDING", help="the folder of a finding")
    parser.add_argument("--tries", default="3000", metavar="N", help="smaller kernels to try (default: 3000)")


def _fuzz(options: argparse.Namespace, _tools: Tools) -> int:
    from .fuzzing import fuzz_command  # noqa: PLC0415

    return fuzz_command(options, values.workers_of(options))


def _reduce(options: argparse.Namespace, _tools: Tools) -> int:
    from .fuzzing import reduce_command  # noqa: PLC0415

    return reduce_command(options)


def _coverage(options: argparse.Namespace, defaults: argparse.Namespace) -> int:
    from .coverage import coverage  # noqa: PLC0415

    coverage(options, defaults, values.workers_of(options))
    return 0


def _generate(options: argparse.Namespace, tools: Tools) -> int:
    from .apart import apart  # noqa: PLC0415  (a subcommand pays for its own imports)
    from .generate import Setting, generate  # noqa: PLC0415
    from .progress import choose_screen  # noqa: PLC0415
    from .request import default_folder, refuse_unavailable, requested_configuration  # noqa: PLC0415

    configuration = requested_configuration(options)
    workers = values.workers_of(options)
    out = options.out or Path("data") / default_folder(configuration)
    apart(refuse_unavailable, configuration)  # Warp would stay in this one, with 130 MB
    screen = choose_screen(quiet=options.quiet)
    with scale.open_site(options, configuration) as site:
        result = generate(configuration, out, Setting(workers=workers, tools=tools, site=site), screen, complain)
    if not options.quiet:
        manifest = result.manifest
        said = "is complete already" if result.was_complete else f"complete in {manifest.run.wall_seconds:.1f} s"
        _say(f"{out}: {said}: {_summary(manifest)}")
        _say_left_out(configuration.versions.warp)
    return 0


def _say_left_out(warp: str) -> None:
    from grammar.catalogue import left_out  # noqa: PLC0415

    rows = left_out(warp)
    if rows:
        _say(f"{len(rows)} rows of the catalogue were left out: Warp {warp} does not know them")


def _summary(manifest: Manifest) -> str:
    counts = manifest.counts
    rejected = ", ".join(f"{number:,} {stage}" for stage, number in sorted(counts.rejects.items()))
    return (
        f"{manifest.text_bytes / 1e6:.1f} MB, {manifest.records:,} records of {manifest.attempts:,} kernels, "
        f"{100 * counts.written / (counts.written + counts.duplicates):.2f} % unique before "
        f"{counts.duplicates:,} duplicates were dropped, rejected: {rejected or 'none'}"
    )


def _replay(options: argparse.Namespace, tools: Tools) -> int:
    from .folder import Folder  # noqa: PLC0415
    from .reading import configuration_of, find_record  # noqa: PLC0415
    from .replay import replay  # noqa: PLC0415
    from .request import foreign_parts, refuse_unavailable, replayable, requested_configuration  # noqa: PLC0415

    if options.folder is not None and (options.folder / "finding.json").is_file():
        from .fuzzing import replay_finding  # noqa: PLC0415

        return replay_finding(options.folder)
    if options.folder is not None:
        if options.record is None or options.index is not None:
            raise UsageError("replay: with a folder, say which record: replay DIR INDEX|ID")
        folder = Folder(options.folder)
        there = configuration_of(folder)
        stored = find_record(folder, there, options.record)
        configuration = replayable(there)
        for difference in foreign_parts(there):
            complain(f"note: {difference}: what follows may differ for that reason")
        index = stored.metadata.index
    else:
        if options.index is None:
            raise UsageError("replay: say which record: replay DIR INDEX|ID, or replay --seed S --index I")
        options.budget_mb, options.count, options.dedup, options.format = None, None, "structure", "jsonl"
        configuration, stored = requested_configuration(options), None
        index = values.natural("--index", options.index, 0, values.MOST_RECORDS)
    refuse_unavailable(configuration)
    replayed = replay(configuration, index, stored, tools)
    if replayed.record is not None:
        _say(_field(replayed.record, options.field))
    if replayed.refusal:
        _say(replayed.source)
        complain(f"sample {index} did not compile: {replayed.refusal}")
    if replayed.differences:
        sys.stderr.write("".join(replayed.differences))
        complain(f"sample {index} differs from what is stored" if stored else f"sample {index} does not replay")
    return 1 if replayed.differences or replayed.refusal else 0


def _field(record: msgspec.Struct, name: str | None) -> str:
    """Return the record, or a part of it, as text; strings as they are, everything else as JSON."""
    value: object = msgspec.to_builtins(record)
    for part in name.split(".") if name else ():
        if not isinstance(value, dict) or part not in value:
            known = ", ".join(value) if isinstance(value, dict) else "nothing"
            raise UsageError(f"--field: there is no {name!r}; at {part!r} there is {known}")
        value = value[part]
    if isinstance(value, str):
        return value.removesuffix("\n")
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _verify(options: argparse.Namespace, _tools: Tools) -> int:
    from .folder import Folder  # noqa: PLC0415
    from .verify import verify  # noqa: PLC0415

    manifest = verify(Folder(options.folder))
    _say(
        f"{options.folder}: all is right: {manifest.records:,} records, {manifest.text_bytes / 1e6:.1f} MB, "
        f"{len(manifest.shards):,} files, digest {manifest.digest[:16]}"
    )
    return 0


def _export(options: argparse.Namespace, _tools: Tools) -> int:
    from .export import export, requested_format  # noqa: PLC0415
    from .folder import Folder  # noqa: PLC0415

    form = requested_format(options.format)
    folder: Path = options.folder
    if options.decontaminate and not options.splits:
        raise UsageError("--decontaminate goes with --splits")
    if options.splits:
        return _release(options, form)
    out = options.out or folder.resolve().parent / f"{folder.resolve().name}-{form}"
    manifest = export(Folder(folder), out, form)
    size = sum(shard.bytes for shard in manifest.shards)
    _say(
        f"{out}: {manifest.records:,} records in {len(manifest.shards):,} files, {size / 1e6:.1f} MB for "
        f"{manifest.text_bytes / 1e6:.1f} MB of JSON Lines, digest {manifest.digest[:16]}"
    )
    return 0


def _release(options: argparse.Namespace, form: "Format") -> int:
    from .folder import Folder  # noqa: PLC0415
    from .release import release  # noqa: PLC0415

    root = options.folder.resolve()
    out = options.out or root.parent / f"{root.name}-splits"
    released = release(Folder(options.folder), out, form, decontaminate=options.decontaminate)
    parts = [f"{number:,} {split}" for split, number in released.splits.items()]
    left = [f"{number:,} {why}" for why, number in released.left_out.items()]
    _say(f"{out}: {', '.join(parts)} records; left out: {', '.join(left) or 'none'}")
    return 0


def _schema(_options: argparse.Namespace, _tools: Tools) -> int:
    from .schema import encode_schema  # noqa: PLC0415

    sys.stdout.write(encode_schema().decode())
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
