"""The request: the configuration that a command line asks for, checked against this installation."""

import argparse
from dataclasses import replace
from importlib.metadata import version
from typing import cast

from grammar.digest import catalogue_digest
from grammar.profile import CATEGORIES, PROFILES
from ir import check_available, warp_version
from ir.errors import ToolchainError
from ir.records import Target

from . import VERSION, values
from .configuration import MEGABYTE, Configuration, Dedup, Device, Format, Versions, differences
from .errors import UsageError
from .profiles import default_categories, refuse_wrong, requested_profile
from .store.layout import LAYOUTS

DEVICES = ("cpu", "cuda")
DEDUPS = ("structure", "ir")
DEFAULT_MEGABYTES = 5
"""What a newcomer sees finish in about a minute."""
DEFAULT_ARCH = 90


def installed_versions() -> Versions:
    """Return the versions here of everything that shapes a record."""
    try:
        warp = warp_version()
    except ToolchainError as error:
        raise UsageError(str(error)) from error
    return Versions(VERSION, warp, version("hypothesis"), version("libcst"))


def requested_configuration(options: argparse.Namespace) -> Configuration:
    """Return the configuration that the options of `generate` or `replay` ask for."""
    device = cast("Device", values.one_of("--device", options.device, DEVICES))
    if options.arch is not None and device != "cuda":
        raise UsageError(f"--arch: {options.arch!r} goes with --device cuda only")
    arch = None
    if device == "cuda":
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
    return Configuration(
        device=device,
        arch=arch,
        backward=options.backward,
        io=options.io,
        seed=values.natural("--seed", options.seed, 0, values.MOST_SEED),
        profile=profile,
        profile_source=source,
        categories=categories,
        dedup=cast("Dedup", values.one_of("--dedup", options.dedup, DEDUPS)),
        format=cast("Format", values.one_of("--format", options.format, tuple(LAYOUTS))),
        budget_bytes=budget,
        count=count,
        catalogue_digest=catalogue_digest(),
        versions=installed_versions(),
    )


def replayable(there: Configuration) -> Configuration:
    """Return what a record of another installation is made again with here: its seeds, and the versions of here."""
    for category in there.categories:
        values.one_of("the folder's categories", category, CATEGORIES)
    if there.profile_source is None:
        values.one_of("the folder's profile", there.profile, PROFILES)
    else:
        refuse_wrong("the folder's profile", there.profile, there.profile_source, there.categories)
    return replace(there, versions=installed_versions())


def foreign_parts(there: Configuration) -> list[str]:
    """Return what of this installation is not as it was when a dataset was made, one phrase each."""
    return differences(there, replace(there, versions=installed_versions(), catalogue_digest=catalogue_digest()))


def refuse_unavailable(target: Target) -> None:
    """Refuse a target that this installation cannot compile for."""
    try:
        check_available(target)
    except ToolchainError as error:
        raise UsageError(str(error)) from error
