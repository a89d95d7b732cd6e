"""The catalogue: every construct that a kernel may contain, one row each."""

from __future__ import annotations

from grammar.catalogue.arrays import ARRAYS
from grammar.catalogue.guards import GUARDS
from grammar.catalogue.linear import LINEAR
from grammar.catalogue.operators import OPERATORS
from grammar.catalogue.scalar import SCALAR
from grammar.catalogue.statements import STATEMENTS
from grammar.catalogue.stencils import STENCILS
from grammar.grammar import Grammar

CATALOGUE = Grammar(rows=(*OPERATORS, *SCALAR, *LINEAR, *ARRAYS, *STENCILS, *STATEMENTS), guards=GUARDS)
