"""Built-ins of Warp that no row reaches, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType

# By patterns of an overload's key, which is its signature: `name(argument: type, …) -> type`.
OMITTED: Mapping[str, str] = MappingProxyType(
    {
        "select(*": "removed in Warp 1.10: every call raises, and names wp.where",
        "matrix(pos: *": "removed: every call raises, and names wp.transform_compose",
        "atomic_*(arr: *fabricarray(*, i: Int, j: Int, k: Int, *": (
            "native code indexes Fabric arrays by one number, or two where the attribute is an array itself; "
            "the registry lists every atomic for three and four by a loop over ranks, and none of these compiles"
        ),
    }
)


def omission(key: str) -> str | None:
    """The reason why no row reaches an overload; none if one has to."""
    return next((reason for pattern, reason in OMITTED.items() if fnmatchcase(key, pattern)), None)
