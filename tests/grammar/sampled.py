"""Kernels drawn as a run draws them, with their text and its syntax tree."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from reading import Reading

from grammar.catalogue import CATALOGUE
from grammar.printer import print_source
from grammar.profile import CATEGORIES, Profile, profile_for
from grammar.strategies import draw_kernel
from grammar.term import Kernel

SEED_BYTES = 64 * 1024


@dataclass(frozen=True)
class Sampled:
    """One drawn kernel."""

    index: int
    category: str
    kernel: Kernel
    choices: tuple[int, ...]
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def reading(self) -> Reading:
        return Reading(self.tree)


def profile_of(index: int, name: str = "default") -> Profile:
    """The profile of a sample: the categories take turns."""
    return profile_for(name, CATEGORIES[index % len(CATEGORIES)])


def seed(index: int, salt: str = "tests") -> bytes:
    """The bytes that a sample is drawn from."""
    return hashlib.shake_256(f"{salt} {index}".encode()).digest(SEED_BYTES)


def sampled(index: int, salt: str = "tests", profile_name: str = "default") -> Sampled:
    """The sample of an index."""
    profile = profile_of(index, profile_name)
    drawing = draw_kernel(CATALOGUE, profile, seed(index, salt))
    return Sampled(index, profile.category, drawing.kernel, drawing.choices, print_source(drawing.kernel))


def report(faults: Iterable[tuple[Sampled, str]], *, shown: int = 3) -> str:
    """What went wrong with which samples, and the text of the shortest ones."""
    found = list(faults)
    shortest = sorted(found, key=lambda fault: len(fault[0].source))[:shown]
    lines = [f"{len(found)} faults in {len({sample.index for sample, _ in found})} samples"]
    lines += [f"--- sample {sample.index} ({sample.category}): {what}\n{sample.source}" for sample, what in shortest]
    return "\n".join(lines)
