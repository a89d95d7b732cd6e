"""Idioms: several statements with a purpose, which a kernel's description names."""

from __future__ import annotations

from grammar.catalogue.definitions import Rows
from grammar.catalogue.idioms.cells import CELLS
from grammar.catalogue.idioms.codes import CODES
from grammar.catalogue.idioms.distances import DISTANCES
from grammar.catalogue.idioms.fields import FIELDS
from grammar.catalogue.idioms.finance import FINANCE
from grammar.catalogue.idioms.geometry import GEOMETRY
from grammar.catalogue.idioms.imaging import IMAGING
from grammar.catalogue.idioms.learning import LEARNING
from grammar.catalogue.idioms.motion import MOTION
from grammar.catalogue.idioms.numerics import NUMERICS
from grammar.catalogue.idioms.particles import PARTICLES
from grammar.catalogue.idioms.triangles import TRIANGLES_AND_TETRAHEDRA

IDIOMS: Rows = (
    *MOTION,
    *PARTICLES,
    *GEOMETRY,
    *TRIANGLES_AND_TETRAHEDRA,
    *DISTANCES,
    *FIELDS,
    *CELLS,
    *LEARNING,
    *NUMERICS,
    *FINANCE,
    *CODES,
    *IMAGING,
)
