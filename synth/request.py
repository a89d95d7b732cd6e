"""The request: the configuration that a command line asks for, checked against this installation."""

import argparse
from collections.abc import Collection, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import cast

from grammar.digest import catalogue_digest
from grammar.profile import CATEGORIES, PROFILES
from ir import check_available, warp_version
from ir.errors import ToolchainError
from ir.lowering import check_tools, tool_versions

from . import VERSION, values
from .configuration import MEGABYTE, Configuration, Dedup, Device, Format, Versions, differences
from .errors import UsageError
from .levels import ALL, BOTH, CPP, CUDA, LEVELS, PYTHON
from .profiles import default_categories, refuse_wrong, requested_profile
from .share import WHOLE
from .store.layout import GROWING, LAYOUTS

DEVICES = ("cpu", "cuda")
"""Both may be asked for, with a comma."""
DEDUPS = ("structure", "ir")
DEFAULT_MEGABYTES = 5
"""What a newcomer sees finish in about a minute."""
DEFAULT_ARCH = 90


def installed_versions(levels: Collection[str]) -> Versions:
    """Return the versions here of everything that shapes a record with these levels."""
    try:
        warp = warp_version()
    except ToolchainError as error:
        raise UsageError(str(error)) from error
    try:
        tools = tool_versions(levels)
    except ToolchainError as error:
        raise UsageError(f"--levels: {error}") from error
    hypothesis, libcst, rensa = map(version, ("hypothesis", "libcst", "rensa"))
    return Versions(VERSION, warp, hypothesis, libcst, rensa, tools)


def requested_configuration(options: argparse.Namespace) -> Configuration:
    """Return the configuration that the options of `generate` or `replay` ask for."""
    device = cast("Device", ",".join(values.some_of("--device", [options.device], DEVICES)))
    if options.arch is not None and device == "cpu":
        raise UsageError(f"--arch: {options.arch!r} goes with --device cuda only")
    arch = None
    if device != "cpu":
        arch = DEFAULT_ARCH if options.arch is None else values.architecture("--arch", options.arch)
    budget = None if options.budget_mb is None else values.budget("--budget-mb", options.budget_mb)
    count = None if options.count is None else values.natural("--count", options.count, 1, values.MOST_RECORDS)
    if budget is None and count is None:
        budget = DEFAULT_MEGABYTES * MEGABYTE
    profile, source = requested_profile(options.profile)
    categories = default_categories(profile, source)
    if options.categories is not None:
        categories = values.some_of("--categories", options.categories, CATEGORIES)
    if source is not None:
        refuse_wrong(f"--profile: {options.profile}", profile, source, categories)
    levels = requested_levels(getattr(options, "levels", None), device)
    if getattr(options, "time", False) and not options.io:
        raise UsageError("--time measures kernels that were run and agree with the reference: leave --no-io out")
    return Configuration(
        device=device,
        arch=arch,
        levels=levels,
        strip_comments=getattr(options, "strip_comments", False),
        time=getattr(options, "time", False),
        backward=options.backward,
        io=options.io,
        seed=values.natural("--seed", options.seed, 0, values.MOST_SEED),
        profile=profile,
        profile_source=source,
        categories=categories,
        dedup=cast("Dedup", values.one_of("--dedup", options.dedup, DEDUPS)),
        format=_growing_format(options.format),
        budget_bytes=budget,
        count=count,
        share=WHOLE if getattr(options, "shard", None) is None else values.share("--shard", options.shard),
        catalogue_digest=catalogue_digest(),
        versions=installed_versions(levels),
    )


def default_folder(configuration: Configuration) -> str:
    """Return what the folder of a dataset is called where the user does not say."""
    name = configuration.device.replace(",", "-")
    share = configuration.share
    return name if share == WHOLE else f"{name}-{share.number}-of-{share.of}"


def requested_levels(texts: Sequence[str] | None, device: Device) -> tuple[str, ...]:
    """Return the levels that are asked for, in their order; Python and what Warp generates are always among them."""
    if texts is None:
        return (CPP, CUDA) if device == BOTH else (CPP,)
    there = [level for level in LEVELS if device in level.devices]
    if list(texts) == [ALL]:
        return tuple(level.name for level in there if (level.name, device) != (CUDA, "cuda"))
    named = values.some_of("--levels", texts, (PYTHON, *(level.name for level in LEVELS), ALL))
    if ALL in named:
        raise UsageError(f"--levels: {ALL} goes alone")
    for name in named:
        if name != PYTHON and name not in {level.name for level in there}:
            needed = next(level.devices for level in LEVELS if level.name == name)
            raise UsageError(f"--levels: {name} is not one of --device {device}: it goes with {' or '.join(needed)}")
    # The code that Warp generates for the first device is what records are told apart by; for CUDA alone, it is CUDA's.
    wanted = {CPP, *named} - ({CUDA} if device == "cuda" else set())
    return tuple(level.name for level in there if level.name in wanted)


def _growing_format(text: str) -> Format:
    form = cast("Format", values.one_of("--format", text, tuple(LAYOUTS)))
    if form not in GROWING:
        raise UsageError(
            f"--format: a dataset is made in {', '.join(GROWING)}, not in {text!r}; when it is complete, "
            f"`python -m synth export DIR --format {text}` converts it"
        )
    return form


def replayable(there: Configuration) -> Configuration:
    """Return what a record of another installation is made again with here: its seeds, and the versions of here."""
    for category in there.categories:
        values.one_of("the folder's categories", category, CATEGORIES)
    if there.profile_source is None:
        values.one_of("the folder's profile", there.profile, PROFILES)
    else:
        refuse_wrong("the folder's profile", there.profile, there.profile_source, there.categories)
    return replace(there, versions=installed_versions(there.levels))


def foreign_parts(there: Configuration) -> list[str]:
    """Return what of this installation is not as it was when a dataset was made, one phrase each."""
    return differences(
        there, replace(there, versions=installed_versions(there.levels), catalogue_digest=catalogue_digest())
    )


def refuse_unavailable(configuration: Configuration) -> None:
    """Refuse what this installation cannot compile for."""
    try:
        for target in configuration.targets:
            check_available(target)
        check_tools(configuration.levels)
    except ToolchainError as error:
        raise UsageError(str(error)) from error
