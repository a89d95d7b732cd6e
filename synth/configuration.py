"""The configuration of a dataset: everything that its bytes depend on, and nothing else."""

import hashlib
import re
from dataclasses import dataclass, field, fields
from decimal import Decimal
from itertools import zip_longest
from typing import Literal

import msgspec

from ir.records import Target

from .levels import LEVELS
from .share import WHOLE, Share

Device = Literal["cpu", "cuda", "cpu,cuda"]
Dedup = Literal["structure", "ir"]
Format = Literal["jsonl", "jsonl.zst", "json", "parquet"]

PROFILE_NAME = re.compile(r"[A-Za-z0-9_-]+")
"""What a user's profile may be called: the name goes into records, commands and a file name."""

MEGABYTE = 10**6
"""The MB of a budget: 10⁶ bytes of the records' one-line JSON text, each with its newline."""


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of everything that shapes a record."""

    warpsmith: str
    warp: str
    hypothesis: str
    libcst: str
    rensa: str
    tools: dict[str, str] = field(default_factory=dict)
    """What makes some of the levels, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What a dataset is made from; equal configurations give equal bytes."""

    device: Device
    arch: int | None
    """SM architecture; None without CUDA."""
    levels: tuple[str, ...]
    """What of each kernel is recorded, by the names of `synth.levels`."""
    strip_comments: bool = False
    """Whether generated texts are recorded without comments, which repeat the source."""
    time: bool = False
    """Whether it is measured how long kernels take on the CPU, which equal runs do not agree on."""
    backward: bool
    io: bool
    """Whether the kernels are run, and what comes of it is recorded."""
    seed: int
    profile: str
    profile_source: str | None = None
    """The text of a user's own profile; None for one of the project's."""
    categories: tuple[str, ...]
    dedup: Dedup
    format: Format
    budget_bytes: int | None
    count: int | None
    share: Share = WHOLE
    """What of it is made here, where several machines share a run."""
    catalogue_digest: str
    versions: Versions

    def __post_init__(self) -> None:
        if (self.device != "cpu") != (self.arch is not None):
            raise ValueError(f"an architecture goes with cuda and only with it: {self.device}, {self.arch}")
        known = {level.name for level in LEVELS if self.device in level.devices}
        if "cpp" not in self.levels or not known.issuperset(self.levels):
            raise ValueError(f"of the levels {self.levels} some are not those of {self.device}, or cpp is not there")
        if not self.categories or len(set(self.categories)) != len(self.categories):
            raise ValueError(f"categories must be distinct, and at least one: {self.categories}")
        if self.budget_bytes is None and self.count is None:
            raise ValueError("a dataset needs a budget or a count to end at")
        if self.profile_source is not None and not PROFILE_NAME.fullmatch(self.profile):
            raise ValueError(f"a profile's name has letters, digits, _ and - only: {self.profile!r}")
        for name in ("budget_bytes", "count"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} must be positive, not {value}")

    @property
    def goal_bytes(self) -> int | None:
        """The bytes of text that end the run here: its share of the budget."""
        return self.budget_bytes and -(-self.budget_bytes // self.share.of)

    @property
    def goal_records(self) -> int | None:
        """The records that end the run here: its share of the count."""
        return self.count and -(-self.count // self.share.of)

    def is_reached(self, text_bytes: int, records: int) -> bool:
        """Whether so much text in so many records is all that was asked for here."""
        has_bytes = self.goal_bytes is not None and text_bytes >= self.goal_bytes
        return has_bytes or (self.goal_records is not None and records >= self.goal_records)

    @property
    def devices(self) -> tuple[str, ...]:
        """The devices that the kernels are compiled for; the digests are of what is generated for the first."""
        return tuple(self.device.split(","))

    @property
    def target(self) -> Target:
        """The first of the targets."""
        return self.targets[0]

    @property
    def targets(self) -> tuple[Target, ...]:
        """What the kernels are compiled for."""
        arch = {} if self.arch is None else {"arch": self.arch}
        return tuple(Target(device, backward=self.backward, **arch) for device in self.devices)

    @property
    def profile_key(self) -> str:
        """What tells the profile from every other, also from another user's of the same name."""
        if self.profile_source is None:
            return self.profile
        return f"{self.profile}:{hashlib.sha256(self.profile_source.encode()).hexdigest()}"

    def category_of(self, index: int) -> str:
        """Return the category of one sample: shares are uniform by construction."""
        return self.categories[index % len(self.categories)]


def megabytes(size: int) -> str:
    """Return a number of bytes as exact MB, without trailing zeros."""
    return f"{(Decimal(size) / MEGABYTE).normalize():f}"


def differences(there: Configuration, here: Configuration) -> list[str]:
    """Return what sets the configuration of a folder apart from the one asked for, one phrase each."""
    found = []
    for each in fields(Configuration):
        old, new = getattr(there, each.name), getattr(here, each.name)
        if each.name == "versions" or old == new:
            continue
        if each.name != "profile_source":
            found.append(f"{_option_of(each.name)} is {_shown(old)} there and {_shown(new)} here")
        elif there.profile == here.profile:
            found.append(_profile_difference(there, here))
    old_versions, new_versions = _by_name(there.versions), _by_name(here.versions)
    for name in old_versions | new_versions:
        old, new = old_versions.get(name, "none"), new_versions.get(name, "none")
        if old != new:
            found.append(f"{name} is version {old} there and {new} here")
    return found


def _by_name(versions: Versions) -> dict[str, str]:
    names = (each.name for each in fields(Versions) if each.name != "tools")
    return {name: getattr(versions, name) for name in names} | versions.tools


def _profile_difference(there: Configuration, here: Configuration) -> str:
    """Return where the texts of two profiles part."""
    if there.profile_source is None or here.profile_source is None:
        kinds = ["the project's own" if each.profile_source is None else "a file's" for each in (there, here)]
        return f"profile {here.profile} is {kinds[0]} there and {kinds[1]} here"
    lines = zip_longest(there.profile_source.splitlines(), here.profile_source.splitlines(), fillvalue="")
    differing = ((number, old, new) for number, (old, new) in enumerate(lines, start=1) if old != new)
    number, old, new = next(differing, (0, "", ""))
    if not number:
        return f"the text of profile {here.profile} differs in its line ends"
    return f"line {number} of profile {here.profile} is {old[:60]!r} there and {new[:60]!r} here"


def _option_of(name: str) -> str:
    return "budget" if name == "budget_bytes" else name.replace("_", " ")


def _shown(value: object) -> str:
    match value:
        case None:
            return "not set"
        case tuple():
            return ",".join(map(str, value))
        case bool():
            return "on" if value else "off"
        case str() if len(value) > 40:
            return value[:12] + "…"
        case _:
            return str(value)


def encode_configuration(configuration: Configuration) -> bytes:
    """Return the configuration as JSON text, one value a line."""
    return msgspec.json.format(msgspec.json.encode(configuration), indent=2) + b"\n"


def decode_configuration(text: bytes) -> Configuration:
    """Return the configuration in this JSON text; `msgspec.MsgspecError` or `ValueError` for any other text."""
    return msgspec.json.decode(text, type=Configuration)
