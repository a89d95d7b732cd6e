"""What some definitions reach: themselves, what they mention, what that mentions, and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def reached(roots: Collection[str], mentioned: Mapping[str, Collection[str]]) -> set[str]:
    """Return the names that can be come to from some of them; a name that mentions nothing may be left out."""
    found = set(roots)
    waiting = list(roots)
    while waiting:
        for name in mentioned.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found
