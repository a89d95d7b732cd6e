"""Forms of the language that are more than an operator or a call."""

from __future__ import annotations

from grammar.catalogue.callables import CALLABLES
from grammar.catalogue.captured import CAPTURED
from grammar.catalogue.definitions import Rows
from grammar.catalogue.functions import FUNCTIONS
from grammar.catalogue.generics import GENERICS
from grammar.catalogue.gradients import GRADIENTS
from grammar.catalogue.locals import LOCALS
from grammar.catalogue.loops import LOOPS
from grammar.catalogue.places import PLACES
from grammar.catalogue.prints import PRINTS
from grammar.catalogue.references import REFERENCES
from grammar.catalogue.slices import SLICES
from grammar.catalogue.statics import STATICS
from grammar.catalogue.struct_arrays import STRUCT_ARRAYS
from grammar.catalogue.structs import STRUCTS

FORMS: Rows = (*FUNCTIONS, *REFERENCES, *GENERICS, *CALLABLES, *GRADIENTS, *STRUCTS, *STRUCT_ARRAYS, *STATICS, *CAPTURED, *PLACES, *SLICES, *LOCALS, *LOOPS, *PRINTS)
