"""The profile that a command line names: one of the project's, or the text of a user's own, checked here."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from grammar.catalogue import CATALOGUE
from grammar.catalogue.options import OPTIONS
from grammar.growth import grow
from grammar.profile import CATEGORIES, PROFILES, ProfileError, parse_profile, profile_for
from grammar.types import FLOATS, INTEGERS

from . import values
from .configuration import PROFILE_NAME
from .errors import UsageError

SUFFIX = ".toml"
OPTION = "--profile"
TRIALS = 3
"""Kernels grown of each category to try a user's profile."""

_COMPOUND = re.compile(r"vec[2-9]i?|mat[2-9][2-9]|quat|transform|spatial_vector|spatial_matrix|tile\d+(x\d+)*")


def requested_profile(text: str) -> tuple[str, str | None]:
    """Return the name of a profile, and its text where it is a user's own."""
    if not text.endswith(SUFFIX):
        try:
            return values.one_of(OPTION, text, PROFILES), None
        except UsageError as error:
            raise UsageError(f"{error}, and the path of a file of your own, NAME{SUFFIX}") from error
    path = Path(text)
    name = path.name.removesuffix(SUFFIX)
    if not PROFILE_NAME.fullmatch(name):
        raise UsageError(f"{OPTION}: {text!r}: the file is called NAME{SUFFIX}, NAME of letters, digits, _ and -")
    try:
        source = path.read_bytes().decode()
    except OSError as error:
        raise UsageError(f"{OPTION}: cannot read {text}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{OPTION}: {text} is no TOML: it is not UTF-8") from error
    return name, source


def default_categories(profile: str, source: str | None) -> tuple[str, ...]:
    """Return the categories that a profile is for: a category's own has just that."""
    return (profile,) if source is None and profile in CATEGORIES else CATEGORIES


def refuse_wrong(what: str, name: str, source: str, categories: Sequence[str]) -> None:
    """Refuse the text of a user's profile, called `what`, from which these categories cannot be grown."""
    try:
        table = parse_profile(source)
    except (ProfileError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{what}: {error}") from error
    rows, tags = {row.name for row in CATALOGUE.rows}, {tag for row in CATALOGUE.rows for tag in row.tags}
    own = {demand for each in CATEGORIES for demand in profile_for("default", each).demands}
    known: dict[str, tuple[set[str], str]] = {
        "weights": (rows | {"other"}, "row of the catalogue"),
        "boosts": (rows | tags, "row or tag of the catalogue"),
        "features": (tags, "tag of the catalogue"),
        "options": ({row.name for row in OPTIONS}, "option of a kernel"),
        "demands": (tags | own, "tag of the catalogue"),
        "floats": (set(FLOATS), "floating-point type"),
        "integers": ({*INTEGERS, "none"}, "integer type"),
    }
    for key, (right, kind) in known.items():
        _refuse_unknown(f"{what}: {key}", kind, _names(table.get(key)), right)
    compounds = _names(table.get("compounds"))
    _refuse_unknown(
        f"{what}: compounds", "compound type", compounds, {word for word in compounds if _COMPOUND.fullmatch(word)}
    )
    for category in categories:
        # What no table of names can tell: a table without weight, a rank that no launch has.
        try:
            profile = profile_for(name, category, source)
            for trial in range(TRIALS):
                grow(CATALOGUE, profile, _Lots(Random(trial)))  # noqa: S311  (no secret)
        except Exception as error:  # growth trusts its profile, so a wrong one may end in any exception
            raise UsageError(
                f"{what}: no kernel of category {category} can be grown with it ({type(error).__name__}: {error})"
            ) from error


@dataclass(frozen=True, slots=True)
class _Lots:
    """Choices by lot, to try a profile with."""

    random: Random

    def below(self, count: int) -> int:
        return self.random.randrange(count)


def _names(value: object) -> list[str]:
    """Return the names in a table or a list of a profile."""
    return [str(name) for name in value] if isinstance(value, Iterable) else []


def _refuse_unknown(what: str, kind: str, names: Sequence[str], known: set[str]) -> None:
    for name in names:
        if name not in known:
            raise UsageError(f"{what}: {name!r} is no {kind}{values.nearest(name, sorted(known))}")
