"""The catalogue: every construct that a kernel may contain, one row each."""

from __future__ import annotations

from functools import lru_cache

from grammar.catalogue.arrays import ARRAYS
from grammar.catalogue.atomics import ATOMICS
from grammar.catalogue.boxes import BOXES
from grammar.catalogue.faces import FACES
from grammar.catalogue.forms import FORMS
from grammar.catalogue.geometry import GEOMETRY
from grammar.catalogue.grids import GRIDS
from grammar.catalogue.guards import GUARDS
from grammar.catalogue.idioms import IDIOMS
from grammar.catalogue.linear import LINEAR
from grammar.catalogue.meshes import MESHES
from grammar.catalogue.native_types import NATIVE_TYPES
from grammar.catalogue.operators import OPERATORS
from grammar.catalogue.options import OPTIONS
from grammar.catalogue.random import RANDOM
from grammar.catalogue.scalar import SCALAR
from grammar.catalogue.since import FAULTS, SINCE, TYPES
from grammar.catalogue.statements import STATEMENTS
from grammar.catalogue.stencils import STENCILS
from grammar.catalogue.textures import TEXTURES
from grammar.catalogue.tiles import TILES
from grammar.catalogue.transforms import TRANSFORMS
from grammar.catalogue.utility import UTILITY
from grammar.catalogue.volumes import VOLUMES
from grammar.grammar import Grammar
from grammar.types import Scalar

CATALOGUE = Grammar(
    rows=(
        *OPERATORS,
        *SCALAR,
        *LINEAR,
        *ARRAYS,
        *ATOMICS,
        *TRANSFORMS,
        *RANDOM,
        *UTILITY,
        *STENCILS,
        *STATEMENTS,
        *FORMS,
        *NATIVE_TYPES,
        *TILES,
        *GRIDS,
        *BOXES,
        *MESHES,
        *FACES,
        *GEOMETRY,
        *VOLUMES,
        *TEXTURES,
        *IDIOMS,
        *OPTIONS,
    ),
    guards=GUARDS,
)


def left_out(warp: str) -> frozenset[str]:
    """The rows that a version of Warp ("1.14.0") does not know."""
    return frozenset(name for since, names in SINCE.items() if since > _minor(warp) for name in names)


@lru_cache(maxsize=16)
def catalogue_for(warp: str, *, faults: bool = False) -> Grammar:
    """The catalogue without the rows and types that a version of Warp does not know.

    With `faults`, it keeps the rows that the version fails at by a fault of its own: the fuzzer is to find them.
    """
    types = [Scalar(name) for name, since in TYPES.items() if since > _minor(warp)]
    return CATALOGUE.without(left_out(warp) - (FAULTS if faults else frozenset()), types)


def _minor(warp: str) -> int:
    return int(warp.split(".")[1])
