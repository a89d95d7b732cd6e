"""What is likely: sizes, types, features and weights of rows. Rows say what is valid, a profile says how often.

Profiles are TOML: `default` is whole; `explore`, each category and a user's file are what sets them apart from it. `grammar/profiles/README.md` names the keys.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Protocol

CATEGORIES = (
    "arithmetic",
    "vector",
    "matrix",
    "control_flow",
    "math",
    "atomic",
    "nested",
    "multi_cond",
    "combined",
    "scalar_param",
    "expression_tree",
    "function",
    "struct",
    "quaternion",
    "integer",
    "stencil",
    "generic",
    "tile",
    "query",
    "random",
    "transform",
    "closure",
    "static",
    "custom_gradient",
    "local_array",
    "low_precision",
)
WHOLE = ("default", "explore")
# A category's name is a profile too: the default, of this category only.
PROFILES = (*WHOLE, *CATEGORIES)


class _Printer(Protocol):
    def text(self, obj: str) -> None: ...


class ProfileError(ValueError):
    """A profile that does not exist, or a text that is none; the message says what would be right."""


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The likelihoods of one kind of kernel.

    Tables of options hold weights; rates are per thousand. `boosts` multiply the weight of rows by name or tag.
    `demands` are what a kernel must have, each a tag of rows of which one is placed where it reaches an output.
    `features` are tags of rows that a kernel may do without, with the rate of kernels that have them.
    """

    name: str
    category: str
    weights: Mapping[str, int]
    boosts: tuple[tuple[str, int], ...]
    demands: tuple[str, ...]
    features: tuple[tuple[str, int], ...]
    quantiles: tuple[tuple[int, int], ...]  # of the number of statements: (rate of kernels with at most, this many)
    least: int  # statements
    core: str  # the family of compound types of which every kernel has one
    uniform: int  # how many overloads a kernel draws, each as likely as any other, to contain
    fuel: tuple[tuple[int, int], ...]  # depth of an expression
    room: tuple[tuple[int, int], ...]  # parameters beyond which new ones become unlikely
    nested: int  # how often an operand is an operator or a call of its own
    literal: int
    constant: int  # how often a literal has a name of its own, above the kernel
    call: int
    guard: int  # how often a floating-point operand is brought into its domain; integers always are
    bounds: int
    struct: int
    closure: int
    generic: int  # how often a function's parameters are of any type
    keywords: int  # how often a call names its last arguments
    annotated: int  # how often a function says what it returns
    reuse: int  # how often a counter is called as that of a loop before it
    generic_kernel: int  # how often a kernel's floating-point arguments are of any type
    explicit: int  # how often a kernel names the width of every type
    options: tuple[tuple[str, int], ...]  # rates of the rows that say how a kernel is compiled
    ranks: tuple[tuple[int, int], ...]  # of the launch
    floats: tuple[tuple[str, int], ...]
    integers: tuple[tuple[str, int], ...]
    compounds: tuple[tuple[str, int], ...]  # rates

    def __repr__(self) -> str:
        return f"Profile({self.name!r}, {self.category!r})"

    def _repr_pretty_(self, printer: _Printer, _cycle: bool) -> None:
        # Hypothesis and IPython would print every field.
        printer.text(repr(self))

    def weight(self, row: str) -> int:
        """How frequent a row is."""
        return self.weights.get(row, self.weights["other"])


def profile_for(name: str, category: str, source: str | None = None) -> Profile:
    """The profile of a category; `source` is the TOML text of a user's own, and the name then what it is called.

    Raises:
        KeyError: the profile or the category does not exist.
        ProfileError: the text is no profile.
    """
    if category not in CATEGORIES or (source is None and name not in PROFILES):
        raise KeyError(category if category not in CATEGORIES else name)
    return _profile(name, category, source)


@lru_cache(maxsize=1024)
def _profile(name: str, category: str, source: str | None) -> Profile:
    own = parse_profile(source) if source is not None else {"extends": name if name in WHOLE else "default"}
    layers = [_read("default")]
    if own.get("extends", "default") == "explore":
        layers.append(_read("explore"))
    layers += [_read(category), {key: value for key, value in own.items() if key != "extends"}]
    return _made(name, category, layers)


@lru_cache(maxsize=64)
def _read(name: str) -> Mapping[str, object]:
    """The table of one of the project's own profiles."""
    text = (files("grammar") / "profiles" / f"{name}.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))


def parse_profile(source: str) -> Mapping[str, object]:
    """The table of a user's profile.

    Raises:
        ProfileError: it is no TOML, or a key or a value is not one of a profile.
    """
    try:
        table = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        message = f"the profile is no TOML: {error}"
        raise ProfileError(message) from error
    base = table.get("extends", "default")
    if base not in WHOLE:
        message = f"extends = {base!r}: a profile extends one of {', '.join(WHOLE)}"
        raise ProfileError(message)
    known = _read("default")
    for key, value in table.items():
        if key == "extends":
            continue
        if key not in known:
            message = f"unknown key {key!r}: a profile has {', '.join(sorted(known))}"
            raise ProfileError(message)
        _check(key, value, known[key])
    return MappingProxyType(table)


def _check(key: str, value: object, like: object) -> None:
    """Raise unless a value is of the kind that the default profile has."""
    if isinstance(like, dict):
        right = isinstance(value, dict) and all(_is_count(number) for number in value.values())
        wanted = "a table of whole numbers from 0"
    elif isinstance(like, int):
        right, wanted = _is_count(value), "a whole number from 0"
    elif isinstance(like, str):
        right, wanted = isinstance(value, str), "a text"
    else:
        pairs = isinstance(like[0], list) if isinstance(like, list) and like else False
        right = isinstance(value, list) and all(
            (isinstance(item, list) and len(item) == 2 and all(map(_is_count, item)))
            if pairs
            else isinstance(item, str)
            for item in value
        )
        wanted = "a list of pairs of whole numbers" if pairs else "a list of texts"
    if not right:
        message = f"{key} = {value!r}: expected {wanted}"
        raise ProfileError(message)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


MERGED = frozenset({"weights", "boosts", "features", "options"})  # tables of which a later layer changes single entries


def _made(name: str, category: str, layers: list[Mapping[str, object]]) -> Profile:
    values: dict[str, object] = {}
    for layer in layers:
        for key, value in layer.items():
            before = values.get(key)
            if key in MERGED and isinstance(before, dict) and isinstance(value, dict):
                values[key] = before | value
            else:
                values[key] = value
    weights = values.pop("weights")
    assert isinstance(weights, dict)
    made = {key: _frozen(key, value) for key, value in values.items()}
    return Profile(name=name, category=category, weights=MappingProxyType(weights), **made)  # type: ignore[arg-type]  # `_check` and a test hold the tables to the fields


NUMBERED = frozenset({"fuel", "ranks", "room"})  # tables whose keys are numbers


def _frozen(key: str, value: object) -> object:
    """A TOML value as a profile holds it: tables as pairs in order."""
    if isinstance(value, dict):
        return tuple((int(word) if key in NUMBERED else word, number) for word, number in value.items())
    if isinstance(value, list):
        return tuple(tuple(item) if isinstance(item, list) else item for item in value)
    return value


def described(profile: Profile) -> tuple[tuple[str, object], ...]:
    """A profile as plain values, for a digest."""
    return tuple(
        (field.name, sorted(profile.weights.items()) if field.name == "weights" else getattr(profile, field.name))
        for field in fields(Profile)
    )
